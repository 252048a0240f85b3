// Holds the view and keeps everything in step with it: the address, the question, the answer, the map, the sheet.
// Every gesture comes here as a change of the view; nothing else decides what is shown.

import * as api from './api';
import { inscrire, lire, uniteDe, type Vue } from './adresse';
import type { Carte } from './carte';
import { classer, type Classement } from './classes';
import { MAILLES } from './ecriture';
import { parId, remplir } from './element';
import { Feuille } from './feuille';
import { annoncerFiche, fermerFiche, montrerFiche, type ContenuFiche } from './fiche';
import { montrerLegende } from './legende';
import { signaler } from './panne';
import { enMots, Question } from './question';
import { Recherche } from './recherche';
import { montrerReponse } from './reponse';
import type { Couverture, Maille, Reseau } from './reponses';
import { habiller, montrerEtiquette } from './tenue';
import { Tableau } from './tableau';

declare global {
  interface Window {
    /** For tests and for the curious: the MapLibre map, once it exists, and the view as the page understands it. */
    maillage: { carte: Carte['maplibre'] | null; vue: () => Vue };
  }
}

class Application {
  private vue = lire(location.search);
  private reseau: Reseau | null = null;
  /** Whether the service has said which réseaux it holds: until then « none » would be a lie. */
  private reseauxConnus = false;
  private couverture: Couverture | null = null;
  private cleCouverture = '';
  private classement: Classement = { classes: [], methode: '' };
  private carte: Carte | null = null;
  private fiche: ContenuFiche | null = null;
  private cleFiche = '';
  private demandeCouverture = new AbortController();
  private demandeFiche = new AbortController();
  private readonly feuille = new Feuille();
  private readonly question = new Question((choix) => void this.changer(choix));
  private readonly tableau = new Tableau((maille, code) => void this.choisir(maille, code, { cadrer: true, focus: true }));

  async demarrer(): Promise<void> {
    window.maillage = { carte: null, vue: () => this.vue };
    new Recherche(
      (t) => void this.choisir(t.maille, t.code, { cadrer: true, focus: true }),
      () => this.enPanne('recherche', 'service', () => {}),
    );
    for (const choix of document.querySelectorAll<HTMLInputElement>('input[name=vue]')) {
      choix.addEventListener('change', () => void this.changer({ vue: choix.value as Vue['vue'] }));
    }
    addEventListener('popstate', () => void this.revenir());
    const module = import('./carte');
    await this.chargerReseau();
    await Promise.all([this.dresserCarte(module), this.actualiser()]);
    if (this.vue.unite && !this.vue.carte) this.cadrerParDefaut();
  }

  /** A change that the person makes: it goes to the address, as a new step of the history. */
  private async changer(changement: Partial<Vue>): Promise<void> {
    this.vue = { ...this.vue, ...changement };
    inscrire(this.vue, 'nouvelle');
    await this.actualiser();
  }

  /** Back or forward: the address has changed, the page follows. */
  private async revenir(): Promise<void> {
    const avant = this.vue;
    this.vue = lire(location.search);
    if (avant.reseau !== this.vue.reseau) await this.chargerReseau();
    await this.actualiser();
    if (this.vue.carte) this.carte?.aller(this.vue.carte);
    else this.cadrerParDefaut();
  }

  private cadrerParDefaut(): void {
    const bbox = this.vue.unite ? this.fiche?.territoire.bbox : this.reseau?.bbox;
    if (bbox) this.carte?.cadrer(bbox, this.vue.unite ? 11 : 12);
  }

  private async choisir(maille: Maille, code: string, mode: { cadrer: boolean; focus: boolean }): Promise<void> {
    const partagee = maille === 'commune' || maille === 'epci' ? { maille } : {};
    // What is framed on the unit needs no camera in the address; what is clicked keeps the one on screen.
    const carte = mode.cadrer ? null : (this.carte?.camera ?? null);
    await this.changer({ unite: `${maille}:${code}`, ...partagee, carte });
    if (mode.cadrer) this.cadrerParDefaut();
    if (mode.focus) document.getElementById('fiche-nom')?.focus();
  }

  private async chargerReseau(): Promise<void> {
    try {
      const reseaux = await api.reseaux();
      const choisi = reseaux.find((r) => r.code === this.vue.reseau) ?? reseaux[0];
      this.reseau = choisi ? await api.reseau(choisi.code) : null;
      habiller(this.reseau, reseaux, (code) => {
        this.vue = { ...this.vue, reseau: code, theme: null, partenaire: null, annee: null, unite: null, carte: null };
        inscrire(this.vue, 'nouvelle');
        void this.recommencer();
      });
      this.assainir();
      this.reseauxConnus = true;
    } catch (erreur) {
      if (erreur instanceof api.Refus) remplir(parId('question'), erreur.message);
      this.rater('reseau', erreur, () => void this.recommencer());
    }
  }

  private async recommencer(): Promise<void> {
    await this.chargerReseau();
    await this.actualiser();
    if (!this.vue.carte) this.cadrerParDefaut();
  }

  /** A link may name a theme, a partner or a year that this réseau no longer has. */
  private assainir(): void {
    const r = this.reseau;
    if (!r) return;
    const connu = <T extends string>(v: T | null, codes: { code: string }[]) => (codes.some((c) => c.code === v) ? v : null);
    this.vue.theme = connu(this.vue.theme, r.themes);
    this.vue.partenaire = connu(this.vue.partenaire, r.partenaires);
    if (!r.annees.includes(this.vue.annee ?? NaN)) this.vue.annee = null;
  }

  private get annee(): number {
    return this.vue.annee ?? this.reseau?.annee ?? new Date().getFullYear();
  }

  private async dresserCarte(module: Promise<typeof import('./carte')>): Promise<void> {
    const conteneur = parId('carte');
    try {
      const { Carte } = await module;
      this.carte = new Carte(conteneur, this.vue.carte ?? this.reseau?.bbox ?? null, {
        choix: (u) => (u ? void this.choisir(u.maille, u.code, { cadrer: false, focus: false }) : this.fermer()),
        survol: montrerEtiquette,
        deplacement: (camera, parLaPersonne) => {
          if (parLaPersonne) {
            this.vue.carte = camera;
            inscrire(this.vue, 'meme');
          }
          if (this.vue.vue === 'demandes') this.legender();
        },
        panne: (ou) => this.enPanne('carte', ou, () => this.carte?.reprendre()),
      });
    } catch (erreur) {
      console.error(erreur);
      remplir(conteneur, 'La carte ne peut pas être dessinée par ce navigateur. La recherche, les réponses et le tableau restent utilisables.');
      conteneur.classList.add('sans-carte');
      return;
    }
    window.maillage.carte = this.carte.maplibre;
    this.peindre();
    this.carte.choisir(uniteDe(this.vue.unite));
    this.reperer();
  }

  private async actualiser(): Promise<void> {
    const v = this.vue;
    for (const choix of document.querySelectorAll<HTMLInputElement>('input[name=vue]')) choix.checked = choix.value === v.vue;
    parId('vues').hidden = this.reseauxConnus && !this.reseau;
    if (this.reseau) this.question.montrer(v, this.reseau, this.annee);
    else if (this.reseauxConnus) remplir(parId('question'), 'Aucun réseau d’ingénierie n’est chargé\u00a0: la carte montre les limites administratives.');
    const titre = this.reseau ? enMots(v, this.reseau, this.annee) : 'Carte des limites administratives';
    document.title = `${titre} – Maillage`;
    parId('titre').textContent = titre;
    this.carte?.choisir(uniteDe(v.unite));
    await Promise.all([this.actualiserCouverture(), this.actualiserFiche()]);
  }

  private async actualiserCouverture(): Promise<void> {
    if (!this.reseau) return this.tableau.montrer(this.vue, null, '');
    const { theme, partenaire, annee, maille } = this.vue;
    const filtre = { reseau: this.reseau.code, theme, partenaire, annee, maille };
    const cle = JSON.stringify(filtre);
    if (cle !== this.cleCouverture) {
      this.demandeCouverture.abort();
      const { signal } = (this.demandeCouverture = new AbortController());
      parId('panneau').setAttribute('aria-busy', 'true');
      try {
        this.couverture = await api.couverture(filtre, signal);
        this.cleCouverture = cle;
        parId('panneau').removeAttribute('aria-busy');
      } catch (erreur) {
        if (signal.aborted) return;
        // During an outage the old answer stays, dimmed: it is not that of the question above it.
        if (erreur instanceof api.Refus) {
          parId('panneau').removeAttribute('aria-busy');
          remplir(parId('reponse'), erreur.message);
        }
        return this.rater('couverture', erreur, () => void this.actualiserCouverture());
      }
    }
    this.peindre();
  }

  private peindre(): void {
    const c = this.couverture;
    if (!c || !this.reseau) return this.carte?.peindre(null);
    this.classement = classer(Object.values(c.unites).map((u) => u.partenaires));
    montrerReponse(this.vue, c);
    this.legender();
    this.tableau.montrer(this.vue, c, enMots(this.vue, this.reseau, this.annee));
    this.carte?.peindre({
      vue: this.vue.vue,
      maille: c.maille,
      departement: this.reseau.departement,
      unites: c.unites,
      classes: this.classement.classes,
    });
  }

  private legender(): void {
    if (this.couverture) montrerLegende(this.vue, this.couverture, this.classement, this.carte?.camera.zoom ?? 8);
  }

  private async actualiserFiche(): Promise<void> {
    const unite = uniteDe(this.vue.unite);
    const nom = this.vue.unite;
    if (!unite || !nom) {
      this.demandeFiche.abort();
      this.fiche = null;
      this.cleFiche = '';
      this.carte?.reperer(null);
      return fermerFiche();
    }
    const { theme, partenaire, annee } = this.vue;
    const cleDe = (u: string) => JSON.stringify([u, this.reseau?.code, theme, partenaire, annee]);
    if (cleDe(nom) === this.cleFiche) return;
    this.demandeFiche.abort();
    const { signal } = (this.demandeFiche = new AbortController());
    try {
      const [territoire, aide, demandes] = await Promise.all([
        api.territoire(unite.maille, unite.code, signal),
        api.aide(nom, theme, signal),
        this.reseau ? api.demandes(nom, { reseau: this.reseau.code, theme, partenaire, annee }, signal) : null,
      ]);
      const nouvelle = this.fiche?.territoire.unite !== territoire.unite;
      this.fiche = { territoire, aide, demandes };
      this.cleFiche = cleDe(territoire.unite);
      this.suivre(territoire.unite);
      montrerFiche(this.fiche, this.vue, this.reseau, {
        fermer: () => this.fermer(),
        zoomer: (t) => t.bbox && this.carte?.cadrer(t.bbox, 12),
        choisir: (maille, code) => void this.choisir(maille, code, { cadrer: true, focus: true }),
      });
      if (nouvelle) this.feuille.ouvrir();
      this.reperer();
    } catch (erreur) {
      if (signal.aborted) return;
      this.fiche = null;
      this.cleFiche = '';
      annoncerFiche(refusDeFiche(erreur, unite), { fermer: () => this.fermer() });
      this.rater('fiche', erreur, () => void this.actualiserFiche());
    }
  }

  /** An old code leads to the commune of today: the address and the outline follow. */
  private suivre(unite: string): void {
    if (unite === this.vue.unite) return;
    this.vue.unite = unite;
    inscrire(this.vue, 'meme');
    this.carte?.choisir(uniteDe(unite));
  }

  private reperer(): void {
    const t = this.fiche?.territoire;
    this.carte?.reperer(t?.maille === 'commune' ? t.point : null);
  }

  private fermer(): void {
    if (this.vue.unite) void this.changer({ unite: null, carte: this.carte?.camera ?? null });
  }

  private rater(nom: string, erreur: unknown, reprendre: () => void): void {
    if (erreur instanceof api.Panne) this.enPanne(nom, erreur.ou, reprendre);
    else if (!(erreur instanceof api.Refus)) console.error(erreur);
  }

  private enPanne(nom: string, ou: 'base' | 'service', reprendre: () => void): void {
    signaler(nom, new api.Panne(ou).message, reprendre);
  }
}

function refusDeFiche(erreur: unknown, { maille, code }: { maille: Maille; code: string }): string {
  const { feminin, nom } = MAILLES[maille];
  if (erreur instanceof api.Refus && erreur.statut === 404) return `Auc${feminin ? 'une' : 'un'} ${nom} n’a le code ${code}.`;
  return erreur instanceof Error ? erreur.message : String(erreur);
}

void new Application().demarrer();
