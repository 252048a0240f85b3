// The answers of the API, as the server writes them: one place to change when the contract moves.

import type { Vue } from './adresse';

export type Maille = 'commune' | 'epci' | 'departement' | 'region' | 'regroupement';
export type Bbox = [west: number, south: number, east: number, north: number];
export type Point = [lon: number, lat: number];

export interface Nomme {
  code: string;
  nom: string;
}

export interface Source {
  nom: string;
  millesime?: number | null;
  licence?: string | null;
  date?: string | null;
}

export interface ReseauResume extends Nomme {
  nom_court: string;
  departement: string;
  annee: number;
  millesime_reference: number;
  demonstration: boolean;
  mention: string | null;
  couleur: string | null;
  /** Under how many demandes a count is masked for whoever asks; null: they read everything. */
  seuil_masque: number | null;
}

export interface Theme {
  code: string;
  libelle: string;
  parent?: string | null;
  /** Its last day. */
  fin?: string | null;
}

export interface Partenaire extends Nomme {
  sigle: string | null;
  type: string | null;
  site: string | null;
  courriel: string | null;
  telephone: string | null;
  description: string | null;
  themes: string[];
}

export interface Guichet {
  nom: string;
  site: string | null;
}

export interface Reseau extends ReseauResume {
  bbox: Bbox | null;
  annees: number[];
  guichet: Guichet | null;
  partenaires: Partenaire[];
  themes: Theme[];
  regroupements: Regroupement[];
  perimetre: { communes: number; epci: number };
}

/** A named set of communes. */
export interface Regroupement {
  unite: string;
  nom: string;
  genre: string | null;
  /** What is done with a commune that several of one kind share. */
  regle: string | null;
  communes: number;
  partagees: number;
}

export interface TerritoireTrouve extends Nomme {
  unite: string;
  maille: Maille;
  departement: Nomme | null;
  codes_postaux: string[];
  population: number | null;
  point: Point | null;
  bbox: Bbox | null;
  motif: string;
}

export interface Recherche {
  resultats: TerritoireTrouve[];
  suggestion: string | null;
}

export interface Territoire extends Nomme {
  unite: string;
  maille: Maille;
  millesime: number;
  contour: { etat: 'complet' | 'reuni' | 'lacunaire' | 'absent'; millesime: number | null; remarque: string | null };
  siren: string | null;
  population: number | null;
  codes_postaux: string[];
  anciens_codes: string[];
  parents: { epci?: Nomme | null; departement?: Nomme | null; region?: Nomme | null };
  membres: { communes: number } | null;
  point: Point | null;
  bbox: Bbox | null;
  /** What must be known of the answer itself: an old code that led to the commune of today… */
  remarque: string | null;
  sources: Source[];
}

export interface UniteCouverte {
  nom: string;
  etat: 'aide' | 'personne' | 'non_renseigne';
  partenaires: number;
  /** Null where the réseau masks it. */
  demandes: number | null;
  population: number | null;
  /** Of a unit larger than a commune: its communes in the perimeter, and those that a partner covers. */
  communes?: number;
  communes_aidees?: number;
  point: Point | null;
}

export interface Totaux {
  unites: number;
  unites_couvertes: number;
  unites_sans_partenaire: number;
  unites_non_renseignees: number;
  partenaires: number;
  partenaires_presents: number;
  partenaires_non_declares: number;
  /** This and what follows is null where it is masked. */
  demandes: number | null;
  demandes_communes: number | null;
  demandes_epci: number | null;
  demandes_autres: number | null;
  communes_servies: number | null;
  communes: number;
  part_communes_servies: number | null;
  epci_servis: number | null;
  epci: number;
  autres_servis: number | null;
}

export interface Couverture {
  reseau: string;
  reseau_nom: string;
  demonstration: boolean;
  mention: string | null;
  maille: Maille;
  theme: string | null;
  partenaire: string | null;
  niveau: Vue['niveau'];
  etat: string | null;
  /** Null when the period is not a year. */
  annee: number | null;
  du: string | null;
  au: string | null;
  millesime: number;
  millesime_contours: number;
  millesime_reference: number;
  totaux: Totaux;
  unites: Record<string, UniteCouverte>;
  non_dessinees: { code: string; nom: string; raison: string }[];
  /** Said when small counts are masked. */
  masquage?: string;
  sources: Source[];
}

/** A version of a zone d'intervention, in a list. */
export interface Zone {
  code: string;
  partenaire: string;
  partenaire_nom: string;
  theme: string | null;
  nom: string | null;
  etat: 'validee' | 'expiree' | 'proposee' | 'refusee';
  debut: string;
  fin: string | null;
  dessinee: boolean;
  communes: number;
  demonstration: boolean;
}

/** In whose name one asks. */
export interface Moi {
  droits?: { reseau: string; role: string }[];
  administrateur?: boolean;
}

/** How a figure behaves when units are put together: it adds up, is worked out again, or does neither. */
export type Nature = 'stock' | 'ratio' | 'mediane' | 'classe';

export interface Indicateur {
  code: string;
  theme: string;
  libelle: string;
  description: string | null;
  unite: string | null;
  nature: Nature;
  numerateur: string | null;
  denominateur: string | null;
  producteur: string;
  source: string;
  licence: string;
  site: string | null;
  decimales: number;
  seuil_secret: number | null;
  /** Labels of the ranks that are the values of a `classe`, from 0. */
  modalites: string[] | null;
  /** The newest first. */
  periodes: string[];
  date_source: string | null;
}

/** Why a unit has no value. */
export type EtatSansValeur = 'secret' | 'sans_objet' | 'non_disponible' | 'non_calculable';

export interface Classes {
  methode: string;
  /** One more than the classes. A class holds its lower bound, and the last its upper one too. */
  bornes: number[];
  effectifs: number[];
  remarque?: string;
}

export interface Valeurs {
  indicateur: Indicateur;
  periode: string;
  maille: Maille;
  dans: string | null;
  millesime: number;
  millesimes_des_valeurs: number[];
  remarque?: string;
  /** None for ranks: they are classes already. */
  classes?: Classes;
  valeurs: Record<string, number>;
  etats: Partial<Record<EtatSansValeur, string[]>>;
  /** Sums that lack the value of some of their communes. */
  partielles: string[];
}

export interface Nom {
  nom: string;
  point: Point | null;
}

/** The units of a maille in a place, or in the country. */
export interface Noms {
  millesime: number;
  maille: Maille;
  dans: string | null;
  unites: Record<string, Nom>;
}

export interface Aidant extends Nomme {
  reseau: string;
  sigle: string | null;
  type: string | null;
  site: string | null;
  courriel: string | null;
  telephone: string | null;
  description: string | null;
  themes: { code: string; libelle: string }[];
  /** Described services, those that answer best first. */
  fiches: FicheAide[];
  zone: string | null;
}

export interface FicheAide {
  code: string;
  titre: string;
  niveau: 'premier_niveau' | 'approfondi' | null;
  cout: 'gratuit' | 'payant' | 'selon_le_cas' | null;
  conditions: string | null;
}

export interface Aide {
  remarque?: string | null;
  /** The answer in words. */
  reponse: string;
  etat: 'aide' | 'personne' | 'non_renseigne';
  non_declares: (Nomme & { reseau: string })[];
  annee: number;
  demonstration: boolean;
  mention: string | null;
  partenaires: Aidant[];
  guichet: Guichet | null;
  sources: Source[];
}

export interface Demande {
  reference: string | null;
  date: string | null;
  theme: string | null;
  partenaire: string | null;
  objet: string | null;
  etat: string | null;
}

export interface Demandes {
  remarque?: string | null;
  demonstration: boolean;
  mention: string | null;
  annee: number | null;
  du: string | null;
  au: string | null;
  total: number;
  par_theme: { code: string; libelle: string; demandes: number }[];
  par_partenaire: { code: string; nom: string; demandes: number }[];
  demandes: Demande[];
}
