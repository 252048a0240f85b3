// What is seen before the live map: a still picture of the answer, until somebody means to use the page or nobody does
// anything for a while.

import type { Camera } from './adresse';
import type { Peinture } from './carte';
import { esquisser } from './esquisse';
import type { Bbox } from './reponses';

/**
 * After the picture, how long nobody does anything before the map comes alive by itself, in milliseconds: a page that has been quiet
 * for five seconds is said to be ready, and a telephone that is only looked at spares the work until then.
 */
const REPIT = 6_000;
const GESTES = ['pointermove', 'pointerdown', 'touchstart', 'wheel', 'keydown', 'focusin', 'popstate'];

/** What the picture shows, and where; null when only the live map draws it. */
export interface Tableau {
  peinture: Peinture;
  ou: Camera | Bbox;
  pays: boolean;
}

export class Arrivee {
  private readonly fin = new AbortController();

  constructor(private readonly conteneur: HTMLElement) {}

  /** Resolves when the live map is wanted: at once if there is no picture. */
  async attendre(tableau: Promise<Tableau | null>): Promise<void> {
    const dessinee = tableau.then((t) => this.dessiner(t));
    await Promise.race([unGeste(dessinee), dessinee.then((faite) => (faite ? new Promise<never>(() => {}) : undefined))]);
  }

  /** The live map has drawn: the picture would only hide it. */
  finir(): void {
    this.fin.abort();
  }

  private async dessiner(tableau: Tableau | null): Promise<boolean> {
    if (!tableau || this.fin.signal.aborted) return false;
    try {
      await esquisser(this.conteneur, tableau.peinture, tableau.ou, tableau.pays, this.fin.signal);
      return true;
    } catch (erreur) {
      if (!this.fin.signal.aborted) console.warn(erreur);
      return false;
    }
  }
}

function unGeste(apres: Promise<unknown>): Promise<void> {
  return new Promise((suite) => {
    const fini = () => {
      for (const geste of GESTES) removeEventListener(geste, fini, true);
      suite();
    };
    for (const geste of GESTES) addEventListener(geste, fini, { capture: true, passive: true });
    void apres.catch(() => {}).then(() => setTimeout(fini, REPIT));
  });
}
