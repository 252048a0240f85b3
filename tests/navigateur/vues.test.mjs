// What an official does with the four views, on a desk and on a phone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { avecPage, BUREAU, capturer, demander, dessinee, fautesAccessibilite, focusVisible, lancer, OPTIONS, PANNEAU, service, tabuler, TELEPHONE, texte } from './outils.mjs';

const FORMATS = [['1280×800', BUREAU], ['390×844', TELEPHONE]];

describe('the views of the map', OPTIONS, () => {
  let navigateur;
  before(async () => (navigateur = await lancer()));
  after(() => navigateur?.close());
  const avec = (...suite) => avecPage(navigateur, ...suite);

  for (const [nom, taille] of FORMATS) {
    const suffixe = taille === BUREAU ? 'bureau' : 'telephone';

    test(`${nom}: an official sees where nobody covers a theme, and prints it`, () =>
      avec('about:blank', { taille, attendre: 'rien' }, async ({ page, fautes }) => {
        // The demonstration réseau covers everything: three communes lose their partners.
        const seules = ['26113', '26198', '26362'];
        await page.route('**/api/couverture?*', async (route) => {
          const reponse = await route.fetch();
          const corps = await reponse.json();
          for (const code of seules) Object.assign(corps.unites[code], { etat: 'personne', partenaires: 0 });
          Object.assign(corps.totaux, { unites_couvertes: 359, unites_sans_partenaire: 3 });
          await route.fulfill({ response: reponse, json: corps });
        });
        await page.goto(`${service}/`);
        await page.waitForSelector('#question select[data-cle=theme]');
        const theme = await page.$eval('#question select[data-cle=theme] option:nth-child(2), #question select[data-cle=theme] optgroup option', (o) => o.value);
        await page.selectOption('#question select[data-cle=theme]', theme);
        await dessinee(page);
        assert.match(await texte(page, '#reponse'), /359 communes sur 362.*3 n’ont personne/);
        const motifs = await page.evaluate((codes) => codes.map((id) => window.maillage.carte.getFeatureState({ source: 'territoires', sourceLayer: 'communes', id }).motif), seules);
        assert.deepEqual(motifs, ['personne', 'personne', 'personne']);
        await page.evaluate(() => (window.print = () => (window.imprime = true)));
        if (taille === BUREAU) await page.keyboard.press('Control+p');
        else {
          await page.click('#partage > summary');
          await page.click('#imprimer');
        }
        await page.waitForFunction(() => window.imprime, null, { timeout: 120_000 });
        await page.emulateMedia({ media: 'print' });
        const feuille = await texte(page, '#impression');
        assert.ok(await page.isVisible('#impression h1') && (await page.isHidden('#panneau')));
        assert.match(await texte(page, '#impression h1'), /^Qui, parmi tous les partenaires, peut aider les communes/);
        for (const dit of [/3 n’ont personne/, /Personne.*3 communes/, /millésime 2026/, /Source : /, /Données de démonstration/, /Imprimé le/]) assert.match(feuille, dit);
        assert.doesNotMatch(feuille, /Voir le tableau|Copier/);
        // The picture holds the map: many colours, and not one sheet of paper.
        const teintes = await page.evaluate(async () => {
          const image = document.querySelector('#impression img');
          const toile = Object.assign(document.createElement('canvas'), { width: 200, height: 150 });
          toile.getContext('2d').drawImage(image, 0, 0, 200, 150);
          const { data } = toile.getContext('2d').getImageData(0, 0, 200, 150);
          return new Set(Array.from({ length: data.length / 4 }, (_, i) => (data[4 * i] >> 4) * 256 + (data[4 * i + 1] >> 4) * 16 + (data[4 * i + 2] >> 4))).size;
        });
        assert.ok(teintes > 20, `${teintes} colours in the picture`);
        assert.deepEqual(fautes, []);
      }));

    test(`${nom}: the rate of demandes is a flat colour, its zero is nobody's class, and its figure has its denominator`, () =>
      avec('/?vue=demandes', { taille }, async ({ page, fautes }) => {
        await page.check('#reglages input[value=taux]', { force: true });
        await dessinee(page);
        const { unites } = await demander('/api/couverture?reseau=drome&maille=commune');
        const die = unites['26113'];
        assert.equal(await page.evaluate(() => window.maillage.carte.getLayoutProperty('cercles', 'visibility')), 'none');
        const etats = await page.evaluate((codes) => codes.map((id) => window.maillage.carte.getFeatureState({ source: 'territoires', sourceLayer: 'communes', id }).couleur), Object.keys(unites));
        for (const [i, u] of Object.values(unites).entries()) assert.equal(Boolean(etats[i]), u.demandes > 0, `${u.nom}: ${u.demandes} demandes, ${etats[i]}`);
        const effectifs = await page.$$eval('#legende .effectif', (e) => e.map((x) => parseInt(x.textContent.replace(/\s/g, ''), 10) || 0));
        assert.equal(effectifs.reduce((a, b) => a + b, 0), Object.keys(unites).length);
        assert.match(await texte(page, '#reponse'), /demande pour 1 000 habitants en 2018 : \d+ demandes pour [\d ]+ habitants/);
        assert.match(await page.evaluate(() => location.search), /mesure=taux/);
        if (taille === BUREAU) {
          await page.click('#voir-tableau');
          const taux = await page.$eval('#tableau tbody tr:has(button:text-is("Die")) td:nth-of-type(4)', (c) => c.textContent);
          assert.equal(parseFloat(taux.replace(',', '.')), Math.round((die.demandes / die.population) * 100_000) / 100);
        }
        await capturer(page, `taux-${suffixe}`);
        assert.deepEqual(fautes, []);
      }));

    test(`${nom}: the keyboard moves the period by a month, and back brings it back`, () =>
      avec('/?vue=demandes', { taille, ...PANNEAU }, async ({ page }) => {
        await page.waitForSelector('#reglages input[type=range]');
        await tabuler(page, '#reglages input[data-cle=du]');
        assert.ok(await focusVisible(page));
        await page.keyboard.press('ArrowRight');
        await page.waitForFunction(() => window.maillage.vue().du === '2018-02-01' && window.maillage.vue().au === '2018-12-31');
        await page.waitForFunction(() => /de février à décembre 2018/.test(document.title));
        assert.equal(await page.evaluate(() => document.activeElement.dataset.cle), 'du', 'the thumb keeps the focus');
        await page.waitForFunction(() => !document.querySelector('#panneau[aria-busy]'));
        const { totaux } = await demander('/api/couverture?reseau=drome&maille=commune&du=2018-02-01&au=2018-12-31');
        await page.waitForFunction((n) => document.getElementById('reponse').textContent.replace(/\s/g, '').startsWith(`${n}demandes`), totaux.demandes);
        assert.ok(totaux.demandes < 745);
        await page.goBack();
        await page.waitForFunction(() => window.maillage.vue().du === null && /^745/.test(document.getElementById('reponse').textContent));
      }));

    test(`${nom}: two indicators are compared at the same place, and each has its legend`, () =>
      avec('/?vue=indicateurs', { taille }, async ({ page, fautes }) => {
        await page.selectOption('#reglages select[data-cle=avec]', 'population');
        await page.waitForFunction(() => window.maillage.carte2?.loaded() && document.querySelector('#legende-2 h2') && !document.querySelector('#panneau[aria-busy]'), null, { timeout: 60_000 });
        await dessinee(page);
        assert.match(await texte(page, '#legende h2'), /^Densité/);
        assert.match(await texte(page, '#legende-2 h2'), /^Population/);
        const cadres = await page.$$eval('.volet', (v) => v.map((x) => x.getBoundingClientRect()).map(({ width, height }) => width * height));
        assert.ok(cadres[0] > 10_000 && Math.abs(cadres[0] - cadres[1]) < cadres[0] / 20, String(cadres));
        await page.evaluate(() => window.maillage.carte.jumpTo({ center: [5.2, 44.6], zoom: 10 }));
        const camera = (carte) => page.evaluate((c) => [...window.maillage[c].getCenter().toArray(), window.maillage[c].getZoom()].map((x) => x.toFixed(3)), carte);
        assert.deepEqual(await camera('carte2'), await camera('carte'));
        await page.evaluate(() => window.maillage.carte2.jumpTo({ center: [5, 44.9], zoom: 9 }));
        assert.deepEqual(await camera('carte'), await camera('carte2'));
        assert.match(await texte(page, '#reponse'), /habitants par km².*habitants en tout/);
        await capturer(page, `comparaison-${suffixe}`);
        assert.deepEqual(await fautesAccessibilite(page), []);
        await page.reload();
        await page.waitForSelector('#legende-2 h2');
        await page.selectOption('#reglages select[data-cle=avec]', '');
        await page.waitForFunction(() => window.maillage.carte2 === null);
        assert.ok(await page.isHidden('#legende-2'));
        assert.deepEqual(fautes, []);
      }));

    test(`${nom}: zones of partners are told apart where they overlap, seven at most`, () =>
      avec('/?vue=zones', { taille }, async ({ page, fautes }) => {
        const partenaires = await page.$$eval('#legende input[type=checkbox]', (c) => c.map((x) => x.value));
        assert.ok(partenaires.length > 7);
        assert.ok((await page.evaluate(() => window.maillage.carte.queryRenderedFeatures({ layers: ['zones-neutres'] }).length)) > 7);
        for (const code of partenaires.slice(0, 7)) {
          await page.check(`#legende input[value="${code}"]`);
          await page.waitForFunction((c) => window.maillage.vue().choisis.includes(c), code);
        }
        await dessinee(page);
        assert.deepEqual(await page.evaluate(() => window.maillage.vue().choisis), partenaires.slice(0, 7));
        assert.ok(await page.isDisabled(`#legende input[value="${partenaires[7]}"]`), 'an eighth colour would not be told apart');
        const teintes = await page.$$eval('#legende li:has(input:checked) canvas', (c) => c.map((x) => x.toDataURL()));
        assert.equal(new Set(teintes).size, 7);
        const dessines = await page.evaluate(() => window.maillage.carte.queryRenderedFeatures({ layers: ['zones-hachures'] }).map((f) => f.properties.partenaire));
        assert.ok(new Set(dessines).size >= 7, String(new Set(dessines).size));
        await page.fill('#legende input[type=search]', 'adil');
        assert.equal(await page.$$eval('#legende .choisir li', (l) => l.filter((x) => x.checkVisibility()).length), 1);
        await capturer(page, `zones-${suffixe}`);
        assert.deepEqual(await fautesAccessibilite(page), []);
        await page.reload();
        await page.waitForSelector('#legende input:checked');
        assert.equal(await page.$$eval('#legende input:checked', (c) => c.length), 7);
        assert.deepEqual(fautes, []);
      }));
  }
});
