// The indicators, as something the page is asked about: their catalogue, the places, and the answer of the moment.

import type { Affichage, Sujet } from '../affichage';
import type { Vue } from '../adresse';
import * as api from '../api';
import type { Cercle, Peinture } from '../carte';
import { CLASSES } from '../classement';
import { enMots, type Morceau } from '../choix';
import { CERCLE } from '../couleurs';
import type { Etat } from '../couches';
import type { Indicateur, Maille, Noms, Reseau, Valeurs } from '../reponses';
import type { Table } from '../tableau';
import { departementsDe, Lecture } from './lecture';
import { legendeDesIndicateurs } from './legende';
import { FRANCE, maillesDans, nomDuLieu, preposition, type Lieux } from './lieux';
import { questionDesIndicateurs } from './question';
import { comparer } from './comparer';
import { reponseDesIndicateurs } from './reponse';

/** A view whose gaps are filled: what is asked, in full. */
export interface Question {
  indicateur: Indicateur;
  maille: Maille;
  /** `departement:26`, or `france`. */
  lieu: string;
  periode: string;
  /** `quantiles:5` */
  classes: string;
}

/** Shown first, when it has values. */
const PREMIER = 'densite';
/** Radius in pixels of the greatest circle at zoom 8: a large place is seen from further. */
const RAYONS: Record<string, number> = { [FRANCE]: 90, region: 60, departement: 40, epci: 32, regroupement: 32 };

/** At most, that of the circle that stands for one. */
const RAYON_D_UN = 8;

export class SujetIndicateurs implements Sujet {
  private lecture: Lecture | null = null;
  private noms: Noms | null = null;
  /** Made once for an answer: the country has 35,000 communes. */
  private affichage: Affichage | null = null;
  private cle = '';
  private cleNoms = '';

  private constructor(
    private readonly catalogue: Indicateur[],
    private readonly lieux: Lieux,
    /** The place that a plain address is about. */
    private readonly chezNous: string,
    private readonly reseau: string | null,
    private readonly surChoix: (choix: Partial<Vue>) => void,
  ) {}

  /** Null when no indicator has values. */
  static async ouvrir(reseau: Reseau | null, surChoix: (choix: Partial<Vue>) => void): Promise<SujetIndicateurs | null> {
    const departement = reseau?.departement;
    const noms = (maille: Maille) => api.noms(maille, null).then((reponse) => reponse.unites);
    const [tous, region, departements, epci] = await Promise.all([api.indicateurs(), noms('region'), noms('departement'), noms('epci')]);
    const catalogue = tous.filter((i) => i.periodes.length > 0);
    if (!catalogue.length) return null;
    const chezNous = departement && departements[departement] ? `departement:${departement}` : FRANCE;
    const regroupement = Object.fromEntries((reseau?.regroupements ?? []).map((r) => [codeDe(r.unite), { nom: r.nom, point: null }]));
    return new SujetIndicateurs(catalogue, { region, departement: departements, epci, regroupement }, chezNous, reseau?.code ?? null, surChoix);
  }

  /** What is asked: a link may name what is not there any more, or a maille larger than its place. */
  lire(vue: Vue): Question {
    const trouver = (code: string | null) => this.catalogue.find((i) => i.code === code);
    const indicateur = trouver(vue.indicateur) ?? trouver(PREMIER) ?? this.catalogue[0]!;
    const lieu = vue.dans && nomDuLieu(vue.dans, this.lieux) ? vue.dans : this.chezNous;
    const mailles = maillesDans(lieu);
    const periode = indicateur.periodes.find((p) => p === vue.periode) ?? indicateur.periodes[0]!;
    const maille = mailles.includes(vue.maille) ? vue.maille : mailles.at(-1)!;
    return { indicateur, lieu, maille, periode, classes: vue.classes ?? CLASSES };
  }

  /** The same catalogue, for what is shown beside. */
  jumeau(): SujetIndicateurs {
    return new SujetIndicateurs(this.catalogue, this.lieux, this.chezNous, this.reseau, this.surChoix);
  }

  /** The view of what is shown beside; null when nothing is, or when it is not known. */
  aCote(vue: Vue): Vue | null {
    if (!vue.avec || !this.catalogue.some((i) => i.code === vue.avec)) return null;
    return { ...vue, indicateur: vue.avec, periode: vue.avecPeriode, classes: vue.classes?.startsWith('bornes') ? null : vue.classes, avec: null };
  }

  reglages(vue: Vue): Node[] {
    const cote = this.aCote(vue);
    return comparer(cote && this.lire(cote), this.catalogue, this.lire(vue).indicateur, this.surChoix);
  }

  question(vue: Vue): Morceau[] {
    return questionDesIndicateurs({ ...this.lire(vue), selonZoom: vue.selonZoom }, this.catalogue, this.lieux, ({ dans, ...choix }) =>
      this.surChoix(dans ? { dans: dans === this.chezNous ? null : dans, unite: null, carte: null } : choix),
    );
  }

  pret(vue: Vue): boolean {
    return this.cle === this.cleDe(vue);
  }

  async charger(vue: Vue, signal: AbortSignal): Promise<void> {
    const { indicateur, ...requete } = requeteDe(this.lire(vue));
    const [valeurs, noms] = await Promise.all([api.valeurs(indicateur, requete, signal), this.nommer(requete.maille, requete.dans, signal)]);
    this.lecture = new Lecture(bornesChoisies(valeurs, this.lire(vue).classes));
    this.noms = noms;
    this.affichage = null;
    this.cle = this.cleDe(vue);
  }

  private cleDe(vue: Vue): string {
    const q = this.lire(vue);
    return JSON.stringify([requeteDe(q), q.classes]);
  }

  afficher(vue: Vue): Affichage {
    this.affichage ??= this.composer(this.lecture!, vue);
    return this.affichage;
  }

  private composer(lecture: Lecture, vue: Vue): Affichage {
    const q = this.lire(vue);
    const ou = `${preposition(q.lieu)}${nomDuLieu(q.lieu, this.lieux)}`;
    return {
      reponse: reponseDesIndicateurs(lecture, ou),
      legende: (zoom) => legendeDesIndicateurs(lecture, q, { ou, facteur: facteur(lecture, q.lieu), zoom }, (classes) => this.surChoix({ classes })),
      table: this.table(vue, lecture),
      peinture: this.peindre(lecture, q),
    };
  }

  /** The value of one unit, asked for by itself when the answer on the map does not have it. */
  async valeurDe(vue: Vue, unite: string, signal: AbortSignal): Promise<Lecture | null> {
    const q = this.lire(vue);
    const [maille, code] = unite.split(':') as [Maille, string];
    if (this.pret(vue) && q.maille === maille && this.lecture!.dire(code)) return this.lecture;
    const requete = { maille, dans: unite, periode: q.periode, classes: null };
    return new Lecture(await api.valeurs(q.indicateur.code, requete, signal));
  }

  /** What the map frames: the place, or null for the country. */
  cadre(vue: Vue): { maille: Maille; code: string } | null {
    const { lieu } = this.lire(vue);
    const [maille, code] = lieu.split(':') as [Maille, string];
    return lieu === FRANCE ? null : { maille, code };
  }

  private async nommer(maille: Maille, dans: string | null, signal: AbortSignal): Promise<Noms> {
    const cle = `${maille} ${dans}`;
    if (this.noms && cle === this.cleNoms) return this.noms;
    const noms = await api.noms(maille, dans, signal);
    this.cleNoms = cle;
    return noms;
  }

  private nom(code: string): string | undefined {
    return this.noms?.unites[code]?.nom;
  }

  private table(vue: Vue, lecture: Lecture): Table {
    const { maille, valeurs } = lecture.v;
    const lignes = [...Object.keys(valeurs), ...lecture.etats.keys()].map((code) => {
      const texte = `${lecture.direEnColonne(code)}${lecture.estPartielle(code) ? ` (${lecture.partielle})` : ''}`;
      return { code, nom: this.nom(code) ?? code, cellules: { valeur: { texte, rang: valeurs[code] ?? null } } };
    });
    return {
      titre: enMots(this.question(vue)),
      mention: null,
      fichier: fichier(this.lire(vue)),
      maille,
      colonnes: [{ cle: 'valeur', libelle: lecture.titre }],
      lignes,
    };
  }

  private peindre(lecture: Lecture, { lieu }: Question): Peinture {
    const { maille, valeurs } = lecture.v;
    const unites = new Map<string, Etat>();
    for (const [code, valeur] of Object.entries(valeurs)) {
      const couleur = lecture.enCercles ? undefined : lecture.couleur(valeur);
      unites.set(code, couleur ? { dedans: true, couleur } : { dedans: true });
    }
    // « Sans objet » is the paper itself.
    for (const [code, etat] of lecture.etats) unites.set(code, etat === 'sans_objet' ? { dedans: true } : { dedans: true, motif: etat });
    return {
      maille,
      unites,
      nom: (code) => this.nom(code),
      dire: (code) => lecture.dire(code) ?? undefined,
      reseau: this.reseau,
      zones: null,
      cercles: lecture.enCercles ? { liste: this.cercles(lecture.v), facteur: facteur(lecture, lieu) } : null,
      departements: lieu === FRANCE ? null : maille === 'commune' ? departementsDe(unites.keys()) : [],
    };
  }

  private cercles({ valeurs }: Valeurs): Cercle[] {
    return Object.entries(valeurs).flatMap(([code, valeur]) => {
      const point = this.noms?.unites[code]?.point;
      const couleur = valeur === 0 ? CERCLE.zero : valeur > 0 ? CERCLE.plus : CERCLE.moins;
      return point ? [{ code, point, valeur: Math.abs(valeur), couleur }] : [];
    });
  }
}

function requeteDe({ indicateur, maille, lieu, periode, classes }: Question) {
  const classee = indicateur.nature === 'ratio' || indicateur.nature === 'mediane';
  // Bounds that a person wrote are put on the answer here.
  const methode = classes.startsWith('bornes:') ? CLASSES : classes;
  return { indicateur: indicateur.code, maille, dans: lieu === FRANCE ? null : lieu, periode, classes: classee ? methode : null };
}

/** `regroupement:drome/secteur-1`, or the code alone, as the code. */
function codeDe(unite: string): string {
  return unite.replace(/^regroupement:/, '');
}

/** The answer with the bounds that a person wrote, between the least value and the greatest. */
export function bornesChoisies(v: Valeurs, classes: string): Valeurs {
  const ecrites = /^bornes:(.+)$/.exec(classes)?.[1];
  if (!ecrites || !v.classes?.bornes.length) return v;
  const [bas, haut] = [v.classes.bornes[0]!, v.classes.bornes.at(-1)!];
  const dedans = [...new Set(ecrites.split(',').map(Number))].filter((b) => b > bas && b < haut).sort((a, b) => a - b);
  return { ...v, classes: { methode: 'bornes choisies', bornes: [bas, ...dedans, haut], effectifs: [] } };
}

/** The workbook of the service that holds the same values, where its rows are those of the place. */
function fichier({ indicateur, lieu, maille, periode }: Question): string | null {
  const [genre, code] = lieu.split(':');
  if (periode.includes('-') || !(lieu === FRANCE || (maille === 'commune' && genre !== 'regroupement'))) return null;
  return `/exports/${indicateur.code}-${maille}.xlsx?datetime=${periode}-12-31${lieu === FRANCE ? '' : `&${genre}=${code}`}`;
}

function facteur({ resume }: Lecture, lieu: string): number {
  const extreme = resume ? Math.max(Math.abs(resume.min), Math.abs(resume.max)) : 0;
  // Where all are few, one is not shown as if it were many.
  return Math.min(RAYON_D_UN, RAYONS[lieu.split(':')[0]!]! / Math.sqrt(extreme || 1));
}
