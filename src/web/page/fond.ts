// The background that the settings name, under the data: images by address, or the surfaces, lines and images of a
// MapLibre style. Its names are left out: those of the map are over the data, and two sets would be read as one.

import type { LayerSpecification, Map as CarteMapLibre, SourceSpecification, StyleSpecification } from 'maplibre-gl';

const PREFIXE = 'fond-';
/** The lowest layer of data is over this one. */
const AU_DESSUS = 'limites-communes';
/** Colours of data let the background through. */
const OPACITE = 0.72;

interface Fond {
  adresse: string;
  attribution: string | undefined;
  hotes: string[];
}

const meta = document.querySelector<HTMLMetaElement>('meta[name=maillage-fond]');
const fond: Fond | null = meta && { adresse: meta.content, attribution: meta.dataset.attribution, hotes: (meta.dataset.hotes ?? '').split(' ') };

/** Whether an address is of the background: the page may ask for it as it is. */
export function estDuFond(adresse: URL): boolean {
  return fond?.hotes.includes(adresse.origin) ?? false;
}

export async function poserFond(carte: CarteMapLibre): Promise<void> {
  if (!fond) return;
  try {
    const { sources, layers } = /\{z\}/.test(fond.adresse) ? images(fond) : await style(fond);
    for (const [nom, source] of Object.entries(sources)) carte.addSource(PREFIXE + nom, source);
    for (const couche of layers) carte.addLayer(couche, carte.getLayer('surface-communes') ? 'surface-communes' : AU_DESSUS);
  } catch (erreur) {
    // The map without its background is still the map.
    return console.warn(erreur);
  }
  carte.setPaintProperty('terre', 'fill-opacity', 0);
  for (const couche of ['communes', 'epci', 'departements', 'regions']) {
    if (carte.getLayer(`surface-${couche}`)) carte.setPaintProperty(`surface-${couche}`, 'fill-opacity', OPACITE);
  }
}

function images({ adresse, attribution }: Fond): Pick<StyleSpecification, 'sources' | 'layers'> {
  const source: SourceSpecification = { type: 'raster', tiles: [adresse], tileSize: 256, maxzoom: 19, ...(attribution ? { attribution: enTexte(attribution) } : {}) };
  return { sources: { images: source }, layers: [{ id: `${PREFIXE}images`, type: 'raster', source: `${PREFIXE}images` }] };
}

async function style({ adresse, attribution }: Fond): Promise<Pick<StyleSpecification, 'sources' | 'layers'>> {
  const reponse = await fetch(adresse, { credentials: 'omit' });
  if (!reponse.ok) throw new Error(`Le fond de carte ne répond pas (${reponse.status}).`);
  const { sources, layers } = (await reponse.json()) as StyleSpecification;
  // Patterns and names need images and letters that are the background's own.
  const sansImage = (l: LayerSpecification) => l.type !== 'symbol' && !JSON.stringify('paint' in l ? l.paint : {}).includes('-pattern');
  const gardees = layers.filter(sansImage).map((l) => ({ ...l, id: PREFIXE + l.id, ...('source' in l ? { source: PREFIXE + l.source } : {}) }) as LayerSpecification);
  const signees = Object.entries(sources).map(([nom, source], i) => [nom, i === 0 && attribution ? { ...source, attribution: enTexte(attribution) } : source]);
  return { sources: Object.fromEntries(signees) as StyleSpecification['sources'], layers: gardees };
}

/** MapLibre writes attributions as HTML; a setting is text. */
function enTexte(texte: string): string {
  return texte.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
