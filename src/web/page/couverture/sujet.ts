// A réseau, as something the page is asked about: who can help, and what was asked for.

import type { Affichage, Sujet } from '../affichage';
import type { Vue } from '../adresse';
import * as api from '../api';
import type { Cercle, Peinture } from '../carte';
import { enMots, type Morceau } from '../choix';
import { CERCLE } from '../couleurs';
import type { Etat } from '../couches';
import { nombre } from '../ecriture';
import type { Couverture, Reseau, UniteCouverte } from '../reponses';
import type { Table } from '../tableau';
import { classer, couleurDe, facteurDesDemandes, type Classe } from './classes';
import { ETATS, legendeDuReseau } from './legende';
import { questionDuReseau } from './question';
import { nonDeclares, reponseDuReseau } from './reponse';

export class SujetReseau implements Sujet {
  private couverture: Couverture | null = null;
  private cle = '';

  constructor(
    private readonly reseau: Reseau,
    private readonly surChoix: (choix: Partial<Vue>) => void,
  ) {}

  question(vue: Vue): Morceau[] {
    return questionDuReseau(vue, this.reseau, vue.annee ?? this.reseau.annee, this.surChoix);
  }

  pret(vue: Vue): boolean {
    return this.cle === JSON.stringify(this.filtre(vue));
  }

  async charger(vue: Vue, signal: AbortSignal): Promise<void> {
    const filtre = this.filtre(vue);
    this.couverture = await api.couverture(filtre, signal);
    this.cle = JSON.stringify(filtre);
  }

  afficher(vue: Vue): Affichage {
    const c = this.couverture!;
    const classement = classer(Object.values(c.unites).map((u) => u.partenaires));
    return {
      reponse: reponseDuReseau(vue, c),
      legende: (zoom) => legendeDuReseau(vue, c, classement, zoom),
      table: this.table(vue, c),
      peinture: this.peindre(vue, c, classement.classes),
    };
  }

  private filtre({ theme, partenaire, annee, maille }: Vue) {
    return { reseau: this.reseau.code, theme, partenaire, annee, maille };
  }

  private table(vue: Vue, c: Couverture): Table {
    return {
      titre: enMots(this.question(vue)),
      mention: [c.demonstration ? 'Données de démonstration.' : null, nonDeclares(c.totaux)].filter(Boolean).join(' ') || null,
      maille: c.maille,
      colonnes: [
        { cle: 'partenaires', libelle: 'Partenaires' },
        { cle: 'demandes', libelle: 'Demandes' },
      ],
      lignes: Object.entries(c.unites).map(([code, u]) => ({
        code,
        nom: u.nom,
        cellules: {
          partenaires: { texte: u.etat === 'aide' ? nombre(u.partenaires) : ETATS[u.etat], rang: u.etat === 'non_renseigne' ? null : u.partenaires },
          demandes: { texte: u.demandes === null ? 'masqué' : nombre(u.demandes), rang: u.demandes },
        },
      })),
    };
  }

  private peindre(vue: Vue, c: Couverture, classes: Classe[]): Peinture {
    const unites = Object.entries(c.unites);
    const etat = (u: UniteCouverte): Etat => {
      if (vue.vue === 'demandes') return u.demandes === null ? { dedans: true, motif: 'secret' } : { dedans: true };
      const couleur = couleurDe(u.partenaires, classes);
      if (couleur) return { dedans: true, couleur };
      return { dedans: true, motif: u.etat === 'personne' ? 'personne' : 'non_disponible' };
    };
    return {
      maille: c.maille,
      unites: new Map(unites.map(([code, u]) => [code, etat(u)])),
      nom: (code) => c.unites[code]?.nom,
      cercles: vue.vue === 'demandes' ? cercles(unites, c.maille) : null,
      departements: [this.reseau.departement],
    };
  }
}

function cercles(unites: [string, UniteCouverte][], maille: Couverture['maille']): Peinture['cercles'] {
  const liste = unites.flatMap(([code, { point, demandes }]): Cercle[] =>
    point && demandes ? [{ code, point, valeur: demandes, couleur: CERCLE.plus }] : [],
  );
  return { liste, facteur: facteurDesDemandes(maille, Math.max(0, ...liste.map((c) => c.valeur))) };
}
