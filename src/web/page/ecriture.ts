// How figures, dates and names are written in French, so that every sentence of the page writes them alike.

const INSECABLE = '\u00a0';
const collation = new Intl.Collator('fr', { sensitivity: 'base', numeric: true });
const enumeration = new Intl.ListFormat('fr', { type: 'conjunction' });

/** `1 234,5`: narrow no-break space between thousands, comma before decimals, a true minus. */
export function nombre(valeur: number, decimales = 0): string {
  const texte = valeur.toLocaleString('fr-FR', { minimumFractionDigits: decimales, maximumFractionDigits: decimales });
  return texte.replace('-', /[1-9]/.test(texte) ? '−' : '');
}

/** `3 communes`, `0 commune`: in French the plural starts at two. */
export function pluriel(n: number, singulier: string, plusieurs = `${singulier}s`): string {
  return `${nombre(n)}${INSECABLE}${n < 2 ? singulier : plusieurs}`;
}

/** A share as a percentage: one decimal under 10, none from there; « 100 % » only for the whole. */
export function pourcent(part: number): string {
  const valeur = part * 100;
  if (valeur > 0 && valeur < 9.95) return `${nombre(valeur, 1)}${INSECABLE}%`;
  const entier = part < 1 ? Math.min(99, Math.round(valeur)) : Math.round(valeur);
  return `${nombre(entier)}${INSECABLE}%`;
}

/** `2026-03-09` → `9 mars 2026`; what is not such a date is left as it is. */
export function dateLongue(iso: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (!parts) return iso;
  const date = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  const jour = date.getUTCDate();
  const suite = date.toLocaleDateString('fr-FR', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${jour === 1 ? '1er' : jour}${INSECABLE}${suite}`;
}

/** « en 2018 », « de mars 2017 à juin 2018 », « du 3 mars 2017 au 9 juin 2018 »: whole months are said by their names. */
export function direPeriode({ annee, du, au }: { annee: number | null; du: string | null; au: string | null }): string {
  if (annee !== null || !du || !au) return annee === null ? '' : `en ${annee}`;
  const [debut, fin] = [du.slice(0, 4), au.slice(0, 4)];
  const finDeMois = au.slice(8) === String(new Date(Date.UTC(Number(fin), Number(au.slice(5, 7)), 0)).getUTCDate());
  if (!du.endsWith('-01') || !finDeMois) return `du ${dateLongue(du)} au ${dateLongue(au)}`;
  if (du.endsWith('-01-01') && au.endsWith('-12-31')) return debut === fin ? `en ${debut}` : `de ${debut} à ${fin}`;
  if (du.slice(0, 7) === au.slice(0, 7)) return `en ${mois(du)}`;
  return `${/^[ao]/.test(mois(du)) ? 'd’' : 'de '}${debut === fin ? mois(du).slice(0, -5) : mois(du)} à ${mois(au)}`;
}

/** `2018-03-01` → `mars 2018` */
export function mois(jour: string): string {
  return new Date(`${jour.slice(0, 7)}-01T00:00:00Z`).toLocaleDateString('fr-FR', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** `10 h 42` */
export function heure(date: Date): string {
  return `${date.getHours()}${INSECABLE}h${INSECABLE}${String(date.getMinutes()).padStart(2, '0')}`;
}

/** `a, b et c` */
export function liste(mots: string[]): string {
  return enumeration.format(mots);
}

/** A capital at the beginning of a sentence, under its bold if it has some. */
export function majuscule(texte: string): string {
  return texte.replace(/^(\**)(\p{L})/u, (_, gras: string, lettre: string) => gras + lettre.toUpperCase());
}

/** Names are written with their article and sorted without it. */
export function compareNoms(a: string, b: string): number {
  return collation.compare(sansArticle(a), sansArticle(b));
}

function sansArticle(nom: string): string {
  return nom.replace(/^(?:l['’]|les? |la |aux? |las |los )/i, '');
}

/** The warning that goes with figures of a demonstration; empty for real ones. */
export function mentionDe({ demonstration, mention }: { demonstration: boolean; mention: string | null }): string {
  const avis = 'Données de démonstration';
  if (!demonstration) return '';
  return !mention ? `${avis}.` : mention.startsWith(avis) ? mention : `${avis}\u00a0: ${mention}`;
}

/** The name of a maille, as officials say it. */
export const MAILLES = {
  commune: { la: 'la commune', cette: 'cette commune', nom: 'commune', pluriel: 'communes', feminin: true },
  epci: { la: 'l’EPCI', cette: 'cet EPCI', nom: 'EPCI', pluriel: 'EPCI', feminin: false },
  departement: { la: 'le département', cette: 'ce département', nom: 'département', pluriel: 'départements', feminin: false },
  region: { la: 'la région', cette: 'cette région', nom: 'région', pluriel: 'régions', feminin: true },
  regroupement: { la: 'le regroupement', cette: 'ce regroupement', nom: 'regroupement', pluriel: 'regroupements', feminin: false },
} as const;
