// The view lives in the address bar, so that a link, a reload and the back button all give back what was on screen.

import type { Maille } from './reponses';

const JOUR = /^(19|20)\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export interface Camera {
  zoom: number;
  lat: number;
  lon: number;
}

export const VUES = ['couverture', 'demandes', 'indicateurs', 'zones'] as const;

/** Everything that decides what the page shows. */
export interface Vue {
  vue: (typeof VUES)[number];
  maille: Maille;
  /** The maille follows the zoom of the map. */
  selonZoom: boolean;
  reseau: string | null;
  theme: string | null;
  partenaire: string | null;
  annee: number | null;
  /** First and last day of a period that is not a year, both or neither: `2018-03-01`. */
  du: string | null;
  au: string | null;
  /** Of those who can help; null for all. */
  niveau: 'premier_niveau' | 'approfondi' | null;
  /** Of demandes, for those who follow them; null for all. */
  etat: string | null;
  /** Whether demandes are counted, or divided by the population. */
  mesure: 'nombre' | 'taux';
  /** Partners whose zones have a colour. */
  choisis: string[];
  /** Code of an indicator; null for the one that is shown first. */
  indicateur: string | null;
  /** `departement:26`, or `france`; null for the département of the réseau, or the country without a réseau. */
  dans: string | null;
  /** `2026`, or `2019-2026`; null for the newest. */
  periode: string | null;
  /** `jenks:6`; null for five quantiles. */
  classes: string | null;
  /** Code of the indicator that is shown beside, and its period. */
  avec: string | null;
  avecPeriode: string | null;
  /** `commune:26001` */
  unite: string | null;
  /** What help is sought for, in everyday words. */
  besoin: string | null;
  carte: Camera | null;
}

/** At most: more colours would not be told apart. */
export const CHOISIS_MAX = 7;
const BESOIN_MAX = 200;

/** Reads an address; what cannot be understood is as if it were not there. */
export function lire(recherche: string, chemin = '/'): Vue {
  const p = new URLSearchParams(recherche);
  const choisi = (cle: string, forme: RegExp) => (forme.test(p.get(cle) ?? '') ? p.get(cle) : null);
  const code = (cle: string) => choisi(cle, /^[\p{L}\p{N}_.-]{1,80}$/u);
  const annee = Number(p.get('annee'));
  const [du, au] = [choisi('du', JOUR), choisi('au', JOUR)];
  const periode = du && au && du <= au;
  return {
    vue: VUES.find((v) => v === p.get('vue')) ?? 'couverture',
    maille: (choisi('maille', /^(epci|departement|region|regroupement)$/) as Maille | null) ?? 'commune',
    selonZoom: p.get('maille') === 'zoom',
    reseau: reseauDuChemin(chemin) ?? code('reseau'),
    theme: code('theme'),
    partenaire: code('partenaire'),
    annee: Number.isInteger(annee) && annee > 1900 && annee < 2200 ? annee : null,
    du: periode ? du : null,
    au: periode ? au : null,
    niveau: choisi('niveau', /^(premier_niveau|approfondi)$/) as Vue['niveau'],
    etat: choisi('etat', /^(en_cours|terminee|abandonnee)$/),
    mesure: p.get('mesure') === 'taux' ? 'taux' : 'nombre',
    choisis: (choisi('choisis', /^[\p{L}\p{N}_.,-]{1,400}$/u)?.split(',') ?? []).slice(0, CHOISIS_MAX),
    indicateur: choisi('indicateur', /^[a-z0-9_]{1,80}$/),
    dans: choisi('dans', /^(france|epci:\d{9}|(departement|region):[0-9AB]{2,3}|regroupement:[a-z0-9-]+\/[a-z0-9-]+)$/),
    periode: choisi('periode', /^\d{4}(-\d{4})?$/),
    classes: choisi('classes', /^((quantiles|jenks|egales):([2-9]|1[0-2])|q6|ecart_type|bornes:-?\d+(\.\d+)?(,-?\d+(\.\d+)?){0,10})$/),
    avec: choisi('avec', /^[a-z0-9_]{1,80}$/),
    avecPeriode: choisi('avec_periode', /^\d{4}(-\d{4})?$/),
    unite: uniteDe(p.get('unite')) ? p.get('unite') : null,
    besoin: p.get('besoin')?.trim().slice(0, BESOIN_MAX) || null,
    carte: lireCamera(p.get('carte')),
  };
}

/** Writes a view; defaults, and what the path says already, are left out: a plain view has a plain address. */
export function ecrire(v: Vue, chemin = '/'): string {
  const morceaux: string[] = [];
  const ajouter = (cle: string, valeur: string | null) => {
    // `:` and `/` are legal in a query and far easier to read than their escapes.
    if (valeur) morceaux.push(`${cle}=${encodeURIComponent(valeur).replace(/%3A/g, ':').replace(/%2F/g, '/').replace(/%2C/g, ',').replace(/%20/g, '+')}`);
  };
  ajouter('reseau', reseauDuChemin(chemin) ? null : v.reseau);
  ajouter('vue', v.vue === 'couverture' ? null : v.vue);
  ajouter('maille', v.selonZoom ? 'zoom' : v.maille === 'commune' ? null : v.maille);
  ajouter('theme', v.theme);
  ajouter('partenaire', v.partenaire);
  ajouter('annee', v.annee === null ? null : String(v.annee));
  ajouter('du', v.du);
  ajouter('au', v.au);
  ajouter('niveau', v.niveau);
  ajouter('etat', v.etat);
  ajouter('mesure', v.mesure === 'nombre' ? null : v.mesure);
  ajouter('choisis', v.choisis.join(','));
  ajouter('indicateur', v.indicateur);
  ajouter('dans', v.dans);
  ajouter('periode', v.periode);
  ajouter('classes', v.classes);
  ajouter('avec', v.avec);
  ajouter('avec_periode', v.avecPeriode);
  ajouter('unite', v.unite);
  ajouter('besoin', v.besoin);
  ajouter('carte', v.carte && `${v.carte.zoom.toFixed(2)}/${v.carte.lat.toFixed(4)}/${v.carte.lon.toFixed(4)}`);
  return morceaux.length ? `?${morceaux.join('&')}` : '';
}

/** `commune:26001` → its maille and its code, or null when it is not the name of a unit. */
export function uniteDe(texte: string | null): { maille: Maille; code: string } | null {
  const m = /^(commune|epci|departement|region):([0-9A-Z]{2,9})$/.exec(texte ?? '') ?? /^(regroupement):([a-z0-9-]+\/[a-z0-9-]+)$/.exec(texte ?? '');
  return m ? { maille: m[1] as Maille, code: m[2]! } : null;
}

export function inscrire(v: Vue, mode: 'nouvelle' | 'meme'): void {
  const chemin = cheminDe(v.reseau);
  const adresse = `${chemin}${ecrire(v, chemin)}`;
  if (mode === 'meme') history.replaceState(null, '', adresse);
  else if (adresse !== location.pathname + location.search) history.pushState(null, '', adresse);
}

/** The entry of a réseau, `/r/drome`, is where its pages are once one came by it. */
export function reseauDuChemin(chemin: string): string | null {
  return /^\/r\/([a-z0-9-]{1,80})\/?$/.exec(chemin)?.[1] ?? null;
}

function cheminDe(reseau: string | null): string {
  return reseauDuChemin(location.pathname) && reseau ? `/r/${reseau}` : location.pathname;
}

/** The page that other sites show in a frame. */
export const CADRE = '/integrer';

/** The whole address of a view, to be given to somebody else: with its réseau, whichever is the first here. */
export function adresseAbsolue(v: Vue, chemin: string): string {
  return `${location.origin}${chemin}${ecrire(v, chemin)}`;
}

function lireCamera(texte: string | null): Camera | null {
  if (!texte || !/^-?[\d.]+(\/-?[\d.]+){2}$/.test(texte)) return null;
  const [zoom, lat, lon] = texte.split('/').map(Number) as [number, number, number];
  const possible = zoom >= 0 && zoom <= 22 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return possible ? { zoom, lat, lon } : null;
}
