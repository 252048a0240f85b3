// The same coverage as a table: what a map shows must also be readable without seeing it.

import type { Vue } from './adresse';
import { compareNoms, nombre } from './ecriture';
import { element, parId, remplir } from './element';
import type { Couverture } from './reponses';

interface Ligne {
  code: string;
  nom: string;
  partenaires: number;
  demandes: number;
}

type Colonne = keyof Ligne;

const COLONNES: [Colonne, string][] = [
  ['nom', 'Nom'],
  ['code', 'Code'],
  ['partenaires', 'Partenaires'],
  ['demandes', 'Demandes'],
];

export class Tableau {
  private readonly racine = parId('tableau');
  private readonly bouton = parId('voir-tableau');
  private lignes: Ligne[] = [];
  private titre = '';
  private demonstration = false;
  private maille: 'commune' | 'epci' = 'commune';
  private tri: { colonne: Colonne; sens: 1 | -1 } = { colonne: 'nom', sens: 1 };

  constructor(private readonly surChoix: (maille: 'commune' | 'epci', code: string) => void) {
    this.bouton.addEventListener('click', () => this.basculer(Boolean(this.racine.hidden)));
    this.racine.addEventListener('keydown', (e) => e.key === 'Escape' && this.basculer(false));
  }

  /** Takes what the map shows; draws it only when the table is open. */
  montrer(vue: Vue, c: Couverture | null, titre: string): void {
    this.bouton.hidden = !c;
    if (!c) return this.basculer(false);
    this.lignes = Object.entries(c.unites).map(([code, u]) => ({ code, nom: u.nom, partenaires: u.partenaires, demandes: u.demandes }));
    this.titre = titre;
    this.demonstration = c.demonstration;
    this.maille = vue.maille;
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
    const { colonne, sens } = this.tri;
    const lignes = [...this.lignes].sort(
      (a, b) => sens * (colonne === 'nom' ? compareNoms(a.nom, b.nom) : compare(a[colonne], b[colonne])) || compareNoms(a.nom, b.nom),
    );
    const defile = this.racine.querySelector('.defile')?.scrollTop ?? 0;
    remplir(
      this.racine,
      element('button', { type: 'button', class: 'fermer', 'aria-label': 'Fermer le tableau', click: () => this.basculer(false) }, '×'),
      element(
        'div',
        { class: 'defile', tabindex: 0, role: 'region', 'aria-label': 'Tableau de ce que montre la carte' },
        element(
          'table',
          {},
          element('caption', {}, this.titre, this.demonstration ? element('small', {}, 'Données de démonstration') : null),
          element('thead', {}, element('tr', {}, ...COLONNES.map(([c, libelle]) => this.entete(c, libelle)))),
          element('tbody', {}, ...lignes.map((l) => this.ligne(l))),
        ),
      ),
    );
    this.racine.querySelector('.defile')!.scrollTop = defile;
  }

  private entete(colonne: Colonne, libelle: string): HTMLElement {
    const tri = this.tri.colonne === colonne ? (this.tri.sens > 0 ? 'ascending' : 'descending') : null;
    const trier = () => {
      const premier = colonne === 'partenaires' || colonne === 'demandes' ? -1 : 1;
      this.tri = { colonne, sens: this.tri.colonne === colonne ? (this.tri.sens === 1 ? -1 : 1) : premier };
      this.dessiner();
      this.racine.querySelector<HTMLElement>(`[data-colonne=${colonne}]`)?.focus();
    };
    return element(
      'th',
      { scope: 'col', 'aria-sort': tri, class: colonne },
      element('button', { type: 'button', 'data-colonne': colonne, click: trier }, libelle, tri && element('span', { 'aria-hidden': 'true' }, tri === 'ascending' ? '▲' : '▼')),
    );
  }

  private ligne(l: Ligne): HTMLElement {
    const choisir = () => {
      this.basculer(false);
      this.surChoix(this.maille, l.code);
    };
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('button', { type: 'button', class: 'lien', click: choisir }, l.nom)),
      element('td', {}, l.code),
      element('td', { class: 'chiffre' }, l.partenaires ? nombre(l.partenaires) : 'Personne'),
      element('td', { class: 'chiffre' }, nombre(l.demandes)),
    );
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
