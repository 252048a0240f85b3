// Reads an answer of the indicators: the classes with their colours, what is known of each unit, and the main figures.

import { divergence, sequence } from '../couleurs';
import { nombre } from '../ecriture';
import type { EtatSansValeur, Indicateur, Valeurs } from '../reponses';

export interface ClasseDeValeurs {
  libelle: string;
  couleur: string;
  effectif: number;
}

export interface Resume {
  nombre: number;
  min: number;
  max: number;
  mediane: number;
  somme: number;
}

/** In the order of the legend. */
export const ETATS: EtatSansValeur[] = ['secret', 'sans_objet', 'non_disponible', 'non_calculable'];

export class Lecture {
  readonly classes: ClasseDeValeurs[];
  /** Of the classes; none for ranks, and where there is nothing to class. */
  private readonly bornes: number[] | null;
  readonly etats: Map<string, EtatSansValeur>;
  readonly resume: Resume | null;
  private readonly partielles: Set<string>;

  constructor(readonly v: Valeurs) {
    const valeurs = Object.values(v.valeurs);
    this.etats = new Map(ETATS.flatMap((etat) => (v.etats[etat] ?? []).map((code) => [code, etat] as const)));
    this.partielles = new Set(v.partielles);
    this.resume = resumer(valeurs);
    this.bornes = v.classes?.bornes.length ? partagerAZero(v.classes.bornes) : null;
    const effectifs = new Map<number, number>();
    for (const valeur of valeurs) effectifs.set(this.rang(valeur), (effectifs.get(this.rang(valeur)) ?? 0) + 1);
    // Counted here and not taken from the answer: the legend then counts what the map draws, to the unit.
    this.classes = this.libelles().map(([libelle, couleur], i) => ({ libelle, couleur, effectif: effectifs.get(i) ?? 0 }));
  }

  /** Whether it is drawn as circles. */
  get enCercles(): boolean {
    return this.v.indicateur.nature === 'stock';
  }

  get unites(): number {
    return Object.keys(this.v.valeurs).length + this.etats.size;
  }

  /** « Densité de population (habitants par km²) » */
  get titre(): string {
    const { libelle, unite } = this.v.indicateur;
    return unite ? `${libelle} (${unite})` : libelle;
  }

  couleur(valeur: number): string | undefined {
    return this.classes[this.rang(valeur)]?.couleur;
  }

  /** Whether a class of the method was parted at zero. */
  get partageeAZero(): boolean {
    return this.bornes !== null && this.bornes.length > this.v.classes!.bornes.length;
  }

  /** What a value that lacks some communes is called. */
  get partielle(): string {
    return this.enCercles ? 'somme partielle' : 'valeur partielle';
  }

  estPartielle(code: string): boolean {
    return this.partielles.has(code);
  }

  /** « 64,2 habitants par km² », « secret statistique »… of a unit; null when it is not one of the answer. */
  dire(code: string): string | null {
    const valeur = this.v.valeurs[code];
    if (valeur !== undefined) return direValeur(valeur, this.v.indicateur);
    const etat = this.etats.get(code);
    return etat ? DIRE_ETAT[etat] : null;
  }

  /** The same where the unit is said once for all. */
  direEnColonne(code: string): string | null {
    const valeur = this.v.valeurs[code];
    const { modalites, decimales } = this.v.indicateur;
    return valeur === undefined || modalites ? this.dire(code) : nombre(valeur, decimales);
  }

  /** Which class holds a value. */
  private rang(valeur: number): number {
    const { bornes } = this;
    if (!bornes) return valeur;
    const place = bornes.slice(1, -1).findIndex((borne) => valeur < borne);
    // A last class without width holds the greatest value alone.
    return place < 0 ? bornes.length - 2 : place;
  }

  private libelles(): [libelle: string, couleur: string][] {
    const { modalites, decimales } = this.v.indicateur;
    const noms = modalites ?? (this.bornes ? bornesEnMots(this.bornes, decimales) : []);
    const couleurs = this.bornes ? couleursDe(this.bornes) : sequence(noms.length);
    return noms.map((nom, i) => [nom, couleurs[i]!]);
  }
}

export const DIRE_ETAT: Record<EtatSansValeur, string> = {
  secret: 'secret statistique',
  sans_objet: 'sans objet',
  non_disponible: 'non disponible',
  non_calculable: 'non calculable',
};

/** A value with its unit, or the name of its rank. */
export function direValeur(valeur: number, { modalites, unite, decimales }: Indicateur): string {
  if (modalites) return modalites[valeur] ?? nombre(valeur);
  return `${nombre(valeur, decimales)}${unite ? `\u00a0${unite}` : ''}`;
}

/** Départements of communes, from their codes. */
export function departementsDe(codes: Iterable<string>): string[] {
  return [...new Set([...codes].map((code) => code.slice(0, code.startsWith('97') ? 3 : 2)))];
}

export function resumer(valeurs: number[]): Resume | null {
  if (!valeurs.length) return null;
  const triees = [...valeurs].sort((a, b) => a - b);
  const milieu = (triees.length - 1) / 2;
  return {
    nombre: triees.length,
    min: triees[0]!,
    max: triees.at(-1)!,
    mediane: (triees[Math.floor(milieu)]! + triees[Math.ceil(milieu)]!) / 2,
    somme: triees.reduce((a, b) => a + b, 0),
  };
}

/** « 1,9 à 24,2 »: a class ends before the next begins, so no value is in two. */
export function bornesEnMots(bornes: number[], decimales: number): string[] {
  const pas = 10 ** -decimales;
  const ecrire = (n: number) => nombre(n, decimales);
  return bornes.slice(0, -1).map((bas, i) => {
    const suivante = bornes[i + 1]!;
    const derniere = i === bornes.length - 2;
    const ronde = Math.abs(suivante / pas - Math.round(suivante / pas)) < 1e-6;
    if (!derniere && !ronde) return `${ecrire(bas)} à moins de ${nombre(suivante, decimales + 2)}`;
    const [de, a] = [ecrire(bas), ecrire(derniere ? suivante : suivante - pas)];
    return de === a ? de : `${de} à ${a}`;
  });
}

/** Two hues when values are on both sides of zero, else light to dark. */
function couleursDe(bornes: number[]): string[] {
  const n = bornes.length - 1;
  const sous = bornes.indexOf(0);
  return sous > 0 && sous < n ? divergence(sous, n - sous) : sequence(n);
}

/** A class that holds less and more than nothing is parted at zero: its two halves say opposite things. */
function partagerAZero(bornes: number[]): number[] {
  const apres = bornes.findIndex((borne) => borne >= 0);
  return apres < 1 || bornes[apres] === 0 ? bornes : bornes.toSpliced(apres, 0, 0);
}
