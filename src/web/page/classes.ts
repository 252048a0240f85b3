// Cuts a series of whole numbers into a few classes with their colours, and says by which method.

export interface Classe {
  min: number;
  max: number;
  couleur: string;
  effectif: number;
}

export interface Classement {
  classes: Classe[];
  /** « valeurs entières » or « quantiles »: the legend names it. */
  methode: string;
}

// ColorBrewer YlGnBu, for each number of classes; the lightest of five is left to « personne » and paper.
const YLGNBU: Record<number, string[]> = {
  1: ['#41b6c4'],
  2: ['#a1dab4', '#2c7fb8'],
  3: ['#c7e9b4', '#41b6c4', '#225ea8'],
  4: ['#edf8b1', '#7fcdbb', '#1d91c0', '#253494'],
  5: ['#edf8b1', '#a1dab4', '#41b6c4', '#2c7fb8', '#253494'],
};

/** Values of zero are not classed: « personne » is a state of its own, not a small value. */
export function classer(valeurs: number[]): Classement {
  const effectifs = new Map<number, number>();
  for (const v of valeurs) if (v > 0) effectifs.set(v, (effectifs.get(v) ?? 0) + 1);
  const distinctes = [...effectifs.keys()].sort((a, b) => a - b);
  if (distinctes.length === 0) return { classes: [], methode: 'valeurs entières' };
  if (distinctes.length <= 5) {
    const couleurs = YLGNBU[distinctes.length]!;
    const classes = distinctes.map((v, i) => ({ min: v, max: v, couleur: couleurs[i]!, effectif: effectifs.get(v)! }));
    return { classes, methode: 'valeurs entières' };
  }
  return { classes: quantiles(distinctes, effectifs), methode: 'quantiles' };
}

/** Five classes of about as many units each; equal values are never parted. */
function quantiles(distinctes: number[], effectifs: Map<number, number>): Classe[] {
  const total = [...effectifs.values()].reduce((a, b) => a + b, 0);
  const groupes: Classe[] = [];
  let cumul = 0;
  let ouverte: Classe | null = null;
  for (const [i, valeur] of distinctes.entries()) {
    const n = effectifs.get(valeur)!;
    if (ouverte) {
      ouverte.max = valeur;
      ouverte.effectif += n;
    } else {
      ouverte = { min: valeur, max: valeur, couleur: '', effectif: n };
      groupes.push(ouverte);
    }
    cumul += n;
    const restantes = distinctes.length - i - 1;
    const pleine = cumul >= (total * groupes.length) / 5;
    // Close a full class, or any class once the values left are only enough to fill the classes left.
    if (groupes.length < 5 && (pleine || restantes <= 5 - groupes.length)) ouverte = null;
  }
  const couleurs = YLGNBU[Math.min(5, groupes.length)]!;
  return groupes.map((g, i) => ({ ...g, couleur: couleurs[i]! }));
}

export function couleurDe(valeur: number, classes: Classe[]): string | null {
  return classes.find((c) => valeur >= c.min && valeur <= c.max)?.couleur ?? null;
}

/**
 * Factor from the square root of a count to a radius in pixels at zoom 8: area is proportional to the count. It is the same
 * for every theme and partner, so that two maps compare; only very large counts shrink it.
 */
export function facteurCercles(maille: 'commune' | 'epci', maximum: number): number {
  const facteur = maille === 'epci' ? 8 : 4;
  return Math.min(facteur, 44 / Math.sqrt(Math.max(1, maximum)));
}

/** Circles grow a little with zoom; the legend follows the same curve. */
export const CROISSANCE: [zoom: number, facteur: number][] = [
  [5, 0.4],
  [7, 0.7],
  [8, 1],
  [11, 1.7],
  [14, 2.4],
];

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
  return [...new Set(ronds)];
}

function arrondi(n: number): number {
  if (n < 1) return n >= 0.3 ? 1 : 0;
  const puissance = 10 ** Math.floor(Math.log10(n));
  return Math.round(n / puissance) * puissance;
}
