// The page where a zone is corrected. It holds what the zone has become; the map, the table and the words follow.

import * as api from '../page/api';
import { pluriel } from '../page/ecriture';
import { element, remplir } from '../page/element';
import { Tiroir, type Brouillon } from './brouillon';
import { legende, type CarteDeZone, type Sorts } from './carte_de_zone';
import { enMots, resume, sortsDe } from './difference';
import { changements, Etendue, type Unite } from './etendue';
import { Envoi } from './proposition';
import { Tableau } from './tableau';

export interface Donnees {
  compte: number;
  reseau: string;
  partenaire: string;
  code: string;
  theme: string | null;
  nom: string | null;
  version: number | null;
  etat: string | null;
  en_vigueur: number | null;
  debut: string | null;
  fin: string | null;
  dessinee: boolean;
  unites: { maille: string; code: string; exclue: boolean }[] | null;
  retour: string;
  lecture: string;
}

const CHAMPS = ['nom', 'debut', 'fin', 'commentaire'];

export class Atelier {
  readonly donnees: Donnees;
  readonly tableau: Tableau;
  readonly formulaire: HTMLFormElement;
  readonly tiroir: Tiroir;
  etendue: Etendue;
  /** Communes of the version that one began from. */
  base: ReadonlySet<string>;
  version: number | null;
  private carte: CarteDeZone | null = null;
  private passees: { etendue: Etendue; quoi: string }[] = [];
  private readonly annonce = element('p', { class: 'annonce', role: 'status' });
  private readonly dire_ = element('p', { class: 'resume' });
  private readonly legende = element('div', {});
  private readonly avis = element('div', { class: 'avis-brouillon' });
  private readonly annuler = element('button', { type: 'button', class: 'second', disabled: true, click: () => this.defaire() }, 'Annuler le dernier changement');
  private parEpci = false;
  private readonly envoi: Envoi;

  constructor(private readonly racine: HTMLElement) {
    this.donnees = JSON.parse(racine.dataset.atelier!) as Donnees;
    const { compte, reseau, code } = this.donnees;
    this.tiroir = new Tiroir(compte, reseau, code);
    this.formulaire = racine.querySelector<HTMLFormElement>('#proposition')!;
    this.tableau = new Tableau(racine.querySelector<HTMLTableElement>('#communes')!, {
      communes: (codes, dedans) => this.changerCommunes(codes, dedans),
      unite: (unite, dedans) => this.changerUnite(unite, dedans),
    });
    this.version = this.donnees.version;
    this.base = this.tableau.lues;
    this.etendue = this.lue();
    this.envoi = new Envoi(this);
  }

  async commencer(): Promise<void> {
    const cadre = element('div', { class: 'atelier-carte', role: 'region', 'aria-label': 'Carte de la zone' });
    const table = this.racine.querySelector('.table')!;
    const panneau = element(
      'div',
      { class: 'atelier-panneau' },
      this.dire_,
      this.legende,
      this.choixDuClic(),
      element('div', { class: 'cote' }, this.annuler, this.annonce),
      this.avis,
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

  /** What the version before one's eyes lists; of a drawing, the communes that it covers. */
  private lue(): Etendue {
    const { unites, dessinee } = this.donnees;
    if (!unites || dessinee) return Etendue.deCommunes(this.tableau.lieux, this.tableau.lues);
    return new Etendue(this.tableau.lieux, unites.map((u): Unite => [`${u.maille}:${u.code}`, u.exclue]));
  }

  get sorts(): Sorts {
    return sortsDe(this.tableau.lieux, this.etendue.codes());
  }

  /** Whether something is to be sent. */
  get change(): boolean {
    const { ajoutes, retires } = changements(this.base, this.etendue.codes());
    return ajoutes.length + retires.length > 0 || JSON.stringify(this.etendue.liste()) !== JSON.stringify(this.lue().liste());
  }

  champ(nom: string): string {
    return (this.formulaire.elements.namedItem(nom) as HTMLInputElement | null)?.value.trim() ?? '';
  }

  /** What may be done again over what somebody else has proposed. */
  refaireSur(etendue: Etendue, version: number): void {
    const { ajoutes, retires } = changements(this.base, this.etendue.codes());
    this.base = etendue.codes();
    this.version = version;
    this.passees = [];
    this.poser(etendue.copie().ajouter(ajoutes).retirer(retires), '');
    this.annoncer(`Vos changements sont refaits sur la version ${version} : ${pluriel(ajoutes.length, 'commune')} de plus, ${pluriel(retires.length, 'commune')} de moins.`);
  }

  changerCommunes(codes: string[], dedans: boolean): void {
    const suite = this.etendue.copie();
    const nom = codes.length === 1 ? this.tableau.noms.get(codes[0]!)! : pluriel(codes.length, 'commune');
    this.poser(dedans ? suite.ajouter(codes) : suite.retirer(codes), `${nom} : ${dedans ? 'dans la zone' : 'hors de la zone'}.`);
  }

  changerUnite(unite: string, dedans: boolean): void {
    const suite = this.etendue.copie();
    this.poser(dedans ? suite.ajouterUnite(unite) : suite.retirerUnite(unite), `${this.tableau.noms.get(unite)} : ${dedans ? 'dans la zone' : 'hors de la zone'}.`);
  }

  /** A change that can be undone. */
  poser(etendue: Etendue, quoi: string): void {
    if (quoi) this.passees.push({ etendue: this.etendue, quoi });
    this.etendue = etendue;
    this.garder();
    this.montrer();
    if (quoi) this.annoncer(quoi);
  }

  annoncer(phrase: string): void {
    this.annonce.textContent = phrase;
  }

  private defaire(): void {
    const passee = this.passees.pop();
    if (!passee) return;
    this.etendue = passee.etendue;
    this.garder();
    this.montrer();
    this.annoncer(`Annulé : ${passee.quoi}`);
  }

  private montrer(): void {
    const { sorts } = this;
    this.annuler.disabled = this.passees.length === 0;
    this.tableau.montrer(this.etendue, sorts);
    remplir(this.dire_, ...resume(enMots(this.tableau.lieux, sorts, this.donnees.en_vigueur !== null)));
    remplir(this.legende, legende(sorts));
    this.carte?.peindre(sorts);
    this.envoi.montrer(sorts);
  }

  private garder(): void {
    const brouillon: Brouillon = {
      version: this.version,
      base: [...this.base],
      unites: this.etendue.liste(),
      dessin: null,
      champs: Object.fromEntries(CHAMPS.map((nom) => [nom, this.champ(nom)])),
      le: new Date().toISOString(),
    };
    const garde = this.tiroir.garder(brouillon);
    this.direBrouillon(garde ? 'Brouillon gardé dans ce navigateur.' : 'Ce navigateur ne garde pas de brouillon : proposez avant de quitter la page.', garde);
  }

  private direBrouillon(phrase: string, effacable: boolean): void {
    const effacer = element('button', { type: 'button', class: 'second', click: () => this.recommencer() }, 'Effacer le brouillon');
    remplir(this.avis, element('p', { class: 'discret' }, phrase), effacable && effacer);
  }

  /** Erases the draft, and begins again from what the service has. */
  recommencer(): void {
    this.tiroir.vider();
    location.reload();
  }

  /** What was kept by an earlier visit, over what the service has now. */
  private reprendre(): void {
    const brouillon = this.tiroir.lire();
    if (!brouillon) return;
    for (const [nom, valeur] of Object.entries(brouillon.champs)) {
      const champ = this.formulaire.elements.namedItem(nom) as HTMLInputElement | null;
      if (champ && CHAMPS.includes(nom)) champ.value = valeur;
    }
    const gardee = new Etendue(this.tableau.lieux, brouillon.unites);
    if (brouillon.version === this.donnees.version) {
      this.etendue = gardee;
    } else if (this.donnees.version !== null) {
      // Somebody has proposed since: what one had done is done again over it.
      const actuelle = this.etendue;
      [this.etendue, this.base] = [gardee, new Set(brouillon.base)];
      this.envoi.expliquer(brouillon.base, actuelle, this.donnees.version);
      this.refaireSur(actuelle, this.donnees.version);
    }
    const quand = new Date(brouillon.le).toLocaleString('fr-FR', { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' });
    this.direBrouillon(`Votre brouillon du ${quand} est repris.`, true);
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
        surPanne: () => this.annoncer('Le service ne répond pas : la carte attend. Rien n’est perdu, votre brouillon est ici.'),
      });
      this.carte.peindre(this.sorts);
    } catch (erreur) {
      console.warn(erreur);
      cadre.classList.add('sans-carte');
      cadre.textContent = 'La carte ne se dessine pas ici. Le tableau fait la même chose.';
    }
  }

  private cliquer(code: string): void {
    const dedans = !this.etendue.contient(code);
    const epci = this.tableau.lieux.get(code)?.epci;
    if (this.parEpci && epci) this.changerUnite(`epci:${epci}`, dedans);
    else this.changerCommunes([code], dedans);
  }
}
