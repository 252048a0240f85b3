// The layers of data that the page lays over the base style: colours, patterns, veil, outlines and circles.
//
// They are not a style of their own because nothing of them is known before an answer: classes come with it, and each
// unit takes its colour by feature state on the tiles already on screen. Outlines keep the
// layout and the zooms of the boundaries of the base style, so that MapLibre shares one bucket between them.

import type { ExpressionSpecification, GeoJSONSourceSpecification, Map as CarteMapLibre, VectorTileSource } from 'maplibre-gl';
import { CROISSANCE } from './cercles';
import { MOTIFS, tuileDeMotif, type Motif } from './motifs';
import type { Maille } from './reponses';

export const SOURCE = 'territoires';
/** The source of the regroupements of a réseau: they are asked for when they are shown. */
export const REGROUPEMENTS = 'regroupements';
export const COUCHES: Record<Maille, string> = {
  commune: 'communes',
  epci: 'epci',
  departement: 'departements',
  region: 'regions',
  regroupement: 'regroupements',
};
/** Those of the official code, whose tiles the base style asks for. */
export const OFFICIELLES: Maille[] = ['commune', 'epci', 'departement', 'region'];

export function sourceDe(maille: Maille): string {
  return maille === 'regroupement' ? REGROUPEMENTS : SOURCE;
}

const etat = (cle: string): ExpressionSpecification => ['feature-state', cle];
/** From there tiles hold the communes. */
export const ZOOM_COMMUNES = 5;
/** The zoom of « limites-communes » in the base style. */
const LIGNES_COMMUNES = 7;
const ENCRE = '#16130d';
export const VOILE = '#e4e3de';

/** Feature states that the layers below read. */
export interface Etat {
  couleur?: string;
  motif?: Motif;
  dedans?: boolean;
}

export function poserCouches(carte: CarteMapLibre): void {
  for (const motif of MOTIFS) {
    const tuile = tuileDeMotif(motif);
    carte.addImage(motif, tuile.getContext('2d')!.getImageData(0, 0, tuile.width, tuile.height), { pixelRatio: 2 });
  }
  for (const maille of OFFICIELLES) poserSurfaces(carte, maille);
  poserSurfaceLointaine(carte);
  for (const maille of ['region', 'departement', 'epci', 'commune'] as Maille[]) poserContours(carte, maille);
  poserRepere(carte);
  poserCercles(carte);
}

/** Adds the regroupements of a réseau, or changes whose they are. */
export function poserRegroupements(carte: CarteMapLibre, reseau: string): void {
  const url = new URL(`/tuiles/regroupements?reseau=${encodeURIComponent(reseau)}`, location.href).href;
  const source = carte.getSource<VectorTileSource>(REGROUPEMENTS);
  if (source) {
    if (source.url !== url) source.setUrl(url);
    return;
  }
  carte.addSource(REGROUPEMENTS, { type: 'vector', url, promoteId: 'code' });
  poserSurfaces(carte, 'regroupement');
  carte.addLayer(
    {
      id: 'limites-regroupements',
      type: 'line',
      source: REGROUPEMENTS,
      'source-layer': 'regroupements',
      layout: { visibility: 'none', 'line-join': 'round' },
      paint: { 'line-color': '#4a463f', 'line-width': ['interpolate', ['linear'], ['zoom'], 6, 0.8, 10, 2] },
    },
    'limites-regions',
  );
  poserContours(carte, 'regroupement');
}

export function coucheDeMotif(motif: Motif, maille: Maille): string {
  return `${motif}-${COUCHES[maille]}`;
}

function poserSurfaces(carte: CarteMapLibre, maille: Maille): void {
  const couche = COUCHES[maille];
  const commun = {
    type: 'fill' as const,
    source: sourceDe(maille),
    'source-layer': couche,
    ...(maille === 'commune' ? { minzoom: ZOOM_COMMUNES } : {}),
    layout: { visibility: maille === 'commune' ? ('visible' as const) : ('none' as const) },
  };
  carte.addLayer(
    {
      ...commun,
      id: `surface-${couche}`,
      // The boundaries cover the edges: softened too, each unit would be drawn twice.
      paint: { 'fill-color': ['to-color', etat('couleur'), 'rgba(0, 0, 0, 0)'], 'fill-antialias': false },
    },
    'limites-communes',
  );
  // A pattern cannot be chosen by feature state: each has its layer, shown when it is used.
  for (const motif of MOTIFS) {
    carte.addLayer(
      {
        ...commun,
        id: coucheDeMotif(motif, maille),
        layout: { visibility: 'none' },
        paint: {
          'fill-pattern': motif,
          // Those that the layer is given by its filter, until they are others.
          'fill-opacity': ['case', ['==', etat('motif'), motif], 1, 0],
          'fill-antialias': false,
        },
      },
      'limites-communes',
    );
  }
  carte.addLayer(
    {
      ...commun,
      id: `voile-${couche}`,
      layout: { visibility: 'none' },
      // No antialias: two half-transparent neighbours would draw a seam where they meet.
      paint: {
        'fill-color': VOILE,
        'fill-opacity': ['case', ['to-boolean', etat('dedans')], 0, 0.72],
        'fill-antialias': false,
      },
    },
    // Over the finest boundaries, so that outside the place they fade too.
    'limites-departements',
  );
}

/** Lower down tiles hold no commune: départements are what can be clicked, and those of the place stand for it. */
function poserSurfaceLointaine(carte: CarteMapLibre): void {
  carte.addLayer(
    {
      id: 'surface-lointaine',
      type: 'fill',
      source: SOURCE,
      'source-layer': 'departements',
      maxzoom: ZOOM_COMMUNES,
      paint: { 'fill-color': VOILE, 'fill-opacity': 0, 'fill-antialias': false },
    },
    'limites-departements',
  );
}

export function voileSauf(departements: string[]): ExpressionSpecification {
  return ['case', ['in', ['get', 'code'], ['literal', departements]], 'rgba(0, 0, 0, 0)', VOILE];
}

function poserContours(carte: CarteMapLibre, maille: Maille): void {
  const couche = COUCHES[maille];
  const choisie: ExpressionSpecification = ['to-boolean', etat('choisie')];
  const survolee: ExpressionSpecification = ['to-boolean', etat('survolee')];
  const commun = {
    type: 'line' as const,
    source: sourceDe(maille),
    'source-layer': couche,
    // Lower down a commune is smaller than its outline: a ring shows where it is.
    ...(maille === 'commune' ? { minzoom: LIGNES_COMMUNES } : {}),
  };
  // White under ink: the outline is read on the lightest and on the darkest colour, and in greyscale.
  carte.addLayer(
    {
      ...commun,
      id: `contour-clair-${couche}`,
      paint: {
        'line-color': '#ffffff',
        'line-width': ['case', choisie, 7, survolee, 4, 0],
        // Not by unit: at nothing, the layer costs nothing (`montrerContours`).
        'line-opacity': 0,
      },
    },
    'noms-communes',
  );
  carte.addLayer(
    {
      ...commun,
      id: `contour-${couche}`,
      paint: {
        'line-color': ENCRE,
        'line-width': ['case', choisie, 3.5, survolee, 1.8, 0],
        'line-opacity': 0,
      },
    },
    'noms-communes',
  );
}

/** Where the chosen commune is, when the country is in sight. */
function poserRepere(carte: CarteMapLibre): void {
  carte.addSource('repere', pointsVides());
  const commun = { type: 'circle' as const, source: 'repere', maxzoom: LIGNES_COMMUNES };
  const anneau = { 'circle-radius': 9, 'circle-color': 'rgba(0, 0, 0, 0)' };
  carte.addLayer(
    { ...commun, id: 'repere-clair', paint: { ...anneau, 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 6 } },
    'noms-communes',
  );
  carte.addLayer(
    { ...commun, id: 'repere', paint: { ...anneau, 'circle-radius': 10.5, 'circle-stroke-color': ENCRE, 'circle-stroke-width': 3 } },
    'noms-communes',
  );
}

function poserCercles(carte: CarteMapLibre): void {
  carte.addSource('cercles', { ...pointsVides(), promoteId: 'code' });
  carte.addLayer(
    {
      id: 'cercles',
      type: 'circle',
      source: 'cercles',
      layout: { visibility: 'none', 'circle-sort-key': ['case', ['==', ['get', 'valeur'], 0], -1e15, ['-', 0, ['get', 'valeur']]] },
      paint: {
        'circle-color': ['get', 'couleur'],
        'circle-opacity': 0.78,
        'circle-radius': rayon(1),
        'circle-stroke-color': ['case', ['any', ['to-boolean', etat('choisie')], ['to-boolean', etat('survolee')]], ENCRE, '#ffffff'],
        // Of a country seen whole, circles are smaller than a ring of one pixel.
        'circle-stroke-width': [
          'interpolate', ['linear'], ['zoom'],
          5, ['case', ['to-boolean', etat('choisie')], 2.5, 0.3],
          8, ['case', ['to-boolean', etat('choisie')], 2.5, 1],
        ],
      },
    },
    'noms-communes',
  );
}

function pointsVides(): GeoJSONSourceSpecification {
  return { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };
}

/** Radius by zoom: area is proportional to the value. Zero, which has no area, is a dot. */
export function rayon(facteur: number): ExpressionSpecification {
  const paliers = CROISSANCE.flatMap(([zoom, f]) => [
    zoom,
    ['case', ['==', ['get', 'valeur'], 0], 1.6 * f, ['*', facteur * f, ['sqrt', ['get', 'valeur']]]],
  ]);
  return ['interpolate', ['linear'], ['zoom'], ...paliers] as ExpressionSpecification;
}
