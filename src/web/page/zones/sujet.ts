// The zones d'intervention, as something the page is asked about: the surface of each partner, and where they overlap.

import { CHOISIS_MAX, type Vue } from '../adresse';
import type { Affichage, Sujet } from '../affichage';
import * as api from '../api';
import { enMots, type Morceau } from '../choix';
import { ETATS } from '../couverture/legende';
import { questionDesZones } from '../couverture/question';
import { dateLongue, mentionDe, nombre, pluriel } from '../ecriture';
import { element, phrase } from '../element';
import { compte, direSources, ligne, lignes, pastille } from '../legende';
import type { Couverture, Reseau, Zone } from '../reponses';
import type { Table } from '../tableau';
import { CATEGORIES, pastilleDeHachure } from './hachures';

/** A partner and what its zones in force cover. */
interface Emprise {
  code: string;
  nom: string;
  zones: number;
  /** Of its largest zone. */
  communes: number;
  dessinees: number;
}

export class SujetZones implements Sujet {
  private zones: Zone[] = [];
  private couverture: Couverture | null = null;
  private cle = '';

  constructor(
    private readonly reseau: Reseau,
    private readonly surChoix: (choix: Partial<Vue>) => void,
  ) {}

  question(vue: Vue): Morceau[] {
    return questionDesZones(vue, this.reseau, vue.annee ?? this.reseau.annee, this.surChoix);
  }

  reglages(): Node[] {
    return [];
  }

  pret(vue: Vue): boolean {
    return this.cle === JSON.stringify(this.filtre(vue));
  }

  async charger(vue: Vue, signal: AbortSignal): Promise<void> {
    const filtre = this.filtre(vue);
    // Which communes are of the réseau, and how many partners overlap on each.
    [this.zones, this.couverture] = await Promise.all([
      api.zones(filtre.reseau, null, signal),
      api.couverture({ ...filtre, partenaire: null, niveau: null, etat: null }, signal),
    ]);
    this.cle = JSON.stringify(filtre);
  }

  afficher(vue: Vue): Affichage {
    const c = this.couverture!;
    const emprises = this.emprises(vue, c);
    const choisis = vue.choisis.filter((code) => emprises.some((e) => e.code === code));
    const couleurs = choisis.map((partenaire, i) => ({ partenaire, couleur: CATEGORIES[i]! }));
    return {
      reponse: this.reponse(emprises, c),
      legende: () => this.legende(emprises, choisis, c),
      table: this.table(vue, emprises, c),
      peinture: {
        maille: 'commune',
        unites: new Map(Object.keys(c.unites).map((code) => [code, { dedans: true }])),
        nom: (code) => c.unites[code]?.nom,
        dire: (code) => {
          const u = c.unites[code];
          return u && (u.etat === 'aide' ? pluriel(u.partenaires, 'partenaire') : ETATS[u.etat].toLowerCase());
        },
        reseau: this.reseau.code,
        cercles: null,
        departements: [this.reseau.departement],
        zones: { url: this.tuiles(vue), choisis: couleurs },
      },
    };
  }

  private filtre({ theme, annee, du, au }: Vue) {
    return { reseau: this.reseau.code, theme, maille: 'commune' as const, ...(du ? { annee: null, du, au } : { annee, du: null, au: null }) };
  }

  private tuiles({ theme, annee, du, au }: Vue): string {
    const p = new URLSearchParams({ reseau: this.reseau.code });
    if (theme) p.set('theme', theme);
    if (du && au) {
      p.set('du', du);
      p.set('au', au);
    } else p.set('annee', String(annee ?? this.reseau.annee));
    return `/tuiles/zones?${p}`;
  }

  /** Those of the day that the answer is about, and of the theme asked for. */
  private emprises(vue: Vue, c: Couverture): Emprise[] {
    const jour = c.au ?? `${c.annee}-12-31`;
    const themes = new Set(this.reseau.themes.filter((t) => !vue.theme || t.code === vue.theme || t.parent === vue.theme).map((t) => t.code));
    const concerne = (z: Zone) => !vue.theme || (z.theme ? themes.has(z.theme) : this.reseau.partenaires.find((p) => p.code === z.partenaire)?.themes.some((t) => themes.has(t)));
    const par = new Map<string, Emprise>();
    for (const z of this.zones) {
      if (z.debut > jour || (z.fin && z.fin < jour) || !concerne(z)) continue;
      const e = par.get(z.partenaire) ?? { code: z.partenaire, nom: z.partenaire_nom, zones: 0, communes: 0, dessinees: 0 };
      par.set(z.partenaire, { ...e, zones: e.zones + 1, communes: Math.max(e.communes, z.communes), dessinees: e.dessinees + Number(z.dessinee) });
    }
    return [...par.values()].sort((a, b) => b.communes - a.communes || a.nom.localeCompare(b.nom, 'fr'));
  }

  private reponse(emprises: Emprise[], c: Couverture): Node[] {
    const unites = Object.values(c.unites);
    const plusieurs = unites.filter((u) => u.partenaires > 1).length;
    const maximum = Math.max(0, ...unites.map((u) => u.partenaires));
    const phrases = emprises.length
      ? [
          `**${pluriel(emprises.length, 'partenaire')}** ${emprises.length < 2 ? 'a' : 'ont'} au moins une zone d’intervention en vigueur.`,
          plusieurs
            ? `Dans **${pluriel(plusieurs, 'commune')} sur ${nombre(unites.length)}**, au moins deux se recouvrent\u00a0; jusqu’à ${nombre(maximum)} au même endroit.`
            : 'Nulle part deux zones ne se recouvrent.',
          c.totaux.unites_sans_partenaire + c.totaux.unites_non_renseignees > 0
            ? `${pluriel(c.totaux.unites_sans_partenaire + c.totaux.unites_non_renseignees, 'commune')} ne ${c.totaux.unites_sans_partenaire + c.totaux.unites_non_renseignees < 2 ? 'se trouve' : 'se trouvent'} dans aucune zone.`
            : '',
        ]
      : ['Aucune zone d’intervention n’est en vigueur pour ce choix.'];
    return [element('p', {}, ...phrase(phrases.filter(Boolean).join(' ')))];
  }

  private legende(emprises: Emprise[], choisis: string[], c: Couverture): Node[] {
    const pleine = choisis.length >= CHOISIS_MAX;
    const partenaires = element('ul', { class: 'lignes choisir' }, ...emprises.map((e) => this.partenaire(e, choisis, pleine)));
    const consigne = !emprises.length
      ? ''
      : pleine
        ? 'Sept zones au plus se distinguent par leur couleur\u00a0: retirez-en une pour en choisir une autre.'
        : choisis.length
          ? 'Là où plusieurs zones choisies se recouvrent, leurs bandes sont côte à côte.'
          : `Choisissez jusqu’à ${nombre(CHOISIS_MAX)} partenaires pour les distinguer. Le gris est plus foncé là où les zones se recouvrent.`;
    return [
      element('h2', {}, 'Zones d’intervention'),
      element('p', { class: 'note' }, consigne),
      ...(emprises.length > 8 ? [this.filtrer(partenaires)] : []),
      partenaires,
      lignes(ligne(pastille({ genre: 'voile' }), 'Hors du réseau')),
      element(
        'div',
        { class: 'provenance' },
        element('p', {}, `Zones\u00a0: ${c.reseau_nom}, en vigueur le ${dateLongue(c.au ?? `${c.annee}-12-31`)}. ${mentionDe(c)}`),
        element('p', {}, `Codes\u00a0: millésime ${c.millesime}. Contours\u00a0: millésime ${c.millesime_contours}.`),
        ...direSources(c.sources),
      ),
    ];
  }

  /** Narrows a long list: words of the name of a partner. */
  private filtrer(liste: HTMLElement): HTMLElement {
    const champ = element('input', { type: 'search', 'aria-label': 'Chercher un partenaire', placeholder: 'Chercher un partenaire…', class: 'filtre', 'data-cle': 'filtre-zones' });
    const plat = (texte: string) => texte.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    champ.addEventListener('input', () => {
      for (const li of liste.children) (li as HTMLElement).hidden = !plat(li.textContent ?? '').includes(plat(champ.value.trim()));
    });
    return champ;
  }

  private partenaire(e: Emprise, choisis: string[], pleine: boolean): HTMLElement {
    const rang = choisis.indexOf(e.code);
    const case_ = element('input', {
      type: 'checkbox',
      value: e.code,
      checked: rang >= 0,
      disabled: pleine && rang < 0,
      'data-cle': `zone-${e.code}`,
      change: () => this.surChoix({ choisis: rang >= 0 ? choisis.filter((c) => c !== e.code) : [...choisis, e.code] }),
    });
    const signe = rang >= 0 ? pastilleDeHachure(CATEGORIES[rang]!, rang, choisis.length) : element('span', { class: choisis.length ? 'pastille vide' : 'pastille zone-neutre' });
    signe.setAttribute('aria-hidden', 'true');
    return element('li', {}, element('label', {}, case_, signe, element('span', {}, e.nom), element('span', { class: 'effectif' }, compte(e.communes, 'commune'))));
  }

  private table(vue: Vue, emprises: Emprise[], c: Couverture): Table {
    return {
      titre: enMots(this.question(vue)),
      mention: c.demonstration ? 'Données de démonstration.' : null,
      maille: null,
      colonnes: [
        { cle: 'communes', libelle: 'Communes de sa plus grande zone' },
        { cle: 'zones', libelle: 'Zones en vigueur' },
      ],
      fichier: `/exports/zones.xlsx?reseau=${this.reseau.code}`,
      lignes: emprises.map((e) => ({
        code: e.code,
        nom: e.nom,
        cellules: {
          communes: { texte: nombre(e.communes), rang: e.communes },
          zones: { texte: nombre(e.zones), rang: e.zones },
        },
      })),
    };
  }
}
