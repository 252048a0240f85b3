// What the page can be asked about, and what an answer puts on it: the rest of the page knows no more of either.

import type { Vue } from './adresse';
import type { Peinture } from './carte';
import type { Morceau } from './choix';
import type { Table } from './tableau';

export interface Affichage {
  reponse: Node[];
  /** That of circles depends on the zoom of the map. */
  legende(zoom: number): Node[];
  table: Table;
  peinture: Peinture;
}

export interface Sujet {
  question(vue: Vue): Morceau[];
  /** What else may be chosen, under the question; none for most. */
  reglages(vue: Vue): Node[];
  /** Whether the answer to this view is already there. */
  pret(vue: Vue): boolean;
  charger(vue: Vue, signal: AbortSignal): Promise<void>;
  /** The answer, once it is there. */
  afficher(vue: Vue): Affichage;
}
