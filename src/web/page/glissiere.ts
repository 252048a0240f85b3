// The slider of a period: two thumbs over the months that a réseau has demandes of. Two native ranges, one over the
// other: the keyboard moves each by a month, and a screen reader hears the month.

import { mois } from './ecriture';
import { element } from './element';

export interface Periode {
  /** Whole months: the first day of one, the last of another. */
  du: string;
  au: string;
}

export function glissiere(annees: number[], choisie: Periode, surChoix: (periode: Periode) => void): HTMLElement {
  const debut = Math.min(...annees);
  const dernier = (Math.max(...annees) - debut + 1) * 12 - 1;
  const [rangDu, rangAu] = [rang(choisie.du, debut), rang(choisie.au, debut)].map((r) => Math.max(0, Math.min(dernier, r))) as [number, number];
  const dit = element('output', { class: 'glissiere-dit' });
  const piste = element('div', { class: 'glissiere-piste' });
  const curseur = (cle: string, intitule: string, valeur: number) =>
    element('input', { type: 'range', min: 0, max: dernier, step: 1, value: valeur, 'data-cle': cle, 'aria-label': intitule });
  const du = curseur('du', 'Premier mois', rangDu);
  const au = curseur('au', 'Dernier mois', rangAu);
  const montrer = () => {
    const [a, b] = [Number(du.value), Number(au.value)];
    du.setAttribute('aria-valuetext', mois(jour(a, debut)));
    au.setAttribute('aria-valuetext', mois(jour(b, debut)));
    dit.textContent = a === b ? mois(jour(a, debut)) : `${mois(jour(a, debut))} – ${mois(jour(b, debut))}`;
    piste.style.setProperty('--de', `${(100 * a) / dernier}%`);
    piste.style.setProperty('--a', `${(100 * b) / dernier}%`);
  };
  /** Neither thumb passes the other: it pushes it. */
  const pousser = (bouge: HTMLInputElement) => {
    if (Number(du.value) > Number(au.value)) (bouge === du ? au : du).value = bouge.value;
    montrer();
  };
  for (const c of [du, au]) {
    c.addEventListener('input', () => pousser(c));
    c.addEventListener('change', () => surChoix({ du: jour(Number(du.value), debut), au: finDeMois(Number(au.value), debut) }));
  }
  montrer();
  piste.append(du, au);
  return element('div', { class: 'glissiere', role: 'group', 'aria-label': 'Période' }, element('p', {}, 'Période\u00a0: ', dit), piste);
}

function rang(date: string, debut: number): number {
  return (Number(date.slice(0, 4)) - debut) * 12 + Number(date.slice(5, 7)) - 1;
}

function jour(rang: number, debut: number): string {
  return new Date(Date.UTC(debut, rang, 1)).toISOString().slice(0, 10);
}

function finDeMois(rang: number, debut: number): string {
  return new Date(Date.UTC(debut, rang + 1, 0)).toISOString().slice(0, 10);
}

/** A period as an address says it: a whole year is a year. */
export function enAdresse({ du, au }: Periode): { annee: number | null; du: string | null; au: string | null } {
  const annee = du.slice(0, 4);
  return du === `${annee}-01-01` && au === `${annee}-12-31` ? { annee: Number(annee), du: null, au: null } : { annee: null, du, au };
}
