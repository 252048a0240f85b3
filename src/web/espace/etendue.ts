// What a zone is made of while it is being corrected: units, some of them left out. What it covers follows. Whoever adds
// an EPCI adds the EPCI, and not its communes of today: the zone will follow it.

export interface Lieu {
  code: string;
  nom: string;
  habitants: number | null;
  epci: string;
  /** The larger units that hold it, as `epci:200040459`. */
  unites: string[];
  codesPostaux: string[];
  /** Whether the zone in force covers it. */
  avant: boolean;
}

/** `commune:26001`, and whether it is left out. */
export type Unite = [unite: string, exclue: boolean];

export class Etendue {
  private readonly unites: Map<string, boolean>;

  constructor(
    private readonly lieux: ReadonlyMap<string, Lieu>,
    unites: Iterable<Unite>,
  ) {
    this.unites = new Map(unites);
  }

  static deCommunes(lieux: ReadonlyMap<string, Lieu>, codes: Iterable<string>): Etendue {
    return new Etendue(lieux, [...codes].map((code): Unite => [`commune:${code}`, false]));
  }

  copie(): Etendue {
    return new Etendue(this.lieux, this.unites);
  }

  contient(code: string): boolean {
    let dedans = false;
    for (const unite of this.unitesDe(code)) {
      const exclue = this.unites.get(unite);
      if (exclue) return false;
      dedans ||= exclue === false;
    }
    return dedans;
  }

  /** Communes of the réseau that it covers. */
  codes(): Set<string> {
    return new Set([...this.lieux.keys()].filter((code) => this.contient(code)));
  }

  /** Communes that it names and that are not of the réseau: kept, and counted nowhere. */
  ailleurs(): string[] {
    return [...this.unites].filter(([unite, exclue]) => !exclue && unite.startsWith('commune:') && !this.lieux.has(unite.slice(8))).map(([unite]) => unite.slice(8));
  }

  /** Whether it names a unit, and not only what the unit holds. */
  nomme(unite: string): boolean {
    return this.unites.get(unite) === false;
  }

  ajouter(codes: Iterable<string>): this {
    for (const code of codes) {
      // Left out with a larger unit: the rest of it stays out, commune by commune.
      for (const unite of this.unitesDe(code)) {
        if (this.unites.get(unite) !== true) continue;
        this.unites.delete(unite);
        for (const autre of this.membres(unite)) if (autre !== code) this.unites.set(`commune:${autre}`, true);
      }
      if (!this.contient(code)) this.unites.set(`commune:${code}`, false);
    }
    return this.simplifier();
  }

  retirer(codes: Iterable<string>): this {
    for (const code of codes) {
      const seule = `commune:${code}`;
      if (this.unites.get(seule) === false) this.unites.delete(seule);
      if (this.contient(code)) this.unites.set(seule, true);
    }
    return this.simplifier();
  }

  /** A larger unit, whole. */
  ajouterUnite(unite: string): this {
    const membres = this.membres(unite);
    this.ajouter(membres);
    for (const code of membres) this.unites.delete(`commune:${code}`);
    this.unites.set(unite, false);
    return this.simplifier();
  }

  retirerUnite(unite: string): this {
    if (this.unites.get(unite) === false) this.unites.delete(unite);
    return this.retirer(this.membres(unite));
  }

  membres(unite: string): string[] {
    if (unite.startsWith('commune:')) return [unite.slice(8)];
    return [...this.lieux.values()].filter((lieu) => lieu.unites.includes(unite)).map((lieu) => lieu.code);
  }

  /** As it is kept and sent: always in the same order. */
  liste(): Unite[] {
    return [...this.unites].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private unitesDe(code: string): string[] {
    return [`commune:${code}`, ...(this.lieux.get(code)?.unites ?? [])];
  }

  /** Takes away what says nothing: a unit of which everything is left out, and exclusions from nothing. */
  private simplifier(): this {
    for (const [unite, exclue] of [...this.unites]) {
      if (exclue || unite.startsWith('commune:')) continue;
      const membres = this.membres(unite);
      if (membres.length && membres.every((code) => this.unites.get(`commune:${code}`) === true)) this.unites.delete(unite);
    }
    for (const [unite, exclue] of [...this.unites]) {
      if (!exclue || !unite.startsWith('commune:')) continue;
      const lieu = this.lieux.get(unite.slice(8));
      if (lieu && !lieu.unites.some((plus) => this.unites.get(plus) === false)) this.unites.delete(unite);
    }
    return this;
  }
}

/** What somebody did to a set: to be done again over another. */
export function changements(avant: ReadonlySet<string>, apres: ReadonlySet<string>): { ajoutes: string[]; retires: string[] } {
  return {
    ajoutes: [...apres].filter((code) => !avant.has(code)),
    retires: [...avant].filter((code) => !apres.has(code)),
  };
}
