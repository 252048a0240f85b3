// What is not sent yet is kept in this browser, for this account and this zone: a reload, a lost connection or an ended
// session loses nothing. It is said on screen, can be erased, and goes once sent; signing out clears all of them
// (`Clear-Site-Data`).

import type { Unite } from './etendue';

const PREFIXE = 'maillage:brouillon:';

export interface Brouillon {
  /** The version that it changes: none for a zone that begins. */
  version: number | null;
  /** Communes that this version covered. */
  base: string[];
  unites: Unite[];
  /** A drawing in place of units, as GeoJSON. */
  dessin: unknown;
  champs: Record<string, string>;
  /** When it was last changed. */
  le: string;
}

export class Tiroir {
  private readonly cle: string;

  constructor(compte: number, reseau: string, zone: string) {
    this.cle = `${PREFIXE}${compte}:${reseau}/${zone}`;
  }

  lire(): Brouillon | null {
    try {
      const lu = JSON.parse(localStorage.getItem(this.cle) ?? 'null') as Brouillon | null;
      return lu && Array.isArray(lu.unites) && Array.isArray(lu.base) ? lu : null;
    } catch {
      return null;
    }
  }

  /** Whether the browser keeps it: some refuse, and whoever writes must know. */
  garder(brouillon: Brouillon): boolean {
    try {
      localStorage.setItem(this.cle, JSON.stringify(brouillon));
      return true;
    } catch {
      return false;
    }
  }

  vider(): void {
    try {
      localStorage.removeItem(this.cle);
    } catch {
      // Nothing is kept where nothing can be.
    }
  }
}
