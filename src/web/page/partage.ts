// What one takes away from the page: its link, its figure with what it is worth, a picture, a sheet of paper, a frame for
// another site. Each says when it is done.

import { adresseAbsolue, CADRE, type Vue } from './adresse';
import { dateLongue } from './ecriture';
import { element, parId, remplir } from './element';
import type { Sujet } from './planche';
import type { Table } from './tableau';

export interface Sortie {
  /** The view, and the réseau that it is about even when its address does not say so. */
  vue(): Vue;
  /** Once the map is there, or cannot be. */
  carte(): Promise<void>;
  /** What a sheet shows; null while there is no map. */
  planche(): Sujet | null;
  table(): Table | null;
}

export class Partage {
  private readonly etat = parId('partage-etat');

  constructor(private readonly sortie: Sortie) {
    this.lier('copier-lien', () => this.copier(this.adresse(), 'Le lien est copié.'));
    this.lier('copier-chiffre', () => this.copier(this.chiffre(), 'Le chiffre est copié, avec sa source.'));
    this.lier('enregistrer-image', () => this.enregistrerImage());
    this.lier('imprimer', () => this.imprimer());
    this.lier('integrer', async () => this.integrer());
    const partager = parId('partager');
    partager.hidden = typeof navigator.share !== 'function';
    this.lier('partager', () => this.partager());
    // The keys of the browser's own print, which would print the page and not the sheet.
    addEventListener('keydown', (e) => {
      if (e.key.toLowerCase() !== 'p' || !(e.ctrlKey || e.metaKey) || e.shiftKey || e.altKey || parId('partage').hidden) return;
      e.preventDefault();
      parId('imprimer').click();
    });
    const detail = parId<HTMLDetailsElement>('partage');
    detail.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      detail.open = false;
      detail.querySelector('summary')!.focus();
    });
    addEventListener('afterprint', () => void import('./impression').then(({ ranger }) => ranger(parId('impression'))));
  }

  /** Whether there is something to take away. */
  montrer(visible: boolean): void {
    parId('partage').hidden = !visible;
    if (!parId('code-integrer').hidden) this.integrer();
  }

  private lier(id: string, action: () => Promise<void>): void {
    const bouton = parId<HTMLButtonElement>(id);
    bouton.addEventListener('click', async () => {
      if (bouton.getAttribute('aria-disabled')) return;
      bouton.setAttribute('aria-disabled', 'true');
      try {
        await action();
      } catch (erreur) {
        this.dire(erreur instanceof Error ? erreur.message : String(erreur));
      } finally {
        bouton.removeAttribute('aria-disabled');
      }
    });
  }

  private adresse(): string {
    return adresseAbsolue(this.sortie.vue(), location.pathname);
  }

  /** The answer as it is read, then what must be known to quote it. */
  private chiffre(): string {
    const mots = (id: string) => (document.querySelector(id)?.textContent ?? '').replace(/[ \n]+/g, ' ').trim();
    const unite = document.querySelector('#fiche:not([hidden])');
    const phrases = unite
      ? [`${mots('#fiche-nom')}\u00a0:`, ...[...unite.querySelectorAll('[data-chiffre]')].map((n) => n.textContent?.trim() ?? '')]
      : [mots('#reponse > p')];
    const sources = [...document.querySelectorAll('#legende .provenance p')].map((p) => p.textContent?.trim() ?? '');
    const mention = parId('mention').hidden ? [] : [`${mots('#mention')}.`];
    return [document.title.replace(/ – Maillage$/, ''), phrases.join(' '), ...mention, ...sources, `Lu le ${dateLongue(new Date().toISOString())}\u00a0: ${this.adresse()}`].join('\n');
  }

  private async copier(texte: string, fait: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(texte);
      this.dire(fait);
    } catch {
      // Without TLS, or when the browser refuses: the text is there to be taken by hand.
      const champ = element('textarea', { readonly: true, rows: 4, 'aria-label': 'À copier' });
      champ.value = texte;
      remplir(this.etat, 'Votre navigateur ne laisse pas copier. Le texte est ici\u00a0: ', champ);
      champ.select();
    }
  }

  private async partager(): Promise<void> {
    try {
      await navigator.share({ title: document.title, text: document.title.replace(/ – Maillage$/, ''), url: this.adresse() });
    } catch (erreur) {
      if ((erreur as Error).name !== 'AbortError') throw erreur;
    }
  }

  private async planche(): Promise<Sujet> {
    await this.sortie.carte();
    const planche = this.sortie.planche();
    if (!planche) throw new Error('La carte ne peut pas être dessinée par ce navigateur.');
    return planche;
  }

  private async enregistrerImage(): Promise<void> {
    this.dire('L’image se prépare…');
    const planche = await this.planche();
    const [{ composer }, { enregistrer, nomDeFichier }] = await Promise.all([import('./planche'), import('./csv')]);
    const toile = await composer(planche);
    const image = await new Promise<Blob | null>((suite) => toile.toBlob(suite, 'image/png'));
    if (!image) throw new Error('L’image n’a pas pu être écrite.');
    enregistrer(image, `${nomDeFichier(planche.titre)}.png`);
    this.dire('L’image est enregistrée.');
  }

  private async imprimer(): Promise<void> {
    this.dire('La page à imprimer se prépare…');
    const planche = await this.planche();
    const { imprimer } = await import('./impression');
    await imprimer(parId('impression'), planche, this.sortie.table());
    this.dire('');
  }

  /** The code to paste in another page, and what it takes for it to be shown. */
  private integrer(): void {
    const code = `<iframe src="${adresseAbsolue(this.sortie.vue(), CADRE)}" title="${document.title.replaceAll('"', '&quot;')}" width="100%" height="600" style="border:0" loading="lazy" allow="fullscreen"></iframe>`;
    const champ = element('textarea', { readonly: true, rows: 5, 'aria-label': 'Code à coller dans la page' });
    champ.value = code;
    const racine = parId('code-integrer');
    racine.hidden = false;
    remplir(
      racine,
      element('p', {}, 'Collez ce code dans la page où la carte doit paraître. Elle n’y pose aucun cookie.'),
      champ,
      element('button', { type: 'button', class: 'bouton', click: () => void this.copier(code, 'Le code est copié.') }, 'Copier le code'),
      element('p', { class: 'note' }, 'La carte ne s’affiche que sur les sites que le réseau autorise\u00a0: demandez-le à son coordinateur.'),
    );
  }

  private dire(texte: string): void {
    remplir(this.etat, texte);
  }
}
