// The answer in words, before the colours: a person who reads only this has the main of it.

import type { Vue } from '../adresse';
import { direPeriode, liste, majuscule, MAILLES, nombre, pluriel, pourcent } from '../ecriture';
import { element, phrase } from '../element';
import type { Couverture, Totaux } from '../reponses';

export function reponseDuReseau(vue: Vue, c: Couverture): Node[] {
  const phrases = vue.vue !== 'demandes' ? direCouverture(c) : vue.mesure === 'taux' ? direTaux(c) : direDemandes(c);
  const masquage = c.masquage ? [element('p', { class: 'note' }, c.masquage)] : [];
  return [...(phrases.length ? [element('p', {}, ...phrase(phrases.join(' ')))] : []), ...masquage, ...notes(c)];
}

function direCouverture(c: Couverture): string[] {
  const t = c.totaux;
  const m = MAILLES[c.maille];
  const sur = `**${nombre(t.unites_couvertes)}\u00a0${m.pluriel} sur ${nombre(t.unites)}**`;
  const part = t.unites ? ` (${pourcent(t.unites_couvertes / t.unites)})` : '';
  const toutes = t.unites > 0 && t.unites_couvertes === t.unites;
  const phrases: string[] = [];
  if (c.partenaire) {
    phrases.push(`Ce partenaire peut aider ${toutes ? `**les ${nombre(t.unites)}\u00a0${m.pluriel}**` : sur + part}.`);
  } else if (t.partenaires === 0) {
    phrases.push(`Aucun partenaire n’intervient sur ce thème.`);
  } else if (t.partenaires_presents === 0) {
    phrases.push(t.unites_non_renseignees > 0 ? `Aucune zone d’intervention n’est encore validée ici.` : `Aucun partenaire n’intervient ici.`);
  } else {
    phrases.push(`**${pluriel(t.partenaires_presents, 'partenaire')}** ${t.partenaires_presents < 2 ? 'intervient' : 'interviennent'} ici.`);
    const personne = t.unites_sans_partenaire;
    const unDEux = t.partenaires_presents < 2 ? 'lui' : 'au moins l’un d’eux';
    phrases.push(
      toutes
        ? `**Les ${nombre(t.unites)}\u00a0${m.pluriel}** peuvent compter sur ${unDEux}.`
        : `${sur} ${t.unites_couvertes < 2 ? 'peut' : 'peuvent'} compter sur ${unDEux}${part}${personne > 0 ? `\u00a0; ${nombre(personne)} n’${personne < 2 ? 'a' : 'ont'} personne` : ''}.`,
    );
  }
  if (t.unites_non_renseignees > 0) phrases.push(`Pour ${nombre(t.unites_non_renseignees)}\u00a0${m.pluriel}, on ne sait pas encore.`);
  const attendus = nonDeclares(t);
  if (attendus) phrases.push(attendus);
  const faites = [servies(c.maille === 'epci' ? 'epci' : 'commune', t), t.demandes === null ? null : `**${pluriel(t.demandes, 'demande')}** en tout`].filter((dit) => dit !== null);
  if (faites.length) phrases.push(`${majuscule(direPeriode(c))}, ${faites.join('. ')}.`);
  return phrases;
}

/** How many partners have not said that their zones are complete; null when all have. */
export function nonDeclares({ partenaires_non_declares: n }: Totaux): string | null {
  if (n === 0) return null;
  return n === 1 ? '1\u00a0partenaire n’a pas encore déclaré ses zones complètes.' : `${nombre(n)}\u00a0partenaires n’ont pas encore déclaré leurs zones complètes.`;
}

/** The rate of all the units, and how far those of each go. */
function direTaux(c: Couverture): string[] {
  const m = MAILLES[c.maille];
  const unites = Object.values(c.unites);
  const connues = unites.filter((u): u is typeof u & { demandes: number; population: number } => u.demandes !== null && Boolean(u.population));
  if (!connues.length) return ['Aucun taux ne peut être calculé pour ce choix.'];
  const [demandes, population] = [somme(connues.map((u) => u.demandes)), somme(connues.map((u) => u.population))];
  const taux = connues.map((u) => tauxDe(u)!);
  const phrases = [
    `**${nombre((demandes / population) * 1000, 2)}\u00a0demande pour 1\u202f000 habitants** ${direPeriode(c)}\u00a0: ${pluriel(demandes, 'demande')} pour ${nombre(population)} habitants.`,
    `Selon ${c.maille === 'commune' ? 'la commune' : m.la}, de ${nombre(Math.min(...taux), 2)} à ${nombre(Math.max(...taux), 2)}.`,
  ];
  if (connues.length < unites.length) phrases.push(`Pour ${pluriel(unites.length - connues.length, m.nom, m.pluriel)}, le taux n’est pas connu.`);
  return phrases;
}

/** Demandes for a thousand inhabitants; null where one of the two is not known. */
export function tauxDe({ demandes, population }: { demandes: number | null; population: number | null }): number | null {
  return demandes === null || !population ? null : (demandes / population) * 1000;
}

function somme(valeurs: number[]): number {
  return valeurs.reduce((a, b) => a + b, 0);
}

function direDemandes(c: Couverture): string[] {
  const t = c.totaux;
  if (t.demandes === null) return [];
  if (t.demandes === 0) return [`Aucune demande n’a été enregistrée ${direPeriode(c)} pour ce choix.`];
  const origines: [number | null, string][] = [
    [t.demandes_communes, 'de communes'],
    [t.demandes_epci, 'd’EPCI'],
    [t.demandes_autres, 'd’autres organismes'],
  ];
  // One that is masked leaves the total alone.
  const parts = origines.some(([n]) => n === null) ? [] : origines.flatMap(([n, de]): [number, string][] => (n ? [[n, de]] : []));
  const detail =
    parts.length > 1 ? `\u00a0: ${liste(parts.map(([n, de]) => `${nombre(n)} ${de}`))}` : parts.map(([, de]) => `, ${de}`).join('');
  const phrases = [`**${pluriel(t.demandes, 'demande')}** ${direPeriode(c)}${detail}.`];
  for (const maille of ['commune', 'epci'] as const) {
    const dit = maille === 'epci' && !t.epci_servis ? null : servies(maille, t);
    if (dit) phrases.push(`${majuscule(dit)}.`);
  }
  return phrases;
}

/** « **260 communes sur 364** ont été aidées (71 %) » */
function servies(maille: 'commune' | 'epci', t: Totaux): string | null {
  const [n, total] = maille === 'commune' ? [t.communes_servies, t.communes] : [t.epci_servis, t.epci];
  if (n === null) return null;
  const m = MAILLES[maille];
  const accord = m.feminin ? 'e' : '';
  if (n === 0) return `auc${m.feminin ? 'une' : 'un'} ${m.nom} n’a été aidé${accord}`;
  if (n === total) return `**les ${nombre(n)}\u00a0${m.pluriel}** ont été aidé${accord}s`;
  const [verbe, s] = n < 2 ? ['a', ''] : ['ont', 's'];
  return `**${nombre(n)}\u00a0${n < 2 ? m.nom : m.pluriel} sur ${nombre(total)}** ${verbe} été aidé${accord}${s} (${pourcent(n / total)})`;
}

/** 364 communes in the year of reference, 362 drawn: two figures on one page need their reason, and each absence its own. */
function notes(c: Couverture): HTMLElement[] {
  const { communes, unites } = c.totaux;
  const autreAnnee = c.maille === 'commune' && communes !== unites && c.millesime_reference !== c.millesime;
  const ecart = autreAnnee
    ? `${nombre(communes)} communes en ${c.millesime_reference}, ${nombre(unites)} sur la carte de ${c.millesime}`
    : null;
  const n = c.non_dessinees.length;
  if (!n) return ecart ? [element('p', { class: 'note' }, `${ecart}.`)] : [];
  const m = MAILLES[c.maille];
  const titre = ecart ?? `${pluriel(n, m.nom, m.pluriel)} sans dessin sur la carte`;
  const lignes = c.non_dessinees.map((u) => element('li', {}, `${u.nom} (${u.code})\u00a0: ${u.raison}`));
  return [element('details', { class: 'note' }, element('summary', {}, titre), element('ul', {}, ...lignes))];
}
