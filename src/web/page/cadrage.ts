// Where a map looks, before and after it is there: the live map and its sketch frame the same thing alike.

import type { Camera } from './adresse';
import type { Bbox, Point } from './reponses';

export const HEXAGONE: Bbox = [-5.2, 41.3, 9.6, 51.1];

export interface Marges {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Of the country, with room for what lies overseas: at the left, or under it where the map is narrow. */
export function marge(conteneur: HTMLElement, pays: boolean): Marges {
  const { clientWidth: largeur, clientHeight: hauteur } = conteneur;
  const bord = Math.min(40, largeur / 14, hauteur / 14);
  const etroite = largeur < 500;
  return { top: bord, right: bord, bottom: pays && etroite ? 84 : bord, left: pays && !etroite ? 104 : bord };
}

/** Side of a tile, in pixels: at zoom 0 it is the world. */
export const COTE = 512;

/** A point of the world in Web Mercator, from 0 to 1 eastwards and southwards. */
export function projeter([lon, lat]: Point): Point {
  const sinus = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sinus) / (1 - sinus)) / (4 * Math.PI)];
}

/** Zoom and top left corner, in pixels of the world at that zoom, of what a map of a size shows; no farther than a zoom. */
export function cadrer(ou: Camera | Bbox, largeur: number, hauteur: number, m: Marges, zoomMin: number): { zoom: number; origine: Point } {
  if (!Array.isArray(ou)) {
    const monde = COTE * 2 ** ou.zoom;
    const [x, y] = projeter([ou.lon, ou.lat]);
    return { zoom: ou.zoom, origine: [x * monde - largeur / 2, y * monde - hauteur / 2] };
  }
  const [ouest, sud, est, nord] = ou;
  const [x0, y0] = projeter([ouest, nord]);
  const [x1, y1] = projeter([est, sud]);
  const monde = Math.min((largeur - m.left - m.right) / (x1 - x0), (hauteur - m.top - m.bottom) / (y1 - y0));
  const milieu = (a: number, b: number, avant: number, apres: number, taille: number) => ((a + b) / 2) * monde - (avant + (taille - avant - apres) / 2);
  const zoom = Math.log2(monde / COTE);
  const origine: Point = [milieu(x0, x1, m.left, m.right, largeur), milieu(y0, y1, m.top, m.bottom, hauteur)];
  if (zoom >= zoomMin) return { zoom, origine };
  const fois = 2 ** (zoomMin - zoom);
  return { zoom: zoomMin, origine: [(origine[0] + largeur / 2) * fois - largeur / 2, (origine[1] + hauteur / 2) * fois - hauteur / 2] };
}
