// Cuts a series of whole numbers into a few classes with their colours, and says by which method.

import { sequence } from '../couleurs';
import palette from '../palette.json';
import type { Maille } from '../reponses';

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

/** Classes of rates, which are not whole: quantiles, or equal steps. Zero, which is « aucune demande », is not classed. */
export function classerTaux(taux: number[], choix: string): Classement {
  const triees = taux.filter((t) => t > 0).sort((a, b) => a - b);
  const [methode, combien] = choix.split(':') as [string, string | undefined];
  const n = Math.max(2, Math.min(8, Number(combien) || 5));
  const egales = methode === 'egales';
  const nom = egales ? 'amplitudes égales' : 'quantiles';
  if (!triees.length) return { classes: [], methode: nom };
  const [bas, haut] = [triees[0]!, triees.at(-1)!];
  const borne = (i: number) => (egales ? bas + ((haut - bas) * i) / n : triees[Math.floor((i * triees.length) / n)]!);
  // Rounded, so that the legend says the very bounds that colours follow; equal ones part nothing.
  const internes = Array.from({ length: n - 1 }, (_, i) => Math.round(borne(i + 1) * 100) / 100);
  const bornes = [...new Set(internes)].filter((b) => b > bas && b <= haut);
  const couleurs = sequence(bornes.length + 1);
  const classes = [bas, ...bornes].map((min, i): Classe => {
    const max = bornes[i] ?? haut;
    const dedans = triees.filter((t) => t >= min && (i === bornes.length || t < max));
    return { min, max, couleur: couleurs[i]!, effectif: dedans.length };
  });
  return { classes, methode: nom };
}

/** The colour of a rate: each class holds its lower bound. */
export function couleurDuTaux(taux: number, classes: Classe[]): string | null {
  return taux > 0 ? (classes.findLast((c) => taux >= c.min)?.couleur ?? null) : null;
}

export function couleurDe(valeur: number, classes: Classe[]): string | null {
  return classes.find((c) => valeur >= c.min && valeur <= c.max)?.couleur ?? null;
}

/**
 * Factor from the square root of a count to a radius in pixels at zoom 8: area is proportional to the count. It is the same
 * for every theme and partner, so that two maps compare; only very large counts shrink it.
 */
export function facteurDesDemandes(maille: Maille, maximum: number): number {
  return Math.min(palette.cercles[maille === 'commune' ? 'commune' : 'epci'], palette.cercles.maximum / Math.sqrt(Math.max(1, maximum)));
}
