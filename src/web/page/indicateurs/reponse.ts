// The answer of an indicator in words: how far values go, what is in the middle, and what is not known.

import { majuscule, MAILLES, nombre, pluriel, pourcent } from '../ecriture';
import { element, phrase } from '../element';
import type { EtatSansValeur, Maille } from '../reponses';
import { direValeur, ETATS, type Lecture } from './lecture';

/** `ou` is the place with its preposition: « de la Drôme ». */
export function reponseDesIndicateurs(lecture: Lecture, ou: string): Node[] {
  const { maille, etats, partielles } = lecture.v;
  const phrases = [direValeurs(lecture, ou), ...ETATS.map((etat) => direEtat(etat, etats[etat]?.length ?? 0, maille))];
  if (partielles.length) phrases.push(direPartielles(lecture, partielles.length));
  return [element('p', {}, ...phrase(phrases.filter(Boolean).join(' ')))];
}

function direValeurs(lecture: Lecture, ou: string): string {
  const { resume, unites, v } = lecture;
  const m = MAILLES[v.maille];
  if (!resume) return `Aucune valeur n’est connue pour les ${m.pluriel} ${ou}.`;
  const sur = resume.nombre < unites ? ` sur ${nombre(unites)}` : '';
  const debut = `**${pluriel(resume.nombre, m.nom, m.pluriel)} ${ou}**${sur}\u00a0: `;
  if (v.indicateur.modalites) return `${debut}${dominante(lecture)}.`;
  const { decimales, unite } = v.indicateur;
  const dire = (valeur: number) => nombre(valeur, decimales);
  const etendue =
    resume.min === resume.max
      ? `partout **${direValeur(resume.min, v.indicateur)}**`
      : `de ${dire(resume.min)} à **${direValeur(resume.max, v.indicateur)}**, médiane ${dire(resume.mediane)}`;
  const total = lecture.enCercles ? `. **${dire(resume.somme)}${unite ? `\u00a0${unite}` : ''}** en tout` : '';
  return `${debut}${etendue}${total}.`;
}

/** The rank that most units have. */
function dominante({ classes, resume }: Lecture): string {
  const premiere = classes.reduce((a, b) => (b.effectif > a.effectif ? b : a));
  const part = pourcent(premiere.effectif / resume!.nombre);
  return `la classe la plus nombreuse est «\u00a0${premiere.libelle}\u00a0», avec ${nombre(premiere.effectif)} d’entre elles (${part})`;
}

function direEtat(etat: EtatSansValeur, n: number, maille: Maille): string {
  const m = MAILLES[maille];
  if (!n) return '';
  if (etat === 'secret') return `${pluriel(n, 'valeur est', 'valeurs sont')} sous secret statistique.`;
  const unites = pluriel(n, m.nom, m.pluriel);
  if (etat === 'sans_objet') return `La question est sans objet pour ${unites}.`;
  const de = n === 1 ? `d’un${m.feminin ? 'e' : ''}\u00a0${m.nom}` : `de ${unites}`;
  return majuscule(`la valeur ${de} n’est pas ${etat === 'non_disponible' ? 'disponible' : 'calculable'}.`);
}

function direPartielles({ enCercles }: Lecture, n: number): string {
  const [une, des] = enCercles ? ['est une somme partielle', 'sont des sommes partielles'] : ['est partielle', 'sont partielles'];
  return `${pluriel(n, `valeur ${une}`, `valeurs ${des}`)}\u00a0: il y manque au moins une commune.`;
}
