// The view lives in the address bar, so that a link, a reload and the back button all give back what was on screen.

import type { Maille } from './reponses';

export interface Camera {
  zoom: number;
  lat: number;
  lon: number;
}

/** Everything that decides what the page shows. */
export interface Vue {
  vue: 'couverture' | 'demandes' | 'indicateurs';
  maille: Maille;
  reseau: string | null;
  theme: string | null;
  partenaire: string | null;
  annee: number | null;
  /** Code of an indicator; null for the one that is shown first. */
  indicateur: string | null;
  /** `departement:26`, or `france`; null for the département of the réseau, or the country without a réseau. */
  dans: string | null;
  /** `2026`, or `2019-2026`; null for the newest. */
  periode: string | null;
  /** `jenks:6`; null for five quantiles. */
  classes: string | null;
  /** `commune:26001` */
  unite: string | null;
  carte: Camera | null;
}

/** Reads a query string; what cannot be understood is as if it were not there. */
export function lire(recherche: string): Vue {
  const p = new URLSearchParams(recherche);
  const choisi = (cle: string, forme: RegExp) => (forme.test(p.get(cle) ?? '') ? p.get(cle) : null);
  const code = (cle: string) => choisi(cle, /^[\p{L}\p{N}_.-]{1,80}$/u);
  const annee = Number(p.get('annee'));
  const vue = p.get('vue');
  return {
    vue: vue === 'demandes' || vue === 'indicateurs' ? vue : 'couverture',
    maille: (choisi('maille', /^(epci|departement|region)$/) as Maille | null) ?? 'commune',
    reseau: code('reseau'),
    theme: code('theme'),
    partenaire: code('partenaire'),
    annee: Number.isInteger(annee) && annee > 1900 && annee < 2200 ? annee : null,
    indicateur: choisi('indicateur', /^[a-z0-9_]{1,80}$/),
    dans: choisi('dans', /^(france|epci:\d{9}|(departement|region):[0-9AB]{2,3})$/),
    periode: choisi('periode', /^\d{4}(-\d{4})?$/),
    classes: choisi('classes', /^((quantiles|jenks|egales):([2-9]|1[0-2])|q6|ecart_type)$/),
    unite: uniteDe(p.get('unite')) ? p.get('unite') : null,
    carte: lireCamera(p.get('carte')),
  };
}

/** Writes a view; defaults are left out, so that a plain view has a plain address. */
export function ecrire(v: Vue): string {
  const morceaux: string[] = [];
  const ajouter = (cle: string, valeur: string | null) => {
    // `:` and `/` are legal in a query and far easier to read than their escapes.
    if (valeur) morceaux.push(`${cle}=${encodeURIComponent(valeur).replace(/%3A/g, ':').replace(/%2F/g, '/')}`);
  };
  ajouter('reseau', v.reseau);
  ajouter('vue', v.vue === 'couverture' ? null : v.vue);
  ajouter('maille', v.maille === 'commune' ? null : v.maille);
  ajouter('theme', v.theme);
  ajouter('partenaire', v.partenaire);
  ajouter('annee', v.annee === null ? null : String(v.annee));
  ajouter('indicateur', v.indicateur);
  ajouter('dans', v.dans);
  ajouter('periode', v.periode);
  ajouter('classes', v.classes);
  ajouter('unite', v.unite);
  ajouter('carte', v.carte && `${v.carte.zoom.toFixed(2)}/${v.carte.lat.toFixed(4)}/${v.carte.lon.toFixed(4)}`);
  return morceaux.length ? `?${morceaux.join('&')}` : '';
}

/** `commune:26001` → its maille and its code, or null when it is not the name of a unit. */
export function uniteDe(texte: string | null): { maille: Maille; code: string } | null {
  const m = /^(commune|epci|departement|region):([0-9A-Z]{2,9})$/.exec(texte ?? '');
  return m ? { maille: m[1] as Maille, code: m[2]! } : null;
}

export function inscrire(v: Vue, mode: 'nouvelle' | 'meme'): void {
  const adresse = `${location.pathname}${ecrire(v)}`;
  if (mode === 'meme') history.replaceState(null, '', adresse);
  else if (adresse !== location.pathname + location.search) history.pushState(null, '', adresse);
}

function lireCamera(texte: string | null): Camera | null {
  if (!texte || !/^-?[\d.]+(\/-?[\d.]+){2}$/.test(texte)) return null;
  const [zoom, lat, lon] = texte.split('/').map(Number) as [number, number, number];
  const possible = zoom >= 0 && zoom <= 22 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return possible ? { zoom, lat, lon } : null;
}
