// What the colours and the circles mean, how many units each stands for, and where the figures come from.

import type { Vue } from './adresse';
import { croissance, facteurCercles, reperes, type Classement } from './classes';
import { dateLongue, MAILLES, mentionDe, nombre, pluriel } from './ecriture';
import { dessin, element, parId, remplir } from './element';
import type { Couverture, Source } from './reponses';

export function montrerLegende(vue: Vue, c: Couverture, classement: Classement, zoom: number): void {
  const corps = vue.vue === 'demandes' ? cercles(c, zoom) : couleurs(c, classement);
  remplir(parId('legende'), ...corps, provenance(c));
}

function couleurs(c: Couverture, { classes, methode }: Classement): Node[] {
  const m = MAILLES[c.maille];
  const titre = c.partenaire ? `${majuscule(m.pluriel)} où ce partenaire peut aider` : `Partenaires qui peuvent aider chaque ${m.nom}`;
  const lignes = classes.map((k) => {
    const bornes = k.min === k.max ? nombre(k.min) : `${nombre(k.min)} à ${nombre(k.max)}`;
    const pastille = element('span', { class: 'pastille' });
    pastille.style.backgroundColor = k.couleur;
    return ligne(pastille, c.partenaire ? 'Peut aider' : `${bornes}\u00a0${k.max < 2 ? 'partenaire' : 'partenaires'}`, compte(k.effectif, c));
  });
  const personne = c.totaux.unites - c.totaux.unites_couvertes;
  const hachure = element('span', { class: 'pastille personne' });
  lignes.push(ligne(hachure, c.partenaire ? 'N’intervient pas' : 'Personne', compte(personne, c)));
  lignes.push(ligne(element('span', { class: 'pastille voile' }), 'Hors du réseau', ''));
  const note = c.partenaire ? [] : [element('p', { class: 'note' }, `Classes\u00a0: ${methode}.`)];
  return [element('h2', {}, titre), element('ul', { class: 'lignes' }, ...lignes), ...note];
}

function cercles(c: Couverture, zoom: number): Node[] {
  const m = MAILLES[c.maille];
  const valeurs = Object.values(c.unites).map((u) => u.demandes);
  const maximum = Math.max(0, ...valeurs);
  const avec = valeurs.filter((v) => v > 0).length;
  const lignes = [
    ligne(element('span', { class: 'pastille cercle' }), 'Au moins une demande', compte(avec, c)),
    ligne(element('span', { class: 'pastille vide' }), 'Aucune demande', compte(valeurs.length - avec, c)),
    ligne(element('span', { class: 'pastille voile' }), 'Hors du réseau', ''),
  ];
  return [
    element('h2', {}, `Demandes par ${m.nom} en ${c.annee}`),
    ...(maximum > 0 ? [emboites(facteurCercles(c.maille, maximum) * croissance(zoom), maximum)] : []),
    element('ul', { class: 'lignes' }, ...lignes),
    element('p', { class: 'note' }, 'La surface des cercles est proportionnelle au nombre de demandes.'),
  ];
}

/** Three circles in one another, on one foot, with their counts on lead lines. */
function emboites(facteur: number, maximum: number): Element {
  const tailles = reperes(maximum).map((n) => ({ n, r: facteur * Math.sqrt(n) }));
  const grand = Math.max(...tailles.map((t) => t.r));
  const [bas, cx] = [2 * grand + 8, grand + 2];
  const filet = 2 * grand + 26;
  let plafond = -Infinity;
  const corps = tailles.flatMap(({ n, r }) => {
    const haut = bas - 2 * r;
    const y = Math.max(haut, plafond + 17);
    plafond = y;
    return [
      dessin('circle', { cx, cy: bas - r, r, class: 'emboite' }),
      dessin('path', { d: `M${cx} ${haut}L${filet - 10} ${y}H${filet}`, class: 'filet' }),
      dessin('text', { x: filet + 5, y: y + 5 }, nombre(n)),
    ];
  });
  const hauteur = Math.max(bas + 3, plafond + 10);
  const largeur = filet + 60;
  const titre = `Cercles de référence\u00a0: ${tailles.map((t) => pluriel(t.n, 'demande')).join(', ')}`;
  return dessin('svg', { width: largeur, height: hauteur, viewBox: `0 0 ${largeur} ${hauteur}`, role: 'img', 'aria-label': titre }, ...corps);
}

function ligne(signe: Element, libelle: string, effectif: string): HTMLElement {
  signe.setAttribute('aria-hidden', 'true');
  return element('li', {}, signe, element('span', {}, libelle), element('span', { class: 'effectif' }, effectif));
}

function compte(n: number, c: Couverture): string {
  const m = MAILLES[c.maille];
  return pluriel(n, m.nom, m.pluriel);
}

/** Source, date and millésime of what is drawn. */
function provenance(c: Couverture): HTMLElement {
  return element(
    'div',
    { class: 'provenance' },
    element('p', {}, `Demandes et zones\u00a0: ${c.reseau_nom}, année ${c.annee}. ${mentionDe(c)}`),
    element('p', {}, `Codes\u00a0: millésime ${c.millesime}. Contours\u00a0: millésime ${c.millesime_contours}.`),
    ...direSources(c.sources),
  );
}

/** « Source : Insee, COG (millésime 2026, 9 mars 2026, Licence Ouverte 2.0) » */
export function direSources(sources: Source[]): HTMLElement[] {
  return sources.map((s) => {
    const details = [
      s.millesime ? `millésime ${s.millesime}` : null,
      s.date ? dateLongue(s.date) : null,
      s.licence && (/^(licence|odbl|cc)/i.test(s.licence) ? s.licence : `licence ${s.licence}`),
    ].filter(Boolean);
    return element('p', {}, `Source\u00a0: ${s.nom}${details.length ? ` (${details.join(', ')})` : ''}.`);
  });
}

function majuscule(texte: string): string {
  return texte.charAt(0).toUpperCase() + texte.slice(1);
}
