// The page's arithmetic and its French, without a browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { outil, racine } from './outils.mjs';

async function charger(module) {
  const { outputFiles } = await outil('esbuild').build({
    entryPoints: [fileURLToPath(new URL(`src/web/page/${module}.ts`, racine))],
    bundle: true,
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { croissance, reperes } = await charger('cercles');
const { classer, classerTaux, couleurDuTaux, facteurDesDemandes } = await charger('couverture/classes');
const { bornesEnMots, Lecture } = await charger('indicateurs/lecture');
const { choixDeLieux, maillesDans, preposition } = await charger('indicateurs/lieux');
const { enMots } = await charger('choix');
const { questionDesIndicateurs } = await charger('indicateurs/question');
const { questionDuReseau } = await charger('couverture/question');
const { compareNoms, dateLongue, direPeriode, nombre, pluriel, pourcent } = await charger('ecriture');
const { ecrire, lire, uniteDe } = await charger('adresse');
const { enAdresse } = await charger('glissiere');
const { enCsv } = await charger('csv');
const { bornesChoisies } = await charger('indicateurs/sujet');
const { contrasteSurBlanc } = await charger('tenue');

test('zero is never in a class: nobody is not a small number', () => {
  const { classes } = classer([0, 0, 1, 2]);
  assert.deepEqual(classes.map((c) => [c.min, c.max, c.effectif]), [[1, 1, 1], [2, 2, 1]]);
});

test('five values or fewer are shown each as itself, and the legend says so', () => {
  const { classes, methode } = classer([8, 9, 10, 11, 12, 12]);
  assert.equal(classes.length, 5);
  assert.equal(methode, 'valeurs entières');
});

test('more values make at most five classes that hold every unit once', () => {
  const valeurs = Array.from({ length: 362 }, (_, i) => 1 + ((i * 7919) % 12));
  const { classes, methode } = classer(valeurs);
  assert.equal(methode, 'quantiles');
  assert.equal(classes.length, 5);
  assert.equal(classes.reduce((n, c) => n + c.effectif, 0), 362);
  for (const [i, c] of classes.entries()) if (i) assert.ok(c.min > classes[i - 1].max);
  assert.equal(new Set(classes.map((c) => c.couleur)).size, 5);
});

test('one dominant value leaves the other classes to the others', () => {
  const { classes } = classer([...Array(300).fill(1), 2, 3, 4, 5, 6, 7]);
  assert.equal(classes.length, 5);
  assert.deepEqual([classes[0].min, classes[0].max], [1, 1]);
  assert.equal(classes.at(-1).max, 7);
});

test('nothing to class is no class', () => assert.deepEqual(classer([0, 0]).classes, []));

test('the area of a circle is proportional to its count', () => {
  const k = facteurDesDemandes('commune', 40);
  const aire = (n) => (k * Math.sqrt(n)) ** 2;
  assert.ok(Math.abs(aire(40) / aire(10) - 4) < 1e-9);
});

test('circles keep their scale from one theme to another', () => {
  assert.equal(facteurDesDemandes('commune', 3), facteurDesDemandes('commune', 60));
});

test('circles grow with zoom without a jump', () => {
  for (let z = 2; z < 16; z += 0.1) assert.ok(croissance(z + 0.1) - croissance(z) < 0.05);
});

test('the legend shows three round counts at most, largest first', () => {
  assert.deepEqual(reperes(51), [51, 20, 4]);
  assert.deepEqual(reperes(1), [1]);
  assert.deepEqual(reperes(0), []);
});

test('figures are written as in French', () => {
  assert.equal(nombre(-4.75, 1), '−4,8');
  assert.equal(nombre(-0.01, 1), '0,0');
  assert.equal(nombre(1234.5, 1), '1\u202f234,5');
  assert.equal(pluriel(0, 'commune'), '0\u00a0commune');
  assert.equal(pluriel(2, 'commune'), '2\u00a0communes');
  assert.equal(dateLongue('2026-03-09'), '9\u00a0mars 2026');
  assert.equal(dateLongue('2019-01-01'), '1er\u00a0janvier 2019');
});

test('a percentage has one decimal under ten, none from there, and is 100 only for the whole', () => {
  assert.equal(pourcent(260 / 364), '71\u00a0%');
  assert.equal(pourcent(0.0951), '9,5\u00a0%');
  assert.equal(pourcent(0.0996), '10\u00a0%');
  assert.equal(pourcent(361 / 362), '99\u00a0%');
  assert.equal(pourcent(1), '100\u00a0%');
  assert.equal(pourcent(0), '0\u00a0%');
});

test('names are sorted without their article', () => {
  const noms = ['Valence', "L'Horme", 'Le Puy-en-Velay', 'Étoile-sur-Rhône', 'La Motte', 'Lens'];
  assert.deepEqual(noms.sort(compareNoms), ['Étoile-sur-Rhône', "L'Horme", 'Lens', 'La Motte', 'Le Puy-en-Velay', 'Valence']);
});

test('an address read back is the view that was written', () => {
  const vue = {
    vue: 'demandes', maille: 'epci', selonZoom: false, reseau: 'drome', theme: 'eau', partenaire: 'caue', annee: 2018,
    du: '2018-03-01', au: '2018-06-30', niveau: 'approfondi', etat: 'terminee', mesure: 'taux', choisis: ['caue', 'adil'],
    indicateur: 'densite', dans: 'departement:2A', periode: '2019-2026', classes: 'bornes:-2.5,10,25',
    avec: 'population', avecPeriode: '2026', besoin: 'toiture de l’école', unite: 'epci:200040459', carte: { zoom: 8.31, lat: 44.7312, lon: 5.1234 },
  };
  assert.deepEqual(lire(ecrire(vue)), vue);
});

test('a plain view has a plain address', () => assert.equal(ecrire(lire('')), ''));

test('what an address says wrongly is as if it were not there', () => {
  assert.equal(ecrire(lire('?vue=x&maille=canton&carte=1/2&unite=commune:&annee=deux&theme=%3Cscript%3E&dans=canton:2601&periode=hier&classes=kmeans:5&du=2018-02-31&au=hier&niveau=expert&mesure=poids&choisis=%3Ca%3E&avec=A&classes=bornes:a')), '');
  assert.equal(ecrire(lire('?du=2018-06-30&au=2018-01-01')), '', 'a period that ends before it begins');
});

test('the entry of a réseau is said by the path, and not again', () => {
  assert.equal(lire('?vue=zones', '/r/drome').reseau, 'drome');
  assert.equal(lire('?reseau=anjou', '/r/drome').reseau, 'drome');
  assert.equal(ecrire(lire('?vue=zones', '/r/drome'), '/r/drome'), '?vue=zones');
  assert.equal(ecrire(lire('?vue=zones', '/r/drome'), '/integrer'), '?reseau=drome&vue=zones');
});

test('a period is said by its months, its years or its days', () => {
  const dire = (du, au) => direPeriode({ annee: null, du, au });
  assert.equal(direPeriode({ annee: 2018, du: '2018-01-01', au: '2018-12-31' }), 'en 2018');
  assert.equal(dire('2016-01-01', '2018-12-31'), 'de 2016 à 2018');
  assert.equal(dire('2018-03-01', '2018-03-31'), 'en mars 2018');
  assert.equal(dire('2018-04-01', '2018-06-30'), 'd’avril à juin 2018');
  assert.equal(dire('2017-03-01', '2018-02-28'), 'de mars 2017 à février 2018');
  assert.equal(dire('2018-03-02', '2018-06-30'), 'du 2\u00a0mars 2018 au 30\u00a0juin 2018');
});

test('a whole year chosen month by month is a year', () => {
  assert.deepEqual(enAdresse({ du: '2018-01-01', au: '2018-12-31' }), { annee: 2018, du: null, au: null });
  assert.deepEqual(enAdresse({ du: '2018-01-01', au: '2019-12-31' }), { annee: null, du: '2018-01-01', au: '2019-12-31' });
});

test('rates are in one class each, zero in none, and the legend says the bounds that colours follow', () => {
  const taux = Array.from({ length: 101 }, (_, i) => i / 10);
  for (const methode of ['quantiles:5', 'egales:4']) {
    const { classes } = classerTaux(taux, methode);
    assert.equal(classes.length, Number(methode.at(-1)));
    assert.equal(classes.reduce((n, c) => n + c.effectif, 0), 100);
    for (const c of classes) assert.equal(taux.filter((t) => couleurDuTaux(t, classes) === c.couleur).length, c.effectif);
  }
  assert.equal(couleurDuTaux(0, classerTaux(taux, 'quantiles:5').classes), null);
  assert.deepEqual(classerTaux([0, 0], 'quantiles:5').classes, []);
});

test('bounds that a person wrote part the values, and those outside are left out', () => {
  const v = { classes: { bornes: [0, 4, 10] } };
  assert.deepEqual(bornesChoisies(v, 'bornes:8,2,2,99,-5').classes.bornes, [0, 2, 8, 10]);
  assert.deepEqual(bornesChoisies(v, 'quantiles:5').classes.bornes, [0, 4, 10]);
});

test('a file opens in a French spreadsheet: semicolons, decimal commas, states in words, and no formula', () => {
  const table = {
    titre: 'Qui ?', mention: 'Données de démonstration.', provenance: ['Source : Insee.'], maille: 'commune',
    colonnes: [{ cle: 'v', libelle: 'Densité; par km²' }],
  };
  const ligne = (code, nom, texte, rang) => ({ code, nom, cellules: { v: { texte, rang } } });
  const csv = enCsv(table, [ligne('26001', 'L’Horme', '−1,5', -1.5), ligne('01002', '=1+1', 'secret statistique', null)]);
  assert.equal(csv, '\ufeffCode;Nom;"Densité; par km²"\r\n26001;L’Horme;-1,5\r\n01002;\'=1+1;secret statistique\r\n\r\nQui ?\r\nDonnées de démonstration.\r\nSource : Insee.\r\n');
});

test('Corsican and overseas codes name a unit', () => {
  assert.deepEqual(uniteDe('commune:2A004'), { maille: 'commune', code: '2A004' });
  assert.deepEqual(uniteDe('commune:97411'), { maille: 'commune', code: '97411' });
  assert.equal(uniteDe('26001'), null);
});

test('an accent too pale to read on white is known as such', () => {
  assert.ok(contrasteSurBlanc('#0b6e69') >= 4.5);
  assert.ok(contrasteSurBlanc('#ffcc00') < 4.5);
  assert.equal(contrasteSurBlanc('red'), 0);
});

const indicateur = (autres) => ({ code: 'x', theme: 'T', libelle: 'Densité', unite: 'hab.', nature: 'ratio', decimales: 1, modalites: null, periodes: ['2026'], ...autres });
const lecture = (valeurs, bornes, autres = {}) =>
  new Lecture({ indicateur: indicateur(autres.indicateur), valeurs, etats: autres.etats ?? {}, partielles: autres.partielles ?? [], ...(bornes ? { classes: { methode: '', bornes, effectifs: [] } } : {}) });

test('bounds say each value once', () => {
  assert.deepEqual(bornesEnMots([0.15, 5.6, 17, 47.3], 1), ['0,2 à 5,5', '5,6 à 16,9', '17,0 à 47,3']);
  assert.deepEqual(bornesEnMots([1, 2, 3, 3], 0), ['1', '2', '3']);
});

test('the greatest value is in the last class, even when it is alone there', () => {
  const { classes } = lecture({ a: 1, b: 10, c: 49, d: 100, e: 100 }, [1, 10, 49, 100, 100]);
  assert.deepEqual(classes.map((c) => c.effectif), [1, 1, 1, 2]);
});

test('a class never holds losses and gains: it is parted at zero, and each side has its hue', () => {
  const valeurs = { a: -30, b: -2, c: 0, d: 3, e: 90 };
  const { classes, partageeAZero } = lecture(valeurs, [-30, -5, 1, 90]);
  assert.equal(partageeAZero, true);
  assert.deepEqual(classes.map((c) => [c.libelle, c.effectif]), [['−30,0 à −5,1', 1], ['−5,0 à −0,1', 1], ['0,0 à 0,9', 1], ['1,0 à 90,0', 2]]);
  const rouge = (c) => parseInt(c.couleur.slice(1, 3), 16) > parseInt(c.couleur.slice(5, 7), 16);
  assert.deepEqual(classes.map(rouge), [true, true, false, false]);
});

test('values of one sign go from light to dark', () => {
  const { classes } = lecture({ a: 1, b: 5, c: 9 }, [1, 3, 6, 9]);
  const clarte = (c) => [1, 3, 5].reduce((somme, i) => somme + parseInt(c.couleur.slice(i, i + 2), 16), 0);
  assert.deepEqual(classes.map(clarte), classes.map(clarte).sort((a, b) => b - a));
});

test('a state is said in words, and is never a value', () => {
  const l = lecture({ a: 1 }, [1, 1], { etats: { secret: ['b'], non_calculable: ['c'] } });
  assert.deepEqual(['a', 'b', 'c', 'z'].map((code) => l.dire(code)), ['1,0\u00a0hab.', 'secret statistique', 'non calculable', null]);
  assert.equal(l.resume.nombre, 1);
  assert.equal(l.unites, 3);
});

test('a rank is said by its name', () => {
  const l = lecture({ a: 1, b: 1, c: 0 }, null, { indicateur: { nature: 'classe', modalites: ['petite', 'grande'] } });
  assert.equal(l.dire('a'), 'grande');
  assert.deepEqual(l.classes.map((c) => [c.libelle, c.effectif]), [['petite', 1], ['grande', 2]]);
});

const lieux = { region: { 84: { nom: 'Auvergne-Rhône-Alpes' } }, departement: { '01': { nom: 'Ain' }, 26: { nom: 'Drôme' } }, epci: {}, regroupement: {} };
const demander = (autres, lieu = 'departement:26') => {
  const i = indicateur(autres);
  return enMots(questionDesIndicateurs({ indicateur: i, maille: 'commune', lieu, periode: i.periodes[0], classes: 'quantiles:5' }, [i], lieux, () => {}));
};

test('a label of the catalogue makes a question in French', () => {
  assert.equal(demander({ libelle: 'Densité de population' }), 'Quelle est la densité de population des communes de la Drôme en 2026\u00a0?');
  assert.equal(demander({ libelle: 'Évolution de la population', periodes: ['2019-2026'] }, 'departement:01'), 'Quelle est l’évolution de la population des communes de l’Ain entre 2019 et 2026\u00a0?');
  assert.equal(demander({ libelle: 'Taux de chômage' }, 'france'), 'Quel est le taux de chômage des communes de France en 2026\u00a0?');
  assert.equal(demander({ libelle: 'Habitants de moins de 15 ans', nature: 'stock' }), 'Combien compte-t-on d’habitants de moins de 15 ans dans les communes de la Drôme en 2026\u00a0?');
  assert.equal(demander({ libelle: 'Taille de la commune' }), 'Quelle est la taille des communes de la Drôme en 2026\u00a0?');
  assert.equal(demander({ libelle: 'Communes de son EPCI', nature: 'mediane' }), 'Que montre l’indicateur «\u00a0communes de son EPCI\u00a0» dans les communes de la Drôme en 2026\u00a0?');
});

test('every département and région has its preposition', () => {
  const attendu = { 'departement:35': 'd’', 'departement:38': 'de l’', 'departement:05': 'des ', 'departement:59': 'du ', 'departement:2A': 'de la ', 'departement:976': 'de ', 'region:52': 'des ', 'region:84': 'd’', 'region:93': 'de ' };
  assert.deepEqual(Object.fromEntries(Object.keys(attendu).map((lieu) => [lieu, preposition(lieu)])), attendu);
});

test('a place offers the mailles that are smaller than it', () => {
  assert.deepEqual(maillesDans('france'), ['commune', 'epci', 'departement', 'region']);
  assert.deepEqual(maillesDans('departement:26'), ['commune', 'epci']);
  assert.deepEqual(choixDeLieux(lieux, 'france').map((c) => c.libelle ?? c[1]), ['France', 'Régions', 'Départements']);
});

test('a theme that has ended is offered for the years that it lived in, and to whoever chose it', () => {
  const reseau = { themes: [{ code: 'eau', libelle: 'Eau' }, { code: 'forets', libelle: 'Forêts', fin: '2016-06-30' }], partenaires: [], regroupements: [], annees: [2018, 2016] };
  const offerts = (annee, theme = null) => {
    const morceaux = questionDuReseau({ ...lire('', '/'), annee, theme }, reseau, annee, () => {});
    return morceaux.find((m) => m.cle === 'theme').options.map(([code]) => code);
  };
  assert.deepEqual(offerts(2018), ['', 'eau']);
  assert.deepEqual(offerts(2016), ['', 'eau', 'forets']);
  assert.deepEqual(offerts(2018, 'forets'), ['', 'eau', 'forets']);
});

// Machado, Oliveira and Fernandes, 2009, severity 1: what is left of a colour (linear sRGB) to each kind of sight.
const VUES = {
  entière: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanope: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutéranope: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanope: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const appliquer = (matrice, v) => matrice.map((ligne) => ligne.reduce((somme, x, i) => somme + x * v[i], 0));
/** CIE L*a*b* under D65: two colours at a distance of 2.3 are just told apart. */
function enLab(hex, vue) {
  const lineaire = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const vu = appliquer(VUES[vue], lineaire).map((c) => Math.min(1, Math.max(0, c)));
  const xyz = appliquer([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]], vu);
  const [x, y, z] = xyz.map((c, i) => c / [0.95047, 1, 1.08883][i]).map((t) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test('whatever the sight, a class is told from the next one, and a partner from any other', async () => {
  const palette = JSON.parse(await readFile(new URL('src/web/page/palette.json', racine), 'utf8'));
  for (const vue of Object.keys(VUES)) {
    const ecart = (a, b) => Math.hypot(...enLab(a, vue).map((c, i) => c - enLab(b, vue)[i]));
    for (const suite of [...Object.values(palette.sequences), palette.sequence_longue, palette.baisses, palette.hausses]) {
      suite.slice(1).forEach((c, i) => assert.ok(ecart(suite[i], c) > 6, `${vue}: ${suite[i]} ${c}`));
    }
    for (const ensemble of [palette.categories, Object.values(palette.cercle)]) {
      ensemble.forEach((a, i) => ensemble.slice(i + 1).forEach((b) => assert.ok(ecart(a, b) > 15, `${vue}: ${a} ${b}`)));
    }
  }
});
