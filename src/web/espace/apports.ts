// Other ways than the table to say where a zone goes: a list that is pasted, a file, a drawing. Each comes to places or to
// a surface, shown before it changes anything, with what is wrong and what to do.

import { Panne } from '../page/api';
import { pluriel } from '../page/ecriture';
import { element, remplir } from '../page/element';
import type { Atelier } from './atelier';
import type { Dessin, Surface } from './dessin';
import { couvertes, demander, Probleme } from './envoi';

interface Lieu {
  unite: string;
  nom: string;
}

/** What the service has read of a list or of a file. */
interface Reconnaissance {
  lieux: Lieu[];
  exclues: Lieu[];
  dessin: unknown;
  anomalies: { place: string; valeur: string; raison: string; choix: Lieu[] }[];
  remarques: string[];
}

const FORMATS = '.csv,.tsv,.txt,.xlsx,.xls,.ods,.gpkg,.geojson,.json,.fgb,.kml,.zip,.7z,.gz';
/** Lines that are shown of what is wrong: the rest is like them. */
const MONTREES = 50;

export class Apports {
  readonly section: HTMLElement;
  private readonly retour = element('div', { role: 'status', class: 'trouvaille' });
  private readonly liste = element('textarea', { id: 'liste', rows: 5, placeholder: 'Die\n26113\n26150 Die\nCC du Diois' });
  private readonly fichier = element('input', { type: 'file', id: 'fichier', accept: FORMATS });
  private readonly couche = element('input', { id: 'couche', autocomplete: 'off' });
  private readonly systeme = element('input', { id: 'systeme', autocomplete: 'off', placeholder: 'EPSG:2154' });
  private dessin: Dessin | null = null;

  constructor(private readonly atelier: Atelier) {
    const lire = element('button', { type: 'button', class: 'second', click: () => void this.lireListe() }, 'Lire cette liste');
    const envoyer = element('button', { type: 'button', class: 'second', click: () => void this.lireFichier() }, 'Lire ce fichier');
    const champ = (nom: string, dit: string, entree: HTMLElement) => element('p', {}, element('label', { for: nom }, dit), entree);
    this.section = element(
      'div',
      { class: 'apports' },
      element(
        'details', {}, element('summary', {}, 'Coller une liste'),
        champ('liste', 'Noms, codes Insee, codes postaux ou EPCI, un par ligne', this.liste), element('p', {}, lire),
      ),
      element(
        'details', {}, element('summary', {}, 'Envoyer un fichier'),
        champ('fichier', 'Tableau (CSV, Excel, ODS) ou dessin (GeoPackage, GeoJSON, Shapefile en .zip, KML…), 8 Mo au plus', this.fichier),
        champ('couche', 'Couche ou feuille, s’il y en a plusieurs', this.couche),
        champ('systeme', 'Système de coordonnées, si le fichier ne le dit pas', this.systeme),
        element('p', {}, envoyer),
      ),
      this.outilDeDessin(),
      this.retour,
    );
  }

  /** Whether a click on the map draws. */
  get dessine(): boolean {
    return this.dessin !== null;
  }

  private async lireListe(): Promise<void> {
    const texte = this.liste.value.trim();
    if (!texte) return this.dire('erreur', 'La liste est vide : collez des noms ou des codes.');
    await this.reconnaitre('', texte, 'text/plain;charset=utf-8');
  }

  private async lireFichier(): Promise<void> {
    const fichier = this.fichier.files?.[0];
    if (!fichier) return this.dire('erreur', 'Choisissez d’abord un fichier.');
    const p = new URLSearchParams({ fichier: fichier.name });
    if (this.couche.value.trim()) p.set('couche', this.couche.value.trim());
    if (this.systeme.value.trim()) p.set('systeme', this.systeme.value.trim());
    await this.reconnaitre(`?${p}`, fichier, 'application/octet-stream');
  }

  private async reconnaitre(question: string, corps: BodyInit, genre: string): Promise<void> {
    this.dire('discret', 'Lecture…');
    try {
      const lue = await demander<Reconnaissance>(this.atelier.donnees.lecture + question, { method: 'POST', headers: { 'content-type': genre }, body: corps });
      if (lue.dessin) await this.montrerSurface(lue.dessin, lue.remarques);
      else this.montrer(lue);
    } catch (erreur) {
      this.echouer(erreur);
    }
  }

  /** Places that were read, and lines that were not. */
  private montrer(lue: Reconnaissance): void {
    const { lieux, anomalies } = lue;
    const deja = lieux.filter((l) => this.atelier.couvre(l.unite)).length;
    const anomaliesDites = anomalies.slice(0, MONTREES).map((a) => {
      const choisir = (lieu: Lieu) => () => this.montrer({ ...lue, lieux: [...lieux, lieu], anomalies: anomalies.filter((autre) => autre !== a) });
      return element(
        'li', {}, element('strong', {}, a.place), ` « ${a.valeur} » : ${a.raison} `,
        ...a.choix.map((lieu) => element('button', { type: 'button', class: 'second petit', click: choisir(lieu) }, lieu.nom)),
      );
    });
    remplir(
      this.retour,
      element(
        'div', { class: lieux.length ? 'secret' : 'erreur' },
        element('p', {}, lieux.length ? `${pluriel(lieux.length, 'lieu reconnu', 'lieux reconnus')}${deja ? `, dont ${deja} déjà dans la zone` : ''}.` : 'Rien n’a été reconnu.'),
        lieux.length > 0 && element('details', {}, element('summary', {}, 'Lesquels'), element('p', {}, lieux.map((l) => l.nom).join(', '))),
        lue.remarques.length > 0 && element('ul', {}, ...lue.remarques.map((r) => element('li', {}, r))),
      ),
      anomalies.length > 0 && element('div', { class: 'avis' }, element('p', {}, `${pluriel(anomalies.length, 'ligne')} à regarder, qui ne ${anomalies.length < 2 ? 'compte' : 'comptent'} pas :`), element('ul', {}, ...anomaliesDites)),
      lieux.length > 0 && this.choix(
        lieux.map((l) => l.unite),
        lue.exclues.map((l) => l.unite),
      ),
    );
  }

  private choix(unites: string[], exclues: string[]): HTMLElement {
    const faire = (dit: string, geste: () => void, second = true) =>
      element('button', { type: 'button', ...(second ? { class: 'second' } : {}), click: () => { geste(); remplir(this.retour); } }, dit);
    return element(
      'p', { class: 'boutons' },
      faire('Ajouter à la zone', () => this.atelier.changerLieux(unites, exclues, 'ajouter'), false),
      faire('Retirer de la zone', () => this.atelier.changerLieux(unites, exclues, 'retirer')),
      faire('En faire toute la zone', () => this.atelier.changerLieux(unites, exclues, 'remplacer')),
      faire('Ne rien changer', () => {}),
    );
  }

  /** A surface: the service says which communes it covers enough. */
  private async montrerSurface(surface: unknown, remarques: string[]): Promise<void> {
    this.dire('discret', 'Recherche des communes que ce dessin couvre…');
    const proposee = await this.atelier.envoi.essayer({ geometrie: surface });
    if (!proposee) return remplir(this.retour);
    const communes = [...couvertes(proposee.zone)];
    const touchees = proposee.zone.communes.filter((c) => !c.couverte && c.dans_perimetre).length;
    this.atelier.esquisser(surface);
    const fermer = (geste: () => void) => () => {
      geste();
      this.atelier.esquisser(null);
      this.cesser();
      remplir(this.retour);
    };
    const bouton = (dit: string, geste: () => void, second = true) => element('button', { type: 'button', ...(second ? { class: 'second' } : {}), click: fermer(geste) }, dit);
    const unites = communes.map((code) => `commune:${code}`);
    remplir(
      this.retour,
      element(
        'div', { class: communes.length ? 'secret' : 'erreur' },
        element('p', {}, `Ce dessin couvre ${pluriel(communes.length, 'commune')} du réseau${touchees ? `, et en touche ${touchees} sans les couvrir assez` : ''}.`),
        [...remarques, ...proposee.remarques].length > 0 && element('ul', {}, ...[...new Set([...remarques, ...proposee.remarques])].map((r) => element('li', {}, r))),
      ),
      element(
        'p', { class: 'boutons' },
        communes.length > 0 && bouton(`Ajouter ${communes.length < 2 ? 'cette commune' : `ces ${communes.length} communes`}`, () => this.atelier.changerLieux(unites, [], 'ajouter'), false),
        communes.length > 0 && bouton('Les retirer', () => this.atelier.changerLieux(unites, [], 'retirer')),
        communes.length > 0 && bouton('La zone est ce dessin', () => this.atelier.prendreDessin(surface, communes)),
        bouton('Effacer le dessin', () => {}),
      ),
    );
  }

  private outilDeDessin(): HTMLElement {
    const debut = element('button', { type: 'button', class: 'second', click: () => void this.commencer(debut, suite) }, 'Dessiner sur la carte');
    const choix = (corriger: boolean, dit: string) => element('label', { class: 'case' }, element('input', { type: 'radio', name: 'dessin', checked: !corriger, change: () => this.dessin?.modifier(corriger) }), dit);
    const reprise = element('button', { type: 'button', class: 'second', hidden: true, click: () => void this.commencer(debut, suite, true) }, 'Déplacer les coins du dessin');
    const suite = element(
      'div', { class: 'dessin', hidden: true },
      element('p', {}, 'Cliquez les coins de la zone ; cliquez de nouveau le dernier pour finir. Plusieurs surfaces sont possibles. Pour déplacer un coin, choisissez la surface, puis tirez-le.'),
      choix(false, 'Dessiner'), choix(true, 'Déplacer les coins'),
      element('button', { type: 'button', class: 'second', click: () => { this.cesser(); this.atelier.esquisser(null); remplir(this.retour); } }, 'Ne plus dessiner'),
    );
    this.finir = () => {
      suite.hidden = true;
      debut.hidden = false;
      reprise.hidden = !this.dessinee;
    };
    this.cacherReprise = () => (reprise.hidden = true);
    return element('div', { class: 'cote' }, debut, reprise, suite);
  }

  /** Follows what the zone has become: only a drawing has corners. */
  suivre(dessinee: boolean): void {
    this.dessinee = dessinee;
    if (!this.dessin) this.finir();
  }

  private dessinee = false;
  private finir: () => void = () => {};
  private cacherReprise: () => void = () => {};

  private async commencer(debut: HTMLElement, suite: HTMLElement, reprise = false): Promise<void> {
    const carte = this.atelier.fond;
    if (!carte) return this.dire('erreur', 'La carte n’est pas là : collez plutôt une liste.');
    debut.hidden = true;
    this.cacherReprise();
    suite.hidden = false;
    try {
      const { Dessin } = await import('./dessin');
      this.dessin = new Dessin(carte, (surface: Surface | null) => {
        if (surface) void this.montrerSurface(surface, []).catch((erreur: unknown) => this.echouer(erreur));
      });
      suite.querySelectorAll('input').forEach((choix, rang) => (choix.checked = reprise === (rang === 1)));
      if (!reprise) return;
      const lue = (await this.atelier.dessin()) as Surface | { type: 'Polygon'; coordinates: number[][][] };
      const raison = this.dessin.reprendre(lue.type === 'Polygon' ? { type: 'MultiPolygon', coordinates: [lue.coordinates] } : lue);
      if (!raison) return;
      this.cesser();
      this.dire('erreur', raison);
    } catch (erreur) {
      this.finir();
      console.warn(erreur);
      this.dire('erreur', 'L’outil de dessin n’a pas pu être chargé. Vérifiez votre connexion, puis recommencez.');
    }
  }

  private cesser(): void {
    this.dessin?.effacer();
    this.dessin?.fermer();
    this.dessin = null;
    this.finir();
  }

  private echouer(erreur: unknown): void {
    if (erreur instanceof Panne) return this.dire('erreur', `${erreur.message} Rien n’a changé. Recommencez dans un moment.`);
    if (!(erreur instanceof Probleme)) throw erreur;
    this.dire('erreur', erreur.message, (erreur.corps.anomalies ?? []).map((a) => `« ${a.valeur} » : ${a.raison}`));
  }

  private dire(classe: string, phrase: string, suite: string[] = []): void {
    remplir(this.retour, element('div', { class: classe }, element('p', {}, phrase), suite.length > 0 && element('ul', {}, ...suite.map((s) => element('li', {}, s)))));
  }
}
