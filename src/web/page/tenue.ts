// What a réseau gives the page besides its figures: its name and its accent; and the label under the pointer.

import { element, parId, remplir } from './element';
import type { UniteSurvolee } from './carte';
import type { Reseau, ReseauResume } from './reponses';

export function habiller(reseau: Reseau | null, tous: ReseauResume[], surChoix: (code: string) => void): void {
  remplir(parId('reseau-nom'), tous.length > 1 && reseau ? choixDuReseau(reseau, tous, surChoix) : (reseau?.nom ?? ''));
  const accent = reseau?.couleur && contrasteSurBlanc(reseau.couleur) >= 4.5 ? reseau.couleur : null;
  if (accent) document.documentElement.style.setProperty('--accent-reseau', accent);
  else document.documentElement.style.removeProperty('--accent-reseau');
}

function choixDuReseau(reseau: Reseau, tous: ReseauResume[], surChoix: (code: string) => void): HTMLElement {
  const select = element('select', { 'aria-label': 'Réseau', change: () => surChoix(select.value) });
  for (const r of tous) select.append(element('option', { value: r.code, selected: r.code === reseau.code }, r.nom));
  return select;
}

/** The name of the unit under the pointer, beside it. */
export function montrerEtiquette(unite: UniteSurvolee | null, x: number, y: number, conteneur: HTMLElement): void {
  const etiquette = parId('etiquette');
  etiquette.hidden = !unite?.nom;
  if (!unite?.nom) return;
  remplir(etiquette, element('strong', {}, unite.nom), unite.dit && element('span', {}, unite.dit));
  const largeur = etiquette.offsetWidth;
  const droite = x + 16 + largeur > conteneur.clientWidth;
  // The label is placed in the scene, and a second map has its own corner of it.
  const { left, top } = conteneur.getBoundingClientRect();
  const scene = parId('scene').getBoundingClientRect();
  const [dx, dy] = [left - scene.left, top - scene.top];
  etiquette.style.transform = `translate(${dx + (droite ? x - largeur - 12 : x + 14)}px, ${dy + y + 14}px)`;
}

/** WCAG contrast of a `#rrggbb` on white; 0 when it is not such a colour. */
export function contrasteSurBlanc(couleur: string): number {
  const m = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(couleur);
  if (!m) return 0;
  const [r, v, b] = m.slice(1).map((h) => {
    const c = parseInt(h, 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 1.05 / (0.2126 * r + 0.7152 * v + 0.0722 * b + 0.05);
}
