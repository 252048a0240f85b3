// The unit that is chosen: asks what is known of it, and keeps its sheet, its outline and its name in step with the view.

import { uniteDe, type Vue } from './adresse';
import * as api from './api';
import { MAILLES } from './ecriture';
import { parId } from './element';
import { Feuille } from './feuille';
import { annoncerFiche, fermerFiche, montrerFiche, type ContenuFiche, type Gestes } from './fiche';
import type { Lecture } from './indicateurs/lecture';
import type { Bbox, Maille, Point, Reseau } from './reponses';

/** What the page lends to the sheet. */
export interface Page extends Gestes {
  vue(): Vue;
  reseau(): Reseau | null;
  /** What the indicator on the map says of a unit, once the answer is there. */
  valeur(unite: string, signal: AbortSignal): Promise<Lecture | null>;
  /** An old code led to a unit of today. */
  suivre(unite: string): void;
  reperer(point: Point | null): void;
  rater(erreur: unknown): void;
}

export class UniteChoisie {
  private contenu: ContenuFiche | null = null;
  private cle = '';
  private demande = new AbortController();
  private readonly feuille = new Feuille();
  private readonly racine = parId('fiche');
  /** Where one was before the sheet. */
  private retour: HTMLElement | null = null;

  constructor(private readonly page: Page) {
    this.racine.addEventListener('focusin', ({ relatedTarget: ou }) => {
      if (ou instanceof HTMLElement && !this.racine.contains(ou)) this.retour = ou;
    });
    this.racine.addEventListener('keydown', ({ key, target }) => {
      // A field that holds something is emptied first.
      if (key === 'Escape' && !(target instanceof HTMLInputElement && target.value)) page.fermer();
    });
  }

  /** Whoever leaves the sheet by keyboard is again where they were before it. */
  rendreLeFocus(): void {
    if (this.racine.querySelector(':focus-visible')) (this.retour?.isConnected ? this.retour : parId('panneau')).focus();
  }

  get bbox(): Bbox | null | undefined {
    return this.contenu?.territoire.bbox;
  }

  /** The point of a commune, which may be too small for its outline. */
  get point(): Point | null {
    const t = this.contenu?.territoire;
    return t?.maille === 'commune' ? t.point : null;
  }

  async actualiser(reponse: Promise<void>): Promise<void> {
    const vue = this.page.vue();
    const unite = uniteDe(vue.unite);
    const nom = vue.unite;
    if (!unite || !nom) {
      this.oublier();
      this.page.reperer(null);
      return fermerFiche();
    }
    const cle = (u: string) => JSON.stringify([u, this.question(vue)]);
    if (cle(nom) === this.cle) return;
    this.demande.abort();
    const { signal } = (this.demande = new AbortController());
    try {
      const contenu = await this.lire(unite, nom, vue, reponse, signal);
      const nouvelle = this.contenu?.territoire.unite !== contenu.territoire.unite;
      this.contenu = contenu;
      this.cle = cle(contenu.territoire.unite);
      this.page.suivre(contenu.territoire.unite);
      montrerFiche(contenu, vue, this.page.reseau(), this.page);
      if (nouvelle) this.feuille.ouvrir();
      this.page.reperer(this.point);
    } catch (erreur) {
      if (signal.aborted) return;
      this.oublier();
      annoncerFiche(refus(erreur, unite), this.page);
      this.page.rater(erreur);
    }
  }

  private async lire(unite: { maille: Maille; code: string }, nom: string, vue: Vue, reponse: Promise<void>, signal: AbortSignal): Promise<ContenuFiche> {
    const reseau = this.page.reseau();
    const { theme, partenaire, annee, du, au, besoin } = vue;
    const periode = du ? { annee: null, du, au } : { annee, du: null, au: null };
    const [territoire, valeur, aide, demandes] = await Promise.all([
      api.territoire(unite.maille, unite.code, signal),
      vue.vue === 'indicateurs' && unite.maille !== 'regroupement' ? reponse.then(() => this.page.valeur(nom, signal)) : null,
      reseau ? api.aide(nom, theme, besoin, signal) : null,
      // A réseau that masks small counts gives no detail.
      reseau && reseau.seuil_masque === null ? api.demandes(nom, { reseau: reseau.code, theme, partenaire, ...periode }, signal) : null,
    ]);
    return { territoire, valeur, aide, demandes };
  }

  /** What the sheet answers: another question is another sheet. */
  private question({ vue, theme, partenaire, annee, du, au, besoin, indicateur, periode, dans, maille }: Vue): unknown[] {
    const indicateurs = vue === 'indicateurs' ? [indicateur, periode, dans, maille] : null;
    return [this.page.reseau()?.code, theme, partenaire, annee, du, au, besoin, indicateurs];
  }

  private oublier(): void {
    this.demande.abort();
    this.contenu = null;
    this.cle = '';
  }
}

function refus(erreur: unknown, { maille, code }: { maille: Maille; code: string }): string {
  const { feminin, nom } = MAILLES[maille];
  if (erreur instanceof api.Refus && erreur.statut === 404) return `Auc${feminin ? 'une' : 'un'} ${nom} n’a le code ${code}.`;
  return erreur instanceof Error ? erreur.message : String(erreur);
}
