// A sentence in which each choice opens: native lists, each as wide as what it says.

import { element, remplir } from './element';

export type Option = [valeur: string, libelle: string];

export interface Groupe {
  libelle: string;
  options: Option[];
}

export interface Choix {
  /** Names it among those of its sentence. */
  cle: string;
  intitule: string;
  /** An elided word, which stays on the line of what follows: « l’ ». */
  colle?: string;
  valeur: string;
  options: (Option | Groupe)[];
  surChoix(valeur: string): void;
}

/** A piece of the sentence: words, or a choice. */
export type Morceau = string | Choix;

/** Writes a sentence; the choice that had the focus keeps it. */
export function montrerPhrase(racine: Element, morceaux: Morceau[]): void {
  const focus = document.activeElement instanceof HTMLElement && racine.contains(document.activeElement) ? document.activeElement.dataset.cle : null;
  remplir(racine, ...morceaux.map((m) => (typeof m === 'string' ? m : m.colle ? element('span', { class: 'colle' }, m.colle, liste(m)) : liste(m))));
  for (const select of racine.querySelectorAll('select')) ajuster(select);
  if (focus) racine.querySelector<HTMLElement>(`[data-cle=${focus}]`)?.focus();
}

/** The same sentence in words only. */
export function enMots(morceaux: Morceau[]): string {
  const mots = morceaux.map((m) => (typeof m === 'string' ? m : (m.colle ?? '') + libelleChoisi(m)));
  return mots.join('').replace(/[^\S\u00a0]+/g, ' ').replace(' ?', '\u00a0?');
}

function liste(choix: Choix): HTMLElement {
  if (aplatir(choix.options).length < 2) return element('span', {}, libelleChoisi(choix));
  const select = element('select', {
    class: 'choix',
    'data-cle': choix.cle,
    'aria-label': choix.intitule,
    change: () => choix.surChoix(select.value),
  });
  const option = ([valeur, libelle]: Option) => element('option', { value: valeur, selected: valeur === choix.valeur }, libelle);
  select.append(
    ...choix.options.map((o) => (Array.isArray(o) ? option(o) : element('optgroup', { label: o.libelle }, ...o.options.map(option)))),
  );
  return select;
}

function libelleChoisi(choix: Choix): string {
  return aplatir(choix.options).find(([valeur]) => valeur === choix.valeur)?.[1] ?? '';
}

function aplatir(options: Choix['options']): Option[] {
  return options.flatMap((o) => (Array.isArray(o) ? [o] : o.options));
}

/** A native choice is as wide as its longest option; in a sentence it must be as wide as what it says. */
function ajuster(select: HTMLSelectElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  const regle = element('span', { class: 'regle' }, select.selectedOptions[0]?.textContent ?? '');
  select.after(regle);
  select.style.width = `${Math.ceil(regle.getBoundingClientRect().width) + 26}px`;
  regle.remove();
}
