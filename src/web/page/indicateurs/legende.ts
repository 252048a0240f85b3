// What the colours, the circles and the patterns of an indicator mean, how many units each stands for, by which method
// they were classed, and where the figures come from.

import { croissance, emboites } from '../cercles';
import { choisirLesBornes, methode, METHODES } from '../classement';
import { CERCLE } from '../couleurs';
import { majuscule } from '../ecriture';
import { element } from '../element';
import { compte, direSources, ligne, lignes, pastille } from '../legende';
import { pastilleDeMotif } from '../motifs';
import { DIRE_ETAT, direValeur, ETATS, type Lecture } from './lecture';
import { FRANCE } from './lieux';
import { enPeriode } from './question';
import type { Question } from './sujet';

interface Cadre {
  /** The place with its preposition: « de la Drôme ». */
  ou: string;
  /** From the square root of a value to a radius at zoom 8. */
  facteur: number;
  zoom: number;
}

export function legendeDesIndicateurs(lecture: Lecture, q: Question, cadre: Cadre, surClasses: (classes: string | null) => void): Node[] {
  const { v } = lecture;
  const dehors = q.lieu === FRANCE ? [] : [ligne(pastille({ genre: 'voile' }), `Hors ${cadre.ou}`)];
  return [
    element('h2', {}, lecture.titre),
    ...(lecture.enCercles ? nids(lecture, cadre) : []),
    lignes(...(lecture.enCercles ? signes(lecture) : couleurs(lecture)), ...etats(lecture), ...dehors),
    ...(lecture.resume && v.classes ? [methode(q.classes, METHODES, surClasses), choisirLesBornes(v.classes.bornes, surClasses)] : []),
    ...notes(lecture, q).map((note) => element('p', { class: 'note' }, note)),
    provenance(lecture, q),
  ];
}

function couleurs({ classes, v }: Lecture): HTMLElement[] {
  return classes.map((k) => ligne(pastille({ couleur: k.couleur }), k.libelle, compte(k.effectif, v.maille)));
}

function nids({ resume, v }: Lecture, { facteur, zoom }: Cadre): Element[] {
  const extreme = resume ? Math.max(Math.abs(resume.min), Math.abs(resume.max)) : 0;
  return extreme > 0 ? [emboites(facteur * croissance(zoom), extreme, (n) => direValeur(n, v.indicateur))] : [];
}

/** Circles by their sign. */
function signes({ v }: Lecture): HTMLElement[] {
  const valeurs = Object.values(v.valeurs);
  const plus = valeurs.filter((n) => n > 0).length;
  const moins = valeurs.filter((n) => n < 0).length;
  const zero = valeurs.length - plus - moins;
  const trace = (couleur: string, libelle: string, n: number) =>
    n > 0 ? [ligne(pastille({ genre: 'cercle', couleur }), libelle, compte(n, v.maille))] : [];
  return [
    ...trace(CERCLE.plus, 'Valeur supérieure à zéro', plus),
    ...trace(CERCLE.moins, 'Valeur inférieure à zéro', moins),
    ...(zero > 0 ? [ligne(pastille({ genre: 'zero' }), 'Valeur nulle', compte(zero, v.maille))] : []),
  ];
}

function etats({ v }: Lecture): HTMLElement[] {
  return ETATS.flatMap((etat) => {
    const n = v.etats[etat]?.length ?? 0;
    if (!n) return [];
    const signe = etat === 'sans_objet' ? pastille({ genre: 'vide' }) : pastilleDeMotif(etat);
    return [ligne(signe, majuscule(DIRE_ETAT[etat]), compte(n, v.maille))];
  });
}

function notes({ enCercles, partageeAZero, resume, v }: Lecture, q: Question): string[] {
  const aCheval = q.maille === 'epci' && q.lieu !== FRANCE;
  return [
    enCercles ? 'La surface des cercles est proportionnelle à la valeur.' : '',
    partageeAZero ? 'La classe qui contenait zéro est partagée en deux.' : '',
    (resume && v.classes?.remarque) ?? '',
    v.remarque ?? '',
    aCheval ? 'Un EPCI à cheval sur une limite est compté en entier.' : '',
    v.indicateur.description ?? '',
  ].filter(Boolean);
}

/** Producer, source, date, period and millésime of what is drawn. */
function provenance({ v }: Lecture, q: Question): HTMLElement {
  const { producteur, source, licence, date_source } = v.indicateur;
  const quand = majuscule(enPeriode(q.periode));
  const publiees = v.millesimes_des_valeurs.join(' et ');
  return element(
    'div',
    { class: 'provenance' },
    element('p', {}, `${quand}. Producteur\u00a0: ${producteur}.`),
    element('p', {}, `Territoires\u00a0: millésime ${v.millesime}.${publiees && publiees !== String(v.millesime) ? ` Valeurs\u00a0: millésime ${publiees}.` : ''}`),
    ...direSources([{ nom: source, licence, date: date_source }]),
  );
}
