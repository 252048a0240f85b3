// Circles whose area is proportional to a figure: how large, how they grow with zoom, and how the legend explains them.

import { nombre } from './ecriture';
import { dessin } from './element';
import palette from './palette.json';

/** Greater than that, in pixels, a circle of the legend would push the rest out of sight. */
const RAYON_LISIBLE = 56;

/** Circles grow a little with zoom; the legend follows the same curve. */
export const CROISSANCE = palette.cercles.croissance as [zoom: number, facteur: number][];

export function croissance(zoom: number): number {
  const apres = CROISSANCE.findIndex(([z]) => z >= zoom);
  if (apres === 0) return CROISSANCE[0]![1];
  if (apres < 0) return CROISSANCE.at(-1)![1];
  const [z0, f0] = CROISSANCE[apres - 1]!;
  const [z1, f1] = CROISSANCE[apres]!;
  return f0 + ((f1 - f0) * (zoom - z0)) / (z1 - z0);
}

/** Up to three round counts to draw nested in the legend, largest first. */
export function reperes(maximum: number): number[] {
  if (maximum <= 0) return [];
  const ronds = [maximum, arrondi(maximum / 3), arrondi(maximum / 12)].filter((n) => n >= 1);
  return ronds.length ? [...new Set(ronds)] : [maximum];
}

function arrondi(n: number): number {
  if (n < 1) return n >= 0.3 ? 1 : 0;
  const puissance = 10 ** Math.floor(Math.log10(n));
  return Math.round(n / puissance) * puissance;
}

/** Three circles in one another, on one foot, with their counts on lead lines. */
export function emboites(facteur: number, maximum: number, dire: (valeur: number) => string): Element {
  const lisible = Math.min(maximum, arrondi((RAYON_LISIBLE / facteur) ** 2));
  const tailles = reperes(lisible).map((n) => ({ n, r: facteur * Math.sqrt(n) }));
  const grand = Math.max(...tailles.map((t) => t.r));
  const [bas, cx] = [2 * grand + 8, grand + 2];
  const filet = 2 * grand + 26;
  let plafond = -Infinity;
  const corps = tailles.flatMap(({ n, r }) => {
    const haut = bas - 2 * r;
    const y = Math.max(haut, plafond + 17);
    plafond = y;
    return [
      dessin('circle', { cx, cy: bas - r, r, class: 'emboite' }),
      dessin('path', { d: `M${cx} ${haut}L${filet - 10} ${y}H${filet}`, class: 'filet' }),
      dessin('text', { x: filet + 5, y: y + 5 }, nombre(n, n < 1 ? 1 : 0)),
    ];
  });
  const hauteur = Math.max(bas + 3, plafond + 10);
  const largeur = filet + 90;
  const titre = `Cercles de référence\u00a0: ${tailles.map((t) => dire(t.n)).join(', ')}`;
  return dessin('svg', { width: largeur, height: hauteur, viewBox: `0 0 ${largeur} ${hauteur}`, role: 'img', 'aria-label': titre }, ...corps);
}
