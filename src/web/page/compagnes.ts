// What goes with the map when it is asked for: a second one to compare with, and the overseas départements of a country.
// Neither is loaded before.

import type { Vue } from './adresse';
import type { Affichage } from './affichage';
import type { Carte, Peinture } from './carte';
import type { Cartouches } from './cartouches';
import type { Comparaison, EcouteDeComparaison } from './comparaison';
import { parId } from './element';
import type { SujetIndicateurs } from './indicateurs/sujet';
import type { Maille } from './reponses';

interface Page extends EcouteDeComparaison {
  /** The room that the map has is no longer the same. */
  recadrer(): Promise<void>;
}

export class Compagnes {
  private comparaison: Comparaison | null = null;
  private cartouches: Cartouches | null = null;
  private peinture: Peinture | null = null;

  constructor(private readonly page: Page) {}

  /** What the second map shows. */
  get autre(): Affichage | null {
    return this.comparaison?.affichage ?? null;
  }

  choisir(unite: { maille: Maille; code: string } | null): void {
    this.comparaison?.choisir(unite);
  }

  legender(): void {
    this.comparaison?.legender();
  }

  /** Shows beside the map what a view asks for; nothing for null. */
  async comparer(carte: Carte, sujet: SujetIndicateurs | null, vue: Vue | null, signal: AbortSignal): Promise<void> {
    if (!vue && !this.comparaison) return;
    const { Comparaison, titrer } = await import('./comparaison');
    if (!vue || !sujet) {
      this.comparaison?.fermer();
      this.comparaison = null;
      window.maillage.carte2 = null;
      titrer(null);
      return this.page.recadrer();
    }
    const nouvelle = !this.comparaison;
    this.comparaison ??= new Comparaison(sujet.jumeau(), carte, this.page);
    window.maillage.carte2 = this.comparaison.maplibre;
    await this.comparaison.montrer(vue, signal);
    // Each map has half the room.
    if (nouvelle) await this.page.recadrer();
  }

  /** The two maps by their names, and their figures in one table. */
  async joindre(premier: Affichage): Promise<Affichage['table']> {
    if (!this.autre) return premier.table;
    const { joindre, titrer } = await import('./comparaison');
    titrer([premier.table.colonnes[0]!.libelle, this.autre.table.colonnes[0]!.libelle]);
    return joindre(premier.table, this.autre.table);
  }

  /** Draws the overseas départements once the map is at rest; puts them away when the country is not what is shown. */
  async situerOutreMer(carte: Carte, peinture: Peinture | null, pays: boolean): Promise<void> {
    const voulue = pays && !this.comparaison ? peinture : null;
    if (voulue === this.peinture) return;
    this.peinture = voulue;
    if (!voulue) return this.cartouches?.cacher();
    const { Cartouches } = await import('./cartouches');
    this.cartouches ??= new Cartouches(parId('cartouches'), (bbox) => carte.cadrer(bbox, 12));
    await carte.auRepos();
    if (voulue === this.peinture) await this.cartouches.montrer(voulue);
  }
}
