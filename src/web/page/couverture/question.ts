// The question asked of a réseau, as one sentence in which each choice opens: it also titles the page and the table.

import type { Vue } from '../adresse';
import type { Choix, Groupe, Morceau, Option } from '../choix';
import { dateLongue, direPeriode } from '../ecriture';
import type { Maille, Reseau } from '../reponses';

type Cle = 'maille' | 'theme' | 'partenaire' | 'annee' | 'niveau';

/** How far the help goes, as fiches say it. */
const NIVEAUX: Option[] = [
  ['', 'à tous les niveaux'],
  ['premier_niveau', 'pour un premier conseil'],
  ['approfondi', 'pour un accompagnement approfondi'],
];

const INTITULES: Record<Cle, string> = {
  maille: 'Maille',
  theme: 'Thème',
  partenaire: 'Partenaire',
  annee: 'Période',
  niveau: 'Niveau d’aide',
};

export function questionDuReseau(vue: Vue, reseau: Reseau, annee: number, surChoix: (choix: Partial<Vue>) => void): Morceau[] {
  const choix = (cle: Cle): Choix => ({
    cle,
    intitule: INTITULES[cle],
    valeur: cle === 'annee' ? (vue.du ? LIBRE : String(annee)) : cle === 'maille' && vue.selonZoom ? 'zoom' : (vue[cle] ?? ''),
    options: optionsDe(cle, vue, reseau, annee),
    surChoix: (valeur) => surChoix(cle === 'annee' ? periode(valeur, reseau) : cle === 'maille' ? choixDeMaille(valeur) : { [cle]: valeur || null }),
  });
  const surTheme: Morceau[] = [vue.theme ? ' sur le thème ' : ' sur ', choix('theme')];
  const fin: Morceau[] = [' ', choix('annee'), '\u00a0?'];
  if (vue.vue === 'demandes') {
    return ['Qu’ont demandé ', choix('maille'), vue.partenaire ? ' à l’organisme ' : ' à ', choix('partenaire'), ...surTheme, ...fin];
  }
  return vue.partenaire
    ? ['Où l’organisme ', choix('partenaire'), ' peut-il aider ', choix('maille'), ...surTheme, ...fin]
    : ['Qui, parmi ', choix('partenaire'), ', peut aider ', choix('maille'), ...surTheme, ' ', choix('niveau'), ...fin];
}

export function questionDesZones(vue: Vue, reseau: Reseau, annee: number, surChoix: (choix: Partial<Vue>) => void): Morceau[] {
  const choix = (cle: 'theme' | 'annee'): Choix => ({
    cle,
    intitule: INTITULES[cle],
    valeur: cle === 'annee' ? (vue.du ? LIBRE : String(annee)) : (vue.theme ?? ''),
    options: cle === 'annee' ? joursDesZones(vue, reseau) : optionsDe(cle, vue, reseau, annee),
    surChoix: (valeur) => surChoix(cle === 'annee' ? periode(valeur, reseau) : { theme: valeur || null }),
  });
  return ['Où interviennent les partenaires', vue.theme ? ' sur le thème ' : ' sur ', choix('theme'), ' ', choix('annee'), '\u00a0?'];
}

/** Zones are those of a day: the last of the year, or of the period. */
function joursDesZones(vue: Vue, reseau: Reseau): Option[] {
  return [
    ...reseau.annees.map((a): Option => [String(a), `au 31 décembre ${a}`]),
    ...(vue.au ? [[LIBRE, `au ${dateLongue(vue.au)}`] satisfies Option] : []),
  ];
}

/** All the years that a réseau has demandes of. */
const TOUTES = 'toutes';
const LIBRE = 'libre';

/** `2018`, all of them, or what the slider says. */
function periode(valeur: string, reseau: Reseau): Partial<Vue> {
  if (valeur === LIBRE) return {};
  if (valeur !== TOUTES) return { annee: Number(valeur), du: null, au: null };
  return { annee: null, du: `${Math.min(...reseau.annees)}-01-01`, au: `${Math.max(...reseau.annees)}-12-31` };
}

export function choixDeMaille(valeur: string): Partial<Vue> {
  return valeur === 'zoom' ? { selonZoom: true } : { maille: valeur as Maille, selonZoom: false };
}

function optionsDe(cle: Cle, vue: Vue, reseau: Reseau, annee: number): Choix['options'] {
  switch (cle) {
    case 'maille':
      return [
        ['commune', 'les communes'],
        ['epci', 'les EPCI'],
        ['departement', 'le département'],
        ...(reseau.regroupements.length ? [['regroupement', 'les regroupements'] satisfies Option] : []),
        ['zoom', 'les territoires, selon le zoom'],
      ];
    case 'niveau':
      return NIVEAUX;
    case 'theme':
      return [['', 'tous les thèmes'], ...themes(reseau, vue.theme, vue.du ?? `${annee}-01-01`)];
    case 'partenaire':
      return [['', 'tous les partenaires'], ...reseau.partenaires.map((p): Option => [p.code, nomCourt(p)])];
    case 'annee':
      return [
        ...reseau.annees.map((a): Option => [String(a), `en ${a}`]),
        // A réseau that masks small counts publishes whole years.
        ...(reseau.annees.length > 1 && reseau.seuil_masque === null && !vue.du ? [[TOUTES, 'toutes années réunies'] satisfies Option] : []),
        ...(vue.du ? [[LIBRE, direPeriode({ annee: null, du: vue.du, au: vue.au })] satisfies Option] : []),
      ];
  }
}

/** Themes have a parent, which may be chosen too: it heads its own group. One that has ended before a day is left out, unless it is chosen. */
function themes(reseau: Reseau, choisi: string | null, jour: string): (Option | Groupe)[] {
  const offerts = reseau.themes.filter((t) => !t.fin || t.fin >= jour || t.code === choisi);
  const libelles = new Map(reseau.themes.map((t) => [t.code, t.libelle]));
  const parents = new Map(reseau.themes.map((t) => [t.code, t.parent]));
  const racine = (code: string): string => {
    const parent = parents.get(code);
    return parent ? racine(parent) : code;
  };
  if (![...parents.values()].some(Boolean)) return offerts.map((t) => [t.code, t.libelle]);
  const groupes = new Map<string, Option[]>();
  for (const t of offerts) {
    const code = racine(t.code);
    groupes.set(code, [...(groupes.get(code) ?? []), [t.code, t.libelle]]);
  }
  return [...groupes].map(([code, options]) => ({ libelle: libelles.get(code) ?? code, options }));
}

function nomCourt(p: { nom: string; sigle: string | null }): string {
  return p.sigle && p.nom.length > 28 ? p.sigle : p.nom;
}
