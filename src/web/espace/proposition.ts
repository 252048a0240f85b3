// Sends a zone to whoever decides: first what it comes to, then the proposal; and what to do when somebody was first.

import { Panne } from '../page/api';
import { pluriel } from '../page/ecriture';
import { element, remplir } from '../page/element';
import type { Atelier } from './atelier';
import type { Sorts } from './carte_de_zone';
import { enListes } from './difference';
import { couvertes, lireZone, Probleme, proposer, type Proposee, type ZoneLue } from './envoi';
import { changements, Etendue, type Unite } from './etendue';

export class Envoi {
  readonly section: HTMLElement;
  private readonly listes = element('div', {});
  private readonly retour = element('div', { role: 'status' });
  private readonly bouton = element('button', { type: 'submit' }, 'Proposer au coordinateur');
  private readonly essai = element('button', { type: 'button', class: 'second', click: () => void this.verifier() }, 'Vérifier sans proposer');

  constructor(private readonly atelier: Atelier) {
    const { formulaire } = atelier;
    formulaire.hidden = false;
    formulaire.append(element('p', { class: 'boutons' }, this.essai, this.bouton));
    formulaire.addEventListener('submit', (evenement) => {
      evenement.preventDefault();
      void this.conclure();
    });
    this.section = element('section', { id: 'proposer', tabindex: -1, 'aria-label': 'Proposition' }, element('h2', {}, 'Votre proposition'), this.listes, formulaire, this.retour);
  }

  /** What would change, as it stands. */
  montrer(sorts: Sorts): void {
    const listes = enListes(this.atelier.tableau.lieux, sorts);
    remplir(this.listes, ...(listes.length ? listes : [element('p', { class: 'discret' }, 'Rien ne change encore par rapport à la zone en vigueur.')]));
    remplir(this.retour);
  }

  /** What the service makes of an extent, without writing anything. Says why when it refuses it. */
  essayer(etendue: Record<string, unknown>): Promise<Proposee | null> {
    return this.demander(etendue, true);
  }

  private corps(etendue: Record<string, unknown>): unknown {
    const { atelier } = this;
    const { reseau, partenaire, theme, code } = atelier.donnees;
    const facultatifs = Object.fromEntries(['nom', 'fin', 'commentaire'].map((nom) => [nom, atelier.champ(nom)]).filter(([, valeur]) => valeur));
    return {
      reseau, partenaire, theme, code,
      debut: atelier.champ('debut'),
      ...(atelier.version === null ? {} : { version: atelier.version }),
      ...etendue,
      ...facultatifs,
    };
  }

  private async verifier(): Promise<void> {
    const proposee = await this.envoyer(true);
    if (!proposee) return;
    const { zone, remarques } = proposee;
    this.dire('bien', `Le service a lu : ${pluriel(couvertes(zone).size, 'commune')} du réseau. Rien n’est encore proposé.`, remarques);
  }

  private async conclure(): Promise<void> {
    const proposee = await this.envoyer(false);
    if (!proposee) return;
    this.atelier.tiroir.vider();
    location.assign(`${this.atelier.donnees.retour}?fait=${proposee.identique ? 'identique' : 'proposee'}`);
  }

  private async envoyer(essai: boolean): Promise<Proposee | null> {
    try {
      const etendue = await this.atelier.etendueEnvoyee();
      if (etendue) return await this.demander(etendue, essai);
      this.dire('mal', 'La zone est vide : choisissez au moins une commune. Pour la terminer, demandez-le au coordinateur.');
    } catch (erreur) {
      await this.echouer(erreur);
    }
    return null;
  }

  private async demander(etendue: Record<string, unknown>, essai: boolean): Promise<Proposee | null> {
    if (!this.atelier.formulaire.reportValidity()) return null;
    for (const bouton of [this.bouton, this.essai]) bouton.disabled = true;
    this.dire('', 'Envoi…');
    try {
      const proposee = await proposer(this.corps(etendue), essai);
      remplir(this.retour);
      return proposee;
    } catch (erreur) {
      await this.echouer(erreur);
      return null;
    } finally {
      for (const bouton of [this.bouton, this.essai]) bouton.disabled = false;
    }
  }

  private async echouer(erreur: unknown): Promise<void> {
    if (erreur instanceof Panne) return this.dire('mal', `${erreur.message} Rien n’est perdu : votre brouillon est gardé ici. Recommencez dans un moment.`);
    if (!(erreur instanceof Probleme)) throw erreur;
    if (erreur.statut === 401) {
      const lien = element('a', { href: '/connexion', target: '_blank' }, 'Reconnectez-vous dans un autre onglet');
      return this.dire('mal', 'Votre session est terminée. Rien n’est perdu : votre brouillon est gardé ici. ', [], lien, ', puis proposez de nouveau.');
    }
    if (erreur.statut === 409 && erreur.corps.version) {
      try {
        return this.montrerConflit(await lireZone(this.atelier.donnees.reseau, this.atelier.donnees.code, erreur.corps.version));
      } catch {
        // What is said of the refusal is said below.
      }
    }
    this.dire('mal', erreur.message, (erreur.corps.anomalies ?? []).map((a) => `« ${a.valeur} » : ${a.raison}`));
  }

  /** Somebody proposed meanwhile: what they changed, and how to go on. */
  private montrerConflit(zone: ZoneLue): void {
    const { lieux } = this.atelier.tableau;
    const leur = zone.unites.length
      ? new Etendue(lieux, zone.unites.map((u): Unite => [`${u.maille}:${u.code}`, u.exclue]))
      : Etendue.deCommunes(lieux, couvertes(zone));
    const refaire = element('button', {
      type: 'button',
      click: () => {
        this.atelier.refaireSur(leur, zone.version);
        this.dire('bien', `Vérifiez, puis proposez : vos changements sont maintenant sur la version ${zone.version}.`);
      },
    }, 'Refaire mes changements sur la sienne');
    const laisser = element('button', { type: 'button', class: 'second', click: () => this.atelier.recommencer() }, 'Garder la sienne, effacer les miens');
    remplir(this.retour, element('div', { class: 'avis' }, ...this.explication(this.atelier.base, leur, zone.version), element('p', { class: 'boutons' }, refaire, laisser)));
    this.retour.scrollIntoView({ block: 'nearest' });
  }

  /** The same of a draft that is taken up again. */
  expliquer(base: Iterable<string>, leur: Etendue, version: number): void {
    const explication = element('div', { class: 'avis' }, ...this.explication(new Set(base), leur, version));
    // After what follows from the change itself.
    queueMicrotask(() => remplir(this.retour, explication));
  }

  private explication(base: ReadonlySet<string>, leur: Etendue, version: number): Node[] {
    const { ajoutes, retires } = changements(base, leur.codes());
    const noms = (codes: string[]) => codes.map((code) => this.atelier.tableau.noms.get(code) ?? code).join(', ');
    return [
      element('p', {}, element('strong', {}, `La version ${version} de cette zone a été proposée pendant que vous écriviez.`), ' Rien de ce que vous avez fait n’est perdu.'),
      element(
        'ul',
        {},
        ajoutes.length > 0 && element('li', {}, `Elle ajoute ${pluriel(ajoutes.length, 'commune')} : ${noms(ajoutes)}.`),
        retires.length > 0 && element('li', {}, `Elle retire ${pluriel(retires.length, 'commune')} : ${noms(retires)}.`),
        !ajoutes.length && !retires.length && element('li', {}, 'Elle couvre les mêmes communes que celle que vous aviez lue.'),
      ),
    ];
  }

  private dire(genre: 'bien' | 'mal' | '', phrase: string, suite: string[] = [], ...apres: (Node | string)[]): void {
    const classe = genre === 'bien' ? 'secret' : genre === 'mal' ? 'erreur' : 'discret';
    remplir(
      this.retour,
      element('div', { class: classe }, element('p', {}, phrase, ...apres), suite.length > 0 && element('ul', {}, ...suite.map((ligne) => element('li', {}, ligne)))),
    );
  }
}
