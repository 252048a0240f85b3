// The zones d'intervention on the map: surfaces that overlap. A partner that is chosen has its stripes, side by side with
// those of the others; when none is chosen, all are one grey that darkens with their number.

import type { ExpressionSpecification, Map as CarteMapLibre, VectorTileSource } from 'maplibre-gl';
import { nomDeHachure, poserHachures } from './hachures';

const SOURCE = 'zones';
const COUCHES = ['zones-neutres', 'zones-hachures', 'zones-contours'];
const NEUTRE = '#4a463f';

export interface ZonesDessinees {
  /** Address of their TileJSON: it says which they are. */
  url: string;
  /** Partners that have a colour, in the order of colours. */
  choisis: { partenaire: string; couleur: string }[];
}

export function peindreZones(carte: CarteMapLibre, zones: ZonesDessinees | null): void {
  if (zones) poser(carte, new URL(zones.url, location.href).href);
  for (const couche of COUCHES) {
    if (carte.getLayer(couche)) carte.setLayoutProperty(couche, 'visibility', zones ? 'visible' : 'none');
  }
  if (!zones) return;
  const { choisis } = zones;
  const codes: ExpressionSpecification = ['literal', choisis.map((c) => c.partenaire)];
  const choisi: ExpressionSpecification = ['in', ['get', 'partenaire'], codes];
  carte.setFilter('zones-hachures', choisi);
  carte.setFilter('zones-neutres', ['!', choisi]);
  // Those that have no colour step back behind those that have: only their outline stays.
  carte.setPaintProperty('zones-neutres', 'fill-opacity', choisis.length ? 0 : 0.1);
  if (!choisis.length) {
    carte.setPaintProperty('zones-contours', 'line-color', NEUTRE);
    carte.setPaintProperty('zones-contours', 'line-width', 1);
    return;
  }
  poserHachures(carte, choisis.map((c) => c.couleur));
  const selon = (valeurs: string[], defaut: string): ExpressionSpecification =>
    ['match', ['get', 'partenaire'], ...choisis.flatMap((c, i) => [c.partenaire, valeurs[i]!]), defaut] as unknown as ExpressionSpecification;
  carte.setPaintProperty('zones-hachures', 'fill-pattern', selon(choisis.map((_, i) => nomDeHachure(i)), nomDeHachure(0)));
  carte.setPaintProperty('zones-contours', 'line-color', selon(choisis.map((c) => c.couleur), '#b5b0a4'));
  carte.setPaintProperty('zones-contours', 'line-width', ['case', choisi, 2, 0]);
}

function poser(carte: CarteMapLibre, url: string): void {
  const source = carte.getSource<VectorTileSource>(SOURCE);
  if (source) {
    if (source.url !== url) source.setUrl(url);
    return;
  }
  carte.addSource(SOURCE, { type: 'vector', url, promoteId: 'code' });
  const commun = { source: SOURCE, 'source-layer': 'zones' };
  carte.addLayer({ ...commun, id: 'zones-neutres', type: 'fill', paint: { 'fill-color': NEUTRE, 'fill-opacity': 0.1, 'fill-antialias': false } }, 'limites-departements');
  carte.addLayer({ ...commun, id: 'zones-hachures', type: 'fill', filter: ['literal', false] }, 'limites-departements');
  carte.addLayer(
    { ...commun, id: 'zones-contours', type: 'line', layout: { 'line-join': 'round' }, paint: { 'line-color': NEUTRE, 'line-width': 1 } },
    'limites-regions',
  );
}
