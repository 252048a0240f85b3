// The colours of data: light to dark for what goes from little to much, two hues around a middle that means something.
// Paper, white and grey are never among them: they are those of the states.

import palette from './palette.json';

// ColorBrewer YlGnBu, for each number of classes; the lightest of five is left to « personne » and paper.
const YLGNBU: Record<number, string[]> = palette.sequences;
const YLGNBU_LONGUE = palette.sequence_longue;

// ColorBrewer RdYlBu, from the middle outwards: readable by those who do not tell red from green.
const BAISSES = palette.baisses;
const HAUSSES = palette.hausses;

/** Of circles: more than nothing, less than nothing, nothing. */
export const CERCLE = palette.cercle;

/** From light to dark. */
export function sequence(nombre: number): string[] {
  return YLGNBU[nombre] ?? etaler(YLGNBU_LONGUE, nombre);
}

/** For classes in order, so many under zero and so many over it; the same rank on both sides is as strong. */
export function divergence(sous: number, sur: number): string[] {
  const rangs = Math.max(sous, sur);
  return [...etaler(BAISSES, rangs).slice(0, sous).reverse(), ...etaler(HAUSSES, rangs).slice(0, sur)];
}

/** As many colours as asked for, from one end of a series to the other; between two of them, their mean. */
function etaler(couleurs: string[], nombre: number): string[] {
  if (nombre === 1) return [couleurs[Math.floor(couleurs.length / 2)]!];
  return Array.from({ length: nombre }, (_, i) => {
    const place = (i * (couleurs.length - 1)) / (nombre - 1);
    const [a, b] = [couleurs[Math.floor(place)]!, couleurs[Math.ceil(place)]!];
    return meler(a, b, place % 1);
  });
}

function meler(a: string, b: string, part: number): string {
  const canaux = [1, 3, 5].map((i) => {
    const [de, vers] = [a, b].map((c) => parseInt(c.slice(i, i + 2), 16)) as [number, number];
    return Math.round(de + (vers - de) * part);
  });
  return `#${canaux.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}
