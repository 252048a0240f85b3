// Every style that the service publishes is one that any MapLibre client can read.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { outil, racine } from './outils.mjs';

const { validateStyleMin } = outil('@maplibre/maplibre-gl-style-spec');
const dossier = new URL('styles/', racine);
const styles = readdirSync(dossier).filter((f) => f.endsWith('.json'));
const lire = (f) => JSON.parse(readFileSync(new URL(f, dossier), 'utf8'));

test('there is at least one style', () => assert.ok(styles.length > 0));

for (const fichier of styles) {
  test(`${fichier} is valid by the MapLibre style specification`, () => {
    assert.deepEqual(validateStyleMin(lire(fichier)).map(String), []);
  });

  test(`${fichier} names no host: the service makes its addresses absolute`, () => {
    assert.doesNotMatch(JSON.stringify(lire(fichier)), /https?:\/\//);
  });

  test(`${fichier} identifies every feature of a tile by its code`, () => {
    for (const source of Object.values(lire(fichier).sources)) {
      if (source.type === 'vector') assert.equal(source.promoteId, 'code');
    }
  });

  test(`${fichier} asks only for the faces that the service has`, () => {
    const faces = JSON.stringify(lire(fichier).layers.map((l) => l.layout?.['text-font'])).match(/Source Sans[^"]*/g) ?? [];
    for (const face of faces) assert.match(face, /^Source Sans 3 (Regular|Semibold)$/);
  });
}
