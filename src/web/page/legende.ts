// What every legend is made of: a title, a swatch and a count a line, and where the figures come from.

import { dateLongue, MAILLES, pluriel } from './ecriture';
import { element } from './element';
import type { Maille, Source } from './reponses';

export function lignes(...toutes: HTMLElement[]): HTMLElement {
  return element('ul', { class: 'lignes' }, ...toutes);
}

export function ligne(signe: Element, libelle: string, effectif = ''): HTMLElement {
  signe.setAttribute('aria-hidden', 'true');
  return element('li', {}, signe, element('span', {}, libelle), element('span', { class: 'effectif' }, effectif));
}

/** A swatch of one colour, or of one of the styles of the sheet. */
export function pastille({ couleur, genre }: { couleur?: string; genre?: 'voile' | 'vide' | 'cercle' | 'zero' }): HTMLElement {
  const signe = element('span', { class: ['pastille', genre].filter(Boolean).join(' ') });
  if (couleur) signe.style.backgroundColor = couleur;
  return signe;
}

/** « 3 communes » */
export function compte(n: number, maille: Maille): string {
  const m = MAILLES[maille];
  return pluriel(n, m.nom, m.pluriel);
}

/** « Source : Insee, COG (millésime 2026, 9 mars 2026, Licence Ouverte 2.0) » */
export function direSources(sources: Source[]): HTMLElement[] {
  return sources.map((s) => {
    const details = [
      s.millesime ? `millésime ${s.millesime}` : null,
      s.date ? dateLongue(s.date) : null,
      s.licence && (/^(licence|odbl|cc)/i.test(s.licence) ? s.licence : `licence ${s.licence}`),
    ].filter(Boolean);
    return element('p', {}, `Source\u00a0: ${s.nom}${details.length ? ` (${details.join(', ')})` : ''}.`);
  });
}
