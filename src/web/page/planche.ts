// The map as a sheet of an atlas, to be printed or kept as a picture: its title, the map with its scale, its north and
// what lies overseas, the legend, the answer in words, and where the figures come from. Drawn on a canvas here: nothing
// leaves the browser.

import type { Peinture } from './carte';
import { MARGE as MARGE_DES_CARTOUCHES, OUTRE_MER, outreMer } from './cartouches';
import { element } from './element';
import { dateLongue, nombre } from './ecriture';
import { ecrire, ENCRE, DOUCE, POLICE, tronquer } from './papier';
import { dessinerLegende } from './planche_legende';
import { photographier, type Cliche } from './photo';
import type { Bbox } from './reponses';

export interface Volet {
  peinture: Peinture | null;
  /** Over its map, where there are two. */
  titre: string | null;
  /** At the zoom of its picture: circles grow with it. */
  legende(zoom: number): Node[];
}

export interface Sujet {
  titre: string;
  mention: string | null;
  /** The answer in words. */
  reponse: string;
  volets: Volet[];
  bornes: Bbox;
  /** Whether the country is what is shown. */
  pays: boolean;
  adresse: string;
}

// A4 on its side, in units of a 96th of an inch.
const [LARGEUR, HAUTEUR] = [1123, 794];
const MARGE = 40;
const LEGENDE = 270;
const ECART = 20;
const DENSITE = 2;

export async function composer(sujet: Sujet): Promise<HTMLCanvasElement> {
  await document.fonts.ready;
  const toile = element('canvas', { width: LARGEUR * DENSITE, height: HAUTEUR * DENSITE });
  const d = toile.getContext('2d')!;
  d.scale(DENSITE, DENSITE);
  d.fillStyle = '#ffffff';
  d.fillRect(0, 0, LARGEUR, HAUTEUR);
  d.textBaseline = 'alphabetic';

  let haut = MARGE + 16;
  haut = ecrire(d, sujet.titre, MARGE, haut, LARGEUR - 2 * MARGE, 22, 600, ENCRE);
  haut = ecrire(d, sujet.reponse, MARGE, haut + 4, LARGEUR - 2 * MARGE, 13, 400, ENCRE, 3);
  if (sujet.mention) haut = ecrire(d, sujet.mention, MARGE, haut, LARGEUR - 2 * MARGE, 12, 600, '#8a3a00', 2);
  haut += 2;

  const pied = HAUTEUR - MARGE - 14;
  const n = sujet.volets.length;
  // Two maps have their legends under them, one has its legend beside.
  const basDesCartes = n > 1 ? pied - 236 : pied - 12;
  const largeur = n > 1 ? (LARGEUR - 2 * MARGE - ECART) / 2 : LARGEUR - 2 * MARGE - LEGENDE - ECART;
  for (const [i, volet] of sujet.volets.entries()) {
    const x = MARGE + i * (largeur + ECART);
    const y = volet.titre ? ecrire(d, volet.titre, x, haut + 4, largeur, 14, 600, ENCRE, 1) : haut;
    const hauteur = Math.floor(basDesCartes - y);
    const zoom = await dessinerCarte(d, sujet, volet, { x, y, largeur: Math.floor(largeur), hauteur });
    const legende = element('div', {}, ...volet.legende(zoom));
    if (n > 1) dessinerLegende(d, legende, x, basDesCartes + 20, largeur, pied - 4);
    else dessinerLegende(d, legende, x + largeur + ECART, haut + 12, LEGENDE, pied);
  }
  d.fillStyle = DOUCE;
  d.font = `400 11px ${POLICE}`;
  const quand = `Carte faite le ${dateLongue(new Date().toISOString().slice(0, 10))} avec Maillage`;
  d.fillText(tronquer(d, `${quand}\u00a0: ${sujet.adresse}`, LARGEUR - 2 * MARGE), MARGE, HAUTEUR - MARGE + 10);
  return toile;
}

interface Cadre {
  x: number;
  y: number;
  largeur: number;
  hauteur: number;
}

/** One map alone, with what is drawn over it: for a page whose words are words. */
export async function composerCarte(sujet: Sujet, volet: Volet, largeur: number, hauteur: number): Promise<{ toile: HTMLCanvasElement; zoom: number }> {
  await document.fonts.ready;
  const toile = element('canvas', { width: largeur * DENSITE, height: hauteur * DENSITE });
  const d = toile.getContext('2d')!;
  d.scale(DENSITE, DENSITE);
  const zoom = await dessinerCarte(d, sujet, volet, { x: 0, y: 0, largeur, hauteur });
  return { toile, zoom };
}

async function dessinerCarte(d: CanvasRenderingContext2D, sujet: Sujet, { peinture }: Volet, c: Cadre): Promise<number> {
  const [carte] = await photographier(peinture, [{ bbox: sujet.bornes, noms: true }], { largeur: c.largeur, hauteur: c.hauteur, densite: DENSITE });
  d.drawImage(carte!.toile, c.x, c.y, c.largeur, c.hauteur);
  d.strokeStyle = DOUCE;
  d.lineWidth = 1;
  d.strokeRect(c.x + 0.5, c.y + 0.5, c.largeur - 1, c.hauteur - 1);
  dessinerEchelle(d, carte!, c);
  dessinerNord(d, c.x + c.largeur - 26, c.y + 20);
  if (sujet.pays) await dessinerOutreMer(d, peinture, c);
  return carte!.zoom;
}

async function dessinerOutreMer(d: CanvasRenderingContext2D, peinture: Peinture | null, c: Cadre): Promise<void> {
  const cote = Math.floor(Math.min(84, (c.hauteur - 60) / OUTRE_MER.length - 6));
  const cliches = await photographier(outreMer(peinture), OUTRE_MER.map(({ bbox }) => ({ bbox, noms: false, marge: MARGE_DES_CARTOUCHES })), { largeur: cote, hauteur: cote, densite: DENSITE });
  cliches.forEach(({ toile }, i) => {
    const [x, y] = [c.x + 8, c.y + 8 + i * (cote + 5)];
    d.drawImage(toile, x, y, cote, cote);
    d.strokeStyle = DOUCE;
    d.strokeRect(x + 0.5, y + 0.5, cote - 1, cote - 1);
    contourne(d, OUTRE_MER[i]!.nom, x + 4, y + cote - 4, 10);
  });
}

/** A bar of a round length, at the middle of the map. */
function dessinerEchelle(d: CanvasRenderingContext2D, { metresParPixel }: Cliche, c: Cadre): void {
  const plus = metresParPixel * 130;
  const puissance = 10 ** Math.floor(Math.log10(plus));
  const metres = [5, 2, 1].map((k) => k * puissance).find((m) => m <= plus) ?? puissance;
  const longueur = metres / metresParPixel;
  const [x, y] = [c.x + c.largeur - longueur - 16, c.y + c.hauteur - 14];
  d.fillStyle = 'rgba(255, 255, 255, 0.82)';
  d.fillRect(x - 8, y - 22, longueur + 16, 30);
  d.strokeStyle = ENCRE;
  d.lineWidth = 1.5;
  d.beginPath();
  d.moveTo(x, y - 5);
  d.lineTo(x, y);
  d.lineTo(x + longueur, y);
  d.lineTo(x + longueur, y - 5);
  d.stroke();
  d.fillStyle = ENCRE;
  d.font = `400 11px ${POLICE}`;
  d.textAlign = 'center';
  d.fillText(metres >= 1000 ? `${nombre(metres / 1000)}\u00a0km` : `${nombre(metres)}\u00a0m`, x + longueur / 2, y - 8);
  d.textAlign = 'left';
}

function dessinerNord(d: CanvasRenderingContext2D, x: number, y: number): void {
  d.fillStyle = 'rgba(255, 255, 255, 0.82)';
  d.beginPath();
  d.arc(x, y + 6, 19, 0, 2 * Math.PI);
  d.fill();
  d.fillStyle = ENCRE;
  d.beginPath();
  d.moveTo(x, y - 10);
  d.lineTo(x + 6, y + 8);
  d.lineTo(x, y + 4);
  d.lineTo(x - 6, y + 8);
  d.closePath();
  d.fill();
  d.font = `600 11px ${POLICE}`;
  d.textAlign = 'center';
  d.fillText('N', x, y + 20);
  d.textAlign = 'left';
}

function contourne(d: CanvasRenderingContext2D, texte: string, x: number, y: number, taille: number): void {
  d.font = `600 ${taille}px ${POLICE}`;
  d.lineWidth = 3;
  d.strokeStyle = '#ffffff';
  d.strokeText(texte, x, y);
  d.fillStyle = ENCRE;
  d.fillText(texte, x, y);
}
