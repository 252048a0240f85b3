// Draws on a canvas the legend that the page shows: what is read there is what is printed.

import { DOUCE, ecrire, ENCRE, POLICE } from './papier';

/** Down to `bas` at most. */
export function dessinerLegende(d: CanvasRenderingContext2D, legende: HTMLElement, x: number, haut: number, largeur: number, bas: number): void {
  let y = haut;
  for (const bloc of legende.children) {
    if (y > bas) return;
    if (bloc.matches('h2')) y = ecrire(d, texteDe(bloc), x, y, largeur, 13, 600, ENCRE) + 2;
    else if (bloc.matches('svg')) y = dessinerCercles(d, bloc as SVGSVGElement, x, y);
    else if (bloc.matches('ul')) for (const li of bloc.children) y = (li as HTMLElement).hidden ? y : dessinerLigne(d, li as HTMLElement, x, y, largeur);
    else if (bloc.matches('.methode')) y = ecrire(d, methodeDe(bloc), x, y + 6, largeur, 11, 400, DOUCE, 2);
    else if (bloc.matches('p.note')) y = ecrire(d, texteDe(bloc), x, y + 4, largeur, 10.5, 400, DOUCE, 3);
    else if (bloc.matches('.provenance')) {
      y += 4;
      for (const p of bloc.children) if (y < bas) y = ecrire(d, texteDe(p), x, y, largeur, 10.5, 400, DOUCE, Math.max(1, Math.min(4, Math.floor((bas - y) / 14)))) + 1;
    }
  }
}

function dessinerLigne(d: CanvasRenderingContext2D, li: HTMLElement, x: number, y: number, largeur: number): number {
  const signe = li.querySelector<HTMLElement>('.pastille');
  const effectif = texteDe(li.querySelector('.effectif'));
  const libelle = texteDe([...li.querySelectorAll('span')].find((s) => !s.matches('.pastille, .effectif')) ?? null);
  // In a list to choose from, only what is chosen explains the map.
  const coche = li.querySelector('input');
  if (coche && !coche.checked) return y;
  if (signe) dessinerPastille(d, signe, x, y - 11);
  d.font = `400 11px ${POLICE}`;
  const large = effectif ? d.measureText(effectif).width + 8 : 0;
  const suite = ecrire(d, libelle, x + 36, y, largeur - 36 - large, 12, 400, ENCRE, 2);
  if (effectif) {
    d.textAlign = 'right';
    d.fillStyle = DOUCE;
    d.font = `400 11px ${POLICE}`;
    d.fillText(effectif, x + largeur, y);
    d.textAlign = 'left';
  }
  return suite + 4;
}

function dessinerPastille(d: CanvasRenderingContext2D, signe: HTMLElement, x: number, y: number): void {
  const [l, h] = [26, 15];
  if (signe.matches('.cercle, .zero')) {
    d.beginPath();
    d.arc(x + l / 2, y + h / 2, signe.matches('.zero') ? 2.5 : h / 2, 0, 2 * Math.PI);
    d.fillStyle = signe.style.backgroundColor || '#6f6b62';
    d.fill();
    return;
  }
  if (signe instanceof HTMLCanvasElement) d.drawImage(signe, x, y, l, h);
  else {
    d.fillStyle = signe.style.backgroundColor || (signe.matches('.voile') ? '#e8e7e2' : '#faf8f2');
    d.fillRect(x, y, l, h);
  }
  d.lineWidth = 0.8;
  d.strokeStyle = '#8a8578';
  d.strokeRect(x + 0.5, y + 0.5, l - 1, h - 1);
}

/** Nested circles, with their lead lines. */
function dessinerCercles(d: CanvasRenderingContext2D, svg: SVGSVGElement, x: number, y: number): number {
  d.save();
  d.translate(x, y - 8);
  for (const forme of svg.children) {
    const nombre = (nom: string) => Number(forme.getAttribute(nom));
    if (forme.tagName === 'circle') {
      d.beginPath();
      d.arc(nombre('cx'), nombre('cy'), nombre('r'), 0, 2 * Math.PI);
      d.fillStyle = 'rgba(217, 95, 14, 0.16)';
      d.fill();
      d.lineWidth = 1.5;
      d.strokeStyle = '#d95f0e';
      d.stroke();
    } else if (forme.tagName === 'path') {
      d.lineWidth = 1;
      d.strokeStyle = DOUCE;
      d.stroke(new Path2D(forme.getAttribute('d')!));
    } else {
      d.fillStyle = ENCRE;
      d.font = `400 12px ${POLICE}`;
      d.fillText(texteDe(forme), nombre('x'), nombre('y'));
    }
  }
  d.restore();
  return y + Number(svg.getAttribute('height')) + 8;
}

/** « Classes : quantiles en 5 », as the lists say it. */
function methodeDe(bloc: Element): string {
  return [...bloc.childNodes].map((n) => (n instanceof HTMLSelectElement ? (n.selectedOptions[0]?.textContent ?? '') : (n.textContent ?? ''))).join('');
}

function texteDe(noeud: Element | null): string {
  return (noeud?.textContent ?? '').replace(/\s+/g, (blanc) => (/[\u00a0\u202f]/.test(blanc) ? blanc : ' ')).trim();
}
