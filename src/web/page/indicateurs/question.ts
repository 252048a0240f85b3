// The question about an indicator, as a sentence. A catalogue gives labels, not sentences: the word that begins a label
// says which question it makes; a label that begins with an unknown word is quoted.

import type { Choix, Groupe, Morceau, Option } from '../choix';
import type { Vue } from '../adresse';
import { choixDeMaille } from '../couverture/question';
import { MAILLES } from '../ecriture';
import francais from '../francais.json';
import type { Indicateur } from '../reponses';
import { choixDeLieux, maillesDans, preposition, type Lieux } from './lieux';
import type { Question } from './sujet';

const FEMININS = new Set(francais.feminins);
const MASCULINS = new Set(francais.masculins);

/** The words around the indicator, and what comes before the name of a maille. */
interface Tour {
  avant: string;
  apres: string;
  maille: 'des' | 'dans les';
}

export function questionDesIndicateurs(q: Question & { selonZoom?: boolean }, catalogue: Indicateur[], lieux: Lieux, surChoix: (choix: Partial<Vue>) => void): Morceau[] {
  const { avant, apres, maille } = tournure(q.indicateur);
  const lieu = preposition(q.lieu);
  const choix = (cle: 'indicateur' | 'maille' | 'dans' | 'periode', intitule: string, valeur: string, options: Choix['options']): Choix => ({
    cle,
    intitule,
    valeur,
    options,
    surChoix: (choisi) => surChoix(cle === 'maille' ? choixDeMaille(choisi) : { [cle]: choisi }),
  });
  /** Words, then a choice; an elision is not parted from what it elides. */
  const accoler = (mots: string, suivant: Choix): Morceau[] => {
    const colle = /\S+’$/.exec(mots)?.[0];
    return colle ? [mots.slice(0, -colle.length), { ...suivant, colle }] : [mots, suivant];
  };
  const { periodes } = q.indicateur;
  const entier = periodes.every((p) => !p.includes('-'));
  return [
    ...accoler(avant, choix('indicateur', 'Indicateur', q.indicateur.code, parTheme(catalogue))),
    `${apres} ${maille} `,
    choix('maille', 'Communes, EPCI, départements ou régions', q.selonZoom ? 'zoom' : q.maille, mailles(q.lieu)),
    ...accoler(` ${lieu}`, choix('dans', 'Territoire', q.lieu, choixDeLieux(lieux, q.lieu))),
    entier ? ' en ' : ' ',
    choix('periode', 'Période', q.periode, periodes.map((p): Option => [p, direPeriode(p, entier)])),
    '\u00a0?',
  ];
}

/** Those of a place, and the one that the zoom chooses. */
function mailles(lieu: string): Option[] {
  const toutes = maillesDans(lieu).map((m): Option => [m, MAILLES[m].pluriel]);
  return toutes.length > 1 ? [...toutes, ['zoom', 'territoires, selon le zoom,']] : toutes;
}

/** « 2026 », « entre 2019 et 2026 », and « en 2026 » where both are offered. */
function direPeriode(periode: string, entier: boolean): string {
  return entier ? periode : enPeriode(periode);
}

/** « en 2026 », « entre 2019 et 2026 » */
export function enPeriode(periode: string): string {
  const [debut, fin] = periode.split('-');
  return fin ? `entre ${debut} et ${fin}` : `en ${periode}`;
}

function tournure({ libelle, nature, unite }: Indicateur): Tour {
  const tete = libelle.split(' ')[0]!.toLowerCase();
  const elide = /^[aeiouyàâéèêëîïôöûüœh]/.test(tete);
  if (FEMININS.has(tete)) return { avant: `Quelle est ${elide ? 'l’' : 'la '}`, apres: '', maille: 'des' };
  if (MASCULINS.has(tete)) return { avant: `Quel est ${elide ? 'l’' : 'le '}`, apres: '', maille: 'des' };
  if (nature === 'stock' && /[sx]$/.test(tete) && !unite?.startsWith('€')) {
    return { avant: `Combien compte-t-on ${elide ? 'd’' : 'de '}`, apres: '', maille: 'dans les' };
  }
  return { avant: 'Que montre l’indicateur «\u00a0', apres: '\u00a0»', maille: 'dans les' };
}

export function parTheme(catalogue: Indicateur[]): Groupe[] {
  const themes = new Map<string, Option[]>();
  for (const { theme, code, libelle } of catalogue) themes.set(theme, [...(themes.get(theme) ?? []), [code, minuscule(libelle)]]);
  return [...themes].map(([libelle, options]) => ({ libelle, options }));
}

/** A label inside a sentence that says « des communes » itself; an acronym keeps its capitals. */
function minuscule(libelle: string): string {
  const court = libelle.replace(/ de la commune$/, '');
  return /^\p{Lu}(?!\p{Lu})/u.test(court) ? court.charAt(0).toLowerCase() + court.slice(1) : court;
}
