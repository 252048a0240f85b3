// On a phone the panel is a sheet under the map, with three heights: a line, half, full. It is drawn with the thumb or
// stepped with its handle, which is a button like another for the keyboard.

import { parId } from './element';

const HAUTEURS = ['ligne', 'moitie', 'plein'] as const;
export type Hauteur = (typeof HAUTEURS)[number];

export class Feuille {
  private readonly panneau = parId('panneau');
  private readonly poignee = parId<HTMLButtonElement>('poignee');
  private depart: { y: number; hauteur: number; bouge: boolean } | null = null;

  constructor() {
    this.mettre('moitie');
    this.poignee.addEventListener('click', () => {
      const suivante = { ligne: 'moitie', moitie: 'plein', plein: 'ligne' } as const;
      this.mettre(suivante[this.hauteur]);
    });
    this.poignee.addEventListener('keydown', (e) => {
      const pas = e.key === 'ArrowUp' ? 1 : e.key === 'ArrowDown' ? -1 : 0;
      if (!pas) return;
      e.preventDefault();
      this.mettre(HAUTEURS[Math.max(0, Math.min(2, HAUTEURS.indexOf(this.hauteur) + pas))]!);
    });
    this.poignee.addEventListener('pointerdown', (e) => this.prendre(e));
    this.poignee.addEventListener('pointermove', (e) => this.tirer(e));
    this.poignee.addEventListener('pointerup', () => this.lacher());
    this.poignee.addEventListener('pointercancel', () => this.lacher());
    // Whoever goes by keyboard sees where they are, in the panel and on the map.
    addEventListener('focusin', ({ target }) => {
      if (!(target instanceof HTMLElement && target.matches(':focus-visible'))) return;
      if (this.hauteur === 'ligne' ? target.closest('#panneau-corps') : this.hauteur === 'plein' && target.closest('.volet')) this.mettre('moitie');
    });
    // A drag ends with a click that is not one.
    this.poignee.addEventListener('click', (e) => this.glisse && e.stopImmediatePropagation(), { capture: true });
  }

  private glisse = false;

  get hauteur(): Hauteur {
    return document.documentElement.dataset.feuille as Hauteur;
  }

  mettre(hauteur: Hauteur): void {
    document.documentElement.dataset.feuille = hauteur;
    this.panneau.style.height = '';
    const geste = { ligne: 'Ouvrir le panneau à moitié', moitie: 'Ouvrir le panneau en entier', plein: 'Réduire le panneau' };
    this.poignee.setAttribute('aria-label', geste[hauteur]);
  }

  /** Something to read has come: at least half. */
  ouvrir(): void {
    if (this.hauteur === 'ligne') this.mettre('moitie');
    parId('panneau-corps').scrollTop = 0;
  }

  private prendre(e: PointerEvent): void {
    this.depart = { y: e.clientY, hauteur: this.panneau.offsetHeight, bouge: false };
    this.glisse = false;
    this.poignee.setPointerCapture(e.pointerId);
  }

  private tirer(e: PointerEvent): void {
    if (!this.depart) return;
    const ecart = this.depart.y - e.clientY;
    if (Math.abs(ecart) > 6) this.depart.bouge = true;
    if (this.depart.bouge) this.panneau.style.height = `${Math.max(60, this.depart.hauteur + ecart)}px`;
  }

  private lacher(): void {
    if (!this.depart) return;
    this.glisse = this.depart.bouge;
    if (this.depart.bouge) {
      const part = this.panneau.offsetHeight / window.innerHeight;
      this.mettre(part < 0.28 ? 'ligne' : part < 0.66 ? 'moitie' : 'plein');
    }
    this.depart = null;
  }
}
