// The places that a question can be about, and their preposition: INSEE's names come without their article.

import type { Groupe, Option } from '../choix';
import { compareNoms } from '../ecriture';
import type { Maille, Nom } from '../reponses';

/** As `Vue.dans` writes the country, which the API leaves out. */
export const FRANCE = 'france';

/** What can be a place, by maille and code. */
export type Lieux = Record<'epci' | 'departement' | 'region', Record<string, Nom>>;

/** « de la », « du », « d’ »… by unit; « de » for the others. */
const PREPOSITIONS: [preposition: string, departements: string, regions: string][] = [
  ['de la ', '16 17 19 21 23 24 26 2A 2B 31 33 42 43 44 48 50 51 52 53 55 57 58 70 72 73 74 76 80 85 86 87 93 971 972 973', '01 02 03 28 53 75 94'],
  ['du ', '14 15 18 25 29 30 32 39 45 46 56 59 62 63 67 68 69 81 83 90 94 95', '24 44'],
  ['de l’', '01 02 03 07 09 10 11 12 27 34 36 38 60 61 89 91', '76'],
  ['des ', '04 05 06 08 13 22 40 64 65 66 78 79 88 92', '32 52'],
  ['d’', '28 35 37', '11 84'],
];

const PAR_UNITE = new Map<string, string>(
  PREPOSITIONS.flatMap(([preposition, departements, regions]) => [
    ...departements.split(' ').map((code) => [`departement:${code}`, preposition] as const),
    ...regions.split(' ').map((code) => [`region:${code}`, preposition] as const),
  ]),
);

/** « de la », before the name of `departement:26`. */
export function preposition(lieu: string): string {
  if (lieu.startsWith('epci:')) return 'de l’EPCI ';
  return PAR_UNITE.get(lieu) ?? 'de ';
}

export function nomDuLieu(lieu: string, lieux: Lieux): string | undefined {
  if (lieu === FRANCE) return 'France';
  const [maille, code] = lieu.split(':') as [keyof Lieux, string];
  return lieux[maille]?.[code]?.nom;
}

/** The country, its régions and its départements; of the EPCI, too many for a list, the one in question. */
export function choixDeLieux(lieux: Lieux, lieu: string): (Option | Groupe)[] {
  const groupe = (libelle: string, maille: keyof Lieux): Groupe => ({
    libelle,
    options: Object.entries(lieux[maille])
      .sort(([, a], [, b]) => compareNoms(a.nom, b.nom))
      .map(([code, { nom }]): Option => [`${maille}:${code}`, nom])
      .filter(([valeur]) => maille !== 'epci' || valeur === lieu),
  });
  const groupes = [groupe('EPCI', 'epci'), groupe('Régions', 'region'), groupe('Départements', 'departement')];
  return [[FRANCE, 'France'], ...groupes.filter((g) => g.options.length > 0)];
}

/** The mailles smaller than a place: a larger one would be given for the place's part of it only. */
export function maillesDans(lieu: string): Maille[] {
  const toutes: Maille[] = ['commune', 'epci', 'departement', 'region'];
  return lieu === FRANCE ? toutes : toutes.slice(0, toutes.indexOf(lieu.split(':')[0] as Maille));
}
