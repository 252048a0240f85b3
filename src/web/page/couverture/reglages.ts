// What may be chosen of the demandes beside the question: the period to the month, a count or a rate, and for those who
// follow demandes their state.

import type { Vue } from '../adresse';
import { element } from '../element';
import { enAdresse, glissiere } from '../glissiere';
import type { Reseau } from '../reponses';

const ETATS: [valeur: string, libelle: string][] = [
  ['', 'dans tous les états'],
  ['en_cours', 'en cours'],
  ['terminee', 'terminées'],
  ['abandonnee', 'abandonnées'],
];

export function reglagesDesDemandes(vue: Vue, reseau: Reseau, suivies: boolean, surChoix: (choix: Partial<Vue>) => void): Node[] {
  const annee = vue.annee ?? reseau.annee;
  const periode = vue.du && vue.au ? { du: vue.du, au: vue.au } : { du: `${annee}-01-01`, au: `${annee}-12-31` };
  // A réseau that masks small counts publishes whole years: a slider would show nothing.
  const auMois = reseau.seuil_masque === null && reseau.annees.length > 0;
  return [
    mesure(vue, surChoix),
    ...(auMois ? [glissiere(reseau.annees, periode, (choisie) => surChoix(enAdresse(choisie)))] : []),
    ...(suivies ? [etat(vue, surChoix)] : []),
  ];
}

function mesure(vue: Vue, surChoix: (choix: Partial<Vue>) => void): HTMLElement {
  const choix = (valeur: Vue['mesure'], libelle: string) =>
    element(
      'label',
      {},
      element('input', {
        type: 'radio',
        name: 'mesure',
        value: valeur,
        checked: vue.mesure === valeur,
        'data-cle': `mesure-${valeur}`,
        change: () => surChoix({ mesure: valeur }),
      }),
      element('span', {}, libelle),
    );
  return element(
    'fieldset',
    { class: 'vues mesure' },
    element('legend', { class: 'visuellement-cache' }, 'Ce qui est compté'),
    choix('nombre', 'Nombre'),
    choix('taux', 'Pour 1\u202f000 habitants'),
  );
}

function etat(vue: Vue, surChoix: (choix: Partial<Vue>) => void): HTMLElement {
  const select = element(
    'select',
    { class: 'choix', 'data-cle': 'etat', change: () => surChoix({ etat: select.value || null }) },
    ...ETATS.map(([valeur, libelle]) => element('option', { value: valeur, selected: valeur === (vue.etat ?? '') }, libelle)),
  );
  return element('p', {}, element('label', {}, 'Demandes ', select));
}
