// When the service or its database does not answer: says so calmly, with the age of what is on screen, and tries again
// until it does. Whoever failed leaves here how to start over.

import { derniereReponse, pret } from './api';
import { element, parId, remplir } from './element';
import { heure, pluriel } from './ecriture';

const ATTENTES = [5, 5, 10];

const reprises = new Map<string, () => void>();
let essai = 0;
let enCours = false;

/** Reports an outage. `nom` tells reports apart, so that the same work is started over once only. */
export function signaler(nom: string, message: string, reprendre: () => void): void {
  reprises.set(nom, reprendre);
  if (enCours) return;
  enCours = true;
  void attendre(message);
}

async function attendre(message: string): Promise<void> {
  const bandeau = parId('panne');
  const vu = derniereReponse();
  const compte = element('span', { 'aria-hidden': 'true' });
  // The count-down is for the eyes: a screen reader hears the sentence once.
  remplir(bandeau, message, ' ', vu ? `La carte affichée date de ${heure(vu)}${INSECABLE};` : 'La carte ne peut pas s’afficher ;', ' ', compte);
  bandeau.append(element('span', { class: 'visuellement-cache' }, 'nouvelle tentative dans quelques secondes.'));
  bandeau.hidden = false;
  do {
    for (let s = ATTENTES[Math.min(essai, ATTENTES.length - 1)]!; s > 0; s--) {
      compte.textContent = `nouvelle tentative dans ${pluriel(s, 's', 's')}.`;
      await new Promise((suite) => setTimeout(suite, 1000));
    }
    compte.textContent = 'nouvelle tentative en cours…';
    essai++;
  } while (!(await pret()));
  enCours = false;
  bandeau.hidden = true;
  const aFaire = [...reprises.values()];
  reprises.clear();
  for (const reprendre of aFaire) reprendre();
  // A service that answers for a while is a new one: the next outage waits from the start.
  setTimeout(() => enCours || (essai = 0), 30_000);
}

const INSECABLE = '\u00a0';
