// The question that the map answers, as one sentence in which each choice opens: it also titles the page and the table.

import type { Vue } from './adresse';
import { element, parId, remplir } from './element';
import type { Reseau } from './reponses';

type Choix = Pick<Vue, 'maille' | 'theme' | 'partenaire' | 'annee'>;
type Cle = keyof Choix;

/** A piece of the sentence: words, or the choice of a key. */
type Morceau = string | Cle;

export class Question {
  private readonly racine = parId('question');

  constructor(private readonly surChoix: (choix: Partial<Choix>) => void) {}

  montrer(vue: Vue, reseau: Reseau, annee: number): void {
    const focus = (document.activeElement as HTMLElement | null)?.dataset.cle;
    const morceaux = sentence(vue).map((m) => (estCle(m) ? this.choix(m, vue, reseau, annee) : m));
    remplir(this.racine, ...morceaux);
    if (focus) this.racine.querySelector<HTMLElement>(`[data-cle=${focus}]`)?.focus();
  }

  private choix(cle: Cle, vue: Vue, reseau: Reseau, annee: number): HTMLElement {
    if (cle === 'annee' && reseau.annees.length < 2) return element('span', {}, String(annee));
    const valeur = cle === 'annee' ? String(annee) : (vue[cle] ?? '');
    const select = element('select', {
      'data-cle': cle,
      'aria-label': INTITULES[cle],
      change: () => this.surChoix({ [cle]: cle === 'annee' ? Number(select.value) : select.value || null }),
    });
    select.append(...optionsDe(cle, reseau).map(([v, libelle]) => element('option', { value: v, selected: v === valeur }, libelle)));
    if (cle === 'theme') grouper(select, reseau);
    ajuster(select);
    return select;
  }
}

const INTITULES: Record<Cle, string> = {
  maille: 'Communes ou EPCI',
  theme: 'Thème',
  partenaire: 'Partenaire',
  annee: 'Année',
};

/** The same sentence in words only. */
export function enMots(vue: Vue, reseau: Reseau, annee: number): string {
  const mots = sentence(vue).map((m) => {
    if (!estCle(m)) return m;
    if (m === 'annee') return String(annee);
    return optionsDe(m, reseau).find(([v]) => v === (vue[m] ?? ''))?.[1] ?? '';
  });
  return mots.join('').replace(/\s+/g, ' ').replace(' ?', '\u00a0?');
}

function sentence(vue: Vue): Morceau[] {
  const surTheme: Morceau[] = [vue.theme ? ' sur le thème ' : ' sur ', 'theme'];
  const fin: Morceau[] = [' en ', 'annee', '\u00a0?'];
  if (vue.vue === 'demandes') {
    return ['Qu’ont demandé ', 'maille', vue.partenaire ? ' à l’organisme ' : ' à ', 'partenaire', ...surTheme, ...fin];
  }
  return vue.partenaire
    ? ['Où l’organisme ', 'partenaire', ' peut-il aider ', 'maille', ...surTheme, ...fin]
    : ['Qui, parmi ', 'partenaire', ', peut aider ', 'maille', ...surTheme, ...fin];
}

function estCle(m: Morceau): m is Cle {
  return m in INTITULES;
}

function optionsDe(cle: Cle, reseau: Reseau): [string, string][] {
  switch (cle) {
    case 'maille':
      return [
        ['commune', 'les communes'],
        ['epci', 'les EPCI'],
      ];
    case 'theme':
      return [['', 'tous les thèmes'], ...reseau.themes.map((t): [string, string] => [t.code, t.libelle])];
    case 'partenaire':
      return [['', 'tous les partenaires'], ...reseau.partenaires.map((p): [string, string] => [p.code, nomCourt(p)])];
    case 'annee':
      return reseau.annees.map((a): [string, string] => [String(a), String(a)]);
  }
}

/** Themes have a parent, which may be chosen too: it heads its own group. */
function grouper(select: HTMLSelectElement, reseau: Reseau): void {
  const parents = new Map(reseau.themes.map((t) => [t.code, t.parent]));
  const racine = (code: string): string => {
    const parent = parents.get(code);
    return parent ? racine(parent) : code;
  };
  const groupes = new Map<string, HTMLOptGroupElement>();
  if (![...parents.values()].some(Boolean)) return;
  for (const option of [...select.options]) {
    if (!option.value) continue;
    const code = racine(option.value);
    const libelle = reseau.themes.find((t) => t.code === code)?.libelle ?? code;
    const groupe = groupes.get(code) ?? element('optgroup', { label: libelle });
    groupes.set(code, groupe);
    groupe.append(option);
    select.append(groupe);
  }
}

function nomCourt(p: { nom: string; sigle: string | null }): string {
  return p.sigle && p.nom.length > 28 ? p.sigle : p.nom;
}

/** A native choice is as wide as its longest option; in a sentence it must be as wide as what it says. */
function ajuster(select: HTMLSelectElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  const regle = element('span', { class: 'regle' }, select.selectedOptions[0]?.textContent ?? '');
  parId('question').append(regle);
  select.style.width = `${Math.ceil(regle.getBoundingClientRect().width) + 26}px`;
  regle.remove();
}
