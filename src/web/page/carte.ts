// The map itself: the only module that speaks to MapLibre. It is told what to show and reports what the person does;
// it knows nothing of sentences, of the address bar or of the API.

import {
  AttributionControl,
  Map as CarteMapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type ErrorEvent,
  type GeoJSONSource,
  type MapGeoJSONFeature,
  type MapMouseEvent,
  type Tile,
} from 'maplibre-gl';
import type { Camera } from './adresse';
import { Coulisses, sansCarteGraphique } from './coulisses';
import { HEXAGONE, marge } from './cadrage';
import { COUCHES, coucheDeMotif, OFFICIELLES, poserCouches, poserRegroupements, rayon, SOURCE, sourceDe, voileSauf, ZOOM_COMMUNES, type Etat } from './couches';
import { element } from './element';
import { estDuFond, poserFond } from './fond';
import { MOTIFS, type Motif } from './motifs';
import type { Bbox, Maille, Point } from './reponses';
import { peindreZones, type ZonesDessinees } from './zones/couche';

const STYLE = '/styles/carte.json';
const OUVRIER = '/ouvrier.js';
/** Rides on the events of the moves that the page makes itself. */
const PAR_LA_PAGE = { parLaPage: true };

/** What to draw over the boundaries. */
export interface Peinture {
  maille: Maille;
  /** Units of the place, by code; the others are veiled. */
  unites: Map<string, Etat>;
  nom(code: string): string | undefined;
  /** The figure of a unit, beside its name under the pointer. */
  dire(code: string): string | undefined;
  /** The réseau whose regroupements are the units. */
  reseau: string | null;
  cercles: { liste: Cercle[]; facteur: number } | null;
  /** Surfaces of zones over the units. */
  zones: ZonesDessinees | null;
  /** Where communes are too small to be drawn, the départements of the place; null when it is the country. */
  departements: string[] | null;
}

export interface Cercle {
  code: string;
  point: Point;
  valeur: number;
  couleur: string;
}

export interface UniteSurvolee {
  maille: Maille;
  code: string;
  nom: string | null;
  /** What the map says of it. */
  dit: string | null;
}

/** A place of the map, under the pointer or in its middle. */
type Vise = Pick<MapMouseEvent, 'point'>;

export interface Ecoute {
  choix(unite: { maille: Maille; code: string } | null, parLeClavier: boolean): void;
  survol(unite: UniteSurvolee | null, x: number, y: number): void;
  /** The camera has moved; by the person, or by the page to frame something. */
  deplacement(camera: Camera, parLaPersonne: boolean): void;
  panne(ou: 'base' | 'service'): void;
}

export class Carte {
  readonly maplibre: CarteMapLibre;
  private coulisses: Coulisses | null = null;
  private pose = false;
  private peinture: Peinture | null = null;
  private choisie: { maille: Maille; code: string } | null = null;
  private survolee: UniteSurvolee | null = null;
  private repere: Point | null = null;
  private derniere = '';
  /** Units that each layer of patterns holds. */
  private readonly hachurees = new Map<string, string>();
  private echecs: { z: number; x: number; y: number }[] = [];

  constructor(
    conteneur: HTMLElement,
    depart: Camera | Bbox | null,
    private readonly ecoute: Ecoute | null,
  ) {
    setWorkerUrl(new URL(OUVRIER, location.href).href);
    const camera =
      depart && !Array.isArray(depart)
        ? { center: [depart.lon, depart.lat] as [number, number], zoom: depart.zoom }
        : { bounds: depart ?? HEXAGONE, fitBoundsOptions: { padding: marge(conteneur, !depart) } };
    this.maplibre = new CarteMapLibre({
      container: conteneur,
      style: STYLE,
      ...camera,
      minZoom: 2,
      maxZoom: 16,
      interactive: ecoute !== null,
      fadeDuration: ecoute ? 300 : 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      // The page speaks to its own host only, whatever public address the style and the TileJSON were written with.
      transformRequest: (url) => ({ url: surPlace(url) }),
      locale: FRANCAIS,
    });
    this.maplibre.on('style.load', () => {
      poserCouches(this.maplibre);
      this.hachurees.clear();
      this.pose = true;
      this.appliquer();
      void poserFond(this.maplibre);
    });
    if (!ecoute) return;
    this.maplibre.touchZoomRotate.disableRotation();
    this.maplibre.keyboard.disableRotation();
    this.maplibre.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.maplibre.addControl(new AttributionControl({ compact: false }), 'bottom-right');
    this.maplibre.addControl(new ScaleControl({ unit: 'metric', maxWidth: 110 }), 'bottom-right');
    this.ecouter(ecoute);
    const gl = this.maplibre.getCanvas().getContext('webgl2');
    if (gl && sansCarteGraphique(gl)) this.coulisses = new Coulisses(this.maplibre, gl);
  }

  /** Draws an answer; null draws the boundaries alone. */
  peindre(peinture: Peinture | null): void {
    this.peinture = peinture;
    if (this.pose) this.appliquer();
  }

  /** Names of places; a small picture has room for none. */
  montrerNoms(visibles: boolean): void {
    for (const couche of ['noms-communes', 'noms-epci', 'noms-departements', 'noms-regions']) {
      if (!visibles) this.maplibre.setLayoutProperty(couche, 'visibility', 'none');
    }
  }

  /** Keeps a thick outline round one unit. */
  choisir(unite: { maille: Maille; code: string } | null): void {
    const avant = this.choisie;
    this.choisie = unite;
    this.marquer(avant, 'choisie', false);
    this.marquer(unite, 'choisie', true);
  }

  /** Shows where the chosen commune is on a map too small for its outline. */
  reperer(point: Point | null): void {
    this.repere = point;
    if (!this.pose) return;
    void this.maplibre.getSource<GeoJSONSource>('repere')?.setData({
      type: 'FeatureCollection',
      features: point ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: point } }] : [],
    });
  }

  /** Shows a box, or the country; near it glides, far it cuts: nobody is flown across the country. */
  cadrer(bbox: Bbox | null, zoomMax = 12): void {
    const padding = marge(this.maplibre.getContainer(), !bbox);
    const camera = this.maplibre.cameraForBounds(bbox ?? HEXAGONE, { padding, maxZoom: zoomMax });
    if (!camera?.center) return;
    const proche = this.maplibre.getBounds().contains(camera.center);
    // On a phone the whole country is too small for its communes to be drawn.
    const zoom = Math.max(camera.zoom ?? 0, this.peinture?.maille === 'commune' ? ZOOM_COMMUNES : 0);
    this.maplibre.easeTo({ center: camera.center, zoom, duration: proche ? 350 : 0 }, PAR_LA_PAGE);
  }

  aller(camera: Camera): void {
    this.maplibre.jumpTo({ center: [camera.lon, camera.lat], zoom: camera.zoom }, PAR_LA_PAGE);
  }

  get camera(): Camera {
    const centre = this.maplibre.getCenter();
    return { zoom: this.maplibre.getZoom(), lat: centre.lat, lon: centre.lng };
  }

  /** After an outage: asks again for what failed. */
  reprendre(): void {
    if (!this.pose || !this.maplibre.getSource(SOURCE)?.loaded()) {
      this.pose = false;
      this.maplibre.setStyle(STYLE, { diff: false });
    } else {
      // By name: asked for all its tiles at once, MapLibre 6.17 waits for ever for those that had failed.
      this.maplibre.refreshTiles(SOURCE, this.echecs);
    }
    this.echecs = [];
  }

  private ecouter(ecoute: Ecoute): void {
    const carte = this.maplibre;
    carte.on('error', (evenement: ErrorEvent & { tile?: Tile }) => {
      if (evenement.tile) this.echecs.push(evenement.tile.tileID.canonical);
      const statut = (evenement.error as { status?: number }).status;
      // A tile, a style or a glyph range that the service could not give; a 4xx will not be better later.
      if (statut === 0 || evenement.error instanceof TypeError) ecoute.panne('service');
      else if (statut && statut >= 500) ecoute.panne('base');
      else console.warn(evenement.error);
    });
    carte.on('click', (evenement) => ecoute.choix(this.uniteSous(evenement), false));
    this.viser(ecoute);
    // A finger does not hover: its tap would leave a label behind.
    if (matchMedia('(hover: hover)').matches) {
      carte.on('mousemove', (evenement) => this.survoler(evenement));
      carte.on('mouseout', () => this.survoler(null));
    }
    carte.on('movestart', () => this.survoler(null));
    this.derniere = JSON.stringify(this.camera);
    carte.on('moveend', (evenement) => {
      const camera = this.camera;
      // Framing is the page's own move, and a resized window leaves the camera where it was: neither goes to the address.
      const bouge = JSON.stringify(camera) !== this.derniere;
      this.derniere = JSON.stringify(camera);
      ecoute.deplacement(camera, bouge && !('parLaPage' in evenement));
    });
  }

  /** Whoever has no pointer looks at the middle of the map: what is there is named and said as it moves, and Enter chooses it. */
  private viser(ecoute: Ecoute): void {
    const toile = this.maplibre.getCanvas();
    const dite = element('p', { class: 'visuellement-cache', role: 'status' });
    toile.after(dite);
    const milieu = () => ({ point: this.maplibre.project(this.maplibre.getCenter()) });
    const nommer = () => {
      if (!toile.matches(':focus-visible')) return;
      this.survoler(milieu());
      const texte = [this.survolee?.nom, this.survolee?.dit].filter(Boolean).join(', ');
      if (dite.textContent !== texte) dite.textContent = texte;
    };
    toile.addEventListener('focus', nommer);
    toile.addEventListener('blur', () => this.survoler(null));
    toile.addEventListener('keydown', (e) => e.key === 'Enter' && toile.matches(':focus-visible') && ecoute.choix(this.uniteSous(milieu()), true));
    this.maplibre.on('idle', nommer);
  }

  private appliquer(): void {
    const carte = this.maplibre;
    const p = this.peinture;
    const maille = p?.maille ?? 'commune';
    const motifs = parMotif(p);
    if (maille === 'regroupement' && p?.reseau) poserRegroupements(carte, p.reseau);
    for (const dessinee of [...OFFICIELLES, 'regroupement' as const]) {
      const couche = COUCHES[dessinee];
      if (!carte.getSource(sourceDe(dessinee))) continue;
      carte.removeFeatureState({ source: sourceDe(dessinee), sourceLayer: couche });
      this.montrer(`surface-${couche}`, dessinee === maille);
      this.montrer(`voile-${couche}`, dessinee === maille && Boolean(p?.departements));
      for (const motif of MOTIFS) this.hachurer(coucheDeMotif(motif, dessinee), dessinee === maille ? (motifs.get(motif) ?? []) : []);
    }
    const lointains = maille === 'commune' ? p?.departements : null;
    carte.setPaintProperty('surface-lointaine', 'fill-opacity', lointains ? 0.72 : 0);
    if (lointains) carte.setPaintProperty('surface-lointaine', 'fill-color', voileSauf(lointains));
    this.montrer('limites-regroupements', maille === 'regroupement');
    this.montrer('noms-epci', maille === 'epci');
    this.montrer('noms-communes', maille !== 'epci');
    this.montrer('cercles', Boolean(p?.cercles));
    for (const noms of ['noms-communes', 'noms-epci']) {
      // A name centred on a circle would hide it.
      carte.setLayoutProperty(noms, 'text-anchor', p?.cercles ? 'top' : 'center');
      carte.setLayoutProperty(noms, 'text-offset', p?.cercles ? [0, 0.7] : [0, 0]);
    }
    for (const [code, etat] of p?.unites ?? []) carte.setFeatureState({ source: sourceDe(maille), sourceLayer: COUCHES[maille], id: code }, etat);
    if (p?.cercles) this.poserCercles(p.cercles);
    peindreZones(carte, p?.zones ?? null);
    this.marquer(this.choisie, 'choisie', true);
    this.reperer(this.repere);
  }

  private poserCercles({ liste, facteur }: NonNullable<Peinture['cercles']>): void {
    this.maplibre.setPaintProperty('cercles', 'circle-radius', rayon(facteur));
    void this.maplibre.getSource<GeoJSONSource>('cercles')?.setData({
      type: 'FeatureCollection',
      features: liste.map(({ point, ...properties }) => ({
        type: 'Feature',
        properties,
        geometry: { type: 'Point', coordinates: point },
      })),
    });
  }

  /** A pattern on some units: with the others its layer would draw the whole country once more, all of it transparent. */
  private hachurer(couche: string, codes: string[]): void {
    this.montrer(couche, codes.length > 0);
    const cle = codes.join();
    if (!codes.length || this.hachurees.get(couche) === cle || !this.maplibre.getLayer(couche)) return;
    this.hachurees.set(couche, cle);
    this.maplibre.setFilter(couche, ['match', ['get', 'code'], codes, true, false], { validate: false });
  }

  private montrer(couche: string, visible: boolean): void {
    const voulue = visible ? 'visible' : 'none';
    if (this.maplibre.getLayer(couche) && this.maplibre.getLayoutProperty(couche, 'visibility') !== voulue) {
      this.maplibre.setLayoutProperty(couche, 'visibility', voulue);
    }
  }

  /** Outlines are of no width but round what is chosen or hovered: with nothing of theirs to show, they are not drawn at all. */
  private montrerContours(): void {
    for (const maille of [...OFFICIELLES, 'regroupement' as const]) {
      const montre = [this.choisie, this.survolee].some((u) => u?.maille === maille);
      for (const [couche, opacite] of [[`contour-clair-${COUCHES[maille]}`, 0.95], [`contour-${COUCHES[maille]}`, 1]] as const) {
        const voulue = montre ? opacite : 0;
        if (this.maplibre.getLayer(couche) && this.maplibre.getPaintProperty(couche, 'line-opacity') !== voulue) this.maplibre.setPaintProperty(couche, 'line-opacity', voulue);
      }
    }
  }

  private marquer(unite: { maille: Maille; code: string } | null, cle: 'choisie' | 'survolee', valeur: boolean): void {
    if (!unite || !this.pose || !this.maplibre.getSource(sourceDe(unite.maille))) return;
    this.maplibre.setFeatureState(
      { source: sourceDe(unite.maille), sourceLayer: COUCHES[unite.maille], id: unite.code },
      { [cle]: valeur },
    );
    if (unite.maille === this.peinture?.maille) this.maplibre.setFeatureState({ source: 'cercles', id: unite.code }, { [cle]: valeur });
    this.montrerContours();
  }

  private survoler(evenement: Vise | null): void {
    const unite = evenement && !this.maplibre.isMoving() ? this.uniteSous(evenement) : null;
    if (unite?.code !== this.survolee?.code || unite?.maille !== this.survolee?.maille) {
      const avant = this.survolee;
      this.survolee = unite;
      this.marquer(avant, 'survolee', false);
      this.marquer(unite, 'survolee', true);
      this.maplibre.getCanvas().style.cursor = unite ? 'pointer' : '';
    }
    this.ecoute?.survol(unite, evenement?.point.x ?? 0, evenement?.point.y ?? 0);
  }

  /** The unit under a point, at the level of detail that is on screen there. */
  private uniteSous(evenement: Vise): UniteSurvolee | null {
    if (!this.pose) return null;
    const maille = this.peinture?.maille ?? 'commune';
    const trouver = (couche: string): MapGeoJSONFeature | undefined =>
      this.maplibre.getLayer(couche) && this.maplibre.queryRenderedFeatures(evenement.point, { layers: [couche] })[0];
    const cercle = this.peinture?.cercles ? trouver('cercles') : undefined;
    const surface = cercle ?? trouver(`surface-${COUCHES[maille]}`);
    if (surface) return this.nommer(maille, surface);
    const departement = trouver('surface-lointaine');
    return departement ? this.nommer('departement', departement) : null;
  }

  private nommer(maille: Maille, objet: MapGeoJSONFeature): UniteSurvolee {
    const code = String(objet.properties.code);
    const p = maille === this.peinture?.maille ? this.peinture : null;
    return { maille, code, nom: p?.nom(code) ?? (objet.properties.nom as string | undefined) ?? null, dit: p?.dire(code) ?? null };
  }

  /** Codes of the units of the answer that are on screen. */
  visibles(): Set<string> {
    const couche = `surface-${COUCHES[this.peinture?.maille ?? 'commune']}`;
    if (!this.pose || !this.maplibre.getLayer(couche)) return new Set();
    return new Set(this.maplibre.queryRenderedFeatures({ layers: [couche] }).map((f) => String(f.properties.code)));
  }

  /** Once there is nothing left to load or to draw. */
  async auRepos(): Promise<void> {
    await new Promise<void>((suite) => void this.maplibre.once('idle', () => suite()));
    await this.montree();
  }

  /** Once all that was drawn is shown. */
  async montree(): Promise<void> {
    await this.coulisses?.montree();
  }

  get bornes(): Bbox {
    const b = this.maplibre.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  }
}

function parMotif(peinture: Peinture | null): Map<Motif, string[]> {
  const motifs = new Map<Motif, string[]>();
  for (const [code, { motif }] of peinture?.unites ?? []) {
    if (!motif) continue;
    const codes = motifs.get(motif);
    if (codes) codes.push(code);
    else motifs.set(motif, [code]);
  }
  return motifs;
}

function surPlace(url: string): string {
  const adresse = new URL(url, location.href);
  if (estDuFond(adresse)) return url;
  return adresse.protocol.startsWith('http') ? location.origin + adresse.pathname + adresse.search : url;
}

const FRANCAIS = {
  'Map.Title': 'Carte\u00a0: les flèches la déplacent, + et − l’agrandissent et la réduisent, Entrée choisit ce qui est au milieu',
  'NavigationControl.ZoomIn': 'Agrandir la carte',
  'NavigationControl.ZoomOut': 'Réduire la carte',
  'AttributionControl.ToggleAttribution': 'Afficher ou masquer les sources de la carte',
  'ScaleControl.Meters': 'm',
  'ScaleControl.Kilometers': 'km',
};
