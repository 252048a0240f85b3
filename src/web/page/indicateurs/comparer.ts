// The choice of a second indicator, shown beside the first at the same place and the same zoom.

import type { Vue } from '../adresse';
import { montrerPhrase, type Morceau, type Option } from '../choix';
import { element } from '../element';
import type { Indicateur } from '../reponses';
import { enPeriode, parTheme } from './question';
import type { Question } from './sujet';

export function comparer(cote: Question | null, catalogue: Indicateur[], premier: Indicateur, surChoix: (choix: Partial<Vue>) => void): Node[] {
  if (catalogue.length < 2 && premier.periodes.length < 2) return [];
  const morceaux: Morceau[] = [
    'Comparer avec ',
    {
      cle: 'avec',
      intitule: 'Comparer avec un autre indicateur',
      valeur: cote?.indicateur.code ?? '',
      options: [['', 'aucun autre indicateur'], ...parTheme(catalogue)],
      surChoix: (avec) => surChoix({ avec: avec || null, avecPeriode: null }),
    },
  ];
  if (cote && cote.indicateur.periodes.length > 1) {
    morceaux.push(' ', {
      cle: 'avec-periode',
      intitule: 'Période de l’autre indicateur',
      valeur: cote.periode,
      options: cote.indicateur.periodes.map((p): Option => [p, enPeriode(p)]),
      surChoix: (avecPeriode) => surChoix({ avecPeriode }),
    });
  }
  const racine = element('p', { class: 'methode' });
  montrerPhrase(racine, morceaux);
  return [racine];
}
