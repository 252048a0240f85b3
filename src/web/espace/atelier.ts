// The page where a zone is corrected. It holds what the zone has become; the map, the table and the words follow.

import type { Map as CarteMapLibre } from 'maplibre-gl';
import * as api from '../page/api';
import { pluriel } from '../page/ecriture';
import { element, remplir } from '../page/element';
import type { Maille } from '../page/reponses';
import { Apports } from './apports';
import { Tiroir, type Brouillon } from './brouillon';
import { legende, type CarteDeZone, type Sorts } from './carte_de_zone';
import { enMots, resume, sortsDe } from './difference';
import { demander } from './envoi';
import { changements, Etendue, type Unite } from './etendue';
import { Envoi } from './proposition';
import { Tableau } from './tableau';

/** What the page was written with. */
export interface Donnees {
  compte: number;
  reseau: string;
  partenaire: string;
  code: string;
  theme: string | null;
  nom: string | null;
  version: number | null;
  en_vigueur: number | null;
  dessinee: boolean;
  unites: { maille: string; code: string; exclue: boolean }[] | null;
  retour: string;
  lecture: string;
}

/** A zone that is drawn, and what it covers. Without geometry, it is the one of the version that was read. */
interface Trace {
  geometrie: unknown;
  communes: ReadonlySet<string>;
}

interface Etat {
  etendue: Etendue;
  trace: Trace | null;
}

const CHAMPS = ['nom', 'debut', 'fin', 'commentaire'];

export class Atelier {
  readonly donnees: Donnees;
  readonly tableau: Tableau;
  readonly formulaire: HTMLFormElement;
  readonly tiroir: Tiroir;
  readonly envoi: Envoi;
  /** Communes of the version that one began from. */
  base: ReadonlySet<string>;
  version: number | null;
  private etat: Etat;
  private passes: { etat: Etat; quoi: string }[] = [];
  private carte: CarteDeZone | null = null;
  private parEpci = false;
  /** The outline of the version that was read, once it was asked for. */
  private contourLu: unknown = null;
  private readonly apports: Apports;
  private readonly annonce = element('p', { class: 'annonce', role: 'status' });
  private readonly enMots = element('p', { class: 'resume' });
  private readonly legende = element('div', {});
  private readonly avis = element('div', { class: 'avis-brouillon' });
  private readonly annuler = element('button', { type: 'button', class: 'second', disabled: true, click: () => this.defaire() }, 'Annuler le dernier changement');

  constructor(private readonly racine: HTMLElement) {
    this.donnees = JSON.parse(racine.dataset.atelier!) as Donnees;
    const { compte, reseau, code } = this.donnees;
    this.tiroir = new Tiroir(compte, reseau, code);
    this.formulaire = racine.querySelector<HTMLFormElement>('#proposition')!;
    this.tableau = new Tableau(racine.querySelector<HTMLTableElement>('#communes')!, {
      communes: (codes, dedans) => this.changerCommunes(codes, dedans),
      unite: (unite, dedans) => this.changerUnite(unite, dedans),
      situer: (unite) => void this.situer(unite),
    });
    this.version = this.donnees.version;
    this.base = this.tableau.lues;
    this.etat = this.lu();
    this.envoi = new Envoi(this);
    this.apports = new Apports(this);
  }

  async commencer(): Promise<void> {
    const cadre = element('div', { class: 'atelier-carte', role: 'region', 'aria-label': 'Carte de la zone' });
    const table = this.racine.querySelector('.table')!;
    const panneau = element(
      'div',
      { class: 'atelier-panneau' },
      this.enMots,
      this.legende,
      this.choixDuClic(),
      element('div', { class: 'cote' }, this.annuler, this.annonce),
      this.avis,
      this.apports.section,
      this.tableau.recherche,
      element('a', { class: 'evitement', href: '#proposer' }, 'Passer le tableau, aller à la proposition'),
      table,
      this.envoi.section,
    );
    // What the page says of the zone goes beside the map, which has the height for itself.
    const avant: Element[] = [];
    for (let e = this.racine.previousElementSibling; e && e.tagName !== 'NAV'; e = e.previousElementSibling) avant.unshift(e);
    panneau.prepend(...avant);
    this.racine.replaceChildren(cadre, panneau);
    this.racine.classList.add('actif');
    for (const evenement of ['input', 'change']) this.formulaire.addEventListener(evenement, () => this.garder());
    this.reprendre();
    this.montrer();
    await this.dessinerCarte(cadre);
  }

  /** Communes that the zone covers as it stands. */
  get codes(): ReadonlySet<string> {
    return this.etat.trace?.communes ?? this.etat.etendue.codes();
  }

  get sorts(): Sorts {
    return sortsDe(this.tableau.lieux, this.codes);
  }

  /** The map that one draws on. */
  get fond(): CarteMapLibre | null {
    return this.carte?.carte.maplibre ?? null;
  }

  /** What a proposal says of where the zone goes; null when it goes nowhere. */
  async etendueEnvoyee(): Promise<Record<string, unknown> | null> {
    const { trace, etendue } = this.etat;
    if (trace) return { geometrie: await this.dessin() };
    const dites = (exclues: boolean) => etendue.liste().filter(([, exclue]) => exclue === exclues).map(([unite]) => unite);
    const [unites, exclues] = [dites(false), dites(true)];
    return unites.length ? { unites, exclues } : null;
  }

  champ(nom: string): string {
    return (this.formulaire.elements.namedItem(nom) as HTMLInputElement | null)?.value.trim() ?? '';
  }

  /** The surface that the zone is, when it is a drawing; null when it is a list. */
  async dessin(): Promise<unknown> {
    const { trace } = this.etat;
    return trace && (trace.geometrie ?? (await this.contour()));
  }

  /** Whether a unit is wholly in the zone. */
  couvre(unite: string): boolean {
    const membres = this.etat.etendue.membres(unite);
    return membres.length > 0 && membres.every((code) => this.codes.has(code));
  }

  /** What was done, done again over what somebody else has proposed. */
  refaireSur(etendue: Etendue, version: number): void {
    const { ajoutes, retires } = changements(this.base, this.codes);
    this.base = etendue.codes();
    this.version = version;
    this.passes = [];
    this.poser({ etendue: etendue.copie().ajouter(ajoutes).retirer(retires), trace: null }, '');
    this.annoncer(`Vos changements sont refaits sur la version ${version} : ${pluriel(ajoutes.length, 'commune')} de plus, ${pluriel(retires.length, 'commune')} de moins.`);
  }

  changerCommunes(codes: string[], dedans: boolean): void {
    const nom = codes.length === 1 ? this.tableau.noms.get(codes[0]!)! : pluriel(codes.length, 'commune');
    const suite = this.enListe();
    this.poser({ etendue: dedans ? suite.ajouter(codes) : suite.retirer(codes), trace: null }, this.dire(nom, dedans));
  }

  changerUnite(unite: string, dedans: boolean): void {
    const suite = this.enListe();
    this.poser({ etendue: dedans ? suite.ajouterUnite(unite) : suite.retirerUnite(unite), trace: null }, this.dire(this.tableau.noms.get(unite) ?? unite, dedans));
  }

  /** Units that a list or a file names. */
  changerLieux(unites: string[], exclues: string[], geste: 'ajouter' | 'retirer' | 'remplacer'): void {
    const suite = geste === 'remplacer' ? new Etendue(this.tableau.lieux, []) : this.enListe();
    for (const unite of unites) {
      const seule = unite.startsWith('commune:');
      if (geste === 'retirer') seule ? suite.retirer([unite.slice(8)]) : suite.retirerUnite(unite);
      else seule ? suite.ajouter([unite.slice(8)]) : suite.ajouterUnite(unite);
    }
    if (geste !== 'retirer') for (const unite of exclues) suite.retirer(suite.membres(unite));
    const DITS = { ajouter: 'dans la zone', retirer: 'hors de la zone', remplacer: 'ils font toute la zone' };
    this.poser({ etendue: suite, trace: null }, `${pluriel(unites.length, 'lieu', 'lieux')} : ${DITS[geste]}.`);
  }

  /** The zone is a drawing, whatever communes it covers. */
  prendreDessin(geometrie: unknown, communes: string[]): void {
    this.poser({ etendue: this.etat.etendue, trace: { geometrie, communes: new Set(communes) } }, `La zone est le dessin : ${pluriel(communes.length, 'commune')}.`);
  }

  /** Shows a surface over the map, or takes it away. */
  esquisser(geometrie: unknown): void {
    const { trace } = this.etat;
    this.carte?.esquisser(geometrie ?? (trace && (trace.geometrie ?? this.contourLu)));
  }

  annoncer(phrase: string): void {
    this.annonce.textContent = phrase;
  }

  /** Erases the draft, and begins again from what the service has. */
  recommencer(): void {
    this.tiroir.vider();
    location.reload();
  }

  /** Brings a commune or an EPCI before one's eyes on the map. */
  private async situer(unite: string): Promise<void> {
    const [maille, code] = unite.split(':') as [Maille, string];
    try {
      const { bbox } = await api.territoire(maille, code);
      if (bbox) this.carte?.carte.cadrer(bbox, 11);
      this.annoncer(`La carte montre ${this.tableau.noms.get(maille === 'commune' ? code : unite) ?? code}.`);
    } catch (erreur) {
      this.annoncer(erreur instanceof Error ? erreur.message : '');
    }
  }

  private dire(nom: string, dedans: boolean): string {
    const devenue = this.etat.trace ? ' La zone, qui était dessinée, est maintenant une liste de communes.' : '';
    return `${nom} : ${dedans ? 'dans la zone' : 'hors de la zone'}.${devenue}`;
  }

  /** What the version before one's eyes is. */
  private lu(): Etat {
    const { unites, dessinee } = this.donnees;
    const { lieux, lues } = this.tableau;
    if (dessinee) return { etendue: Etendue.deCommunes(lieux, lues), trace: { geometrie: null, communes: lues } };
    return { etendue: new Etendue(lieux, (unites ?? []).map((u): Unite => [`${u.maille}:${u.code}`, u.exclue])), trace: null };
  }

  private enListe(): Etendue {
    const { trace, etendue } = this.etat;
    return trace ? Etendue.deCommunes(this.tableau.lieux, trace.communes) : etendue.copie();
  }

  /** A change, that can be undone when it says what it is. */
  private poser(etat: Etat, quoi: string): void {
    if (quoi) this.passes.push({ etat: this.etat, quoi });
    this.etat = etat;
    this.garder();
    this.montrer();
    if (quoi) this.annoncer(quoi);
  }

  private defaire(): void {
    const passe = this.passes.pop();
    if (!passe) return;
    this.etat = passe.etat;
    this.garder();
    this.montrer();
    this.annoncer(`Annulé : ${passe.quoi}`);
  }

  private montrer(): void {
    const { sorts, codes } = this;
    this.annuler.disabled = this.passes.length === 0;
    this.tableau.montrer(codes, sorts, (unite) => !this.etat.trace && this.etat.etendue.nomme(unite));
    const ailleurs = this.etat.trace ? [] : this.etat.etendue.ailleurs();
    const dehors = ailleurs.length ? ` ${pluriel(ailleurs.length, 'commune')} hors du réseau, gardées telles quelles, ne comptent pas.` : '';
    remplir(this.enMots, ...resume(enMots(this.tableau.lieux, sorts, this.donnees.en_vigueur !== null) + dehors));
    remplir(this.legende, legende(sorts));
    this.apports.suivre(this.etat.trace !== null);
    this.carte?.peindre(sorts);
    this.esquisser(null);
    this.envoi.montrer(sorts);
  }

  private async contour(): Promise<unknown> {
    const { reseau, code, version } = this.donnees;
    const adresse = `/api/zones/${encodeURIComponent(reseau)}/${encodeURIComponent(code)}/contour?version=${version}`;
    return (this.contourLu ??= (await demander<{ geometry: unknown }>(adresse, {})).geometry);
  }

  private garder(): void {
    const { trace, etendue } = this.etat;
    const garde = this.tiroir.garder({
      version: this.version,
      base: [...this.base],
      unites: etendue.liste(),
      trace: trace && { geometrie: trace.geometrie, communes: [...trace.communes] },
      champs: Object.fromEntries(CHAMPS.map((nom) => [nom, this.champ(nom)])),
      le: new Date().toISOString(),
    });
    this.direBrouillon(garde ? 'Brouillon gardé dans ce navigateur.' : 'Ce navigateur ne garde pas de brouillon : proposez avant de quitter la page.', garde);
  }

  private direBrouillon(phrase: string, effacable: boolean): void {
    const effacer = element('button', { type: 'button', class: 'second petit', click: () => this.recommencer() }, 'L’effacer');
    remplir(this.avis, element('p', { class: 'discret' }, phrase), effacable && effacer);
  }

  /** What was kept by an earlier visit, over what the service has now. */
  private reprendre(): void {
    const brouillon = this.tiroir.lire();
    if (!brouillon) return;
    for (const [nom, valeur] of Object.entries(brouillon.champs)) {
      const champ = this.formulaire.elements.namedItem(nom) as HTMLInputElement | null;
      if (champ && CHAMPS.includes(nom)) champ.value = valeur;
    }
    const actuelle = this.enListe();
    this.etat = this.relu(brouillon);
    if (brouillon.version !== this.donnees.version && this.donnees.version !== null) {
      // Somebody has proposed since: what one had done is done again over it.
      this.base = new Set(brouillon.base);
      this.envoi.expliquer(brouillon.base, actuelle, this.donnees.version);
      this.refaireSur(actuelle, this.donnees.version);
    }
    const quand = new Date(brouillon.le).toLocaleString('fr-FR', { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' });
    this.direBrouillon(`Votre brouillon du ${quand} est repris.`, true);
  }

  private relu({ unites, trace }: Brouillon): Etat {
    return { etendue: new Etendue(this.tableau.lieux, unites), trace: trace && { geometrie: trace.geometrie, communes: new Set(trace.communes) } };
  }

  private choixDuClic(): HTMLElement {
    const choix = (valeur: boolean, dit: string) =>
      element('label', { class: 'case' }, element('input', { type: 'radio', name: 'clic', checked: valeur === this.parEpci, change: () => (this.parEpci = valeur) }), dit);
    return element('fieldset', { class: 'clic' }, element('legend', {}, 'Un clic sur la carte ajoute ou retire'), choix(false, 'une commune'), choix(true, 'tout son EPCI'));
  }

  private async dessinerCarte(cadre: HTMLElement): Promise<void> {
    try {
      const [{ CarteDeZone }, reseau] = await Promise.all([import('./carte_de_zone'), api.reseau(this.donnees.reseau)]);
      this.carte = new CarteDeZone(cadre, {
        departements: [reseau.departement],
        bbox: reseau.bbox,
        nom: (code) => this.tableau.noms.get(code),
        surChoix: (code) => this.cliquer(code),
        muette: () => this.apports.dessine,
        surPanne: () => this.annoncer('Le service ne répond pas : la carte attend. Rien n’est perdu, votre brouillon est ici.'),
      });
      this.carte.peindre(this.sorts);
      const { trace } = this.etat;
      if (trace && !trace.geometrie) await this.contour();
      this.esquisser(null);
    } catch (erreur) {
      console.warn(erreur);
      if (this.carte) return;
      cadre.classList.add('sans-carte');
      cadre.textContent = 'La carte ne se dessine pas ici. Le tableau fait la même chose.';
    }
  }

  private cliquer(code: string): void {
    if (this.apports.dessine) return;
    const dedans = !this.codes.has(code);
    const epci = this.tableau.lieux.get(code)?.epci;
    if (this.parEpci && epci) this.changerUnite(`epci:${epci}`, dedans);
    else this.changerCommunes([code], dedans);
  }
}
