// Words on a canvas, as a page would set them.

export const ENCRE = '#23211d';
export const DOUCE = '#5a564c';
export const POLICE = '"Source Sans 3", system-ui, sans-serif';

/** Writes a text over lines of a width, and returns the foot of the last. */
export function ecrire(
  d: CanvasRenderingContext2D,
  texte: string,
  x: number,
  y: number,
  largeur: number,
  taille: number,
  graisse: number,
  couleur: string,
  lignesMax = 4,
): number {
  d.font = `${graisse} ${taille}px ${POLICE}`;
  d.fillStyle = couleur;
  const pas = Math.round(taille * 1.3);
  const lignes: string[] = [];
  let ligne = '';
  for (const mot of texte.trim().split(/[ \n]+/)) {
    const essai = ligne ? `${ligne} ${mot}` : mot;
    if (!ligne || d.measureText(essai).width <= largeur) ligne = essai;
    else {
      lignes.push(ligne);
      ligne = mot;
    }
  }
  lignes.push(ligne);
  const gardees = lignes.slice(0, lignesMax);
  if (lignes.length > lignesMax) gardees[lignesMax - 1] = tronquer(d, `${gardees[lignesMax - 1]} ${lignes[lignesMax]}`, largeur, true);
  gardees.forEach((l, i) => d.fillText(l, x, y + i * pas));
  return y + gardees.length * pas;
}

/** Cut where it would pass a width; with its mark even if it would not, when `toujours`. */
export function tronquer(d: CanvasRenderingContext2D, texte: string, largeur: number, toujours = false): string {
  if (!toujours && d.measureText(texte).width <= largeur) return texte;
  let court = texte;
  while (court && d.measureText(`${court}…`).width > largeur) court = court.slice(0, -1);
  return `${court.trimEnd()}…`;
}
