// A réseau, as something the page is asked about: who can help, and what was asked for.

import type { Affichage, Sujet } from '../affichage';
import type { Vue } from '../adresse';
import * as api from '../api';
import type { Cercle, Peinture } from '../carte';
import { enMots, type Morceau } from '../choix';
import { CERCLE } from '../couleurs';
import type { Etat } from '../couches';
import { nombre, pluriel } from '../ecriture';
import type { Couverture, Maille, Moi, Reseau, UniteCouverte } from '../reponses';
import type { Table } from '../tableau';
import { CLASSES } from '../classement';
import { classer, classerTaux, couleurDe, couleurDuTaux, facteurDesDemandes, type Classe } from './classes';
import { ETATS, legendeDuReseau } from './legende';
import { questionDuReseau } from './question';
import { reglagesDesDemandes } from './reglages';
import { nonDeclares, reponseDuReseau, tauxDe } from './reponse';

export class SujetReseau implements Sujet {
  private couverture: Couverture | null = null;
  private moi: Moi | null = null;
  private cle = '';

  constructor(
    private readonly reseau: Reseau,
    private readonly surChoix: (choix: Partial<Vue>) => void,
  ) {}

  /** Asks once in whose name the page is read: the state of demandes is for those who follow them. */
  async reconnaitre(): Promise<void> {
    this.moi ??= await api.moi();
  }

  private get suivies(): boolean {
    return Boolean(this.moi?.administrateur || this.moi?.droits?.some((d) => d.reseau === this.reseau.code));
  }

  reglages(vue: Vue): Node[] {
    return vue.vue === 'demandes' ? reglagesDesDemandes(vue, this.reseau, this.suivies, this.surChoix) : [];
  }

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
    const unites = Object.values(c.unites);
    const methode = /^(quantiles|egales):/.test(vue.classes ?? '') ? vue.classes! : CLASSES;
    const classement = enTaux(vue) ? classerTaux(unites.map((u) => tauxDe(u) ?? 0), methode) : classer(unites.map((u) => u.partenaires));
    return {
      reponse: reponseDuReseau(vue, c),
      legende: (zoom) => legendeDuReseau({ ...vue, classes: methode }, c, classement, zoom, (classes) => this.surChoix({ classes })),
      table: this.table(vue, c),
      peinture: this.peindre(vue, c, classement.classes),
    };
  }

  private filtre({ vue, theme, partenaire, annee, du, au, maille, niveau, etat }: Vue) {
    const demandes = vue === 'demandes';
    const periode = du ? { annee: null, du, au } : { annee, du: null, au: null };
    return {
      reseau: this.reseau.code, theme, partenaire, maille, ...periode,
      niveau: demandes ? null : niveau,
      etat: demandes && this.suivies ? etat : null,
    };
  }

  private table(vue: Vue, c: Couverture): Table {
    return {
      titre: enMots(this.question(vue)),
      mention: [c.demonstration ? 'Données de démonstration.' : null, nonDeclares(c.totaux)].filter(Boolean).join(' ') || null,
      maille: c.maille,
      colonnes: [
        { cle: 'partenaires', libelle: 'Partenaires' },
        { cle: 'demandes', libelle: 'Demandes' },
        ...(enTaux(vue) ? [{ cle: 'taux', libelle: 'Pour 1\u202f000 habitants' }, { cle: 'population', libelle: 'Habitants' }] : []),
      ],
      fichier: this.fichier(vue, c),
      lignes: Object.entries(c.unites).map(([code, u]) => ({
        code,
        nom: u.nom,
        cellules: {
          partenaires: { texte: u.etat === 'aide' ? nombre(u.partenaires) : ETATS[u.etat], rang: u.etat === 'non_renseigne' ? null : u.partenaires },
          demandes: { texte: u.demandes === null ? 'masqué' : nombre(u.demandes), rang: u.demandes },
          taux: { texte: tauxDe(u) === null ? 'non calculable' : nombre(tauxDe(u)!, 2), rang: tauxDe(u) },
          population: { texte: u.population === null ? 'inconnue' : nombre(u.population), rang: u.population },
        },
      })),
    };
  }

  /** The same as a workbook of the service: it has the réseau's own year, commune by commune, without other choice. */
  private fichier(vue: Vue, c: Couverture): string | null {
    const entier = !c.theme && !c.partenaire && !c.niveau && !c.etat && c.annee === this.reseau.annee && c.maille === 'commune';
    return entier && !enTaux(vue) ? `/exports/couverture.xlsx?reseau=${this.reseau.code}` : null;
  }

  private peindre(vue: Vue, c: Couverture, classes: Classe[]): Peinture {
    const unites = Object.entries(c.unites);
    const etat = (u: UniteCouverte): Etat => {
      if (vue.vue === 'demandes' && u.demandes === null) return { dedans: true, motif: 'secret' };
      if (enTaux(vue)) {
        const taux = tauxDe(u);
        if (taux === null) return { dedans: true, motif: 'non_calculable' };
        const couleur = couleurDuTaux(taux, classes);
        return couleur ? { dedans: true, couleur } : { dedans: true };
      }
      if (vue.vue === 'demandes') return { dedans: true };
      const couleur = couleurDe(u.partenaires, classes);
      if (couleur) return { dedans: true, couleur };
      return { dedans: true, motif: u.etat === 'personne' ? 'personne' : 'non_disponible' };
    };
    return {
      maille: c.maille,
      unites: new Map(unites.map(([code, u]) => [code, etat(u)])),
      nom: (code) => c.unites[code]?.nom,
      dire: (code) => (c.unites[code] ? direUnite(vue, c, c.unites[code]) : undefined),
      reseau: this.reseau.code,
      zones: null,
      cercles: vue.vue === 'demandes' && !enTaux(vue) ? cercles(unites, c.maille) : null,
      departements: [this.reseau.departement],
    };
  }
}

function enTaux(vue: Vue): boolean {
  return vue.vue === 'demandes' && vue.mesure === 'taux';
}

/** The figure of a unit, in a few words. */
export function direUnite(vue: Vue, c: Couverture, u: UniteCouverte): string {
  if (vue.vue !== 'demandes') {
    if (u.etat !== 'aide') return ETATS[u.etat].toLowerCase();
    return c.partenaire ? 'peut aider' : pluriel(u.partenaires, 'partenaire');
  }
  if (u.demandes === null) return 'nombre masqué';
  const taux = tauxDe(u);
  return enTaux(vue) && taux !== null ? `${nombre(taux, 2)} pour 1\u202f000 habitants (${pluriel(u.demandes, 'demande')})` : pluriel(u.demandes, 'demande');
}

function cercles(unites: [string, UniteCouverte][], maille: Maille): Peinture['cercles'] {
  const liste = unites.flatMap(([code, { point, demandes }]): Cercle[] =>
    point && demandes ? [{ code, point, valeur: demandes, couleur: CERCLE.plus }] : [],
  );
  return { liste, facteur: facteurDesDemandes(maille, Math.max(0, ...liste.map((c) => c.valeur))) };
}
