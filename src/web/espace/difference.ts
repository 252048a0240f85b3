// What a zone would change of the one in force, in words and in lists.

import { nombre, pluriel, pourcent } from '../page/ecriture';
import { element, phrase } from '../page/element';
import type { Sort, Sorts } from './carte_de_zone';
import type { Lieu } from './etendue';

export function sortsDe(lieux: ReadonlyMap<string, Lieu>, apres: ReadonlySet<string>): Sorts {
  const sort = (lieu: Lieu): Sort | null => {
    const dedans = apres.has(lieu.code);
    if (dedans) return lieu.avant ? 'gardee' : 'ajoutee';
    return lieu.avant ? 'retiree' : null;
  };
  return new Map([...lieux.values()].map((lieu) => [lieu.code, sort(lieu)]));
}

/** « 45 communes sur 362 (12 %), 34 210 habitants : 3 de plus, 1 de moins que la zone en vigueur. » */
export function enMots(lieux: ReadonlyMap<string, Lieu>, sorts: Sorts, enVigueur: boolean): string {
  const tous = [...lieux.values()];
  const dans = tous.filter((lieu) => ['gardee', 'ajoutee'].includes(sorts.get(lieu.code) ?? ''));
  const habitants = (liste: Lieu[]) => liste.reduce((somme, lieu) => somme + (lieu.habitants ?? 0), 0);
  const debut = `La zone couvre **${pluriel(dans.length, 'commune')} sur ${nombre(tous.length)}** (${pourcent(tous.length ? dans.length / tous.length : 0)}), où vivent ${pluriel(habitants(dans), 'personne')}.`;
  if (!enVigueur) return `${debut} Aucune zone n’est en vigueur : tout est nouveau.`;
  const [plus, moins] = (['ajoutee', 'retiree'] as const).map((sort) => tous.filter((lieu) => sorts.get(lieu.code) === sort)) as [Lieu[], Lieu[]];
  if (!plus.length && !moins.length) return `${debut} Ce sont celles de la zone en vigueur.`;
  const ecart = habitants(plus) - habitants(moins);
  return `${debut} Par rapport à la zone en vigueur : **${pluriel(plus.length, 'commune')} de plus, ${pluriel(moins.length, 'commune')} de moins** (${ecart < 0 ? '' : '+'}${nombre(ecart)} habitants).`;
}

/** The communes that change, each list under its title. */
export function enListes(lieux: ReadonlyMap<string, Lieu>, sorts: Sorts): HTMLElement[] {
  const TITRES: [Sort, string][] = [['ajoutee', 'Communes ajoutées'], ['retiree', 'Communes retirées']];
  return TITRES.flatMap(([sort, titre]) => {
    const siennes = [...lieux.values()].filter((lieu) => sorts.get(lieu.code) === sort);
    if (!siennes.length) return [];
    const liste = element('ul', { class: 'communes' }, ...siennes.map((lieu) => element('li', {}, `${lieu.nom} `, element('span', { class: 'discret' }, lieu.code))));
    return [element('details', { class: `difference ${sort}s`, open: siennes.length <= 12 }, element('summary', {}, `${titre} : ${nombre(siennes.length)}`), liste)];
  });
}

export function resume(texte: string): (Node | string)[] {
  return phrase(texte);
}
