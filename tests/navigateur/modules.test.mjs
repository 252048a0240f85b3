// The page's arithmetic and its French, without a browser.
import assert from 'node:assert/strict';
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

const { classer, croissance, facteurCercles, reperes } = await charger('classes');
const { compareNoms, dateLongue, nombre, pluriel, pourcent } = await charger('ecriture');
const { ecrire, lire, uniteDe } = await charger('adresse');
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
  const k = facteurCercles('commune', 40);
  const aire = (n) => (k * Math.sqrt(n)) ** 2;
  assert.ok(Math.abs(aire(40) / aire(10) - 4) < 1e-9);
});

test('circles keep their scale from one theme to another', () => {
  assert.equal(facteurCercles('commune', 3), facteurCercles('commune', 60));
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
    vue: 'demandes', maille: 'epci', reseau: 'drome', theme: 'eau', partenaire: 'caue', annee: 2018,
    unite: 'epci:200040459', carte: { zoom: 8.31, lat: 44.7312, lon: 5.1234 },
  };
  assert.deepEqual(lire(ecrire(vue)), vue);
});

test('a plain view has a plain address', () => assert.equal(ecrire(lire('')), ''));

test('what an address says wrongly is as if it were not there', () => {
  assert.equal(ecrire(lire('?vue=x&maille=canton&carte=1/2&unite=commune:&annee=deux&theme=%3Cscript%3E')), '');
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
