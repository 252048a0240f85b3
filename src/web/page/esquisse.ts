// The map as a still picture, from the same tiles, the same style and the same colours, before the live map is there.
// It is there in a fraction of the time, and asks nothing more of a telephone until somebody wants to move it.

import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import type { Camera } from './adresse';
import { cadrer, COTE, marge, projeter } from './cadrage';
import type { Peinture } from './carte';
import { croissance } from './cercles';
import { COUCHES, VOILE, ZOOM_COMMUNES } from './couches';
import { element } from './element';
import { tuileDeMotif } from './motifs';
import palette from './palette.json';
import type { Bbox } from './reponses';

const STYLE = '/styles/carte.json';
const TUILES = '/tuiles/communes,epci,departements,regions';
const TRANSPARENCE = 0.72;

type Nombre = number | ['interpolate', ['linear'], ['zoom'], ...number[]];
interface Couche {
  id: string;
  type: string;
  minzoom?: number;
  'source-layer'?: string;
  paint: Record<string, Nombre | string | boolean>;
}

/** Draws over a map that is not there yet; the picture goes when the signal says so. */
export async function esquisser(conteneur: HTMLElement, peinture: Peinture, ou: Camera | Bbox, pays: boolean, signal: AbortSignal): Promise<void> {
  const { clientWidth: largeur, clientHeight: hauteur } = conteneur;
  const densite = Math.min(devicePixelRatio, 2);
  const toile = element('canvas', { class: 'esquisse', width: largeur * densite, height: hauteur * densite, 'aria-hidden': 'true' });
  const d = toile.getContext('2d')!;
  const [style, tuiles] = await Promise.all([lire<{ layers: Couche[] }>(STYLE, signal), lire<{ tiles: string[]; maxzoom?: number }>(TUILES, signal)]);
  // As the live map does: farther away communes would not be drawn.
  const { zoom, origine } = cadrer(ou, largeur, hauteur, marge(conteneur, pays), peinture.maille === 'commune' && Array.isArray(ou) ? ZOOM_COMMUNES : 0);
  const niveau = Math.max(0, Math.min(Math.floor(zoom), tuiles.maxzoom ?? 14));
  const cote = COTE * 2 ** (zoom - niveau);
  const fond = style.layers.find((c) => c.type === 'background')?.paint['background-color'];
  d.scale(densite, densite);
  d.fillStyle = String(fond);
  d.fillRect(0, 0, largeur, hauteur);
  conteneur.append(toile);
  signal.addEventListener('abort', () => toile.remove());
  const modele = new URL(tuiles.tiles[0]!, location.href);
  const n = 2 ** niveau;
  const places = [];
  for (let x = Math.floor(origine[0] / cote); x * cote < origine[0] + largeur; x++) {
    for (let y = Math.floor(origine[1] / cote); y * cote < origine[1] + hauteur; y++) if (y >= 0 && y < n && x >= 0 && x < n) places.push([x, y] as const);
  }
  const motifs = new Map<string, CanvasPattern>();
  const arrivees = places.map(async ([x, y]) => {
    const adresse = decodeURI(modele.pathname).replace('{z}', String(niveau)).replace('{x}', String(x)).replace('{y}', String(y)) + modele.search;
    const reponse = await fetch(adresse, { signal });
    return reponse.ok ? new VectorTile(new PbfReader(await reponse.arrayBuffer())) : null;
  });
  for (const [i, [x, y]] of places.entries()) {
    const tuile = await arrivees[i];
    if (!tuile) continue;
    const [gauche, haut] = [x * cote - origine[0], y * cote - origine[1]];
    const carreau = { tuile, cote, vue: [-gauche, -haut, largeur - gauche, hauteur - haut] as Bbox };
    // Between whole pixels: two half pixels side by side would draw a seam.
    const entier = (pixels: number) => Math.round(pixels * densite) / densite;
    d.save();
    d.beginPath();
    d.rect(entier(gauche), entier(haut), entier(gauche + cote) - entier(gauche), entier(haut + cote) - entier(haut));
    d.clip();
    d.translate(gauche, haut);
    for (const couche of style.layers) {
      // A layer at a time: whoever presses a key in between is answered.
      await souffler();
      signal.throwIfAborted();
      dessiner(d, carreau, couche, peinture, zoom, motifs);
    }
    d.restore();
  }
  poserCercles(d, peinture, zoom, origine);
  toile.dataset.finie = '';
}

/** Lets the browser do what waits, and comes back at once: of a chain of timers each waits four milliseconds, and there are a hundred here. */
function souffler(): Promise<void> {
  return new Promise((suite) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      suite();
    };
    port2.postMessage(null);
  });
}

async function lire<R>(adresse: string, signal: AbortSignal): Promise<R> {
  const reponse = await fetch(adresse, { signal });
  if (!reponse.ok) throw new Error(`${adresse} : ${reponse.status}`);
  return (await reponse.json()) as R;
}

/** A tile, the side that it has here, and the part of it that is in sight, both in pixels. */
interface Carreau {
  tuile: VectorTile;
  cote: number;
  vue: Bbox;
}

function dessiner(d: CanvasRenderingContext2D, carreau: Carreau, couche: Couche, peinture: Peinture, zoom: number, motifs: Map<string, CanvasPattern>): void {
  if (couche.id === 'limites-communes') colorer(d, carreau, peinture, zoom, motifs);
  if (couche.id === 'limites-departements') voiler(d, carreau, peinture, zoom);
  const objets = couche['source-layer'] && carreau.tuile.layers[couche['source-layer']];
  if (!objets || zoom < (couche.minzoom ?? 0)) return;
  const chemin = new Path2D();
  const remplir = () => {
    for (let i = 0; i < objets.length; i++) tracer(chemin, objets.feature(i), carreau);
  };
  if (couche.type === 'fill') {
    remplir();
    d.fillStyle = String(couche.paint['fill-color']);
    d.fill(chemin);
  } else if (couche.type === 'line') {
    d.globalAlpha = valeur(couche.paint['line-opacity'] as Nombre | undefined, zoom, 1);
    d.lineWidth = valeur(couche.paint['line-width'] as Nombre | undefined, zoom, 1);
    d.strokeStyle = String(couche.paint['line-color']);
    if (d.globalAlpha > 0.05) {
      remplir();
      d.stroke(chemin);
    }
    d.globalAlpha = 1;
  }
}

/** The units, those of one colour or of one pattern together. */
function colorer(d: CanvasRenderingContext2D, carreau: Carreau, { maille, unites }: Peinture, zoom: number, motifs: Map<string, CanvasPattern>): void {
  const objets = carreau.tuile.layers[COUCHES[maille]];
  if (!objets || (maille === 'commune' && zoom < ZOOM_COMMUNES)) return;
  const chemins = new Map<string | CanvasPattern, Path2D>();
  for (let i = 0; i < objets.length; i++) {
    const objet = objets.feature(i);
    const etat = unites.get(String(objet.properties.code));
    if (!etat) continue;
    const teinte = etat.motif ? motif(d, etat.motif, motifs) : etat.couleur;
    if (!teinte) continue;
    let chemin = chemins.get(teinte);
    if (!chemin) chemins.set(teinte, (chemin = new Path2D()));
    tracer(chemin, objet, carreau);
  }
  for (const [teinte, chemin] of chemins) {
    d.fillStyle = teinte;
    d.fill(chemin);
  }
}

function motif(d: CanvasRenderingContext2D, nom: Parameters<typeof tuileDeMotif>[0], motifs: Map<string, CanvasPattern>): CanvasPattern {
  const connu = motifs.get(nom);
  if (connu) return connu;
  const nouveau = d.createPattern(tuileDeMotif(nom), 'repeat')!;
  nouveau.setTransform(new DOMMatrix().scale(1 / palette.motifs.densite));
  motifs.set(nom, nouveau);
  return nouveau;
}

/** What is outside the place. */
function voiler(d: CanvasRenderingContext2D, carreau: Carreau, { maille, unites, departements }: Peinture, zoom: number): void {
  const lointaine = maille === 'commune' && zoom < ZOOM_COMMUNES;
  const objets = carreau.tuile.layers[lointaine ? 'departements' : COUCHES[maille]];
  if (!departements || !objets) return;
  const chemin = new Path2D();
  for (let i = 0; i < objets.length; i++) {
    const objet = objets.feature(i);
    const code = String(objet.properties.code);
    if (lointaine ? !departements.includes(code) : !unites.get(code)?.dedans) tracer(chemin, objet, carreau);
  }
  d.globalAlpha = TRANSPARENCE;
  d.fillStyle = VOILE;
  d.fill(chemin);
  d.globalAlpha = 1;
}

function poserCercles(d: CanvasRenderingContext2D, { cercles }: Peinture, zoom: number, origine: readonly [number, number]): void {
  const monde = COTE * 2 ** zoom;
  const f = croissance(zoom);
  d.lineWidth = 1;
  d.strokeStyle = '#ffffff';
  for (const { point, valeur: n, couleur } of (cercles?.liste ?? []).toSorted((a, b) => b.valeur - a.valeur)) {
    const [x, y] = projeter(point);
    d.beginPath();
    d.arc(x * monde - origine[0], y * monde - origine[1], n === 0 ? 1.6 * f : cercles!.facteur * f * Math.sqrt(n), 0, 2 * Math.PI);
    d.globalAlpha = 0.78;
    d.fillStyle = couleur;
    d.fill();
    d.globalAlpha = 1;
    d.stroke();
  }
}

/** Adds a feature to a path, unless none of it is in sight. */
function tracer(chemin: Path2D, objet: VectorTileFeature, { cote, vue }: Carreau): void {
  const echelle = cote / objet.extent;
  const [x0, y0, x1, y1] = vue.map((bord) => bord / echelle) as Bbox;
  for (const anneau of objet.loadGeometry()) {
    if (anneau.every((p) => p.x < x0) || anneau.every((p) => p.x > x1) || anneau.every((p) => p.y < y0) || anneau.every((p) => p.y > y1)) continue;
    anneau.forEach(({ x, y }, i) => (i ? chemin.lineTo(x * echelle, y * echelle) : chemin.moveTo(x * echelle, y * echelle)));
    chemin.closePath();
  }
}

/** A number of the style at a zoom: constant, or linear from one stop to the next. */
function valeur(nombre: Nombre | undefined, zoom: number, defaut: number): number {
  if (!Array.isArray(nombre)) return nombre ?? defaut;
  const paliers = nombre.slice(3) as number[];
  const apres = paliers.findIndex((palier, i) => i % 2 === 0 && palier >= zoom);
  if (apres < 0) return paliers.at(-1)!;
  if (apres === 0) return paliers[1]!;
  const [z0, v0, z1, v1] = paliers.slice(apres - 2, apres + 2) as [number, number, number, number];
  return v0 + ((v1 - v0) * (zoom - z0)) / (z1 - z0);
}
