// A second indicator beside the first: its own map, its own legend, the same place and the same zoom.

import type { Vue } from './adresse';
import type { Affichage } from './affichage';
import { Carte, type UniteSurvolee } from './carte';
import { element, parId, remplir } from './element';
import type { SujetIndicateurs } from './indicateurs/sujet';
import type { Maille } from './reponses';
import type { Table } from './tableau';

export interface EcouteDeComparaison {
  choix(unite: { maille: Maille; code: string } | null, parLeClavier: boolean): void;
  survol(unite: UniteSurvolee | null, x: number, y: number): void;
  panne(ou: 'base' | 'service'): void;
}

export class Comparaison {
  affichage: Affichage | null = null;
  private readonly carte: Carte;
  private suivi = false;
  private readonly accompagner = () => this.suivre(this.premiere, this.carte);

  constructor(
    private readonly sujet: SujetIndicateurs,
    private readonly premiere: Carte,
    ecoute: EcouteDeComparaison,
  ) {
    parId('scene').classList.add('duo');
    parId('volet-2').hidden = false;
    this.premiere.maplibre.resize();
    const conteneur = parId('carte-2');
    remplir(conteneur);
    this.carte = new Carte(conteneur, premiere.camera, {
      choix: (u, parLeClavier) => ecoute.choix(u, parLeClavier),
      survol: (u, x, y) => ecoute.survol(u, x, y),
      deplacement: () => this.suivre(this.carte, this.premiere),
      panne: (ou) => ecoute.panne(ou),
    });
    this.premiere.maplibre.on('move', this.accompagner);
    this.carte.maplibre.on('move', () => this.suivre(this.carte, this.premiere));
  }

  /** For tests and for the curious. */
  get maplibre(): Carte['maplibre'] {
    return this.carte.maplibre;
  }

  async montrer(vue: Vue, signal: AbortSignal): Promise<void> {
    if (!this.sujet.pret(vue)) await this.sujet.charger(vue, signal);
    this.affichage = this.sujet.afficher(vue);
    this.carte.peindre(this.affichage.peinture);
    this.legender();
  }

  legender(): void {
    const legende = parId('legende-2');
    legende.hidden = !this.affichage;
    remplir(legende, ...(this.affichage?.legende(this.carte.camera.zoom) ?? []));
  }

  choisir(unite: { maille: Maille; code: string } | null): void {
    this.carte.choisir(unite);
  }

  fermer(): void {
    this.premiere.maplibre.off('move', this.accompagner);
    this.carte.maplibre.remove();
    parId('scene').classList.remove('duo');
    parId('volet-2').hidden = true;
    parId('legende-2').hidden = true;
    remplir(parId('legende-2'));
    this.premiere.maplibre.resize();
  }

  /** One map follows the other, and is not followed back. */
  private suivre(meneuse: Carte, autre: Carte): void {
    if (this.suivi) return;
    this.suivi = true;
    autre.aller(meneuse.camera);
    this.suivi = false;
  }
}

/** The figures of both maps in one table, row by row. */
export function joindre(une: Table, autre: Table): Table {
  const par = new Map(autre.lignes.map((l) => [l.code, l]));
  const colonnes = autre.colonnes.map(({ cle, libelle }) => ({ cle: `${cle}-2`, libelle }));
  return {
    ...une,
    fichier: null,
    colonnes: [...une.colonnes, ...colonnes],
    lignes: une.lignes.map((l) => {
      const vis = par.get(l.code);
      const cellules = Object.fromEntries(autre.colonnes.map(({ cle }) => [`${cle}-2`, vis?.cellules[cle] ?? { texte: 'non disponible', rang: null }]));
      return { ...l, cellules: { ...l.cellules, ...cellules } };
    }),
  };
}

/** What each map is of, over it. */
export function titrer(titres: [string, string] | null): void {
  for (const [i, id] of ['titre-carte-1', 'titre-carte-2'].entries()) {
    const p = parId(id);
    p.hidden = !titres;
    remplir(p, titres ? element('span', {}, titres[i]!) : '');
  }
}
