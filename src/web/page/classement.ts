// The method by which values are cut into classes, and into how many: said in the legend, and chosen there.

import { montrerPhrase, type Choix, type Morceau, type Option } from './choix';
import { element } from './element';

/** Unless it is chosen. */
export const CLASSES = 'quantiles:5';

export const METHODES: Option[] = [
  ['quantiles', 'quantiles'],
  ['jenks', 'seuils naturels (Jenks)'],
  ['egales', 'amplitudes égales'],
  ['q6', 'Q6 (extrêmes de 5\u00a0%)'],
  ['ecart_type', 'moyenne et écart type'],
];

/** Those that the page works out itself. */
export const METHODES_DES_TAUX = METHODES.filter(([nom]) => nom === 'quantiles' || nom === 'egales');

/** Only in the list once a person has written bounds. */
const CHOISIES: Option = ['bornes', 'bornes choisies'];

/** « Classes : quantiles, en 5 » — the method and the number, both to choose. */
export function methode(classes: string, methodes: Option[], surClasses: (classes: string | null) => void): HTMLElement {
  const [nom, nombreDeClasses] = classes.split(':') as [string, string | undefined];
  const combien = nom === 'bornes' ? undefined : nombreDeClasses;
  const poser = (choisies: string) => surClasses(choisies === CLASSES ? null : choisies);
  const choix = (cle: string, intitule: string, valeur: string, options: Option[], surChoix: (valeur: string) => void): Choix => ({
    cle,
    intitule,
    valeur,
    options,
    surChoix,
  });
  const morceaux: Morceau[] = [
    'Classes\u00a0: ',
    choix('methode', 'Méthode de classement', nom, nom === 'bornes' ? [...methodes, CHOISIES] : methodes, (m) => poser(/^(q6|ecart_type)$/.test(m) ? m : `${m}:${combien ?? 5}`)),
  ];
  if (combien) {
    const nombres = [...new Set([3, 4, 5, 6, 7, 8, Number(combien)])].sort((a, b) => a - b);
    const options = nombres.map((n): Option => [String(n), String(n)]);
    morceaux.push(' en ', choix('nombre', 'Nombre de classes', combien, options, (n) => poser(`${nom}:${n}`)));
  }
  const racine = element('p', { class: 'methode' });
  montrerPhrase(racine, morceaux);
  return racine;
}

/** Where bounds are written by hand: those between the least value and the greatest, as French figures. */
export function choisirLesBornes(bornes: number[], surClasses: (classes: string | null) => void): HTMLElement {
  const ecrites = bornes.slice(1, -1).map((b) => b.toLocaleString('fr-FR', { maximumFractionDigits: 4, useGrouping: false }));
  const champ = element('input', { type: 'text', id: 'bornes', value: ecrites.join(' ; '), inputmode: 'text', autocomplete: 'off', 'aria-describedby': 'bornes-aide' });
  const aide = element('p', { class: 'note', id: 'bornes-aide' }, 'Séparez les bornes par des points-virgules\u00a0: 10\u00a0; 25,5\u00a0; 50.');
  const appliquer = (e: Event) => {
    e.preventDefault();
    const nombres = champ.value.split(/[;\n]/).map((mot) => lireNombre(mot));
    if (!nombres.length || nombres.length > 11 || nombres.some((n) => !Number.isFinite(n))) {
      aide.textContent = 'Ces bornes ne se lisent pas\u00a0: écrivez de un à onze nombres, séparés par des points-virgules.';
      aide.setAttribute('role', 'alert');
      return champ.focus();
    }
    surClasses(`bornes:${[...new Set(nombres)].sort((a, b) => a - b).join(',')}`);
  };
  return element(
    'details',
    { class: 'note bornes' },
    element('summary', { 'data-cle': 'changer-bornes' }, 'Changer les bornes'),
    element('form', { submit: appliquer }, element('label', { for: 'bornes' }, 'Bornes entre les classes'), champ, aide, element('button', { type: 'submit', class: 'bouton' }, 'Appliquer ces bornes')),
  );
}

/** « −4,75 » → -4.75; NaN for what is not a figure. */
function lireNombre(mot: string): number {
  const net = mot.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.').replace('−', '-');
  return net ? Number(net) : NaN;
}
