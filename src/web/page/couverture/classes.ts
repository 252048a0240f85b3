// Cuts a series of whole numbers into a few classes with their colours, and says by which method.

import { sequence } from '../couleurs';
import palette from '../palette.json';

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

/** Values of zero are not classed: « personne » is a state of its own, not a small value. */
export function classer(valeurs: number[]): Classement {
  const effectifs = new Map<number, number>();
  for (const v of valeurs) if (v > 0) effectifs.set(v, (effectifs.get(v) ?? 0) + 1);
  const distinctes = [...effectifs.keys()].sort((a, b) => a - b);
  if (distinctes.length === 0) return { classes: [], methode: 'valeurs entières' };
  if (distinctes.length <= 5) {
    const couleurs = sequence(distinctes.length);
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
  const couleurs = sequence(groupes.length);
  return groupes.map((g, i) => ({ ...g, couleur: couleurs[i]! }));
}

export function couleurDe(valeur: number, classes: Classe[]): string | null {
  return classes.find((c) => valeur >= c.min && valeur <= c.max)?.couleur ?? null;
}

/**
 * Factor from the square root of a count to a radius in pixels at zoom 8: area is proportional to the count. It is the same
 * for every theme and partner, so that two maps compare; only very large counts shrink it.
 */
export function facteurDesDemandes(maille: 'commune' | 'epci', maximum: number): number {
  return Math.min(palette.cercles[maille], palette.cercles.maximum / Math.sqrt(Math.max(1, maximum)));
}
