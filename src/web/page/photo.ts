// Pictures of the map, of any size: a second map, out of sight, draws what the first shows. The one on screen is neither
// resized nor moved, and a phone makes the same picture as a desk.

import type { PaddingOptions } from 'maplibre-gl';
import { Carte, type Peinture } from './carte';
import { element } from './element';
import type { Bbox } from './reponses';

const DELAI = 30_000;

export interface Cliche {
  toile: HTMLCanvasElement;
  /** Metres on the ground for one pixel of CSS, at the middle. */
  metresParPixel: number;
  zoom: number;
}

/** Draws each box in turn at the same size, in CSS pixels; `densite` pixels of the picture for one of them. */
export async function photographier(
  peinture: Peinture | null,
  cadres: { bbox: Bbox; noms: boolean; marge?: Required<PaddingOptions> }[],
  { largeur, hauteur, densite }: { largeur: number; hauteur: number; densite: number },
): Promise<Cliche[]> {
  const boite = element('div', { class: 'chambre-noire', 'aria-hidden': 'true' });
  boite.style.width = `${largeur}px`;
  boite.style.height = `${hauteur}px`;
  document.body.append(boite);
  const carte = new Carte(boite, cadres[0]?.bbox ?? null, null);
  const { maplibre } = carte;
  try {
    maplibre.setPixelRatio(densite);
    carte.peindre(peinture);
    const cliches: Cliche[] = [];
    for (const { bbox, noms, marge } of cadres) {
      await apres(maplibre, () => maplibre.isStyleLoaded());
      carte.montrerNoms(noms);
      maplibre.fitBounds(bbox, { padding: marge ?? 0, animate: false });
      await apres(maplibre, () => maplibre.loaded() && maplibre.areTilesLoaded());
      // Drawn and read within one task: the picture is not kept any longer.
      maplibre.redraw();
      const toile = element('canvas', { width: largeur * densite, height: hauteur * densite });
      toile.getContext('2d')!.drawImage(maplibre.getCanvas(), 0, 0, toile.width, toile.height);
      const latitude = (maplibre.getCenter().lat * Math.PI) / 180;
      cliches.push({ toile, zoom: maplibre.getZoom(), metresParPixel: (40_075_016.686 * Math.cos(latitude)) / (512 * 2 ** maplibre.getZoom()) });
    }
    return cliches;
  } finally {
    maplibre.remove();
    boite.remove();
  }
}

/** Until the map says so at rest. */
async function apres(carte: Carte['maplibre'], fini: () => boolean | void): Promise<void> {
  const limite = performance.now() + DELAI;
  for (;;) {
    await new Promise<void>((suite) => {
      const minuteur = setTimeout(suite, 400);
      void carte.once('idle', () => {
        clearTimeout(minuteur);
        suite();
      });
      carte.triggerRepaint();
    });
    if (fini()) return;
    if (performance.now() > limite) throw new Error('La carte n’a pas pu être dessinée à temps. Réessayez dans un instant.');
  }
}
