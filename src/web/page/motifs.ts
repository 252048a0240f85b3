// The patterns of what is not a value. The map and the legend take them from here, so that they are the same.

import { element } from './element';
import palette from './palette.json';

/** Nobody helps; the value is kept secret; it is not there; it cannot be worked out. */
export type Motif = 'personne' | 'secret' | 'non_disponible' | 'non_calculable';

export const MOTIFS: Motif[] = ['personne', 'secret', 'non_disponible', 'non_calculable'];

/** Side of a pattern in pixels of a dense screen, two for one of the page. */
const { cote: COTE, densite: DENSITE, encre: ENCRE, gris: GRIS } = palette.motifs;

/** One tile of a pattern, drawn so that its edges meet. */
export function tuileDeMotif(motif: Motif): HTMLCanvasElement {
  const toile = element('canvas', { width: COTE, height: COTE });
  const dessin = toile.getContext('2d')!;
  dessin.fillStyle = motif === 'secret' ? palette.motifs.secret : palette.motifs.clair;
  dessin.fillRect(0, 0, COTE, COTE);
  TRACES[motif](dessin);
  return toile;
}

/** A swatch of the legend. */
export function pastilleDeMotif(motif: Motif): HTMLCanvasElement {
  const [largeur, hauteur] = [30, 18];
  const toile = element('canvas', { class: 'pastille', width: largeur * DENSITE, height: hauteur * DENSITE });
  const dessin = toile.getContext('2d')!;
  dessin.fillStyle = dessin.createPattern(tuileDeMotif(motif), 'repeat')!;
  dessin.fillRect(0, 0, toile.width, toile.height);
  return toile;
}

const TRACES: Record<Motif, (dessin: CanvasRenderingContext2D) => void> = {
  personne(dessin) {
    dessin.strokeStyle = ENCRE;
    dessin.lineWidth = palette.motifs.trait;
    dessin.lineCap = 'square';
    dessin.beginPath();
    for (const decalage of [-COTE, 0, COTE]) {
      dessin.moveTo(decalage - 2, COTE + 2);
      dessin.lineTo(decalage + COTE + 2, -2);
    }
    dessin.stroke();
  },
  secret(dessin) {
    dessin.fillStyle = ENCRE;
    dessin.font = '600 17px sans-serif';
    dessin.textAlign = 'center';
    dessin.textBaseline = 'middle';
    dessin.fillText('s', COTE / 2, COTE / 2 - 1);
  },
  non_disponible(dessin) {
    dessin.fillStyle = GRIS;
    for (const [x, y] of [[4, 4], [12, 12]] as const) {
      dessin.beginPath();
      dessin.arc(x, y, palette.motifs.point, 0, 2 * Math.PI);
      dessin.fill();
    }
  },
  non_calculable(dessin) {
    dessin.fillStyle = GRIS;
    for (const y of [2, 10]) dessin.fillRect(0, y, COTE, 2.4);
  },
};
