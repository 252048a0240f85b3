// Holds the view and keeps everything in step with it: the address, the question, the answer, the map, the sheet.
// Every gesture comes here as a change of the view; nothing else decides what is shown.

import * as api from './api';
import { CADRE, ecrire, inscrire, lire, reseauDuChemin, uniteDe, type Vue } from './adresse';
import type { Affichage, Sujet } from './affichage';
import { Arrivee, type Tableau as Image } from './arrivee';
import { HEXAGONE } from './cadrage';
import type { Carte } from './carte';
import { enMots, montrerPhrase } from './choix';
import { Compagnes } from './compagnes';
import { ZOOM_COMMUNES } from './couches';
import { SujetReseau } from './couverture/sujet';
import { garderLeFocus, parId, remplir } from './element';
import { SujetIndicateurs } from './indicateurs/sujet';
import { signaler } from './panne';
import { Partage } from './partage';
import type { Sujet as Planche } from './planche';
import { Recherche } from './recherche';
import type { Bbox, Maille, Reseau } from './reponses';
import { habiller, montrerEtiquette } from './tenue';
import { Tableau, type Table } from './tableau';
import { UniteChoisie } from './unite';
import { SujetZones } from './zones/sujet';

declare global {
  interface Window {
    /**
     * For tests and for the curious: the MapLibre maps, once they exist, whether all that the first has drawn is shown, and the view as
     * the page understands it.
     */
    maillage: { carte: Carte['maplibre'] | null; carte2: Carte['maplibre'] | null; montree: () => Promise<void> | undefined; vue: () => Vue };
  }
}

class Application {
  private vue = lire(location.search, location.pathname);
  private reseau: Reseau | null = null;
  /** Whether the service has said which réseaux it holds: until then « none » would be a lie. */
  private reseauxConnus = false;
  private sujetReseau: SujetReseau | null = null;
  private sujetZones: Sujet | null = null;
  /** Null when none has values; undefined until they are asked for. */
  private indicateurs: SujetIndicateurs | null | undefined;
  private affichage: Affichage | null = null;
  private carte: Carte | null = null;
  private dressee = () => {};
  /** Once the live map is there, or cannot be. */
  private readonly carteLa = new Promise<void>((suite) => (this.dressee = suite));
  private readonly arrivee = new Arrivee(parId('carte'));
  private readonly compagnes = new Compagnes({
    choix: (u, focus) => (u ? void this.choisir(u.maille, u.code, { cadrer: false, focus }) : this.fermer()),
    survol: (u, x, y) => montrerEtiquette(u, x, y, parId('carte-2')),
    panne: (ou) => this.enPanne('comparaison', ou, () => void this.accompagner()),
    recadrer: async () => (this.vue.carte ? undefined : this.cadrerParDefaut()),
  });
  /** Whether the answer is that of two maps. */
  private ensemble = false;
  private cleReglages = '';
  private demandeReponse = new AbortController();
  private readonly tableau = new Tableau(
    (maille, code) => (maille ? void this.choisir(maille, code, { cadrer: true, focus: true }) : void this.changer({ choisis: [...new Set([...this.vue.choisis, code])].slice(-7) })),
    () => this.carte?.visibles() ?? new Set(),
  );
  private readonly partage = new Partage({
    vue: () => ({ ...this.vue, reseau: this.reseau?.code ?? null, carte: this.vue.unite || this.vue.carte ? (this.carte?.camera ?? null) : null }),
    carte: () => this.carteLa,
    planche: () => this.planche(),
    table: () => this.table(),
  });
  private readonly unite = new UniteChoisie({
    vue: () => this.vue,
    reseau: () => this.reseau,
    valeur: async (unite, signal) => this.indicateurs?.valeurDe(this.vue, unite, signal) ?? null,
    suivre: (unite) => this.suivre(unite),
    reperer: (point) => this.carte?.reperer(point),
    rater: (erreur) => this.rater('fiche', erreur, () => void this.unite.actualiser(Promise.resolve())),
    fermer: () => this.fermer(),
    zoomer: (t) => t.bbox && this.carte?.cadrer(t.bbox, 12),
    choisir: (m, code) => void this.choisir(m, code, { cadrer: true, focus: true }),
    detailler: (t) => void this.changer({ dans: t.unite, maille: 'commune', selonZoom: false, unite: null, carte: null }),
    chercher: (besoin) => void this.changer({ besoin }),
  });

  async demarrer(): Promise<void> {
    window.maillage = { carte: null, carte2: null, montree: () => this.carte?.montree(), vue: () => this.vue };
    document.documentElement.classList.toggle('dans-un-cadre', location.pathname === CADRE);
    new Recherche({
      surChoix: (t) => void this.choisir(t.maille, t.code, { cadrer: true, focus: true }),
      surBesoin: (besoin) => void this.changer({ besoin }),
      unite: () => this.vue.unite,
      regroupements: () => this.reseau?.regroupements ?? [],
      surPanne: () => this.enPanne('recherche', 'service', () => {}),
    });
    for (const choix of document.querySelectorAll<HTMLInputElement>('input[name=vue]')) {
      choix.addEventListener('change', () => void this.changer({ vue: choix.value as Vue['vue'], etat: null, classes: null }));
    }
    addEventListener('popstate', () => void this.revenir());
    await this.chargerSujets();
    const reponse = this.actualiser();
    const module = this.arrivee.attendre(reponse.then(() => this.image())).then(() => import('./carte'));
    await Promise.all([this.dresserCarte(module).finally(() => this.dressee()), reponse]);
    // The map opened on the place; a unit, or a country whose communes would not be drawn, is only known now.
    if ((this.vue.unite || this.pays) && !this.vue.carte) await this.cadrerParDefaut();
  }

  /** A change that the person makes: it goes to the address, as a new step of the history. */
  private async changer(changement: Partial<Vue>): Promise<void> {
    const avant = this.vue;
    if (changement.unite === null) this.unite.rendreLeFocus();
    this.vue = { ...this.vue, ...changement };
    if (this.vue.vue !== avant.vue) await this.chargerSujets();
    this.suivreLeZoom();
    inscrire(this.vue, 'nouvelle');
    await this.actualiser();
    if (this.vue.dans !== avant.dans && !this.vue.carte) await this.cadrerParDefaut();
  }

  /** Back or forward: the address has changed, the page follows. */
  private async revenir(): Promise<void> {
    const avant = this.vue;
    this.vue = lire(location.search, location.pathname);
    if (avant.reseau !== this.vue.reseau || avant.vue !== this.vue.vue) await this.chargerSujets();
    this.suivreLeZoom();
    await this.actualiser();
    if (this.vue.carte) this.carte?.aller(this.vue.carte);
    else await this.cadrerParDefaut();
  }

  private async cadrerParDefaut(): Promise<void> {
    const bbox = this.vue.unite ? this.unite.bbox : await this.etendue();
    if (bbox !== undefined) this.carte?.cadrer(bbox, this.vue.unite ? 11 : 12);
  }

  /** What the map frames when no unit is chosen; null for the country. */
  private async etendue(): Promise<Bbox | null> {
    if (this.vue.vue !== 'indicateurs') return this.reseau?.bbox ?? null;
    const lieu = this.indicateurs?.cadre(this.vue);
    return lieu ? api.territoire(lieu.maille, lieu.code).then((t) => t.bbox, () => null) : null;
  }

  /** Whether the country is what is shown. */
  private get pays(): boolean {
    return this.vue.vue === 'indicateurs' && !this.indicateurs?.cadre(this.vue);
  }

  private async choisir(maille: Maille, code: string, mode: { cadrer: boolean; focus: boolean }): Promise<void> {
    // A réseau is shown at the level of what is looked for; an indicator stays at that of its question.
    const partageable = this.vue.vue !== 'indicateurs' && this.vue.vue !== 'zones' && maille !== 'region' && !this.vue.selonZoom;
    // What is framed on the unit needs no camera in the address; what is clicked keeps the one on screen.
    const carte = mode.cadrer ? null : (this.carte?.camera ?? null);
    await this.changer({ unite: `${maille}:${code}`, ...(partageable ? { maille } : {}), carte });
    if (mode.cadrer) await this.cadrerParDefaut();
    if (mode.focus) document.getElementById('fiche-nom')?.focus();
  }

  /** The réseau, and the indicators when they are what is shown. */
  private async chargerSujets(): Promise<void> {
    try {
      if (!this.reseauxConnus || (this.vue.reseau && this.vue.reseau !== this.reseau?.code)) await this.chargerReseau();
      if (!this.reseau) this.vue.vue = 'indicateurs';
      if (this.vue.vue === 'indicateurs' && this.indicateurs === undefined) {
        this.indicateurs = await SujetIndicateurs.ouvrir(this.reseau, (choix) => void this.changer(choix));
      }
      // Only those who follow demandes may ask for their state.
      if (this.vue.vue === 'demandes') await this.sujetReseau?.reconnaitre();
      this.assainir();
    } catch (erreur) {
      if (erreur instanceof api.Refus) remplir(parId('question'), erreur.message);
      this.rater('sujets', erreur, () => void this.recommencer());
    }
  }

  private async chargerReseau(): Promise<void> {
    const reseaux = await api.reseaux();
    const voulu = this.vue.reseau;
    const choisi = reseaux.find((r) => r.code === voulu) ?? reseaux[0];
    if (voulu && choisi?.code !== voulu && reseauDuChemin(location.pathname)) {
      throw new api.Refus(404, `Le réseau «\u00a0${voulu}\u00a0» n’existe pas, ou il n’est pas public.`);
    }
    const reseau = choisi ? await api.reseau(choisi.code) : null;
    this.reseau = reseau;
    const surChoix = (choix: Partial<Vue>) => void this.changer(choix);
    this.sujetReseau = reseau && new SujetReseau(reseau, surChoix);
    this.sujetZones = reseau && new SujetZones(reseau, surChoix);
    // Its département is where the indicators begin.
    this.indicateurs = undefined;
    habiller(this.reseau, reseaux, (code) => {
      const repartir = { theme: null, partenaire: null, annee: null, du: null, au: null, unite: null, dans: null, carte: null, choisis: [] };
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
    this.vue.choisis = this.vue.choisis.filter((code) => connu(code, r.partenaires));
    if (!r.annees.includes(this.vue.annee ?? NaN)) this.vue.annee = null;
    const { vue, maille } = this.vue;
    const possible = vue === 'indicateurs' ? maille !== 'regroupement' : vue === 'zones' ? maille === 'commune' : maille !== 'region' && (maille !== 'regroupement' || r.regroupements.length > 0);
    if (!possible) this.vue.maille = 'commune';
  }

  /** What the page is asked about; null until it is known, and where nothing is loaded. */
  private get sujet(): Sujet | null {
    if (this.vue.vue === 'indicateurs') return this.indicateurs ?? null;
    return this.vue.vue === 'zones' ? this.sujetZones : this.sujetReseau;
  }

  /** Puts the maille that the zoom calls for; says whether it is another one. */
  private suivreLeZoom(): boolean {
    if (!this.vue.selonZoom || this.vue.vue === 'zones' || !this.carte) return false;
    const { zoom } = this.carte.camera;
    const maille: Maille = zoom < 6.2 ? 'departement' : zoom < 8.6 ? 'epci' : 'commune';
    const autre = maille !== this.vue.maille;
    this.vue.maille = maille;
    return autre;
  }

  /** The still picture that is there before the live map: what is not of the official tiles is drawn by that one alone. */
  private async image(): Promise<Image | null> {
    const peinture = this.affichage?.peinture;
    if (!peinture || peinture.zones || peinture.maille === 'regroupement' || this.vue.unite) return null;
    return { peinture, ou: this.vue.carte ?? (await this.etendue()) ?? HEXAGONE, pays: this.pays };
  }

  private async dresserCarte(module: Promise<typeof import('./carte')>): Promise<void> {
    const conteneur = parId('carte');
    try {
      const { Carte } = await module;
      const depart = this.vue.carte ?? (await this.etendue());
      this.carte = new Carte(conteneur, depart, {
        choix: (u, focus) => (u ? void this.choisir(u.maille, u.code, { cadrer: false, focus }) : this.fermer()),
        survol: (u, x, y) => montrerEtiquette(u, x, y, conteneur),
        deplacement: (camera, parLaPersonne) => {
          if (parLaPersonne) {
            this.arrivee.finir();
            this.vue.carte = camera;
            inscrire(this.vue, 'meme');
          }
          if (this.suivreLeZoom()) void this.actualiser();
          else if (this.affichage?.peinture.cercles) this.legender();
          this.tableau.suivre();
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
    void this.carte.auRepos().then(() => {
      this.arrivee.finir();
      this.tableau.suivre();
    });
    if (this.suivreLeZoom()) void this.actualiser();
    if (this.affichage) this.carte.peindre(this.affichage.peinture);
    this.carte.choisir(uniteDe(this.vue.unite));
    this.carte.reperer(this.unite.point);
    this.prevenir();
    await this.accompagner();
  }

  private async actualiser(): Promise<void> {
    const v = this.vue;
    for (const choix of document.querySelectorAll<HTMLInputElement>('input[name=vue]')) choix.checked = choix.value === v.vue;
    parId('vues').hidden = this.reseauxConnus && !this.reseau;
    const question = this.sujet?.question(v);
    if (question) montrerPhrase(parId('question'), question);
    else if (this.indicateurs === null) remplir(parId('question'), `Aucun indicateur n’a encore de valeurs\u00a0: la carte montre les limites administratives.`);
    this.regler();
    const titre = question ? enMots(question) : 'Carte des limites administratives';
    document.title = `${titre} – Maillage`;
    parId('titre').textContent = titre;
    for (const id of ['mention', 'mention-carte']) parId(id).hidden = !this.reseau?.demonstration || v.vue === 'indicateurs';
    parId<HTMLAnchorElement>('vers-la-page').href = `/${ecrire({ ...v, reseau: v.reseau ?? this.reseau?.code ?? null })}`;
    this.carte?.choisir(uniteDe(v.unite));
    this.compagnes.choisir(uniteDe(v.unite));
    const reponse = this.actualiserReponse();
    await Promise.all([reponse, this.unite.actualiser(reponse)]);
  }

  /** What may be chosen under the question; built again only when it says something else, so that a thumb is not lost. */
  private regler(): void {
    const v = this.vue;
    const cle = JSON.stringify([this.reseau?.code, v.vue, v.annee, v.du, v.au, v.mesure, v.etat, v.indicateur, v.avec, v.avecPeriode, v.dans, this.indicateurs !== undefined]);
    if (cle === this.cleReglages) return;
    this.cleReglages = cle;
    const racine = parId('reglages');
    garderLeFocus(racine, () => remplir(racine, ...(this.sujet?.reglages(v) ?? [])));
    racine.hidden = !racine.childElementCount;
  }

  private async actualiserReponse(): Promise<void> {
    const sujet = this.sujet;
    this.demandeReponse.abort();
    const { signal } = (this.demandeReponse = new AbortController());
    if (!sujet) return this.montrer(null);
    if (!sujet.pret(this.vue)) {
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
    this.montrer(sujet.afficher(this.vue));
    await this.accompagner();
    parId('panneau').removeAttribute('aria-busy');
  }

  private montrer(affichage: Affichage | null): void {
    if (affichage && affichage === this.affichage) return;
    this.affichage = affichage;
    remplir(parId('reponse'), ...(affichage?.reponse ?? []));
    this.legender();
    this.tableau.montrer(this.table());
    this.carte?.peindre(affichage?.peinture ?? null);
    this.partage.montrer(affichage !== null);
    this.prevenir();
  }

  /** What goes with the map: a second one to compare with, and what lies overseas. */
  private async accompagner(): Promise<void> {
    const { carte, affichage } = this;
    if (!carte) return;
    const vue = this.vue.vue === 'indicateurs' ? (this.indicateurs?.aCote(this.vue) ?? null) : null;
    try {
      await this.compagnes.comparer(carte, this.indicateurs ?? null, vue, this.demandeReponse.signal);
    } catch (erreur) {
      return this.rater('comparaison', erreur, () => void this.accompagner());
    }
    const { autre } = this.compagnes;
    if (affichage && !autre && this.ensemble) {
      this.ensemble = false;
      remplir(parId('reponse'), ...affichage.reponse);
      this.tableau.montrer(this.table());
    }
    if (affichage && autre) {
      this.ensemble = true;
      this.compagnes.choisir(uniteDe(this.vue.unite));
      remplir(parId('reponse'), ...affichage.reponse, ...autre.reponse);
      this.tableau.montrer(await this.compagnes.joindre(affichage));
    }
    void this.compagnes.situerOutreMer(carte, affichage?.peinture ?? null, this.pays);
  }

  private table(): Table | null {
    const table = this.affichage?.table;
    return table ? { ...table, provenance: [...document.querySelectorAll('#legende .provenance p')].map((p) => p.textContent ?? '') } : null;
  }

  private planche(): Planche | null {
    if (!this.carte || !this.affichage) return null;
    const { autre } = this.compagnes;
    const titre = (a: Affichage) => (autre ? a.table.colonnes[0]!.libelle : null);
    const texte = (id: string) => (parId(id).textContent ?? '').replace(/[ \n]+/g, ' ').trim();
    return {
      titre: texte('titre'),
      mention: parId('mention').hidden ? null : texte('mention'),
      reponse: [...document.querySelectorAll('#reponse > p')].map((p) => p.textContent).join(' '),
      volets: [
        { peinture: this.affichage.peinture, titre: titre(this.affichage), legende: this.affichage.legende },
        ...(autre ? [{ peinture: autre.peinture, titre: titre(autre), legende: autre.legende }] : []),
      ],
      bornes: this.carte.bornes,
      pays: this.pays,
      adresse: location.href,
    };
  }

  private legender(): void {
    const racine = parId('legende');
    garderLeFocus(racine, () => remplir(racine, ...(this.affichage?.legende(this.carte?.camera.zoom ?? 8) ?? [])));
    this.compagnes.legender();
  }

  /** Says why a map of communes is empty when the country is too small on screen. */
  private prevenir(): void {
    const communes = this.affichage?.peinture.maille === 'commune' && !this.affichage.peinture.cercles;
    parId('trop-loin').hidden = !communes || (this.carte?.camera.zoom ?? 8) >= ZOOM_COMMUNES;
  }

  /** An old code leads to the commune of today: the address and the outline follow. */
  private suivre(unite: string): void {
    if (unite === this.vue.unite) return;
    this.vue.unite = unite;
    inscrire(this.vue, 'meme');
    this.carte?.choisir(uniteDe(unite));
  }

  private fermer(): void {
    if (this.vue.unite) void this.changer({ unite: null, besoin: null, carte: this.carte?.camera ?? null });
  }

  private rater(nom: string, erreur: unknown, reprendre: () => void): void {
    if (erreur instanceof api.Panne) this.enPanne(nom, erreur.ou, reprendre);
    else if (!(erreur instanceof api.Refus) && (erreur as Error).name !== 'AbortError') console.error(erreur);
  }

  private enPanne(nom: string, ou: 'base' | 'service', reprendre: () => void): void {
    signaler(nom, new api.Panne(ou).message, reprendre);
  }
}

void new Application().demarrer();
