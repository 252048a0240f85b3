// The places that a question can be about, and their preposition: INSEE's names come without their article.

import type { Groupe, Option } from '../choix';
import { compareNoms } from '../ecriture';
import francais from '../francais.json';
import type { Maille, Nom } from '../reponses';

/** As `Vue.dans` writes the country, which the API leaves out. */
export const FRANCE = 'france';

/** What can be a place, by maille and code. */
export type Lieux = Record<'epci' | 'departement' | 'region' | 'regroupement', Record<string, Nom>>;

/** « de la », « du », « d’ »… by unit; « de » for the others. */
const PAR_UNITE = new Map<string, string>(
  francais.prepositions.flatMap(({ mot, departements, regions }) => [
    ...departements.map((code) => [`departement:${code}`, mot] as const),
    ...regions.map((code) => [`region:${code}`, mot] as const),
  ]),
);

/** « de la », before the name of `departement:26`. */
export function preposition(lieu: string): string {
  if (lieu.startsWith('epci:')) return 'de l’EPCI ';
  if (lieu.startsWith('regroupement:')) return 'du regroupement ';
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
  const groupes = [groupe('EPCI', 'epci'), groupe('Regroupements', 'regroupement'), groupe('Régions', 'region'), groupe('Départements', 'departement')];
  return [[FRANCE, 'France'], ...groupes.filter((g) => g.options.length > 0)];
}

/** The mailles smaller than a place: a larger one would be given for the place's part of it only. */
export function maillesDans(lieu: string): Maille[] {
  const toutes: Maille[] = ['commune', 'epci', 'departement', 'region'];
  if (lieu.startsWith('regroupement:')) return ['commune'];
  return lieu === FRANCE ? toutes : toutes.slice(0, toutes.indexOf(lieu.split(':')[0] as Maille));
}
