// The sheet of one unit: what it is, who helps there, what it asked for.

import type { Vue } from './adresse';
import { dateLongue, MAILLES, mentionDe, nombre, pluriel } from './ecriture';
import { element, parId, phrase, remplir } from './element';
import { direSources } from './legende';
import type { Aidant, Aide, Demande, Demandes, Guichet, Maille, Nomme, Reseau, Territoire } from './reponses';

export interface ContenuFiche {
  territoire: Territoire;
  aide: Aide | null;
  demandes: Demandes | null;
}

export interface Gestes {
  fermer(): void;
  zoomer(territoire: Territoire): void;
  choisir(maille: Maille, code: string): void;
}

export function fermerFiche(): void {
  const racine = parId('fiche');
  racine.hidden = true;
  remplir(racine);
}

export function annoncerFiche(texte: string, gestes: Pick<Gestes, 'fermer'>): void {
  const racine = parId('fiche');
  racine.hidden = false;
  remplir(racine, boutonFermer(gestes), element('p', { role: 'status' }, texte));
}

export function montrerFiche(
  { territoire: t, aide, demandes }: ContenuFiche,
  vue: Vue,
  reseau: Reseau | null,
  gestes: Gestes,
): void {
  const racine = parId('fiche');
  const theme = reseau?.themes.find((x) => x.code === vue.theme)?.libelle ?? null;
  const mention = (aide && mentionDe(aide)) || (demandes && mentionDe(demandes));
  racine.hidden = false;
  remplir(
    racine,
    boutonFermer(gestes),
    element('h2', { tabindex: -1, id: 'fiche-nom' }, t.nom),
    element('p', { class: 'sous-titre' }, nature(t)),
    identite(t, gestes),
    ...(aide ? quiAide(t, aide, theme) : []),
    ...(demandes && reseau ? ceQuiAEteDemande(t, demandes, reseau) : []),
    mention && element('p', { class: 'mention' }, mention),
    element('div', { class: 'provenance' }, ...direSources(t.sources)),
  );
}

function boutonFermer(gestes: Pick<Gestes, 'fermer'>): HTMLElement {
  return element('button', { type: 'button', class: 'fermer', 'aria-label': 'Fermer la fiche', click: () => gestes.fermer() }, '×');
}

/** « Commune de la Drôme » needs an article that no file gives: the département comes after, with its code. */
function nature(t: Territoire): string {
  const quoi = MAILLES[t.maille].nom;
  const morceaux = [quoi.charAt(0).toUpperCase() + quoi.slice(1)];
  if (t.membres) morceaux.push(pluriel(t.membres.communes, 'commune'));
  if (t.population !== null) morceaux.push(`${nombre(t.population)}\u00a0${t.population < 2 ? 'habitant' : 'habitants'}`);
  const d = t.parents.departement;
  if (d && t.maille !== 'departement') morceaux.push(`${d.nom} (${d.code})`);
  return morceaux.join(' · ');
}

function identite(t: Territoire, gestes: Gestes): HTMLElement {
  const lignes: [string, Node | string][] = [[t.maille === 'epci' ? 'Siren' : 'Code Insee', t.code]];
  if (t.codes_postaux.length) lignes.push([t.codes_postaux.length > 1 ? 'Codes postaux' : 'Code postal', t.codes_postaux.join(', ')]);
  const { epci, region } = t.parents;
  if (t.anciens_codes.length) lignes.push(['Anciens codes', t.anciens_codes.join(', ')]);
  if (region) lignes.push(['Région', region.nom]);
  if (epci) lignes.push(['Intercommunalité', lien('epci', epci, gestes)]);
  else if (t.maille === 'commune') lignes.push(['Intercommunalité', 'aucune']);
  const liste = element('dl', {}, ...lignes.flatMap(([dt, dd]) => [element('dt', {}, dt), element('dd', {}, dd)]));
  const bloc = element('div', {}, liste);
  if (t.contour.remarque) bloc.append(element('p', { class: 'note' }, t.contour.remarque));
  if (t.bbox) {
    bloc.append(element('button', { type: 'button', class: 'bouton', click: () => gestes.zoomer(t) }, `Voir ${MAILLES[t.maille].une} sur la carte`));
  }
  return bloc;
}

function lien(maille: Maille, unite: Nomme, gestes: Gestes): HTMLElement {
  return element('button', { type: 'button', class: 'lien', click: () => gestes.choisir(maille, unite.code) }, unite.nom);
}

function quiAide(t: Territoire, aide: Aide, theme: string | null): Node[] {
  const n = aide.partenaires.length;
  const sur = theme ? ` sur le thème «\u00a0${theme}\u00a0»` : '';
  const resume = n
    ? `**${pluriel(n, 'partenaire')}** ${n < 2 ? 'peut' : 'peuvent'} aider ${MAILLES[t.maille].cette}${sur}.`
    : `Aucun partenaire n’a déclaré pouvoir aider ${MAILLES[t.maille].cette}${sur}.`;
  return [
    element('h3', {}, 'Qui peut aider'),
    element('p', {}, ...phrase(resume)),
    ...aide.partenaires.map(partenaire),
    ...(aide.guichet ? [guichet(aide.guichet)] : []),
  ];
}

function partenaire(p: Aidant): HTMLElement {
  const titre = p.sigle && !p.nom.startsWith(p.sigle) ? `${p.nom} (${p.sigle})` : p.nom;
  const contacts = [
    p.telephone && element('a', { href: `tel:${p.telephone.replace(/[^\d+]/g, '')}` }, p.telephone),
    p.courriel && element('a', { href: `mailto:${p.courriel}` }, p.courriel),
    p.site && lienExterieur(p.site, 'Site internet'),
  ].filter((c): c is HTMLAnchorElement => Boolean(c));
  return element(
    'details',
    { class: 'partenaire' },
    element('summary', {}, element('span', {}, titre), element('small', {}, p.themes.map((x) => x.libelle).join(', '))),
    p.description ? element('p', {}, p.description) : null,
    p.zone ? element('p', { class: 'note' }, `Zone d’intervention\u00a0: ${p.zone}.`) : null,
    contacts.length > 0 && element('ul', { class: 'contacts' }, ...contacts.map((c) => element('li', {}, c))),
  );
}

function guichet(g: Guichet): HTMLElement {
  const nom = g.site ? lienExterieur(g.site, g.nom) : g.nom;
  return element('p', { class: 'note' }, 'Vous ne savez pas à qui vous adresser\u00a0? ', nom, '.');
}

/** Only web addresses become links: a `javascript:` in a file stays text. */
function lienExterieur(adresse: string, texte: string): HTMLAnchorElement | string {
  if (!/^https?:\/\//i.test(adresse)) return texte;
  return element('a', { href: adresse, rel: 'noopener noreferrer', target: '_blank' }, texte, element('span', { class: 'visuellement-cache' }, ' (nouvelle fenêtre)'));
}

function ceQuiAEteDemande(t: Territoire, d: Demandes, reseau: Reseau): Node[] {
  const titre = element('h3', {}, `Ce qui a été demandé en ${d.annee}`);
  if (d.total === 0) {
    return [titre, element('p', {}, `Aucune demande au réseau «\u00a0${reseau.nom_court}\u00a0».`)];
  }
  const noeuds: Node[] = [
    titre,
    element('p', {}, ...phrase(`**${pluriel(d.total, 'demande')}**.`)),
    comptes('Par thème', d.par_theme.map((x) => [x.libelle, x.demandes])),
    comptes('Par partenaire', d.par_partenaire.map((x) => [x.nom, x.demandes])),
  ];
  if (t.maille === 'epci') noeuds.push(element('p', { class: 'note' }, 'Demandes de l’EPCI lui-même\u00a0; celles de ses communes sont comptées à part.'));
  if (d.demandes.length) {
    noeuds.push(
      element(
        'details',
        { class: 'partenaire' },
        element('summary', {}, d.demandes.length < 2 ? 'Voir la demande' : `Voir les ${nombre(d.demandes.length)} demandes`),
        element('ol', { class: 'demandes' }, ...d.demandes.map((x) => demande(x, reseau))),
      ),
    );
  }
  return noeuds;
}

/** Names and counts, largest first. */
function comptes(titre: string, lignes: [string, number][]): HTMLElement {
  const triees = lignes.filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  return element(
    'table',
    { class: 'comptes' },
    element('caption', {}, titre),
    element('tbody', {}, ...triees.map(([nom, n]) => element('tr', {}, element('th', { scope: 'row' }, nom), element('td', {}, nombre(n))))),
  );
}

function demande(d: Demande, reseau: Reseau): HTMLElement {
  const theme = reseau.themes.find((x) => x.code === d.theme)?.libelle ?? d.theme;
  const p = reseau.partenaires.find((x) => x.code === d.partenaire);
  const details = [d.date && dateLongue(d.date), theme, p ? (p.sigle ?? p.nom) : d.partenaire, d.etat].filter(Boolean);
  return element('li', {}, d.objet || d.reference, element('small', {}, details.join(' · ')));
}
