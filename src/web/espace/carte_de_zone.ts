// The map of one zone: what it keeps, adds and takes away, told apart without colour too.

import type { GeoJSONSource } from 'maplibre-gl';
import { Carte } from '../page/carte';
import { element } from '../page/element';
import type { Bbox } from '../page/reponses';
import { nombre } from '../page/ecriture';

export type Sort = 'gardee' | 'ajoutee' | 'retiree';

export const SORTS: Record<Sort, { couleur: string; dit: string; dits: string }> = {
  gardee: { couleur: '#7fcdbb', dit: 'dans la zone', dits: 'dans la zone' },
  ajoutee: { couleur: '#225ea8', dit: 'ajoutée', dits: 'ajoutées' },
  retiree: { couleur: '#ffffff', dit: 'retirée', dits: 'retirées' },
};
const RETIREE = '#b8470b';
const HACHURE = 'hachure-retiree';
const ESQUISSE = 'esquisse';
const COTE = 16;

/** Of each commune of the réseau; nothing for those that are in neither version. */
export type Sorts = ReadonlyMap<string, Sort | null>;

export interface Choix {
  /** The réseau and the box of its perimeter. */
  departements: string[];
  bbox: Bbox | null;
  nom(code: string): string | undefined;
  surChoix: ((code: string) => void) | null;
  /** Whether the name under the pointer would be in the way. */
  muette?: () => boolean;
  surPanne(): void;
}

export class CarteDeZone {
  readonly carte: Carte;
  private sorts: Sorts = new Map();
  private esquisse: unknown = null;
  private readonly etiquette = element('div', { class: 'etiquette', hidden: true });

  constructor(
    conteneur: HTMLElement,
    private readonly choix: Choix,
  ) {
    conteneur.append(this.etiquette);
    const toile = element('div', { class: 'toile', id: 'carte' });
    conteneur.prepend(toile);
    this.carte = new Carte(toile, choix.bbox, {
      choix: (unite) => {
        if (unite?.maille === 'commune' && this.sorts.has(unite.code)) choix.surChoix?.(unite.code);
      },
      survol: (unite, x, y) => this.etiqueter(unite?.maille === 'commune' ? unite.code : null, x, y),
      deplacement: () => {},
      panne: () => choix.surPanne(),
    });
    this.carte.maplibre.on('style.load', () => {
      this.poserHachure();
      this.poserEsquisse();
    });
    // Tests look at it, like the first page's.
    Object.assign(window, { maillage: { carte: this.carte.maplibre } });
  }

  peindre(sorts: Sorts): void {
    this.sorts = sorts;
    this.carte.peindre({
      maille: 'commune',
      unites: new Map([...sorts].map(([code, sort]) => [code, { dedans: true, ...(sort ? { couleur: SORTS[sort].couleur } : {}), retiree: sort === 'retiree' }])),
      nom: this.choix.nom,
      dire: (code) => (sorts.get(code) ? SORTS[sorts.get(code)!].dit : 'hors de la zone'),
      reseau: null,
      cercles: null,
      zones: null,
      departements: this.choix.departements,
    });
  }

  /** A surface over the communes; null for none. */
  esquisser(geometrie: unknown): void {
    this.esquisse = geometrie;
    void this.carte.maplibre.getSource<GeoJSONSource>(ESQUISSE)?.setData(enObjets(geometrie));
  }

  private poserEsquisse(): void {
    const carte = this.carte.maplibre;
    carte.addSource(ESQUISSE, { type: 'geojson', data: enObjets(this.esquisse) });
    // White under red: seen on the darkest blue, and in greyscale.
    carte.addLayer({ id: `${ESQUISSE}-clair`, type: 'line', source: ESQUISSE, layout: { 'line-join': 'round' }, paint: { 'line-color': '#ffffff', 'line-width': 5 } });
    carte.addLayer({ id: ESQUISSE, type: 'line', source: ESQUISSE, layout: { 'line-join': 'round' }, paint: { 'line-color': '#a3271b', 'line-width': 2.5 } });
  }

  /** Stripes on what is taken away: white alone would be read as « never there ». */
  private poserHachure(): void {
    const carte = this.carte.maplibre;
    const toile = hachure();
    carte.addImage(HACHURE, toile.getContext('2d')!.getImageData(0, 0, COTE, COTE), { pixelRatio: 2 });
    carte.addLayer(
      {
        id: HACHURE,
        type: 'fill',
        source: 'territoires',
        'source-layer': 'communes',
        minzoom: 5,
        paint: { 'fill-pattern': HACHURE, 'fill-opacity': ['case', ['to-boolean', ['feature-state', 'retiree']], 1, 0], 'fill-antialias': false },
      },
      'limites-communes',
    );
  }

  private etiqueter(code: string | null, x: number, y: number): void {
    const nom = code && this.sorts.has(code) && !this.choix.muette?.() ? this.choix.nom(code) : null;
    this.etiquette.hidden = !nom;
    if (!nom || !code) return;
    const sort = this.sorts.get(code);
    this.etiquette.replaceChildren(element('strong', {}, nom), element('span', {}, sort ? SORTS[sort].dit : 'hors de la zone'));
    const cadre = this.etiquette.parentElement!;
    const droite = x + 20 + this.etiquette.offsetWidth > cadre.clientWidth;
    this.etiquette.style.transform = `translate(${droite ? x - this.etiquette.offsetWidth - 12 : x + 14}px, ${Math.min(y + 14, cadre.clientHeight - 50)}px)`;
  }
}

function enObjets(geometrie: unknown): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features: geometrie ? [{ type: 'Feature', properties: {}, geometry: geometrie as GeoJSON.Geometry }] : [] };
}

/** What the colours say, with how many communes each. */
export function legende(sorts: Sorts): HTMLElement {
  const nombres = (sort: Sort) => [...sorts.values()].filter((autre) => autre === sort).length;
  return element(
    'ul',
    { class: 'legende', 'aria-label': 'Légende de la carte' },
    ...(Object.keys(SORTS) as Sort[])
      .filter((sort) => sort === 'gardee' || nombres(sort))
      .map((sort) => element('li', {}, pastille(sort), `${SORTS[sort].dits} : ${nombre(nombres(sort))}`)),
    element('li', {}, element('span', { class: 'pastille vide', 'aria-hidden': 'true' }), `hors de la zone : ${nombre([...sorts.values()].filter((sort) => !sort).length)}`),
  );
}

function pastille(sort: Sort): HTMLElement {
  const toile = element('canvas', { class: 'pastille', width: 40, height: 24, 'aria-hidden': 'true' });
  const dessin = toile.getContext('2d')!;
  dessin.fillStyle = sort === 'retiree' ? dessin.createPattern(hachure(), 'repeat')! : SORTS[sort].couleur;
  dessin.fillRect(0, 0, 40, 24);
  return toile;
}

function hachure(): HTMLCanvasElement {
  const toile = element('canvas', { width: COTE, height: COTE });
  const dessin = toile.getContext('2d')!;
  dessin.fillStyle = '#ffffff';
  dessin.fillRect(0, 0, COTE, COTE);
  dessin.strokeStyle = RETIREE;
  dessin.lineWidth = 4;
  dessin.beginPath();
  for (const d of [-COTE, 0, COTE]) {
    dessin.moveTo(d - 2, -2);
    dessin.lineTo(d + COTE + 2, COTE + 2);
  }
  dessin.stroke();
  return toile;
}
