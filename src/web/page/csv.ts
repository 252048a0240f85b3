// The table as a file that a spreadsheet opens by a double click in France: semicolons, a decimal comma, UTF-8 with its
// mark. What must be known of the figures comes after them, so that the first line is that of the headings.

import { element } from './element';
import type { Ligne, Table } from './tableau';

export function telecharger(table: Table, lignes: Ligne[]): void {
  enregistrer(new Blob([enCsv(table, lignes)], { type: 'text/csv;charset=utf-8' }), `${nomDeFichier(table.titre)}.csv`);
}

export function enCsv(table: Table, lignes: Ligne[]): string {
  const entetes = ['Code', 'Nom', ...table.colonnes.map((c) => c.libelle)];
  const rangees = lignes.map((l) => [l.code, l.nom, ...table.colonnes.map((c) => valeur(l, c.cle))]);
  const notes = [table.titre, table.mention, ...(table.provenance ?? [])].filter((n): n is string => Boolean(n)).map((n) => [n]);
  return `\ufeff${[entetes, ...rangees, [], ...notes].map((r) => r.map(cellule).join(';')).join('\r\n')}\r\n`;
}

/** A figure as a figure; a state, and a figure that must be read with a word, as they are said. */
function valeur(l: Ligne, cle: string): string {
  const { texte, rang } = l.cellules[cle]!;
  return rang === null || /\p{L}/u.test(texte) ? texte : String(rang).replace('.', ',');
}

/** Quoted where it must be; what a spreadsheet would take for a formula is only text. */
function cellule(texte: string): string {
  const sure = /^[=+@\t\r]|^-(?![\d,.]+$)/.test(texte) ? `'${texte}` : texte;
  return /[";\r\n]/.test(sure) ? `"${sure.replaceAll('"', '""')}"` : sure;
}

/** « Qui peut aider… » → `qui-peut-aider` */
export function nomDeFichier(titre: string): string {
  const mots = titre.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return mots.replace(/^-|-$/g, '').slice(0, 80) || 'carte';
}

export function enregistrer(fichier: Blob, nom: string): void {
  const url = URL.createObjectURL(fichier);
  element('a', { href: url, download: nom }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
