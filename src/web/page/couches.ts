// The layers of data that the page lays over the base style: colours, hatch, veil, outlines and circles.
//
// They are not a style of their own because nothing of them is known before the answer of /api/couverture: classes are
// computed from it, and each unit takes its colour by feature state on the tiles already on screen. Outlines keep the
// layout and the zooms of the boundaries of the base style, so that MapLibre shares one bucket between them.

import type { ExpressionSpecification, GeoJSONSourceSpecification, Map as CarteMapLibre } from 'maplibre-gl';
import { CROISSANCE } from './classes';
import type { Maille } from './reponses';

export const SOURCE = 'territoires';
export const COUCHES: Record<Maille, string> = {
  commune: 'communes',
  epci: 'epci',
  departement: 'departements',
  region: 'regions',
};
export const PARTAGEES: ('commune' | 'epci')[] = ['commune', 'epci'];

const etat = (cle: string): ExpressionSpecification => ['feature-state', cle];
/** The zoom of « limites-communes » in the base style. */
const LIGNES_COMMUNES = 7;
const ENCRE = '#16130d';
const VOILE = '#e4e3de';

/** Feature states that the layers below read. */
export interface Etat {
  couleur?: string;
  personne?: boolean;
  dedans?: boolean;
}

export function poserCouches(carte: CarteMapLibre): void {
  carte.addImage('hachures', hachures(), { pixelRatio: 2 });
  for (const maille of PARTAGEES) poserSurfaces(carte, maille);
  poserSurfaceLointaine(carte);
  for (const maille of ['region', 'departement', 'epci', 'commune'] as Maille[]) poserContours(carte, maille);
  poserRepere(carte);
  poserCercles(carte);
}

function poserSurfaces(carte: CarteMapLibre, maille: Maille): void {
  const couche = COUCHES[maille];
  const commun = {
    type: 'fill' as const,
    source: SOURCE,
    'source-layer': couche,
    ...(maille === 'commune' ? { minzoom: 5 } : {}),
    layout: { visibility: maille === 'commune' ? ('visible' as const) : ('none' as const) },
  };
  carte.addLayer(
    {
      ...commun,
      id: `surface-${couche}`,
      paint: { 'fill-color': ['to-color', etat('couleur'), 'rgba(0, 0, 0, 0)'] },
    },
    'limites-communes',
  );
  carte.addLayer(
    {
      ...commun,
      id: `personne-${couche}`,
      layout: { visibility: 'none' },
      paint: {
        'fill-pattern': 'hachures',
        'fill-opacity': ['case', ['to-boolean', etat('personne')], 1, 0],
        'fill-antialias': false,
      },
    },
    'limites-communes',
  );
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
    // Over the finest boundaries, so that outside the réseau they fade too.
    'limites-departements',
  );
}

/** Below zoom 5 tiles hold no commune: départements are what can be clicked, and the réseau's own stands for it. */
function poserSurfaceLointaine(carte: CarteMapLibre): void {
  carte.addLayer(
    {
      id: 'surface-lointaine',
      type: 'fill',
      source: SOURCE,
      'source-layer': 'departements',
      maxzoom: 5,
      paint: { 'fill-color': VOILE, 'fill-opacity': 0, 'fill-antialias': false },
    },
    'limites-departements',
  );
}

export function voileSauf(departement: string): ExpressionSpecification {
  return ['case', ['==', ['get', 'code'], departement], 'rgba(0, 0, 0, 0)', VOILE];
}

function poserContours(carte: CarteMapLibre, maille: Maille): void {
  const couche = COUCHES[maille];
  const choisie: ExpressionSpecification = ['to-boolean', etat('choisie')];
  const survolee: ExpressionSpecification = ['to-boolean', etat('survolee')];
  const commun = {
    type: 'line' as const,
    source: SOURCE,
    'source-layer': couche,
    // Lower down a commune is smaller than its outline: a ring shows where it is.
    ...(maille === 'commune' ? { minzoom: LIGNES_COMMUNES } : {}),
    layout: { 'line-join': 'round' as const, 'line-cap': 'round' as const },
  };
  // White under ink: the outline is read on the lightest and on the darkest colour, and in greyscale.
  carte.addLayer(
    {
      ...commun,
      id: `contour-clair-${couche}`,
      paint: {
        'line-color': '#ffffff',
        'line-width': ['case', choisie, 7, survolee, 4, 0],
        'line-opacity': ['case', ['any', choisie, survolee], 0.95, 0],
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
        'line-opacity': ['case', ['any', choisie, survolee], 1, 0],
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
  carte.addSource('demandes', { ...pointsVides(), promoteId: 'code' });
  carte.addLayer(
    {
      id: 'demandes',
      type: 'circle',
      source: 'demandes',
      layout: { visibility: 'none', 'circle-sort-key': ['-', 0, ['get', 'demandes']] },
      paint: {
        'circle-color': '#d95f0e',
        'circle-opacity': 0.78,
        'circle-radius': rayon(4),
        'circle-stroke-color': ['case', ['any', ['to-boolean', etat('choisie')], ['to-boolean', etat('survolee')]], ENCRE, '#ffffff'],
        'circle-stroke-width': ['case', ['to-boolean', etat('choisie')], 2.5, 1],
      },
    },
    'noms-communes',
  );
}

function pointsVides(): GeoJSONSourceSpecification {
  return { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };
}

export function rayon(facteur: number): ExpressionSpecification {
  const paliers = CROISSANCE.flatMap(([zoom, f]) => [
    zoom,
    ['*', facteur * f, ['sqrt', ['get', 'demandes']]],
  ]) as ExpressionSpecification[];
  return ['interpolate', ['linear'], ['zoom'], ...paliers] as ExpressionSpecification;
}

/** « Personne »: white with a dark diagonal hatch, drawn so that its edges meet. */
function hachures(): ImageData {
  const cote = 16;
  const toile = document.createElement('canvas');
  toile.width = toile.height = cote;
  const dessin = toile.getContext('2d')!;
  dessin.fillStyle = '#ffffff';
  dessin.fillRect(0, 0, cote, cote);
  dessin.strokeStyle = '#3a3732';
  dessin.lineWidth = 3.2;
  dessin.lineCap = 'square';
  dessin.beginPath();
  for (const decalage of [-cote, 0, cote]) {
    dessin.moveTo(decalage - 2, cote + 2);
    dessin.lineTo(decalage + cote + 2, -2);
  }
  dessin.stroke();
  return dessin.getImageData(0, 0, cote, cote);
}
