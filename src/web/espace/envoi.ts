// Sends what was changed, and tells apart « it does not answer », « it refuses » and « somebody was first ».

import { Panne } from '../page/api';

/** Longer than a question: a drawing is resolved while one waits. */
const DELAI = 60_000;

/** An answer `application/problem+json`. */
export class Probleme extends Error {
  constructor(
    readonly statut: number,
    readonly corps: { detail?: string; title?: string; version?: number; anomalies?: Anomalie[]; champ?: string },
  ) {
    super(corps.detail || corps.title || 'Le service n’a pas pu répondre.');
  }
}

export interface Anomalie {
  champ: string;
  element: number;
  valeur: string;
  raison: string;
}

/** A version of a zone, as the service reads it. */
export interface ZoneLue {
  code: string;
  version: number;
  etat: string;
  debut: string;
  nom: string | null;
  unites: { maille: string; code: string; exclue: boolean }[];
  communes: { code: string; nom: string | null; part: number; couverte: boolean; dans_perimetre: boolean }[];
}

export interface Proposee {
  essai: boolean;
  identique: boolean;
  zone: ZoneLue;
  remarques: string[];
}

export const proposer = (corps: unknown, essai: boolean) =>
  demander<Proposee>(`/api/zones${essai ? '?essai=true' : ''}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(corps) });

export const lireZone = (reseau: string, code: string, version: number) =>
  demander<ZoneLue>(`/api/zones/${encodeURIComponent(reseau)}/${encodeURIComponent(code)}?version=${version}`, {});

export async function demander<R>(chemin: string, requete: RequestInit): Promise<R> {
  let reponse: Response;
  try {
    reponse = await fetch(chemin, { ...requete, headers: { accept: 'application/json', ...requete.headers }, credentials: 'same-origin', signal: AbortSignal.timeout(DELAI) });
  } catch {
    throw new Panne('service');
  }
  if (reponse.ok) return (await reponse.json()) as R;
  if (reponse.status >= 502 && reponse.status <= 504) throw new Panne('base');
  throw new Probleme(reponse.status, (await reponse.json().catch(() => ({}))) as Probleme['corps']);
}

/** Communes of the réseau that a version covers. */
export function couvertes(zone: ZoneLue): Set<string> {
  return new Set(zone.communes.filter((c) => c.couverte && c.dans_perimetre).map((c) => c.code));
}
