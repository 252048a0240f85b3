// The view on paper: words as words, the map as a picture, the legend beside it, the figures after when they are few.

import { element, remplir } from './element';
import { composerCarte, type Sujet } from './planche';
import { dateLongue } from './ecriture';
import type { Table } from './tableau';

/** More rows would be pages that nobody reads: the file has them. */
const LIGNES_MAX = 60;

/** Fills the sheet that is printed, and prints it. */
export async function imprimer(racine: HTMLElement, sujet: Sujet, table: Table | null): Promise<void> {
  const deux = sujet.volets.length > 1;
  const [largeur, hauteur] = deux ? [490, 400] : [720, 540];
  const images: HTMLElement[] = [];
  const legendes: HTMLElement[] = [];
  for (const volet of sujet.volets) {
    const { toile, zoom } = await composerCarte(sujet, volet, largeur, hauteur);
    const legende = preparer(volet.legende(zoom));
    legendes.push(legende);
    const image = element('img', { src: toile.toDataURL('image/png'), alt: volet.titre ?? sujet.titre, width: largeur, height: hauteur });
    await image.decode();
    images.push(element('figure', {}, volet.titre && element('figcaption', {}, volet.titre), image, deux && legende));
  }
  remplir(
    racine,
    element('h1', {}, sujet.titre),
    sujet.mention && element('p', { class: 'mention' }, sujet.mention),
    element('p', { class: 'lecture' }, element('strong', {}, 'Ce que montre la carte\u00a0: '), sujet.reponse),
    element('div', { class: deux ? 'planche deux' : 'planche' }, ...images, !deux && legendes[0]),
    element('p', { class: 'pied' }, `Imprimé le ${dateLongue(new Date().toISOString().slice(0, 10))}\u00a0: ${sujet.adresse}`),
    table && table.lignes.length <= LIGNES_MAX && chiffres(table),
  );
  document.documentElement.classList.add('impression-prete');
  print();
}

/** What is printed is put away: the next print may be of another view. */
export function ranger(racine: HTMLElement): void {
  document.documentElement.classList.remove('impression-prete');
  remplir(racine);
}

/** A legend on paper: what was chosen is said, and nothing is left to choose. */
function preparer(legende: Node[]): HTMLElement {
  const copie = element('aside', {}, ...legende);
  for (const select of copie.querySelectorAll('select')) select.replaceWith(select.selectedOptions[0]?.textContent ?? '');
  copie.querySelectorAll('details, input[type=search]').forEach((n) => n.remove());
  for (const case_ of copie.querySelectorAll<HTMLInputElement>('input[type=checkbox]')) {
    if (case_.checked) case_.remove();
    else case_.closest('li')?.remove();
  }
  copie.querySelectorAll('[id]').forEach((n) => n.removeAttribute('id'));
  return copie;
}

function chiffres(table: Table): HTMLElement {
  const colonnes = [{ cle: 'nom', libelle: 'Nom' }, ...table.colonnes];
  return element(
    'table',
    {},
    element('caption', {}, table.titre),
    element('thead', {}, element('tr', {}, ...colonnes.map((c) => element('th', { scope: 'col' }, c.libelle)))),
    element(
      'tbody',
      {},
      ...table.lignes.map((l) => element('tr', {}, element('th', { scope: 'row' }, l.nom), ...table.colonnes.map((c) => element('td', {}, l.cellules[c.cle]!.texte)))),
    ),
  );
}
