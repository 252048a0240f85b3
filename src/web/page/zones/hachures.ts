// Stripes for zones that overlap: each partner has its hue and its place in the slope, so that where several are, their
// stripes stand side by side and none hides another. The map and the legend take them from here.

import type { Map as CarteMapLibre } from 'maplibre-gl';
import palette from '../palette.json';
import { element } from '../element';

/** The yellow comes last: alone it is pale on paper. */
export const CATEGORIES = [4, 5, 2, 6, 1, 0, 3].map((rang) => palette.categories[rang]!);
/** Along an edge, in pixels of a dense screen: the room of one partner. */
const PAS = 16;
const DENSITE = 2;

export function nomDeHachure(rang: number): string {
  return `hachure-${rang}`;
}

export function poserHachures(carte: CarteMapLibre, couleurs: string[]): void {
  couleurs.forEach((couleur, rang) => {
    const toile = tuile(couleur, rang, couleurs.length);
    const image = toile.getContext('2d')!.getImageData(0, 0, toile.width, toile.height);
    const nom = nomDeHachure(rang);
    if (carte.hasImage(nom)) carte.removeImage(nom);
    carte.addImage(nom, image, { pixelRatio: DENSITE });
  });
}

export function pastilleDeHachure(couleur: string, rang: number, nombre: number): HTMLCanvasElement {
  const toile = element('canvas', { class: 'pastille', width: 60, height: 36 });
  const dessin = toile.getContext('2d')!;
  dessin.fillStyle = '#faf8f2';
  dessin.fillRect(0, 0, 60, 36);
  // Two shades wide, so that a swatch of seven still has its stripe.
  dessin.fillStyle = dessin.createPattern(tuile(couleur, rang, Math.min(nombre, 3)), 'repeat')!;
  dessin.fillRect(0, 0, 60, 36);
  return toile;
}

/** One stripe of each tile, whose ends meet those of the next. A lone partner leaves as much paper as it takes. */
function tuile(couleur: string, rang: number, nombre: number): HTMLCanvasElement {
  const places = Math.max(2, nombre);
  const cote = places * PAS;
  const toile = element('canvas', { width: cote, height: cote });
  const dessin = toile.getContext('2d')!;
  dessin.strokeStyle = couleur;
  // Paper shows between two stripes, so that each keeps its edge.
  dessin.lineWidth = (PAS / Math.SQRT2) * 0.8;
  dessin.beginPath();
  const milieu = ((rang % places) + 0.5) * PAS;
  for (const debut of [milieu - cote, milieu, milieu + cote]) {
    dessin.moveTo(debut + cote, -cote);
    dessin.lineTo(debut - cote, cote);
    dessin.moveTo(debut + 2 * cote, -cote);
    dessin.lineTo(debut - cote, 2 * cote);
  }
  dessin.stroke();
  return toile;
}
