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
import { couleurDe, facteurCercles, type Classe } from './classes';
import { COUCHES, PARTAGEES, poserCouches, rayon, SOURCE, voileSauf, type Etat } from './couches';
import type { Bbox, Maille, Point, UniteCouverte } from './reponses';

declare const ADRESSE_OUVRIER: string;

const STYLE = '/styles/carte.json';
const HEXAGONE: Bbox = [-5.2, 41.3, 9.6, 51.1];
/** Rides on the events of the moves that the page makes itself. */
const PAR_LA_PAGE = { parLaPage: true };

export interface Tableau {
  vue: 'couverture' | 'demandes';
  maille: 'commune' | 'epci';
  departement: string;
  unites: Record<string, UniteCouverte>;
  classes: Classe[];
}

export interface Ecoute {
  choix(unite: { maille: Maille; code: string } | null): void;
  survol(unite: { maille: Maille; code: string; nom: string | null } | null, x: number, y: number): void;
  /** The camera has moved; by the person, or by the page to frame something. */
  deplacement(camera: Camera, parLaPersonne: boolean): void;
  panne(ou: 'base' | 'service'): void;
}

export class Carte {
  readonly maplibre: CarteMapLibre;
  private pose = false;
  private tableau: Tableau | null = null;
  private choisie: { maille: Maille; code: string } | null = null;
  private survolee: { maille: Maille; code: string } | null = null;
  private repere: Point | null = null;
  private derniere = '';
  private echecs: { z: number; x: number; y: number }[] = [];

  constructor(
    conteneur: HTMLElement,
    depart: Camera | Bbox | null,
    private readonly ecoute: Ecoute,
  ) {
    setWorkerUrl(new URL(ADRESSE_OUVRIER, location.href).href);
    const camera =
      depart && !Array.isArray(depart)
        ? { center: [depart.lon, depart.lat] as [number, number], zoom: depart.zoom }
        : { bounds: depart ?? HEXAGONE, fitBoundsOptions: { padding: marge(conteneur) } };
    this.maplibre = new CarteMapLibre({
      container: conteneur,
      style: STYLE,
      ...camera,
      minZoom: 2,
      maxZoom: 16,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      // The page speaks to its own host only, whatever public address the style and the TileJSON were written with.
      transformRequest: (url) => ({ url: surPlace(url) }),
      locale: FRANCAIS,
    });
    this.maplibre.touchZoomRotate.disableRotation();
    this.maplibre.keyboard.disableRotation();
    this.maplibre.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.maplibre.addControl(new AttributionControl({ compact: false }), 'bottom-right');
    this.maplibre.addControl(new ScaleControl({ unit: 'metric', maxWidth: 110 }), 'bottom-right');
    this.ecouter();
  }

  /** Colours the units of a réseau; null draws the boundaries alone. */
  peindre(tableau: Tableau | null): void {
    this.tableau = tableau;
    if (this.pose) this.appliquer();
  }

  /** Keeps a thick outline round one unit. */
  choisir(unite: { maille: Maille; code: string } | null): void {
    this.marquer(this.choisie, 'choisie', false);
    this.choisie = unite;
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

  /** Shows a box; near it glides, far it cuts: nobody is flown across the country. */
  cadrer(bbox: Bbox, zoomMax = 12): void {
    const [ouest, sud, est, nord] = bbox;
    const centre: [number, number] = [(ouest + est) / 2, (sud + nord) / 2];
    const proche = this.maplibre.getBounds().contains(centre);
    const padding = marge(this.maplibre.getContainer());
    this.maplibre.fitBounds(bbox, { padding, maxZoom: zoomMax, linear: true, duration: proche ? 350 : 0 }, PAR_LA_PAGE);
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

  private ecouter(): void {
    const carte = this.maplibre;
    carte.on('style.load', () => {
      poserCouches(carte);
      this.pose = true;
      this.appliquer();
    });
    carte.on('error', (evenement: ErrorEvent & { tile?: Tile }) => {
      if (evenement.tile) this.echecs.push(evenement.tile.tileID.canonical);
      const statut = (evenement.error as { status?: number }).status;
      // A tile, a style or a glyph range that the service could not give; a 4xx will not be better later.
      if (statut === 0 || evenement.error instanceof TypeError) this.ecoute.panne('service');
      else if (statut && statut >= 500) this.ecoute.panne('base');
      else console.warn(evenement.error);
    });
    carte.on('click', (evenement) => this.ecoute.choix(this.uniteSous(evenement)));
    // A finger does not hover: its tap would leave a label behind.
    if (matchMedia('(hover: hover)').matches) {
      carte.on('mousemove', (evenement) => this.survoler(evenement));
      carte.on('mouseout', () => this.survoler(null));
      carte.on('movestart', () => this.survoler(null));
    }
    this.derniere = JSON.stringify(this.camera);
    carte.on('moveend', (evenement) => {
      const camera = this.camera;
      // Framing is the page's own move, and a resized window leaves the camera where it was: neither goes to the address.
      const bouge = JSON.stringify(camera) !== this.derniere;
      this.derniere = JSON.stringify(camera);
      this.ecoute.deplacement(camera, bouge && !('parLaPage' in evenement));
    });
  }

  private appliquer(): void {
    const carte = this.maplibre;
    const t = this.tableau;
    const maille = t?.maille ?? 'commune';
    const personne = t?.vue === 'couverture' && Object.values(t.unites).some((u) => u.partenaires === 0);
    for (const partagee of PARTAGEES) {
      const couche = COUCHES[partagee];
      carte.removeFeatureState({ source: SOURCE, sourceLayer: couche });
      this.montrer(`surface-${couche}`, partagee === maille);
      this.montrer(`personne-${couche}`, partagee === maille && personne);
      this.montrer(`voile-${couche}`, partagee === maille && t !== null);
    }
    carte.setPaintProperty('surface-lointaine', 'fill-opacity', t?.maille === 'commune' ? 0.72 : 0);
    this.montrer('noms-epci', maille === 'epci');
    this.montrer('noms-communes', maille === 'commune');
    this.montrer('demandes', t?.vue === 'demandes');
    for (const noms of ['noms-communes', 'noms-epci']) {
      // A name centred on a circle would hide it.
      carte.setLayoutProperty(noms, 'text-anchor', t?.vue === 'demandes' ? 'top' : 'center');
      carte.setLayoutProperty(noms, 'text-offset', t?.vue === 'demandes' ? [0, 0.7] : [0, 0]);
    }
    if (t) {
      carte.setPaintProperty('surface-lointaine', 'fill-color', voileSauf(t.departement));
      for (const [code, unite] of Object.entries(t.unites)) {
        carte.setFeatureState({ source: SOURCE, sourceLayer: COUCHES[t.maille], id: code }, etatDe(unite, t));
      }
      this.poserCercles(t);
    }
    this.marquer(this.choisie, 'choisie', true);
    this.reperer(this.repere);
  }

  private poserCercles(t: Tableau): void {
    const unites = Object.entries(t.unites).filter(([, u]) => u.point && u.demandes > 0);
    const maximum = Math.max(0, ...unites.map(([, u]) => u.demandes));
    this.maplibre.setPaintProperty('demandes', 'circle-radius', rayon(facteurCercles(t.maille, maximum)));
    void this.maplibre.getSource<GeoJSONSource>('demandes')?.setData({
      type: 'FeatureCollection',
      features: unites.map(([code, u]) => ({
        type: 'Feature',
        properties: { code, demandes: u.demandes },
        geometry: { type: 'Point', coordinates: u.point! },
      })),
    });
  }

  private montrer(couche: string, visible: boolean): void {
    const voulue = visible ? 'visible' : 'none';
    if (this.maplibre.getLayer(couche) && this.maplibre.getLayoutProperty(couche, 'visibility') !== voulue) {
      this.maplibre.setLayoutProperty(couche, 'visibility', voulue);
    }
  }

  private marquer(unite: { maille: Maille; code: string } | null, cle: 'choisie' | 'survolee', valeur: boolean): void {
    if (!unite || !this.pose) return;
    this.maplibre.setFeatureState(
      { source: SOURCE, sourceLayer: COUCHES[unite.maille], id: unite.code },
      { [cle]: valeur },
    );
    if (unite.maille === this.tableau?.maille) this.maplibre.setFeatureState({ source: 'demandes', id: unite.code }, { [cle]: valeur });
  }

  private survoler(evenement: MapMouseEvent | null): void {
    const unite = evenement && !this.maplibre.isMoving() ? this.uniteSous(evenement) : null;
    if (unite?.code !== this.survolee?.code || unite?.maille !== this.survolee?.maille) {
      this.marquer(this.survolee, 'survolee', false);
      this.survolee = unite;
      this.marquer(unite, 'survolee', true);
      this.maplibre.getCanvas().style.cursor = unite ? 'pointer' : '';
    }
    this.ecoute.survol(unite, evenement?.point.x ?? 0, evenement?.point.y ?? 0);
  }

  /** The unit under a point, at the level of detail that is on screen there. */
  private uniteSous(evenement: MapMouseEvent): { maille: Maille; code: string; nom: string | null } | null {
    if (!this.pose) return null;
    const maille = this.tableau?.maille ?? 'commune';
    const trouver = (couche: string): MapGeoJSONFeature | undefined =>
      this.maplibre.getLayer(couche) && this.maplibre.queryRenderedFeatures(evenement.point, { layers: [couche] })[0];
    const cercle = this.tableau?.vue === 'demandes' ? trouver('demandes') : undefined;
    const surface = cercle ?? trouver(`surface-${COUCHES[maille]}`);
    if (surface) return this.nommer(maille, surface);
    const departement = trouver('surface-lointaine');
    return departement ? this.nommer('departement', departement) : null;
  }

  private nommer(maille: Maille, objet: MapGeoJSONFeature): { maille: Maille; code: string; nom: string | null } {
    const code = String(objet.properties.code);
    const connu = maille === this.tableau?.maille ? this.tableau.unites[code]?.nom : undefined;
    return { maille, code, nom: connu ?? (objet.properties.nom as string | undefined) ?? null };
  }
}

function etatDe(unite: UniteCouverte, t: Tableau): Etat {
  if (t.vue === 'demandes') return { dedans: true };
  const couleur = couleurDe(unite.partenaires, t.classes);
  return couleur ? { dedans: true, couleur } : { dedans: true, personne: true };
}

function surPlace(url: string): string {
  const adresse = new URL(url, location.href);
  return adresse.protocol.startsWith('http') ? location.origin + adresse.pathname + adresse.search : url;
}

function marge(conteneur: HTMLElement): number {
  return Math.min(40, conteneur.clientWidth / 14, conteneur.clientHeight / 14);
}

const FRANCAIS = {
  'Map.Title': 'Carte',
  'NavigationControl.ZoomIn': 'Agrandir la carte',
  'NavigationControl.ZoomOut': 'Réduire la carte',
  'AttributionControl.ToggleAttribution': 'Afficher ou masquer les sources de la carte',
  'ScaleControl.Meters': 'm',
  'ScaleControl.Kilometers': 'km',
};
