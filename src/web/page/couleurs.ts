// The colours of data: light to dark for what goes from little to much, two hues around a middle that means something.
// Paper, white and grey are never among them: they are those of the states.

// ColorBrewer YlGnBu, for each number of classes; the lightest of five is left to « personne » and paper.
const YLGNBU: Record<number, string[]> = {
  1: ['#41b6c4'],
  2: ['#a1dab4', '#2c7fb8'],
  3: ['#c7e9b4', '#41b6c4', '#225ea8'],
  4: ['#edf8b1', '#7fcdbb', '#1d91c0', '#253494'],
  5: ['#edf8b1', '#a1dab4', '#41b6c4', '#2c7fb8', '#253494'],
};
const YLGNBU_LONGUE = ['#edf8b1', '#c7e9b4', '#7fcdbb', '#41b6c4', '#1d91c0', '#225ea8', '#253494', '#081d58'];

// ColorBrewer RdYlBu, from the middle outwards: readable by those who do not tell red from green.
const BAISSES = ['#fee090', '#fdae61', '#f46d43', '#d73027', '#a50026'];
const HAUSSES = ['#c6e5ef', '#abd9e9', '#74add1', '#4575b4', '#313695'];

/** Of circles: more than nothing, less than nothing, nothing. */
export const CERCLE = { plus: '#d95f0e', moins: '#5e3c99', zero: '#6f6b62' } as const;

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
