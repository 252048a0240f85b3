// The search box: a combobox after the ARIA pattern, so that the keyboard and a screen reader do all that a mouse does.

import { Panne, rechercher, situer } from './api';
import { element, parId, remplir } from './element';
import { MAILLES, pluriel } from './ecriture';
import type { Recherche as Reponse, Regroupement, TerritoireTrouve } from './reponses';

const REPIT = 150;

/** What the page does with what is found. */
interface Page {
  surChoix(territoire: TerritoireTrouve): void;
  /** Who can help the chosen unit for these words. */
  surBesoin(besoin: string): void;
  unite(): string | null;
  /** The named sets of communes of the réseau, which the service does not look for unless it is asked. */
  regroupements(): Regroupement[];
  surPanne(panne: Panne): void;
}

export class Recherche {
  private readonly champ = parId<HTMLInputElement>('recherche-champ');
  private readonly liste = parId('recherche-liste');
  private readonly etat = parId('recherche-etat');
  private actions: (() => void)[] = [];
  private actif = -1;
  private minuteur: ReturnType<typeof setTimeout> | undefined;
  private encours: AbortController | null = null;

  constructor(private readonly page: Page) {
    this.lierPosition();
    this.champ.addEventListener('input', () => this.attendre());
    this.champ.addEventListener('keydown', (e) => this.touche(e));
    this.champ.addEventListener('focus', () => this.actions.length > 0 && this.ouvrir(true));
    this.champ.addEventListener('blur', () => this.ouvrir(false));
    // Keeps the focus in the field while an option is pressed.
    this.liste.addEventListener('pointerdown', (e) => e.preventDefault());
    this.champ.form?.addEventListener('submit', (e) => e.preventDefault());
  }

  private attendre(): void {
    clearTimeout(this.minuteur);
    this.minuteur = setTimeout(() => void this.chercher(), REPIT);
  }

  private async chercher(): Promise<void> {
    const q = this.champ.value.trim();
    this.encours?.abort();
    if (!q) return this.vider();
    const controle = (this.encours = new AbortController());
    try {
      const reponse = await rechercher(q, controle.signal);
      if (controle.signal.aborted) return;
      // Few, and of the réseau that is shown: first.
      const regroupements = this.page.regroupements().filter((g) => contient(g.nom, q)).slice(0, 3).map(trouve);
      this.proposer(q, { ...reponse, resultats: [...regroupements, ...reponse.resultats] });
    } catch (erreur) {
      if (controle.signal.aborted) return;
      this.vider();
      this.etat.textContent = erreur instanceof Error ? erreur.message : '';
      if (erreur instanceof Panne) this.page.surPanne(erreur);
    }
  }

  private proposer(q: string, { resultats, suggestion }: Reponse): void {
    const lignes: HTMLElement[] = resultats.map((t) => this.option(decrire(t), () => this.choisir(t)));
    this.actions = resultats.map((t) => () => this.choisir(t));
    const absente = `Aucun territoire ne correspond à «\u00a0${q}\u00a0».`;
    if (suggestion && !resultats.some((t) => t.nom === suggestion)) {
      const reprendre = () => {
        this.champ.value = suggestion;
        void this.chercher();
      };
      const debut = resultats.length ? '' : `${absente} `;
      lignes.push(this.option([`${debut}Vouliez-vous dire `, element('strong', {}, suggestion), '\u00a0?'], reprendre));
      this.actions.push(reprendre);
    }
    // Words that are no place may be a need: who can help where one is.
    if (!resultats.length && this.page.unite() && /\p{L}{3}/u.test(q)) {
      const demander = () => {
        this.champ.value = '';
        this.vider();
        this.page.surBesoin(q);
      };
      lignes.push(this.option(['Qui peut aider ici pour «\u00a0', element('strong', {}, q), '\u00a0»\u00a0?'], demander));
      this.actions.push(demander);
    }
    remplir(this.liste, ...lignes);
    this.activer(-1);
    this.etat.textContent = resultats.length ? pluriel(resultats.length, 'résultat') : suggestion ? `${absente} Vouliez-vous dire ${suggestion}\u00a0?` : absente;
    this.etat.classList.toggle('visuellement-cache', lignes.length > 0);
    this.ouvrir(lignes.length > 0);
  }

  private option(contenu: (Node | string)[], action: () => void): HTMLElement {
    const rang = this.liste.childElementCount;
    return element('li', { role: 'option', id: `option-${rang}-${Math.random().toString(36).slice(2, 7)}`, 'aria-selected': 'false', click: action }, ...contenu);
  }

  private choisir(t: TerritoireTrouve): void {
    this.champ.value = t.nom;
    this.vider();
    this.page.surChoix(t);
  }

  /** Where one stands, asked of the browser when the button is pressed and at no other time. */
  private lierPosition(): void {
    const bouton = parId<HTMLButtonElement>('ma-position');
    bouton.hidden = !('geolocation' in navigator);
    const dire = (texte: string) => {
      this.etat.textContent = texte;
      this.etat.classList.toggle('visuellement-cache', !texte);
    };
    bouton.addEventListener('click', () => {
      dire('Recherche de votre position…');
      navigator.geolocation.getCurrentPosition(
        async ({ coords }) => {
          try {
            const { resultats } = await situer([coords.longitude, coords.latitude]);
            const commune = resultats.find((t) => t.maille === 'commune');
            dire(commune ? '' : 'Votre position n’est dans aucune commune française.');
            if (commune) this.choisir(commune);
          } catch (erreur) {
            dire(erreur instanceof Error ? erreur.message : '');
          }
        },
        () => dire('Votre position n’est pas connue du navigateur, ou il n’a pas été autorisé à la donner.'),
        { timeout: 10_000, maximumAge: 60_000 },
      );
    });
  }

  private touche(e: KeyboardEvent): void {
    const n = this.actions.length;
    if (e.key === 'Escape') {
      if (this.champ.getAttribute('aria-expanded') === 'true') this.ouvrir(false);
      else this.champ.value = '';
    } else if (e.key === 'Enter') {
      const choix = this.actions[Math.max(0, this.actif)];
      if (choix && this.champ.getAttribute('aria-expanded') === 'true') choix();
    } else if (n && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
      this.ouvrir(true);
      const pas = e.key === 'ArrowDown' ? 1 : -1;
      this.activer(this.actif < 0 ? (pas > 0 ? 0 : n - 1) : (this.actif + pas + n) % n);
    } else return;
    e.preventDefault();
  }

  private activer(rang: number): void {
    this.actif = rang;
    [...this.liste.children].forEach((o, i) => o.setAttribute('aria-selected', String(i === rang)));
    const option = this.liste.children[rang];
    if (option) {
      this.champ.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else this.champ.removeAttribute('aria-activedescendant');
  }

  private ouvrir(ouverte: boolean): void {
    this.liste.hidden = !ouverte;
    this.champ.setAttribute('aria-expanded', String(ouverte));
    if (!ouverte) this.activer(-1);
  }

  private vider(): void {
    this.actions = [];
    remplir(this.liste);
    this.etat.textContent = '';
    this.etat.classList.add('visuellement-cache');
    this.ouvrir(false);
  }
}

/** Whether a name has a word that begins with a text, accents and capitals aside. */
function contient(nom: string, texte: string): boolean {
  const cle = (mots: string) => ` ${mots.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()}`;
  return cle(texte).length > 1 && cle(nom).includes(cle(texte));
}

function trouve({ unite, nom }: Regroupement): TerritoireTrouve {
  const code = unite.replace(/^regroupement:/, '');
  return { unite, maille: 'regroupement', code, nom, departement: null, codes_postaux: [], population: null, point: null, bbox: null, motif: 'nom' };
}

function decrire(t: TerritoireTrouve): Node[] {
  const postal = t.codes_postaux.length > 2 ? `${t.codes_postaux[0]}…` : t.codes_postaux.join(', ');
  const ou = t.departement && t.maille !== 'departement' ? `${t.departement.nom} (${t.departement.code})` : null;
  const ancien = t.motif === 'ancien_code' ? 'ancien code' : null;
  const details = [MAILLES[t.maille].nom, ou, postal || null, ancien].filter(Boolean).join(' · ');
  return [element('span', { class: 'nom' }, t.nom), element('small', {}, details)];
}
