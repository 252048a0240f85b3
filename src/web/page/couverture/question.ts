// The question asked of a réseau, as one sentence in which each choice opens: it also titles the page and the table.

import type { Vue } from '../adresse';
import type { Choix, Groupe, Morceau, Option } from '../choix';
import type { Reseau } from '../reponses';

type Cle = 'maille' | 'theme' | 'partenaire' | 'annee';

const INTITULES: Record<Cle, string> = {
  maille: 'Communes ou EPCI',
  theme: 'Thème',
  partenaire: 'Partenaire',
  annee: 'Année',
};

export function questionDuReseau(vue: Vue, reseau: Reseau, annee: number, surChoix: (choix: Partial<Vue>) => void): Morceau[] {
  const choix = (cle: Cle): Choix => ({
    cle,
    intitule: INTITULES[cle],
    valeur: cle === 'annee' ? String(annee) : (vue[cle] ?? ''),
    options: optionsDe(cle, reseau),
    surChoix: (valeur) => surChoix({ [cle]: cle === 'annee' ? Number(valeur) : valeur || null }),
  });
  const surTheme: Morceau[] = [vue.theme ? ' sur le thème ' : ' sur ', choix('theme')];
  const fin: Morceau[] = [' en ', choix('annee'), '\u00a0?'];
  if (vue.vue === 'demandes') {
    return ['Qu’ont demandé ', choix('maille'), vue.partenaire ? ' à l’organisme ' : ' à ', choix('partenaire'), ...surTheme, ...fin];
  }
  return vue.partenaire
    ? ['Où l’organisme ', choix('partenaire'), ' peut-il aider ', choix('maille'), ...surTheme, ...fin]
    : ['Qui, parmi ', choix('partenaire'), ', peut aider ', choix('maille'), ...surTheme, ...fin];
}

function optionsDe(cle: Cle, reseau: Reseau): Choix['options'] {
  switch (cle) {
    case 'maille':
      return [
        ['commune', 'les communes'],
        ['epci', 'les EPCI'],
      ];
    case 'theme':
      return [['', 'tous les thèmes'], ...themes(reseau)];
    case 'partenaire':
      return [['', 'tous les partenaires'], ...reseau.partenaires.map((p): Option => [p.code, nomCourt(p)])];
    case 'annee':
      return reseau.annees.map((a): Option => [String(a), String(a)]);
  }
}

/** Themes have a parent, which may be chosen too: it heads its own group. */
function themes(reseau: Reseau): (Option | Groupe)[] {
  const libelles = new Map(reseau.themes.map((t) => [t.code, t.libelle]));
  const parents = new Map(reseau.themes.map((t) => [t.code, t.parent]));
  const racine = (code: string): string => {
    const parent = parents.get(code);
    return parent ? racine(parent) : code;
  };
  if (![...parents.values()].some(Boolean)) return reseau.themes.map((t) => [t.code, t.libelle]);
  const groupes = new Map<string, Option[]>();
  for (const t of reseau.themes) {
    const code = racine(t.code);
    groupes.set(code, [...(groupes.get(code) ?? []), [t.code, t.libelle]]);
  }
  return [...groupes].map(([code, options]) => ({ libelle: libelles.get(code) ?? code, options }));
}

function nomCourt(p: { nom: string; sigle: string | null }): string {
  return p.sigle && p.nom.length > 28 ? p.sigle : p.nom;
}
