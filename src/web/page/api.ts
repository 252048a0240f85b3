// Asks the service, and tells apart « it does not answer » (wait and try again) from « it refuses » (say why).

import { CADRE } from './adresse';
import type {
  Aide,
  Couverture,
  Demandes,
  Indicateur,
  Maille,
  Moi,
  Noms,
  Point,
  Recherche,
  Reseau,
  ReseauResume,
  Source,
  Territoire,
  Valeurs,
  Zone,
} from './reponses';

const DELAI = 20_000;

/** The service, or its database, does not answer: the same request may succeed later. */
export class Panne extends Error {
  constructor(readonly ou: 'base' | 'service') {
    super(ou === 'base' ? 'La base de données ne répond pas.' : 'Le service ne répond pas.');
  }
}

/** The service refused: the message is the `detail` of its problem document, in French. */
export class Refus extends Error {
  constructor(
    readonly statut: number,
    detail: string,
  ) {
    super(detail);
  }
}

let derniere: Date | null = null;

/** When the service last answered: the age of what is on screen. */
export function derniereReponse(): Date | null {
  return derniere;
}

async function demander<R>(chemin: string, parametres: Parametres = {}, signal?: AbortSignal): Promise<R> {
  const limite = AbortSignal.timeout(DELAI);
  let reponse: Response;
  try {
    reponse = await fetch(chemin + requete(parametres), {
      headers: { accept: 'application/json' },
      // A page in a frame speaks in nobody's name.
      credentials: location.pathname === CADRE ? 'omit' : 'same-origin',
      signal: signal ? AbortSignal.any([signal, limite]) : limite,
    });
    if (reponse.ok) {
      const corps = (await reponse.json()) as R;
      derniere = new Date();
      return corps;
    }
  } catch (erreur) {
    if (signal?.aborted) throw erreur;
    throw new Panne('service');
  }
  if (reponse.status >= 502 && reponse.status <= 504) throw new Panne('base');
  const probleme = (await reponse.json().catch(() => null)) as { title?: string; detail?: string } | null;
  throw new Refus(reponse.status, probleme?.detail || probleme?.title || 'Le service n’a pas pu répondre à cette question.');
}

type Parametres = Record<string, string | number | null | undefined>;

function requete(parametres: Parametres): string {
  const p = new URLSearchParams();
  for (const [cle, valeur] of Object.entries(parametres)) {
    if (valeur !== null && valeur !== undefined && valeur !== '') p.set(cle, String(valeur));
  }
  const texte = p.toString();
  return texte && `?${texte}`;
}

export interface Filtre {
  reseau: string;
  theme: string | null;
  partenaire: string | null;
  annee: number | null;
  du: string | null;
  au: string | null;
}

export const reseaux = () => demander<{ reseaux: ReseauResume[] }>('/api/reseaux').then((r) => r.reseaux);

export const reseau = (code: string) => demander<Reseau>(`/api/reseaux/${encodeURIComponent(code)}`);

export const couverture = (filtre: Filtre & { maille: Maille; niveau: string | null; etat: string | null }, signal?: AbortSignal) =>
  demander<Couverture>('/api/couverture', { ...filtre }, signal);

export const indicateurs = () => demander<{ indicateurs: Indicateur[] }>('/api/indicateurs').then((r) => r.indicateurs);

export interface QuestionDeValeurs {
  maille: Maille;
  /** `departement:26`; null for the country. */
  dans: string | null;
  periode: string | null;
  classes: string | null;
}

export const valeurs = (indicateur: string, question: QuestionDeValeurs, signal?: AbortSignal) =>
  demander<Valeurs>(`/api/indicateurs/${encodeURIComponent(indicateur)}/valeurs`, { ...question }, signal);

export const noms = (maille: Maille, dans: string | null, signal?: AbortSignal) =>
  demander<Noms>(`/api/territoires/${maille}`, { dans }, signal);

export const rechercher = (q: string, signal?: AbortSignal) =>
  demander<Recherche>('/api/territoires', { q, limite: 8 }, signal);

export const territoire = (maille: Maille, code: string, signal?: AbortSignal) =>
  maille === 'regroupement' ? regroupement(code, signal) : demander<Territoire>(`/api/territoires/${maille}/${encodeURIComponent(code)}`, {}, signal);

/** A regroupement as if it were a unit: who it is, from its réseau, and where, from the search. */
async function regroupement(code: string, signal?: AbortSignal): Promise<Territoire> {
  const { regroupements } = await reseau(code.split('/')[0]!);
  const unite = `regroupement:${code}`;
  const g = regroupements.find((r) => r.unite === unite || r.unite === code);
  if (!g) throw new Refus(404, `Aucun regroupement n’a le code ${code}.`);
  const { resultats, millesime, sources } = await demander<Recherche & { millesime: number; sources: Source[] }>(
    '/api/territoires',
    { q: g.nom, maille: 'regroupement' },
    signal,
  );
  const trouve = resultats.find((t) => t.code === code);
  return {
    unite, maille: 'regroupement', code, nom: g.nom, millesime, sources,
    contour: { etat: 'complet', millesime: null, remarque: null },
    siren: null, population: trouve?.population ?? null, codes_postaux: [], anciens_codes: [], parents: {},
    membres: { communes: g.communes }, point: null, bbox: trouve?.bbox ?? null, remarque: g.regle,
  };
}

/** What is at a point of the map. */
export const situer = ([lon, lat]: Point, signal?: AbortSignal) => demander<Recherche>('/api/territoires', { lon, lat }, signal);

export const aide = (unite: string, theme: string | null, q: string | null, signal?: AbortSignal) =>
  demander<Aide>('/api/aide', { territoire: unite, theme, q }, signal);

export const zones = (reseau: string, theme: string | null, signal?: AbortSignal) =>
  demander<{ zones: Zone[] }>('/api/zones', { reseau, theme, etat: 'validee' }, signal).then((r) => r.zones);

export const moi = () => demander<Moi>('/api/moi').catch((): Moi => ({}));

export const demandes = (unite: string, filtre: Filtre, signal?: AbortSignal) =>
  demander<Demandes>('/api/demandes', { ...filtre, territoire: unite }, signal);

/** Whether the service is able to answer again. */
export const pret = () =>
  fetch('/ready', { cache: 'no-store', signal: AbortSignal.timeout(DELAI) }).then((r) => r.ok, () => false);
