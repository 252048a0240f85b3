// The communes of the réseau as a table: checkboxes that do all that the map does, a filter, and the state of each.

import { nombre } from '../page/ecriture';
import { element } from '../page/element';
import { SORTS, type Sorts } from './carte_de_zone';
import type { Lieu } from './etendue';

export interface Geste {
  communes(codes: string[], dedans: boolean): void;
  unite(unite: string, dedans: boolean): void;
  /** Shows a commune or an EPCI on the map. */
  situer(unite: string): void;
}

const plat = (texte: string) => texte.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export class Tableau {
  readonly lieux = new Map<string, Lieu>();
  /** Communes that the version before one's eyes covers. */
  readonly lues = new Set<string>();
  readonly noms = new Map<string, string>();
  readonly recherche: HTMLElement;
  private readonly lignes = new Map<string, { rang: HTMLTableRowElement; case_: HTMLInputElement; etat: HTMLElement; cle: string }>();
  private readonly groupes: { unite: string; corps: HTMLTableSectionElement; case_: HTMLInputElement | null; codes: string[] }[] = [];
  private readonly champ = element('input', { type: 'search', id: 'filtre', autocomplete: 'off', placeholder: 'Nom, code ou code postal', input: () => this.filtrer(), keydown: (e) => this.entrer(e) });
  private readonly carte = element('button', { type: 'button', class: 'second', disabled: true, click: () => this.situer() }, 'Voir sur la carte');
  private readonly seulement = element(
    'select',
    { 'aria-label': 'Communes à montrer', change: () => this.filtrer() },
    element('option', { value: '' }, 'Toutes'),
    element('option', { value: 'dedans' }, 'Dans la zone'),
    element('option', { value: 'change' }, 'Ajoutées ou retirées'),
  );
  private readonly compte = element('p', { class: 'discret', role: 'status' });
  private sorts: Sorts = new Map();

  constructor(
    private readonly table: HTMLTableElement,
    private readonly geste: Geste,
  ) {
    for (const corps of table.tBodies) this.lireGroupe(corps);
    this.recherche = element(
      'div',
      { class: 'filtrer' },
      element('label', { for: 'filtre' }, 'Chercher une commune ou un EPCI'),
      element('div', { class: 'cote' }, this.champ, this.carte, this.seulement),
      this.compte,
    );
  }

  /** Shows what the zone has become. */
  montrer(codes: ReadonlySet<string>, sorts: Sorts, nomme: (unite: string) => boolean): void {
    this.sorts = sorts;
    for (const [code, { case_, etat }] of this.lignes) {
      const sort = sorts.get(code) ?? null;
      case_.checked = codes.has(code);
      const dit = sort ? SORTS[sort].dit : '';
      if (etat.textContent !== dit) etat.textContent = dit;
      etat.className = `sort ${sort ?? ''}`;
    }
    for (const { case_, codes: siens, unite } of this.groupes) {
      if (!case_) continue;
      const dedans = siens.filter((code) => codes.has(code)).length;
      case_.checked = dedans === siens.length;
      case_.indeterminate = dedans > 0 && dedans < siens.length;
      case_.nextElementSibling!.querySelector('.discret')!.textContent =
        `${nombre(dedans)} sur ${nombre(siens.length)}${nomme(unite) ? ' · suit l’EPCI' : ''}`;
    }
    if (this.seulement.value) this.filtrer();
  }

  private lireGroupe(corps: HTMLTableSectionElement): void {
    const { epci = '', nom = '' } = corps.dataset;
    const codes: string[] = [];
    for (const rang of corps.rows) {
      const { code, unites = '', habitants, postaux = '' } = rang.dataset;
      if (!code) continue;
      const case_ = rang.querySelector('input')!;
      const etat = rang.cells[2]!;
      const nomDeCommune = rang.dataset.nom ?? code;
      case_.disabled = false;
      case_.addEventListener('change', () => this.geste.communes([code], case_.checked));
      codes.push(code);
      this.noms.set(code, nomDeCommune);
      this.lignes.set(code, { rang, case_, etat, cle: plat(`${nomDeCommune} ${code} ${postaux}`) });
      if ('apres' in rang.dataset) this.lues.add(code);
      this.lieux.set(code, {
        code,
        nom: nomDeCommune,
        habitants: habitants === undefined ? null : Number(habitants),
        epci,
        unites: unites.split(' ').filter(Boolean),
        codesPostaux: postaux.split(' ').filter(Boolean),
        avant: 'avant' in rang.dataset,
      });
    }
    const unite = `epci:${epci}`;
    let case_: HTMLInputElement | null = null;
    if (epci) {
      case_ = element('input', { type: 'checkbox', change: () => this.geste.unite(unite, case_!.checked) });
      const titre = corps.rows[0]!.cells[0]!;
      titre.replaceChildren(element('label', { class: 'case' }, case_, element('span', {}, nom, ' ', element('span', { class: 'discret' }))));
      this.noms.set(unite, nom);
    }
    this.groupes.push({ unite, corps, case_, codes });
  }

  /** What the words find: an EPCI by its name, else the first commune that is shown. */
  private trouvee(): string | null {
    const mots = this.mots();
    if (!mots.length) return null;
    const epci = this.groupes.find(({ unite, corps }) => !corps.hidden && this.nomme(unite, mots));
    if (epci) return epci.unite;
    const commune = [...this.lignes].find(([, { rang }]) => !rang.hidden && !rang.parentElement!.hidden);
    return commune ? `commune:${commune[0]}` : null;
  }

  private situer(): void {
    const unite = this.trouvee();
    if (unite) this.geste.situer(unite);
  }

  private entrer(e: Event): void {
    if ((e as KeyboardEvent).key !== 'Enter') return;
    e.preventDefault();
    this.situer();
  }

  private mots(): string[] {
    return plat(this.champ.value.trim()).split(/[\s'’-]+/).filter(Boolean);
  }

  private nomme(unite: string, mots: string[]): boolean {
    const nom = plat(this.noms.get(unite) ?? '');
    return mots.length > 0 && mots.every((mot) => nom.includes(mot));
  }

  private filtrer(): void {
    const mots = this.mots();
    const voulu = this.seulement.value;
    let vues = 0;
    for (const { corps, codes, unite } of this.groupes) {
      const duNom = this.nomme(unite, mots);
      let siennes = 0;
      for (const code of codes) {
        const { rang, cle } = this.lignes.get(code)!;
        const sort = this.sorts.get(code);
        const convient = !voulu || (voulu === 'dedans' ? sort === 'gardee' || sort === 'ajoutee' : sort === 'ajoutee' || sort === 'retiree');
        rang.hidden = !(convient && (duNom || mots.every((mot) => cle.includes(mot))));
        if (!rang.hidden) siennes += 1;
      }
      corps.hidden = siennes === 0;
      vues += siennes;
    }
    this.table.hidden = vues === 0;
    this.carte.disabled = this.trouvee() === null;
    this.compte.textContent = !mots.length && !voulu ? '' : vues ? `Communes montrées : ${nombre(vues)}.` : 'Aucune commune du réseau ne correspond.';
  }
}
