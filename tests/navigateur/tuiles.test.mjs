// Tiles of the whole country, read with a public decoder: every commune is there, neighbours share their borders to the
// last unit, and no tile is heavy.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { outil, service } from './outils.mjs';

const { VectorTile } = outil('@mapbox/vector-tile');
const { PbfReader, default: Pbf = PbfReader } = outil('pbf');

const COUCHES = ['communes', 'departements', 'epci', 'regions'];
/** 34,875 communes, of which four have no contour in the source. */
const COMMUNES_AVEC_CONTOUR = 34_871;
const ETENDUE = 4096;

/** A request without anything done behind our back: fetch would decode the body and hide its weight. */
function demander(chemin, entetes = {}) {
  return new Promise((resoudre, rejeter) => {
    http
      .get(`${service}${chemin}`, { headers: entetes }, (reponse) => {
        const morceaux = [];
        reponse.on('data', (m) => morceaux.push(m));
        reponse.on('end', () => resoudre({ statut: reponse.statusCode, entetes: reponse.headers, corps: Buffer.concat(morceaux) }));
      })
      .on('error', rejeter);
  });
}

async function tuile(couches, z, x, y) {
  const reponse = await demander(`/tuiles/${couches}/${z}/${x}/${y}`, { 'accept-encoding': 'gzip' });
  if (reponse.statut === 204) return { poids: 0, couches: {} };
  assert.equal(reponse.statut, 200, `${couches} ${z}/${x}/${y}`);
  assert.equal(reponse.entetes['content-encoding'], 'gzip');
  return { poids: reponse.corps.length, couches: new VectorTile(new Pbf(gunzipSync(reponse.corps))).layers };
}

const colonne = (lon, z) => Math.floor(((lon + 180) / 360) * 2 ** z);
const ligne = (lat, z) => {
  const rad = (lat * Math.PI) / 180;
  return Math.floor(((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * 2 ** z);
};

/** West, south, east, north of what France is made of. */
const MORCEAUX = [
  [-5.2, 41.3, 9.6, 51.1], // métropole
  [-61.9, 14.3, -60.8, 16.6], // Antilles
  [-54.7, 2.0, -51.6, 5.9], // Guyane
  [55.2, -21.4, 55.9, -20.8], // La Réunion
  [44.9, -13.1, 45.4, -12.6], // Mayotte
];

function* tuiles(z) {
  for (const [o, s, e, n] of MORCEAUX) {
    for (let x = colonne(o, z); x <= colonne(e, z); x++) {
      for (let y = ligne(n, z); y <= ligne(s, z); y++) yield [x, y];
    }
  }
}

const objets = (couche) => Array.from({ length: couche?.length ?? 0 }, (_, i) => couche.feature(i));

for (const z of [5, 6, 7, 8]) {
  test(`every commune that has a contour is in the tiles of zoom ${z}, and none weighs more than 500 KB`, async () => {
    const codes = new Set();
    for (const [x, y] of tuiles(z)) {
      const lue = await tuile(COUCHES.join(','), z, x, y);
      assert.ok(lue.poids <= 500_000, `${z}/${x}/${y} weighs ${lue.poids} bytes`);
      for (const objet of objets(lue.couches.communes)) codes.add(objet.properties.code);
    }
    assert.equal(codes.size, COMMUNES_AVEC_CONTOUR);
    for (const code of ['2A004', '01001', '97411', '97611', '97302', '33103']) assert.ok(codes.has(code), code);
  });
}

test('the whole world of low zooms is light, with départements and régions from zoom 0', async () => {
  for (const z of [0, 1, 2, 3, 4]) {
    const codes = new Set();
    for (const [x, y] of tuiles(z)) {
      const lue = await tuile(COUCHES.join(','), z, x, y);
      assert.ok(lue.poids <= 500_000);
      for (const objet of objets(lue.couches.departements)) codes.add(objet.properties.code);
    }
    assert.equal(codes.size, 101, `zoom ${z}`);
  }
});

/** Edges of a layer, each with how often it is walked in one direction and in the other. */
function aretes(couche) {
  const comptes = new Map();
  for (const objet of objets(couche)) {
    for (const anneau of objet.loadGeometry()) {
      for (let i = 1; i < anneau.length; i++) {
        const [a, b] = [anneau[i - 1], anneau[i]];
        const endroit = a.x < b.x || (a.x === b.x && a.y < b.y);
        const cle = endroit ? `${a.x},${a.y},${b.x},${b.y}` : `${b.x},${b.y},${a.x},${a.y}`;
        const compte = comptes.get(cle) ?? [0, 0];
        compte[endroit ? 0 : 1]++;
        comptes.set(cle, compte);
      }
    }
  }
  return comptes;
}

/** Edges that no neighbour shares, but for those along the box that clips the tile. */
function esseulees(couche) {
  return [...aretes(couche)]
    .filter(([, [a, b]]) => a !== b)
    .map(([cle]) => cle.split(',').map(Number))
    .filter(([x1, y1, x2, y2]) => ![x1, x2].every((x) => x <= -64 || x >= ETENDUE + 64) && ![y1, y2].every((y) => y <= -64 || y >= ETENDUE + 64));
}

/** Width and height of each connected set of edges. */
function trous(seules) {
  const voisins = new Map();
  for (const [x1, y1, x2, y2] of seules) {
    for (const [a, b] of [[`${x1},${y1}`, `${x2},${y2}`], [`${x2},${y2}`, `${x1},${y1}`]]) {
      voisins.set(a, [...(voisins.get(a) ?? []), b]);
    }
  }
  const vus = new Set();
  const tailles = [];
  for (const depart of voisins.keys()) {
    const [xs, ys] = [[], []];
    for (const pile = [depart]; pile.length; ) {
      const sommet = pile.pop();
      if (vus.has(sommet)) continue;
      vus.add(sommet);
      const [x, y] = sommet.split(',').map(Number);
      xs.push(x);
      ys.push(y);
      pile.push(...voisins.get(sommet));
    }
    if (xs.length) tailles.push([Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)]);
  }
  return tailles;
}

// Clermont-Ferrand, with Limousin and Haute-Loire at the lower zooms: far from coasts and frontiers from zoom 7. What is
// left are the holes of merged communes whose contour lacks a part (46 in the country), which are wide; a crack is thin.
for (const z of [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]) {
  test(`every border between neighbours is shared to the last unit at zoom ${z}`, async () => {
    const { couches } = await tuile(COUCHES.join(','), z, colonne(3.1, z), ligne(45.8, z));
    for (const nom of COUCHES) {
      // A neighbour that only touches the margin may be cut away: what counts is inside the tile.
      const seules = esseulees(couches[nom]).filter((arete) => arete.every((v) => v >= 0 && v <= ETENDUE));
      const restes = trous(seules);
      assert.ok(restes.every(([largeur, hauteur]) => Math.min(largeur, hauteur) >= 4), `${nom}: ${JSON.stringify(restes)}`);
      if (z >= 7) assert.ok(restes.length <= 5, `${nom}: ${JSON.stringify(restes)}`);
      if (z >= 9) assert.equal(seules.length, 0, nom);
    }
  });
}

test('at zooms 5, 6 and 7 no commune overlaps another: the areas add up to what they cover', async () => {
  for (const z of [5, 6, 7]) {
    const [x, y] = [colonne(3.1, z), ligne(45.8, z)];
    const { couches } = await tuile('communes', z, x, y);
    // An edge walked twice in one direction would be two polygons on one side of it: an overlap.
    for (const [cle, [a, b]] of aretes(couches.communes)) {
      const [x1, y1, x2, y2] = cle.split(',').map(Number);
      if ([x1, y1, x2, y2].every((v) => v >= 0 && v <= ETENDUE)) assert.ok(a <= 1 && b <= 1, `zoom ${z}: ${cle}`);
    }
  }
});

test('names and millésime come with zoom 8, not before', async () => {
  const sept = await tuile('communes', 7, colonne(5, 7), ligne(44.8, 7));
  assert.deepEqual(Object.keys(sept.couches.communes.feature(0).properties), ['code']);
  const huit = await tuile('communes', 8, colonne(5, 8), ligne(44.8, 8));
  assert.deepEqual(Object.keys(huit.couches.communes.feature(0).properties).sort(), ['code', 'maille', 'millesime', 'nom']);
});

test('a tile is kept by its ETag, compressed as asked, and absent when it is empty', async () => {
  const chemin = `/tuiles/communes/8/${colonne(5, 8)}/${ligne(44.8, 8)}`;
  const gzip = await demander(chemin, { 'accept-encoding': 'gzip' });
  const clair = await demander(chemin);
  const zstd = await demander(chemin, { 'accept-encoding': 'gzip, zstd' });
  assert.equal(clair.entetes['content-encoding'], undefined);
  assert.equal(zstd.entetes['content-encoding'], 'zstd');
  assert.deepEqual(gunzipSync(gzip.corps), clair.corps);
  assert.match(gzip.entetes.vary, /accept-encoding/i);
  assert.notEqual(gzip.entetes.etag, clair.entetes.etag);
  const encore = await demander(chemin, { 'accept-encoding': 'gzip', 'if-none-match': gzip.entetes.etag });
  assert.equal(encore.statut, 304);
  assert.equal(encore.corps.length, 0);
  assert.equal((await demander('/tuiles/communes/8/0/0')).statut, 204);
});

test('layers of a réseau say that they are a demonstration, on features and in TileJSON', async () => {
  const z = 8;
  for (const couche of ['couverture', 'demandes', 'zones']) {
    const description = JSON.parse((await demander(`/tuiles/${couche}?reseau=drome`)).corps);
    assert.equal(description.demonstration, true, couche);
    assert.match(description.mention, /démonstration/, couche);
    const lue = await tuile(couche, z, colonne(5, z), ligne(44.8, z));
    assert.equal(lue.couches[couche].feature(0).properties.demonstration, true, couche);
  }
  assert.equal(JSON.parse((await demander('/tuiles/communes')).corps).demonstration, undefined);
});

test('only the address of the version being served lasts', async () => {
  const description = JSON.parse((await demander('/tuiles/communes,epci')).corps);
  const adresse = new URL(description.tiles[0].replace('{z}', 8).replace('{x}', colonne(5, 8)).replace('{y}', ligne(44.8, 8)));
  assert.match((await demander(adresse.pathname + adresse.search)).entetes['cache-control'], /immutable/);
  assert.doesNotMatch((await demander(adresse.pathname)).entetes['cache-control'], /immutable/);
  assert.doesNotMatch((await demander(`${adresse.pathname}?v=1`)).entetes['cache-control'], /immutable/);
});

test('whatever cannot be is a problem in French, in every address', async () => {
  for (const [chemin, statut] of [
    ['/tuiles/communes/5/99/1', 400],
    ['/tuiles/communes/31/0/0', 400],
    ['/tuiles/communes/300/0/0', 400],
    ['/tuiles/communes/-1/0/0', 400],
    ['/tuiles/communes/a/b/c', 400],
    ['/tuiles/communes/5/16/11?x=1', 400],
    ['/tuiles/communes/5/16/11?millesime=abc', 400],
    ['/tuiles/couverture/8/131/92?annee=-1', 400],
    ['/tuiles/communes/5/16/11?millesime=1990', 404],
    ['/tuiles/inconnue/5/16/11', 404],
    ['/tuiles/inconnue', 404],
    ['/tuiles/couverture/8/131/92?reseau=inconnu', 404],
    ['/api/territoires', 400],
    ['/api/territoires?q=a&q=b', 400],
    ['/api/territoires?q=a&dans=26', 400],
    ['/api/territoires?q=a&dans=epci:200040458', 400],
    ['/api/territoires?q=a&limite=100000', 400],
    ['/api/territoires?q=a&millesime=2001', 404],
    ['/api/territoires?lon=200&lat=45', 400],
    ['/api/territoires/commune/99999', 404],
    ['/api/territoires/commune/1001', 400],
    ['/api/territoires/canton', 400],
    ['/api/territoires/commune?dans=26', 400],
    ['/api/territoires/commune?millesime=2001', 404],
    ['/api/territoires/canton/2601', 400],
    ['/api/territoires/commune/%ff', 400],
    ['/api/couverture?reseau=inconnu', 404],
    ['/api/couverture?reseau=drome&theme=inconnu', 404],
    ['/api/couverture?reseau=drome&partenaire=inconnu', 404],
    ['/api/couverture?reseau=drome&annee=abc', 400],
    ['/api/aide?territoire=commune:99999', 404],
    ['/api/aide', 400],
    ['/api/demandes?reseau=drome&territoire=commune:00000', 400],
    ['/api/reseaux/inconnu', 404],
    ['/polices/Inconnue/0-255.pbf', 404],
    ['/polices/Source%20Sans%203%20Regular/1-2.pbf', 400],
    ['/styles/inconnu.json', 404],
    ['/inconnu', 404],
  ]) {
    const reponse = await demander(chemin);
    assert.equal(reponse.statut, statut, `${chemin}: ${reponse.corps}`);
    assert.match(reponse.entetes['content-type'], /^application\/problem\+json/, chemin);
    const probleme = JSON.parse(reponse.corps);
    assert.equal(probleme.status, statut);
    assert.ok(probleme.title && probleme.detail, chemin);
    assert.doesNotMatch(reponse.corps.toString(), /select |sqlx|panicked|error returned/i, chemin);
  }
});

test('the figures are those of the document: 745 demandes, 260 of 364 communes, 71 %', async () => {
  const { totaux, demonstration, millesime, millesime_reference: reference } = JSON.parse(
    (await demander('/api/couverture?reseau=drome&maille=commune&dans=departement:26')).corps,
  );
  assert.equal(totaux.demandes, 745);
  assert.equal(totaux.communes_servies, 260);
  assert.equal(totaux.communes, 364);
  assert.equal(Math.round(totaux.part_communes_servies * 100), 71);
  assert.equal(totaux.epci_servis, 12);
  assert.equal(totaux.demandes, totaux.demandes_communes + totaux.demandes_epci + totaux.demandes_autres);
  assert.deepEqual([demonstration, millesime, reference], [true, 2026, 2019]);
});

test('a former code, a post code, a point and a name without accents find the commune', async () => {
  const chercher = async (q) => JSON.parse((await demander(`/api/territoires?${q}`)).corps).resultats.map((r) => r.code);
  assert.equal((await chercher('q=26371'))[0], '26289');
  assert.ok((await chercher('q=26200')).includes('26198'));
  assert.equal((await chercher('q=st%20jean-en%20royans'))[0], '26307');
  assert.equal((await chercher('q=abergement%20clemenciat'))[0], '01001');
  assert.equal((await chercher('lon=4.9&lat=44.92&maille=commune'))[0], '26362');
  const ancien = JSON.parse((await demander('/api/territoires/commune/26371')).corps);
  assert.deepEqual([ancien.code, ancien.contour.etat, ancien.contour.millesime], ['26289', 'lacunaire', 2024]);
});
