// What the map shows, as a table: it must also be readable without seeing it.

import { compareNoms, nombre, pluriel } from './ecriture';
import { telecharger } from './csv';
import { element, parId, remplir } from './element';
import type { Maille } from './reponses';

export interface Table {
  titre: string;
  /** A warning that goes with the figures. */
  mention: string | null;
  /** Of the rows; null when they are not units of the map. */
  maille: Maille | null;
  /** What is said of where the figures come from, at the end of the file. */
  provenance?: string[];
  /** The workbook of the service that holds the same, if there is one. */
  fichier?: string | null;
  /** Those of figures, after the name and the code. */
  colonnes: { cle: string; libelle: string }[];
  lignes: Ligne[];
}

export interface Ligne {
  code: string;
  nom: string;
  cellules: Record<string, Cellule>;
}

export interface Cellule {
  texte: string;
  /** What it is sorted by; null, for what has no value, comes last. */
  rang: number | null;
}

/** Rows drawn at once: a browser takes seconds to draw the 35,000 communes of the country. */
const LOT = 500;

export class Tableau {
  private readonly racine = parId('tableau');
  private readonly bouton = parId('voir-tableau');
  private table: Table | null = null;
  private tri: { colonne: string; sens: 1 | -1 } = { colonne: 'nom', sens: 1 };
  private montrees = LOT;
  /** Only the units that are on screen. */
  private restreint = false;

  constructor(
    private readonly surChoix: (maille: Maille | null, code: string) => void,
    /** Codes of the units on screen. */
    private readonly visibles: () => Set<string>,
  ) {
    this.bouton.addEventListener('click', () => this.basculer(Boolean(this.racine.hidden)));
    this.racine.addEventListener('keydown', (e) => e.key === 'Escape' && this.basculer(false));
  }

  /** Takes what the map shows; draws it only when the table is open. */
  montrer(table: Table | null): void {
    this.bouton.hidden = !table;
    this.table = table;
    this.montrees = LOT;
    if (!table) return this.basculer(false);
    if (!table.colonnes.some((c) => c.cle === this.tri.colonne) && this.tri.colonne !== 'code') this.tri = { colonne: 'nom', sens: 1 };
    if (!this.racine.hidden) this.dessiner();
  }

  private basculer(ouvert: boolean): void {
    if (this.racine.hidden !== ouvert) return;
    this.racine.hidden = !ouvert;
    this.bouton.setAttribute('aria-expanded', String(ouvert));
    if (ouvert) {
      this.dessiner();
      this.racine.querySelector<HTMLElement>('.fermer')?.focus();
    } else this.bouton.focus();
  }

  private dessiner(): void {
    const table = this.table;
    if (!table) return;
    const lignes = this.lignes(table);
    const defile = this.racine.querySelector('.defile')?.scrollTop ?? 0;
    // An answer that comes while the table is read does not throw whoever reads it out of it.
    const dedans = this.racine.contains(document.activeElement);
    const colonne = dedans ? (document.activeElement as HTMLElement).dataset.colonne : null;
    const colonnes = [{ cle: 'nom', libelle: 'Nom' }, { cle: 'code', libelle: 'Code' }, ...table.colonnes];
    remplir(
      this.racine,
      element('button', { type: 'button', class: 'fermer', 'aria-label': 'Fermer le tableau', click: () => this.basculer(false) }, '×'),
      element(
        'div',
        { class: 'defile', tabindex: 0, role: 'region', 'aria-label': 'Tableau de ce que montre la carte' },
        element(
          'table',
          {},
          element('caption', {}, table.titre, table.mention ? element('small', {}, table.mention) : null, this.outils(table, lignes)),
          element('thead', {}, element('tr', {}, ...colonnes.map((c) => this.entete(c.cle, c.libelle)))),
          element('tbody', {}, ...lignes.slice(0, this.montrees).map((l) => this.ligne(table, l))),
        ),
        this.suite(lignes.length),
      ),
    );
    this.racine.querySelector('.defile')!.scrollTop = defile;
    if (dedans) this.racine.querySelector<HTMLElement>(colonne ? `[data-colonne="${colonne}"]` : '.fermer')?.focus();
  }

  private lignes(table: Table): Ligne[] {
    const visibles = this.restreint && table.maille ? this.visibles() : null;
    return table.lignes.filter((l) => !visibles || visibles.has(l.code)).sort(this.comparer);
  }

  /** The map has moved: what is on screen is no longer the same. */
  suivre(): void {
    if (this.restreint && !this.racine.hidden) this.dessiner();
  }

  private outils(table: Table, lignes: Ligne[]): HTMLElement {
    const restreindre = element('input', { type: 'checkbox', 'data-colonne': 'restreindre', checked: this.restreint });
    restreindre.addEventListener('change', () => {
      this.restreint = restreindre.checked;
      this.montrees = LOT;
      this.dessiner();
      this.racine.querySelector<HTMLElement>('[data-colonne=restreindre]')?.focus();
    });
    return element(
      'span',
      { class: 'outils' },
      table.maille && element('label', {}, restreindre, 'Seulement ce qui est à l’écran'),
      element('button', { type: 'button', class: 'lien', click: () => telecharger(table, lignes) }, 'Télécharger (CSV)'),
      table.fichier && element('a', { href: table.fichier, download: '', class: 'lien-fichier' }, 'Classeur (XLSX)'),
      element('span', { class: 'effectif' }, pluriel(lignes.length, 'ligne')),
    );
  }

  private readonly comparer = (a: Ligne, b: Ligne): number => {
    const { colonne, sens } = this.tri;
    if (colonne === 'nom') return sens * compareNoms(a.nom, b.nom);
    if (colonne === 'code') return sens * (a.code < b.code ? -1 : 1);
    const [x, y] = [a.cellules[colonne]!.rang, b.cellules[colonne]!.rang];
    const ecart = x === null || y === null ? Number(x === null) - Number(y === null) : sens * (x - y);
    return ecart || compareNoms(a.nom, b.nom);
  };

  private suite(total: number): HTMLElement | null {
    const reste = total - this.montrees;
    if (reste <= 0) return null;
    const montrer = () => {
      const vues = this.montrees;
      this.montrees += LOT;
      this.dessiner();
      this.racine.querySelectorAll<HTMLElement>('tbody .lien')[vues]?.focus();
    };
    return element('button', { type: 'button', class: 'bouton', click: montrer }, `Montrer la suite (encore ${nombre(reste)} lignes)`);
  }

  private entete(colonne: string, libelle: string): HTMLElement {
    const tri = this.tri.colonne === colonne ? (this.tri.sens > 0 ? 'ascending' : 'descending') : null;
    const trier = () => {
      const premier = estChiffre(colonne) ? -1 : 1;
      this.tri = { colonne, sens: this.tri.colonne === colonne ? (this.tri.sens === 1 ? -1 : 1) : premier };
      this.montrees = LOT;
      this.dessiner();
      this.racine.querySelector<HTMLElement>(`[data-colonne=${colonne}]`)?.focus();
    };
    return element(
      'th',
      { scope: 'col', 'aria-sort': tri, class: estChiffre(colonne) ? `${colonne} chiffre` : colonne },
      element('button', { type: 'button', 'data-colonne': colonne, click: trier }, libelle, tri && element('span', { 'aria-hidden': 'true' }, tri === 'ascending' ? '▲' : '▼')),
    );
  }

  private ligne(table: Table, l: Ligne): HTMLElement {
    const choisir = () => {
      this.basculer(false);
      this.surChoix(table.maille, l.code);
    };
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('button', { type: 'button', class: 'lien', click: choisir }, l.nom)),
      element('td', {}, l.code),
      ...table.colonnes.map((c) => element('td', { class: 'chiffre' }, l.cellules[c.cle]!.texte)),
    );
  }
}

function estChiffre(colonne: string): boolean {
  return colonne !== 'nom' && colonne !== 'code';
}
