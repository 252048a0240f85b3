// The sheet of one unit: what it is, who helps there, what it asked for.

import type { Vue } from './adresse';
import { DIRE_ETAT, type Lecture } from './indicateurs/lecture';
import { enPeriode } from './indicateurs/question';
import { dateLongue, direPeriode, majuscule, MAILLES, nombre, pluriel } from './ecriture';
import { element, garderLeFocus, parId, phrase, remplir } from './element';
import { direSources } from './legende';
import type { Aidant, Aide, Demande, Demandes, FicheAide, Guichet, Maille, Nomme, Reseau, Territoire } from './reponses';

export interface ContenuFiche {
  territoire: Territoire;
  /** What the indicator on the map says of it. */
  valeur: Lecture | null;
  aide: Aide | null;
  demandes: Demandes | null;
}

export interface Gestes {
  fermer(): void;
  zoomer(territoire: Territoire): void;
  choisir(maille: Maille, code: string): void;
  /** Shows the indicator on its communes. */
  detailler(territoire: Territoire): void;
  /** Who can help for a need, in everyday words; null for all. */
  chercher(besoin: string | null): void;
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
  { territoire: t, valeur, aide, demandes }: ContenuFiche,
  vue: Vue,
  reseau: Reseau | null,
  gestes: Gestes,
): void {
  const racine = parId('fiche');
  const theme = reseau?.themes.find((x) => x.code === vue.theme)?.libelle ?? null;
  const demonstration = aide?.demonstration || demandes?.demonstration;
  racine.hidden = false;
  garderLeFocus(racine, () =>
    remplir(
      racine,
      boutonFermer(gestes),
      element('h2', { tabindex: -1, id: 'fiche-nom' }, t.nom),
      element('p', { class: 'sous-titre' }, nature(t)),
      ...(valeur ? ceQueDitLIndicateur(t, valeur, gestes) : []),
      identite(t, gestes),
      ...(aide ? quiAide(t, aide, theme, vue.besoin, gestes) : []),
      ...(demandes && reseau ? ceQuiAEteDemande(t, demandes, reseau) : []),
      demonstration && element('p', { class: 'mention' }, 'Données de démonstration'),
      element('div', { class: 'provenance' }, ...direSources(t.sources)),
    ),
  );
}

function boutonFermer(gestes: Pick<Gestes, 'fermer'>): HTMLElement {
  return element('button', { type: 'button', class: 'fermer', 'aria-label': 'Fermer la fiche', click: () => gestes.fermer() }, '×');
}

/** A figure, or in words why there is none. */
function ceQueDitLIndicateur(t: Territoire, lecture: Lecture, gestes: Gestes): Node[] {
  const { indicateur, periode, remarque } = lecture.v;
  const noeuds: Node[] = [
    element('h3', {}, `${indicateur.libelle}, ${enPeriode(periode)}`),
    element('p', { class: 'valeur', 'data-chiffre': true }, element('strong', {}, majuscule(lecture.dire(t.code) ?? DIRE_ETAT.non_disponible))),
  ];
  if (lecture.estPartielle(t.code)) noeuds.push(element('p', { class: 'note' }, `${majuscule(lecture.partielle)}\u00a0: il y manque au moins une commune.`));
  if (remarque) noeuds.push(element('p', { class: 'note' }, remarque));
  if (t.maille !== 'commune') {
    noeuds.push(element('button', { type: 'button', class: 'bouton', click: () => gestes.detailler(t) }, 'Voir commune par commune'));
  }
  return noeuds;
}

/** « Commune de la Drôme » needs an article that no file gives: the département comes after, with its code. */
function nature(t: Territoire): string {
  const morceaux = [majuscule(MAILLES[t.maille].nom)];
  if (t.membres) morceaux.push(pluriel(t.membres.communes, 'commune'));
  if (t.population !== null) morceaux.push(`${nombre(t.population)}\u00a0${t.population < 2 ? 'habitant' : 'habitants'}`);
  const d = t.parents.departement;
  if (d && t.maille !== 'departement') morceaux.push(`${d.nom} (${d.code})`);
  return morceaux.join(' · ');
}

function identite(t: Territoire, gestes: Gestes): HTMLElement {
  const lignes: [string, Node | string][] = t.maille === 'regroupement' ? [] : [[t.maille === 'epci' ? 'Siren' : 'Code Insee', t.code]];
  if (t.codes_postaux.length) lignes.push([t.codes_postaux.length > 1 ? 'Codes postaux' : 'Code postal', t.codes_postaux.join(', ')]);
  const { epci, region } = t.parents;
  if (t.anciens_codes.length) lignes.push(['Anciens codes', t.anciens_codes.join(', ')]);
  if (region) lignes.push(['Région', region.nom]);
  if (epci) lignes.push(['Intercommunalité', lien('epci', epci, gestes)]);
  else if (t.maille === 'commune') lignes.push(['Intercommunalité', 'aucune']);
  const liste = element('dl', {}, ...lignes.flatMap(([dt, dd]) => [element('dt', {}, dt), element('dd', {}, dd)]));
  const bloc = element('div', {}, liste);
  for (const remarque of [t.remarque, t.contour.remarque]) if (remarque) bloc.append(element('p', { class: 'note' }, remarque));
  if (t.bbox) {
    bloc.append(element('button', { type: 'button', class: 'bouton', click: () => gestes.zoomer(t) }, `Voir ${MAILLES[t.maille].la} sur la carte`));
  }
  if (t.maille === 'commune' || t.maille === 'epci') {
    bloc.append(' ', versLaPage(`/territoires/${t.maille}/${t.code}`, 'vers-fiche', 'Fiche complète, à imprimer'));
  }
  return bloc;
}

/** A page of the service, which a frame of somebody else's page does not show. */
function versLaPage(href: string, classe: string, texte: string): HTMLElement {
  const cadre = document.documentElement.classList.contains('dans-un-cadre');
  return element('a', { class: classe, href, ...(cadre && { target: '_blank', rel: 'noopener' }) }, texte);
}

/** The page where a commune or an EPCI asks; what is known of its question is already said there. */
function demander(t: Territoire, reseaux: string[], partenaire?: Aidant): string {
  const [reseau, autre] = new Set(reseaux);
  const dits = { reseau: autre ? undefined : reseau, territoire: `${t.maille}:${t.code}`, partenaire: partenaire?.code };
  return `/demander?${new URLSearchParams(Object.entries(dits).flatMap(([nom, valeur]) => (valeur ? [[nom, valeur]] : [])))}`;
}

function lien(maille: Maille, unite: Nomme, gestes: Gestes): HTMLElement {
  return element('button', { type: 'button', class: 'lien', click: () => gestes.choisir(maille, unite.code) }, unite.nom);
}

function quiAide(t: Territoire, aide: Aide, theme: string | null, besoin: string | null, gestes: Gestes): (Node | '' | false)[] {
  const n = aide.partenaires.length;
  const sur = theme ? ` sur le thème «\u00a0${theme}\u00a0»` : '';
  const { cette } = MAILLES[t.maille];
  const vaste = t.maille === 'departement' || t.maille === 'region';
  const verbe = vaste ? (n < 2 ? 'intervient dans' : 'interviennent dans') : n < 2 ? 'peut aider' : 'peuvent aider';
  const horsReseau = aide.etat === 'non_renseigne' && aide.non_declares.length === 0;
  const resume = n
    ? `**${pluriel(n, 'partenaire')}** ${verbe} ${cette}${sur}.`
    : aide.etat === 'personne'
      ? `Aucun partenaire ${vaste ? 'n’intervient dans' : 'ne peut aider'} ${cette}${sur}.`
      : horsReseau
        ? aide.reponse
        : `On ne sait pas encore qui ${vaste ? 'intervient dans' : 'peut aider'} ${cette}${sur}.`;
  const attendus = aide.non_declares.map((p) => p.nom);
  const demande = (t.maille === 'commune' || t.maille === 'epci') && !horsReseau;
  return [
    element('h3', {}, 'Qui peut aider'),
    demanderBesoin(besoin, gestes),
    element('p', { 'data-chiffre': true }, ...phrase(besoin ? aide.reponse : resume)),
    aide.remarque && aide.remarque !== t.remarque ? element('p', { class: 'note' }, aide.remarque) : '',
    demande && versLaPage(demander(t, [...aide.partenaires, ...aide.non_declares].map((p) => p.reseau)), 'bouton', 'Demander de l’aide'),
    ...aide.partenaires.map((p) => partenaire(p, demande ? demander(t, [p.reseau], p) : null)),
    attendus.length > 0 ? element('p', { class: 'note' }, `${attendus.length < 2 ? 'N’a' : 'N’ont'} pas encore déclaré ${attendus.length < 2 ? 'ses' : 'leurs'} zones complètes\u00a0: ${attendus.join(', ')}.`) : '',
    ...(aide.guichet ? [guichet(aide.guichet)] : []),
  ];
}

/** « Pour quel besoin ? » — and the answer is then of those whose fiches speak of it. */
function demanderBesoin(besoin: string | null, gestes: Gestes): HTMLElement {
  const champ = element('input', { type: 'search', id: 'besoin', 'data-cle': 'besoin', value: besoin ?? '', placeholder: 'Ex.\u00a0: toiture de l’école', maxlength: 200, autocomplete: 'off' });
  const chercher = (e: Event) => {
    e.preventDefault();
    gestes.chercher(champ.value.trim() || null);
  };
  champ.addEventListener('search', () => !champ.value && besoin && gestes.chercher(null));
  return element(
    'form',
    { class: 'besoin', role: 'search', 'aria-label': 'Chercher qui peut aider', submit: chercher },
    element('label', { for: 'besoin' }, 'Pour quel besoin\u00a0?'),
    champ,
    element('button', { type: 'submit', class: 'bouton', 'data-cle': 'chercher' }, 'Chercher'),
  );
}

function partenaire(p: Aidant, demande: string | null): HTMLElement {
  const titre = p.sigle && !p.nom.startsWith(p.sigle) ? `${p.nom} (${p.sigle})` : p.nom;
  const contacts = [
    p.telephone && element('a', { href: `tel:${p.telephone.replace(/[^\d+]/g, '')}` }, p.telephone),
    p.courriel && element('a', { href: `mailto:${p.courriel}` }, p.courriel),
    p.site && lienExterieur(p.site, 'Site internet'),
  ].filter((c): c is HTMLAnchorElement => Boolean(c));
  return element(
    'details',
    { class: 'partenaire' },
    element('summary', {}, element('span', {}, titre), element('small', {}, enBref(p.themes.map((x) => x.libelle)))),
    p.description ? element('p', {}, p.description) : null,
    p.fiches.length > 0 && element('ul', { class: 'fiches' }, ...p.fiches.map(service)),
    p.themes.length > 3 && element('p', { class: 'note' }, `Thèmes\u00a0: ${p.themes.map((x) => x.libelle).join(', ')}.`),
    p.zone && element('p', { class: 'note' }, `Zone d’intervention\u00a0: ${ZONES[p.zone] ?? p.zone}.`),
    contacts.length > 0 && element('ul', { class: 'contacts' }, ...contacts.map((c) => element('li', {}, c))),
    demande && element('p', {}, versLaPage(demande, 'vers-fiche', `Demander à ${p.sigle ?? p.nom}`)),
  );
}

const COUTS = { gratuit: 'gratuit', payant: 'payant', selon_le_cas: 'gratuit ou payant selon le cas' } as const;
const NIVEAUX = { premier_niveau: 'premier niveau', approfondi: 'accompagnement approfondi' } as const;

/** A service, and what it costs: what nobody has said is said to be unknown. */
function service(f: FicheAide): HTMLElement {
  const details = [f.niveau && NIVEAUX[f.niveau], f.cout ? COUTS[f.cout] : 'coût non renseigné', f.conditions].filter(Boolean);
  return element('li', {}, f.titre, element('small', {}, details.join(' · ')));
}

const ZONES: Record<string, string> = { communes: 'une liste de communes', EPCI: 'une liste d’EPCI' };

/** Two themes and how many more: a summary stays short. */
function enBref(libelles: string[]): string {
  if (libelles.length <= 3) return libelles.join(', ');
  return `${libelles.slice(0, 2).join(', ')} et ${pluriel(libelles.length - 2, 'autre thème', 'autres thèmes')}`;
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
  const titre = element('h3', {}, `Ce qui a été demandé ${direPeriode(d)}`);
  if (d.total === 0) {
    return [titre, element('p', { 'data-chiffre': true }, `Aucune demande au réseau «\u00a0${reseau.nom_court}\u00a0».`)];
  }
  const noeuds: Node[] = [titre, element('p', { 'data-chiffre': true }, ...phrase(`**${pluriel(d.total, 'demande')}** ${direPeriode(d)}.`))];
  if (t.maille === 'epci') noeuds.push(element('p', { class: 'note' }, 'Demandes de l’EPCI lui-même\u00a0; celles de ses communes sont comptées à part.'));
  const detail = element('ol', { class: 'demandes' }, ...d.demandes.map((x) => demande(x, reseau)));
  // A few are read as they are; many are first counted.
  if (d.total <= 3) return [...noeuds, detail];
  noeuds.push(
    comptes('Par thème', 'thèmes', d.par_theme.map((x) => [x.libelle, x.demandes])),
    comptes('Par partenaire', 'partenaires', d.par_partenaire.map((x) => [x.nom, x.demandes])),
  );
  if (d.demandes.length) {
    const titreDetail = element('summary', {}, `Voir ${d.demandes.length < d.total ? nombre(d.demandes.length) : `les ${nombre(d.total)}`} demandes`);
    noeuds.push(element('details', { class: 'partenaire' }, titreDetail, detail));
  }
  return noeuds;
}

/** Names and counts, largest first; the smallest of a long list are added up. */
function comptes(titre: string, quoi: string, lignes: [string, number][]): HTMLElement {
  const triees = lignes.filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  const reste = triees.length > 12 ? triees.splice(10) : [];
  if (reste.length) triees.push([`${nombre(reste.length)} autres ${quoi}`, reste.reduce((somme, [, n]) => somme + n, 0)]);
  return element(
    'table',
    { class: 'comptes' },
    element('caption', {}, titre),
    element('tbody', {}, ...triees.map(([nom, n]) => element('tr', {}, element('th', { scope: 'row' }, nom), element('td', {}, nombre(n))))),
  );
}

const ETATS: Record<string, string> = { recue: 'reçue', terminee: 'terminée', en_cours: 'en cours', abandonnee: 'abandonnée' };

function demande(d: Demande, reseau: Reseau): HTMLElement {
  const theme = reseau.themes.find((x) => x.code === d.theme)?.libelle ?? d.theme;
  const p = reseau.partenaires.find((x) => x.code === d.partenaire);
  // What a demande says in words is for those who keep it; the public reads its theme.
  const titre = d.objet || d.reference;
  const details = [d.date && dateLongue(d.date), titre && theme, p ? (p.sigle ?? p.nom) : d.partenaire, d.etat && (ETATS[d.etat] ?? d.etat)].filter(Boolean);
  return element('li', {}, titre || theme || 'Demande', element('small', {}, details.join(' · ')));
}
