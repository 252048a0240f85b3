// Holds the view and keeps everything in step with it: the address, the question, the answer, the map, the sheet.
// Every gesture comes here as a change of the view; nothing else decides what is shown.

import * as api from './api';
import { inscrire, lire, uniteDe, type Vue } from './adresse';
import type { Affichage, Sujet } from './affichage';
import type { Carte } from './carte';
import { enMots, montrerPhrase } from './choix';
import { ZOOM_COMMUNES } from './couches';
import { SujetReseau } from './couverture/sujet';
import { MAILLES } from './ecriture';
import { parId, remplir } from './element';
import { Feuille } from './feuille';
import { annoncerFiche, fermerFiche, montrerFiche, type ContenuFiche } from './fiche';
import { SujetIndicateurs } from './indicateurs/sujet';
import { signaler } from './panne';
import { Recherche } from './recherche';
import type { Bbox, Maille, Reseau } from './reponses';
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
  private sujetReseau: Sujet | null = null;
  /** Null when none has values; undefined until they are asked for. */
  private indicateurs: SujetIndicateurs | null | undefined;
  private affichage: Affichage | null = null;
  private carte: Carte | null = null;
  private fiche: ContenuFiche | null = null;
  private cleFiche = '';
  private demandeReponse = new AbortController();
  private demandeFiche = new AbortController();
  private readonly feuille = new Feuille();
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
    await this.chargerSujets();
    await Promise.all([this.dresserCarte(module), this.actualiser()]);
    // The map opened on the place; a unit, or a country whose communes would not be drawn, is only known now.
    const pays = this.vue.vue === 'indicateurs' && !this.indicateurs?.cadre(this.vue);
    if ((this.vue.unite || pays) && !this.vue.carte) await this.cadrerParDefaut();
  }

  /** A change that the person makes: it goes to the address, as a new step of the history. */
  private async changer(changement: Partial<Vue>): Promise<void> {
    const avant = this.vue;
    this.vue = { ...this.vue, ...changement };
    if (this.vue.vue !== avant.vue) await this.chargerSujets();
    inscrire(this.vue, 'nouvelle');
    await this.actualiser();
    if (this.vue.dans !== avant.dans && !this.vue.carte) await this.cadrerParDefaut();
  }

  /** Back or forward: the address has changed, the page follows. */
  private async revenir(): Promise<void> {
    const avant = this.vue;
    this.vue = lire(location.search);
    if (avant.reseau !== this.vue.reseau || avant.vue !== this.vue.vue) await this.chargerSujets();
    await this.actualiser();
    if (this.vue.carte) this.carte?.aller(this.vue.carte);
    else await this.cadrerParDefaut();
  }

  private async cadrerParDefaut(): Promise<void> {
    const bbox = this.vue.unite ? this.fiche?.territoire.bbox : await this.etendue();
    if (bbox !== undefined) this.carte?.cadrer(bbox, this.vue.unite ? 11 : 12);
  }

  /** What the map frames when no unit is chosen; null for the country. */
  private async etendue(): Promise<Bbox | null> {
    if (this.vue.vue !== 'indicateurs') return this.reseau?.bbox ?? null;
    const lieu = this.indicateurs?.cadre(this.vue);
    return lieu ? api.territoire(lieu.maille, lieu.code).then((t) => t.bbox, () => null) : null;
  }

  private async choisir(maille: Maille, code: string, mode: { cadrer: boolean; focus: boolean }): Promise<void> {
    // A réseau is shown at the level of what is looked for; an indicator stays at that of its question.
    const partagee = this.vue.vue !== 'indicateurs' && (maille === 'commune' || maille === 'epci') ? { maille } : {};
    // What is framed on the unit needs no camera in the address; what is clicked keeps the one on screen.
    const carte = mode.cadrer ? null : (this.carte?.camera ?? null);
    await this.changer({ unite: `${maille}:${code}`, ...partagee, carte });
    if (mode.cadrer) await this.cadrerParDefaut();
    if (mode.focus) document.getElementById('fiche-nom')?.focus();
  }

  /** The réseau, and the indicators when they are what is shown. */
  private async chargerSujets(): Promise<void> {
    try {
      if (!this.reseauxConnus || (this.vue.reseau && this.vue.reseau !== this.reseau?.code)) await this.chargerReseau();
      if (!this.reseau) this.vue.vue = 'indicateurs';
      const chezNous = this.reseau?.departement ?? null;
      if (this.vue.vue === 'indicateurs' && this.indicateurs === undefined) {
        this.indicateurs = await SujetIndicateurs.ouvrir(chezNous, (choix) => void this.changer(choix));
      }
      this.assainir();
    } catch (erreur) {
      if (erreur instanceof api.Refus) remplir(parId('question'), erreur.message);
      this.rater('sujets', erreur, () => void this.recommencer());
    }
  }

  private async chargerReseau(): Promise<void> {
    const reseaux = await api.reseaux();
    const choisi = reseaux.find((r) => r.code === this.vue.reseau) ?? reseaux[0];
    this.reseau = choisi ? await api.reseau(choisi.code) : null;
    this.sujetReseau = this.reseau && new SujetReseau(this.reseau, (choix) => void this.changer(choix));
    // Its département is where the indicators begin.
    this.indicateurs = undefined;
    habiller(this.reseau, reseaux, (code) => {
      const repartir = { theme: null, partenaire: null, annee: null, unite: null, dans: null, carte: null };
      this.vue = { ...this.vue, reseau: code, ...repartir };
      inscrire(this.vue, 'nouvelle');
      void this.recommencer();
    });
    this.reseauxConnus = true;
  }

  private async recommencer(): Promise<void> {
    await this.chargerSujets();
    await this.actualiser();
    if (!this.vue.carte) await this.cadrerParDefaut();
  }

  /** A link may name a theme, a partner or a year that this réseau no longer has, or a maille that it is not shown at. */
  private assainir(): void {
    const r = this.reseau;
    if (!r) return;
    const connu = <T extends string>(v: T | null, codes: { code: string }[]) => (codes.some((c) => c.code === v) ? v : null);
    this.vue.theme = connu(this.vue.theme, r.themes);
    this.vue.partenaire = connu(this.vue.partenaire, r.partenaires);
    if (!r.annees.includes(this.vue.annee ?? NaN)) this.vue.annee = null;
    if (this.vue.vue !== 'indicateurs' && this.vue.maille !== 'epci') this.vue.maille = 'commune';
  }

  /** What the page is asked about; null until it is known, and where nothing is loaded. */
  private get sujet(): Sujet | null {
    return this.vue.vue === 'indicateurs' ? (this.indicateurs ?? null) : this.sujetReseau;
  }

  private async dresserCarte(module: Promise<typeof import('./carte')>): Promise<void> {
    const conteneur = parId('carte');
    try {
      const { Carte } = await module;
      const depart = this.vue.carte ?? (await this.etendue());
      this.carte = new Carte(conteneur, depart, {
        choix: (u) => (u ? void this.choisir(u.maille, u.code, { cadrer: false, focus: false }) : this.fermer()),
        survol: montrerEtiquette,
        deplacement: (camera, parLaPersonne) => {
          if (parLaPersonne) {
            this.vue.carte = camera;
            inscrire(this.vue, 'meme');
          }
          if (this.affichage?.peinture.cercles) this.legender();
          this.prevenir();
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
    if (this.affichage) this.carte.peindre(this.affichage.peinture);
    this.carte.choisir(uniteDe(this.vue.unite));
    this.reperer();
    this.prevenir();
  }

  private async actualiser(): Promise<void> {
    const v = this.vue;
    for (const choix of document.querySelectorAll<HTMLInputElement>('input[name=vue]')) choix.checked = choix.value === v.vue;
    parId('vues').hidden = this.reseauxConnus && !this.reseau;
    const question = this.sujet?.question(v);
    if (question) montrerPhrase(parId('question'), question);
    else if (this.indicateurs === null) remplir(parId('question'), `Aucun indicateur n’a encore de valeurs\u00a0: la carte montre les limites administratives.`);
    const titre = question ? enMots(question) : 'Carte des limites administratives';
    document.title = `${titre} – Maillage`;
    parId('titre').textContent = titre;
    for (const id of ['mention', 'mention-carte']) parId(id).hidden = !this.reseau?.demonstration || v.vue === 'indicateurs';
    this.carte?.choisir(uniteDe(v.unite));
    const reponse = this.actualiserReponse();
    await Promise.all([reponse, this.actualiserFiche(reponse)]);
  }

  private async actualiserReponse(): Promise<void> {
    const sujet = this.sujet;
    this.demandeReponse.abort();
    if (!sujet) return this.montrer(null);
    if (!sujet.pret(this.vue)) {
      const { signal } = (this.demandeReponse = new AbortController());
      parId('panneau').setAttribute('aria-busy', 'true');
      try {
        await sujet.charger(this.vue, signal);
      } catch (erreur) {
        if (signal.aborted) return;
        // During an outage the old answer stays, dimmed: it is not that of the question above it.
        if (erreur instanceof api.Refus) {
          parId('panneau').removeAttribute('aria-busy');
          this.montrer(null);
          remplir(parId('reponse'), erreur.message);
        }
        return this.rater('reponse', erreur, () => void this.actualiserReponse());
      }
    }
    parId('panneau').removeAttribute('aria-busy');
    this.montrer(sujet.afficher(this.vue));
  }

  private montrer(affichage: Affichage | null): void {
    if (affichage && affichage === this.affichage) return;
    this.affichage = affichage;
    remplir(parId('reponse'), ...(affichage?.reponse ?? []));
    this.legender();
    this.tableau.montrer(affichage?.table ?? null);
    this.carte?.peindre(affichage?.peinture ?? null);
    this.prevenir();
  }

  private legender(): void {
    const racine = parId('legende');
    const focus = racine.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.cle : null;
    remplir(racine, ...(this.affichage?.legende(this.carte?.camera.zoom ?? 8) ?? []));
    if (focus) racine.querySelector<HTMLElement>(`[data-cle=${focus}]`)?.focus();
  }

  /** Says why a map of communes is empty when the country is too small on screen. */
  private prevenir(): void {
    const communes = this.affichage?.peinture.maille === 'commune' && !this.affichage.peinture.cercles;
    parId('trop-loin').hidden = !communes || (this.carte?.camera.zoom ?? 8) >= ZOOM_COMMUNES;
  }

  private async actualiserFiche(reponse: Promise<void>): Promise<void> {
    const unite = uniteDe(this.vue.unite);
    const nom = this.vue.unite;
    if (!unite || !nom) {
      this.demandeFiche.abort();
      this.fiche = null;
      this.cleFiche = '';
      this.carte?.reperer(null);
      return fermerFiche();
    }
    const { vue, theme, partenaire, annee, indicateur, periode, dans, maille } = this.vue;
    const question = vue === 'indicateurs' ? [indicateur, periode, dans, maille] : null;
    const cleDe = (u: string) => JSON.stringify([u, this.reseau?.code, theme, partenaire, annee, question]);
    if (cleDe(nom) === this.cleFiche) return;
    this.demandeFiche.abort();
    const { signal } = (this.demandeFiche = new AbortController());
    try {
      const [territoire, valeur, aide, demandes] = await Promise.all([
        api.territoire(unite.maille, unite.code, signal),
        question ? reponse.then(() => this.indicateurs?.valeurDe(this.vue, nom, signal) ?? null) : null,
        this.reseau ? api.aide(nom, theme, signal) : null,
        // A réseau that masks small counts gives no detail.
        this.reseau && this.reseau.seuil_masque === null ? api.demandes(nom, { reseau: this.reseau.code, theme, partenaire, annee }, signal) : null,
      ]);
      const nouvelle = this.fiche?.territoire.unite !== territoire.unite;
      this.fiche = { territoire, valeur, aide, demandes };
      this.cleFiche = cleDe(territoire.unite);
      this.suivre(territoire.unite);
      montrerFiche(this.fiche, this.vue, this.reseau, {
        fermer: () => this.fermer(),
        zoomer: (t) => t.bbox && this.carte?.cadrer(t.bbox, 12),
        choisir: (m, code) => void this.choisir(m, code, { cadrer: true, focus: true }),
        detailler: (t) => void this.changer({ dans: t.unite, maille: 'commune', unite: null, carte: null }),
      });
      if (nouvelle) this.feuille.ouvrir();
      this.reperer();
    } catch (erreur) {
      if (signal.aborted) return;
      this.fiche = null;
      this.cleFiche = '';
      annoncerFiche(refusDeFiche(erreur, unite), { fermer: () => this.fermer() });
      this.rater('fiche', erreur, () => void this.actualiserFiche(Promise.resolve()));
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
