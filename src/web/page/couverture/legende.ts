// What the colours and the circles of a réseau mean, how many units each stands for, and where the figures come from.

import type { Vue } from '../adresse';
import { croissance, emboites } from '../cercles';
import { CLASSES, methode, METHODES_DES_TAUX } from '../classement';
import { CERCLE } from '../couleurs';
import { direPeriode, majuscule, MAILLES, mentionDe, nombre, pluriel } from '../ecriture';
import { element } from '../element';
import { compte, direSources, ligne, lignes, pastille } from '../legende';
import { pastilleDeMotif } from '../motifs';
import type { Couverture } from '../reponses';
import { facteurDesDemandes, type Classement } from './classes';
import { nonDeclares, tauxDe } from './reponse';

/** What is said where no partner is known to help. */
export const ETATS = { personne: 'Personne', non_renseigne: 'Non renseigné' } as const;

export function legendeDuReseau(vue: Vue, c: Couverture, classement: Classement, zoom: number, surClasses: (classes: string | null) => void): Node[] {
  const corps = vue.vue !== 'demandes' ? couleurs(c, classement) : vue.mesure === 'taux' ? taux(vue, c, classement, surClasses) : cercles(c, zoom);
  return [...corps, provenance(c)];
}

function couleurs(c: Couverture, { classes, methode }: Classement): Node[] {
  const m = MAILLES[c.maille];
  const titre = c.partenaire ? `${majuscule(m.pluriel)} où ce partenaire peut aider` : `Partenaires qui peuvent aider chaque ${m.nom}`;
  const classees = classes.map((k) => {
    const bornes = k.min === k.max ? nombre(k.min) : `${nombre(k.min)} à ${nombre(k.max)}`;
    const libelle = c.partenaire ? 'Peut aider' : `${bornes}\u00a0${k.max < 2 ? 'partenaire' : 'partenaires'}`;
    return ligne(pastille({ couleur: k.couleur }), libelle, compte(k.effectif, c.maille));
  });
  const attendus = nonDeclares(c.totaux);
  const note = c.partenaire ? [] : [element('p', { class: 'note' }, `Classes\u00a0: ${methode}.`)];
  return [
    element('h2', {}, titre),
    lignes(
      ...classees,
      ligne(pastilleDeMotif('personne'), c.partenaire ? 'N’intervient pas' : ETATS.personne, compte(c.totaux.unites_sans_partenaire, c.maille)),
      ligne(pastilleDeMotif('non_disponible'), ETATS.non_renseigne, compte(c.totaux.unites_non_renseignees, c.maille)),
      dehors(c),
    ),
    ...note,
    ...(attendus ? [element('p', { class: 'note' }, attendus)] : []),
  ];
}

function dehors({ maille }: Couverture): HTMLElement {
  return maille === 'regroupement' ? ligne(pastille({ genre: 'vide' }), 'Dans aucun regroupement') : ligne(pastille({ genre: 'voile' }), 'Hors du réseau');
}

/** Flat colours: a rate is not added up. */
function taux(vue: Vue, c: Couverture, { classes }: Classement, surClasses: (classes: string | null) => void): Node[] {
  const unites = Object.values(c.unites);
  const zero = unites.filter((u) => tauxDe(u) === 0).length;
  const masquees = unites.filter((u) => u.demandes === null).length;
  const inconnues = unites.filter((u) => u.demandes !== null && tauxDe(u) === null).length;
  const derniere = classes.length - 1;
  return [
    element('h2', {}, `Demandes pour 1\u202f000 habitants, par ${MAILLES[c.maille].nom}, ${direPeriode(c)}`),
    lignes(
      ...classes.map((k, i) =>
        ligne(pastille({ couleur: k.couleur }), `${nombre(k.min, 2)} à ${i < derniere ? 'moins de ' : ''}${nombre(k.max, 2)}`, compte(k.effectif, c.maille)),
      ),
      ligne(pastille({ genre: 'vide' }), 'Aucune demande', compte(zero, c.maille)),
      ...(masquees ? [ligne(pastilleDeMotif('secret'), 'Nombre masqué', compte(masquees, c.maille))] : []),
      ...(inconnues ? [ligne(pastilleDeMotif('non_calculable'), 'Population inconnue', compte(inconnues, c.maille))] : []),
      dehors(c),
    ),
    ...(classes.length ? [methode(vue.classes ?? CLASSES, METHODES_DES_TAUX, surClasses)] : []),
    element('p', { class: 'note' }, `Population municipale du millésime ${c.millesime}. Une petite commune a un taux élevé dès sa première demande.`),
  ];
}

function cercles(c: Couverture, zoom: number): Node[] {
  const toutes = Object.values(c.unites).map((u) => u.demandes);
  const valeurs = toutes.filter((v) => v !== null);
  const masquees = toutes.length - valeurs.length;
  const maximum = Math.max(0, ...valeurs);
  const avec = valeurs.filter((v) => v > 0).length;
  const facteur = facteurDesDemandes(c.maille, maximum) * croissance(zoom);
  return [
    element('h2', {}, `Demandes par ${MAILLES[c.maille].nom}, ${direPeriode(c)}`),
    ...(maximum > 0 ? [emboites(facteur, maximum, (n) => pluriel(n, 'demande'))] : []),
    lignes(
      ligne(pastille({ genre: 'cercle', couleur: CERCLE.plus }), 'Au moins une demande', compte(avec, c.maille)),
      ligne(pastille({ genre: 'vide' }), 'Aucune demande', compte(valeurs.length - avec, c.maille)),
      ...(masquees ? [ligne(pastilleDeMotif('secret'), 'Nombre masqué', compte(masquees, c.maille))] : []),
      dehors(c),
    ),
    element('p', { class: 'note' }, 'La surface des cercles est proportionnelle au nombre de demandes.'),
  ];
}

/** Source, date and millésime of what is drawn. */
function provenance(c: Couverture): HTMLElement {
  return element(
    'div',
    { class: 'provenance' },
    element('p', {}, `Demandes et zones\u00a0: ${c.reseau_nom}, ${c.annee === null ? direPeriode(c) : `année ${c.annee}`}. ${mentionDe(c)}`),
    element('p', {}, `Codes\u00a0: millésime ${c.millesime}. Contours\u00a0: millésime ${c.millesime_contours}.`),
    ...direSources(c.sources),
  );
}
