// Makes DOM elements: text is always set as text, never parsed as HTML, so a name from a file cannot become a script.

type Enfant = Node | string | null | undefined | false;
type Attributs = Record<string, string | number | boolean | null | undefined | ((evenement: Event) => void)>;

/** `element('p', { class: 'note' }, 'texte')`; a function is an event listener named by its key (`click`). */
export function element<N extends keyof HTMLElementTagNameMap>(
  nom: N,
  attributs: Attributs = {},
  ...enfants: Enfant[]
): HTMLElementTagNameMap[N] {
  const noeud = document.createElement(nom);
  poserAttributs(noeud, attributs);
  ajouter(noeud, enfants);
  return noeud;
}

export function dessin(nom: string, attributs: Attributs = {}, ...enfants: Enfant[]): SVGElement {
  const noeud = document.createElementNS('http://www.w3.org/2000/svg', nom);
  poserAttributs(noeud, attributs);
  ajouter(noeud, enfants);
  return noeud;
}

/** Replaces what an element holds. */
export function remplir(noeud: Element, ...enfants: Enfant[]): void {
  noeud.replaceChildren();
  ajouter(noeud, enfants);
}

/** An element that index.html is known to have. */
export function parId<E extends HTMLElement = HTMLElement>(id: string): E {
  const noeud = document.getElementById(id);
  if (!noeud) throw new Error(`index.html has no #${id}`);
  return noeud as E;
}

/** `**745 demandes** ont…` → bold runs, so that sentences stay readable where they are written. */
export function phrase(texte: string): (Node | string)[] {
  return texte.split('**').map((morceau, i) => (i % 2 ? element('strong', {}, morceau) : morceau));
}

function poserAttributs(noeud: Element, attributs: Attributs): void {
  for (const [cle, valeur] of Object.entries(attributs)) {
    if (valeur === null || valeur === undefined || valeur === false) continue;
    if (typeof valeur === 'function') noeud.addEventListener(cle, valeur);
    else noeud.setAttribute(cle, valeur === true ? '' : String(valeur));
  }
}

function ajouter(noeud: Element, enfants: Enfant[]): void {
  for (const enfant of enfants) if (enfant) noeud.append(enfant);
}

/** Builds again what an element holds; what had the focus keeps it. */
export function garderLeFocus(racine: HTMLElement, construire: () => void): void {
  const focus = racine.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.cle : null;
  construire();
  if (focus) racine.querySelector<HTMLElement>(`[data-cle="${focus}"]`)?.focus();
}
