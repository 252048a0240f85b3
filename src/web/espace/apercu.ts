// Maps that only show: a partner's zones one at a time, and what a proposal changes.

import * as api from '../page/api';
import { element, remplir } from '../page/element';
import { CarteDeZone, legende, type Sort } from './carte_de_zone';
import { couvertes, lireZone } from './envoi';

/** The zones of a partner: the one that is chosen in the tables is drawn. */
export async function montrerZones(racine: HTMLElement): Promise<void> {
  const reseau = racine.dataset.reseau!;
  const rangs = [...document.querySelectorAll<HTMLTableRowElement>('tr[data-zone]')];
  if (!rangs.length) return;
  const cadre = element('div', { class: 'atelier-carte', role: 'region', 'aria-label': 'Carte de la zone choisie' });
  const titre = element('p', { class: 'discret', role: 'status' });
  const signes = element('div', {});
  racine.append(cadre, titre, signes);
  const [decrit, { unites }] = await Promise.all([
    api.reseau(reseau),
    api.couverture({ reseau, theme: null, partenaire: null, annee: null, du: null, au: null, maille: 'commune', niveau: null, etat: null }),
  ]);
  const carte = new CarteDeZone(cadre, { departements: [decrit.departement], bbox: decrit.bbox, nom: (code) => unites[code]?.nom, surChoix: null, surPanne: () => (titre.textContent = 'Le service ne répond pas : la carte attend.') });
  const choisir = async (rang: HTMLTableRowElement) => {
    const { zone = '', version = '' } = rang.dataset;
    for (const autre of rangs) {
      const choisie = autre === rang;
      autre.classList.toggle('choisie', choisie);
      autre.querySelector('.voir')!.setAttribute('aria-pressed', String(choisie));
    }
    try {
      const codes = couvertes(await lireZone(reseau, zone, Number(version)));
      const sorts = new Map(Object.keys(unites).map((code): [string, Sort | null] => [code, codes.has(code) ? 'gardee' : null]));
      carte.peindre(sorts);
      remplir(signes, legende(sorts));
      titre.textContent = `Sur la carte : ${rang.closest('section')?.getAttribute('aria-label') ?? zone}, version ${version}.`;
    } catch (erreur) {
      titre.textContent = erreur instanceof Error ? erreur.message : '';
    }
  };
  for (const rang of rangs) {
    const nom = rang.closest('section')?.getAttribute('aria-label') ?? '';
    rang.cells[5]!.prepend(element('button', { type: 'button', class: 'voir second', 'aria-pressed': 'false', 'aria-label': `Voir sur la carte la version ${rang.dataset.version} de ${nom}`, click: () => void choisir(rang) }, 'Voir'));
  }
  await choisir(rangs.find((rang) => rang.dataset.etat === 'validee') ?? rangs[0]!);
}

/** What a proposal changes, beside its lists. */
export async function montrerDifference(racine: HTMLElement): Promise<void> {
  const reseau = await api.reseau(racine.dataset.reseau!);
  const { unites } = await api.couverture({ reseau: reseau.code, theme: null, partenaire: null, annee: null, du: null, au: null, maille: 'commune', niveau: null, etat: null });
  const sorts = new Map<string, Sort | null>(Object.keys(unites).map((code) => [code, null]));
  for (const [classe, sort] of [['ajoutees', 'ajoutee'], ['retirees', 'retiree'], ['gardees', 'gardee']] as const) {
    for (const li of racine.querySelectorAll<HTMLElement>(`.${classe} li`)) sorts.set(li.dataset.code!, sort);
  }
  const cadre = element('div', { class: 'atelier-carte', role: 'region', 'aria-label': 'Carte de ce que la proposition change' });
  racine.prepend(cadre, legende(sorts));
  new CarteDeZone(cadre, { departements: [reseau.departement], bbox: reseau.bbox, nom: (code) => unites[code]?.nom, surChoix: null, surPanne: () => cadre.classList.add('en-panne') }).peindre(sorts);
}
