// What programs may ask: the document, its page, and each of its examples.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OPTIONS, avecPage, capturer, fautesAccessibilite, lancer, service } from './outils.mjs';

describe('api', OPTIONS, () => {
  let navigateur;
  before(async () => {
    navigateur = await lancer();
  });
  after(() => navigateur?.close());

  it('each example of the document has an answer of the kind it says', async () => {
    const { paths } = await (await fetch(`${service}/api/openapi.json`)).json();
    assert.ok(Object.keys(paths).length > 20);
    for (const [chemin, { get }] of Object.entries(paths)) {
      // Writes, and what answers only those who are known, are tried by tests/reseau.
      if (!get?.security.some((voie) => Object.keys(voie).length === 0)) continue;
      const reponse = await fetch(service + get['x-exemple']);
      assert.equal(reponse.status, 200, `${chemin} : ${get['x-exemple']}`);
      const sansParametres = (genre) => genre.split(';')[0];
      const genres = Object.keys(get.responses[200].content).map(sansParametres);
      assert.ok(genres.includes(sansParametres(reponse.headers.get('content-type'))), `${chemin} : ${genres}`);
    }
  });

  it('the page of the document is readable without a mouse or a script', async () => {
    await avecPage(navigateur, '/api', { attendre: 'rien' }, async ({ page, fautes }) => {
      await capturer(page, 'api');
      assert.deepEqual(await fautesAccessibilite(page), []);
      assert.deepEqual(fautes, []);
    });
  });
});
