// The overseas départements beside the map when the country is what it shows: small pictures, each at its own scale, that
// lead to the place itself.

import type { Peinture } from './carte';
import { element, remplir } from './element';
import { photographier } from './photo';
import type { Bbox } from './reponses';

export const OUTRE_MER: { code: string; nom: string; bbox: Bbox }[] = [
  { code: '971', nom: 'Guadeloupe', bbox: [-61.82, 15.82, -60.99, 16.52] },
  { code: '972', nom: 'Martinique', bbox: [-61.24, 14.38, -60.8, 14.89] },
  { code: '973', nom: 'Guyane', bbox: [-54.61, 2.1, -51.61, 5.76] },
  { code: '974', nom: 'La Réunion', bbox: [55.21, -21.4, 55.84, -20.86] },
  { code: '976', nom: 'Mayotte', bbox: [45.01, -13.01, 45.31, -12.63] },
];
const COTE = 84;
/** The name is written at the foot. */
export const MARGE = { top: 4, right: 4, bottom: 19, left: 4 };

/** What a small picture needs of an answer: of the 35,000 communes of the country, those overseas. */
export function outreMer(peinture: Peinture | null): Peinture | null {
  if (!peinture) return null;
  const la = { commune: /^97/, departement: /^97/, region: /^0\d/, epci: /./, regroupement: /./ }[peinture.maille];
  return {
    ...peinture,
    unites: new Map([...peinture.unites].filter(([code]) => la.test(code))),
    cercles: peinture.cercles && { ...peinture.cercles, liste: peinture.cercles.liste.filter(({ code }) => la.test(code)) },
  };
}

export class Cartouches {
  private rang = 0;

  constructor(
    private readonly racine: HTMLElement,
    private readonly aller: (bbox: Bbox) => void,
  ) {}

  cacher(): void {
    this.rang++;
    this.racine.hidden = true;
  }

  /** Draws them when the main map has nothing left to do; an answer that comes meanwhile makes these old. */
  async montrer(peinture: Peinture | null): Promise<void> {
    const rang = ++this.rang;
    const cadres = OUTRE_MER.map(({ bbox }) => ({ bbox, noms: false, marge: MARGE }));
    const cliches = await photographier(outreMer(peinture), cadres, { largeur: COTE, hauteur: COTE, densite: Math.min(2, devicePixelRatio) }).catch(() => null);
    if (!cliches || rang !== this.rang) return;
    remplir(
      this.racine,
      ...cliches.map(({ toile }, i) => {
        const lieu = OUTRE_MER[i]!;
        toile.setAttribute('aria-hidden', 'true');
        return element('li', {}, element('button', { type: 'button', click: () => this.aller(lieu.bbox) }, toile, element('span', {}, lieu.nom)));
      }),
    );
    this.racine.hidden = false;
  }
}
