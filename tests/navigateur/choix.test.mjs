// What may be chosen on the map beside its question, with a mouse or a thumb.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { avecPage, capturer, DIE, demander, dessinee, fautesAccessibilite, lancer, OPTIONS, PANNEAU, service, texte } from './outils.mjs';

describe('the choices of the map', OPTIONS, () => {
  let navigateur;
  before(async () => (navigateur = await lancer()));
  after(() => navigateur?.close());
  const avec = (...suite) => avecPage(navigateur, ...suite);

  test('the table may hold only what is on screen, and the workbook of the service holds the same', () =>
    avec('/', {}, async ({ page }) => {
      await page.click('#voir-tableau');
      const lignes = () => page.$$eval('#tableau tbody tr', (l) => l.length);
      const toutes = await lignes();
      await page.evaluate(() => window.maillage.carte.jumpTo({ center: [5.37, 44.75], zoom: 11 }));
      await dessinee(page);
      await page.check('#tableau input[type=checkbox]');
      await page.waitForFunction((n) => document.querySelectorAll('#tableau tbody tr').length < n / 4, toutes);
      assert.ok((await lignes()) > 2);
      assert.match(await texte(page, '#tableau tbody'), /Die/);
      const classeur = await fetch(service + (await page.getAttribute('#tableau .lien-fichier', 'href')));
      assert.equal(classeur.status, 200);
      assert.match(classeur.headers.get('content-type'), /spreadsheetml/);
    }));

  test('the maille follows the zoom when it is asked to', () =>
    avec('/?maille=zoom', {}, async ({ page }) => {
      const maille = () => page.evaluate(() => window.maillage.vue().maille);
      await page.evaluate(() => window.maillage.carte.jumpTo({ center: [5.2, 44.7], zoom: 10 }));
      await page.waitForFunction(() => window.maillage.vue().maille === 'commune');
      await page.evaluate(() => window.maillage.carte.jumpTo({ zoom: 7.5 }));
      await page.waitForFunction(() => window.maillage.vue().maille === 'epci');
      await dessinee(page);
      assert.match(await texte(page, '#reponse'), /12 EPCI/);
      assert.equal(await maille(), 'epci');
      assert.match(await page.evaluate(() => location.search), /maille=zoom/);
    }));

  test('regroupements have their surfaces, their sheet and their figures', () =>
    avec('/?maille=regroupement&vue=demandes', {}, async ({ page, fautes }) => {
      const codes = await page.evaluate(() => [...new Set(window.maillage.carte.queryRenderedFeatures({ layers: ['surface-regroupements'] }).map((f) => f.properties.code))]);
      assert.ok(codes.includes('drome/secteur-1'), String(codes));
      await page.click('#voir-tableau');
      await page.click('#tableau tbody button:text-is("Secteur 2 (démonstration)")');
      await page.waitForSelector('#fiche h2');
      await page.fill('#recherche-champ', 'secteur 1');
      await page.waitForSelector('#recherche-liste li:has-text("Secteur 1 (démonstration)")');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.getElementById('fiche-nom')?.textContent.includes('Secteur 1'));
      assert.match(await texte(page, '#fiche'), /Secteur 1 \(démonstration\).*Regroupement · 8 communes/);
      assert.match(await page.evaluate(() => location.search), /unite=regroupement:drome\/secteur-1/);
      assert.deepEqual(fautes, []);
    }));

  test('the bounds of classes are written by hand, in French figures, and a wrong one is explained', () =>
    avec('/?vue=indicateurs', PANNEAU, async ({ page }) => {
      await page.click('#legende .bornes summary');
      await page.fill('#bornes', '10 ; 25,5 ; abc');
      await page.click('#legende .bornes button');
      await page.waitForFunction(() => /ne se lisent pas/.test(document.getElementById('bornes-aide').textContent));
      await page.fill('#bornes', '10 ; 25,5 ; 100');
      await page.click('#legende .bornes button');
      await page.waitForFunction(() => document.querySelectorAll('#legende .lignes .pastille[style]').length === 4);
      assert.match(await page.evaluate(() => location.search), /classes=bornes:10,25.5,100/);
      assert.match(await texte(page, '#legende .methode'), /bornes choisies/);
      const { valeurs } = await demander('/api/indicateurs/densite/valeurs?maille=commune&dans=departement:26');
      const premiere = await page.$eval('#legende .effectif', (e) => parseInt(e.textContent, 10));
      assert.equal(premiere, Object.values(valeurs).filter((v) => v < 10).length);
    }));

  test('the country comes with its overseas départements, which lead there', () =>
    avec('/?vue=indicateurs&dans=france&maille=departement', {}, async ({ page, fautes }) => {
      await page.waitForSelector('#cartouches:not([hidden]) button', { timeout: 120_000 });
      assert.deepEqual(await page.$$eval('#cartouches button', (b) => b.map((x) => x.textContent)), ['Guadeloupe', 'Martinique', 'Guyane', 'La Réunion', 'Mayotte']);
      // Each holds land, in a colour of the legend.
      const couleurs = await page.$$eval('#legende .pastille', (p) => p.map((x) => x.style.backgroundColor).filter(Boolean));
      const vus = await page.$$eval('#cartouches canvas', (toiles) =>
        toiles.map((t) => {
          const { data } = t.getContext('2d').getImageData(0, 0, t.width, t.height);
          return Array.from({ length: data.length / 4 }, (_, i) => `rgb(${data[4 * i]}, ${data[4 * i + 1]}, ${data[4 * i + 2]})`);
        }),
      );
      for (const pixels of vus) assert.ok(pixels.filter((p) => couleurs.includes(p)).length > 100, 'land in the colour of its class');
      await capturer(page, 'france-bureau');
      await page.click('#cartouches button:has-text("La Réunion")');
      await page.waitForFunction(() => Math.abs(window.maillage.carte.getCenter().lng - 55.5) < 0.5);
      assert.deepEqual(fautes, []);
    }));

  test('where one stands leads to its commune, when the button is pressed and not before', () =>
    avec('about:blank', { attendre: 'rien' }, async ({ page, contexte }) => {
      await contexte.grantPermissions(['geolocation'], { origin: service });
      await contexte.setGeolocation({ longitude: DIE[0], latitude: DIE[1] });
      await page.goto(service);
      await page.waitForSelector('#legende h2');
      assert.equal(await page.evaluate(() => window.maillage.vue().unite), null);
      await page.click('#ma-position');
      await page.waitForSelector('#fiche h2');
      assert.equal(await page.textContent('#fiche h2'), 'Die');
    }));

  test('a need in everyday words finds who can help, and stays in the address', () =>
    avec('/?unite=commune:26113', PANNEAU, async ({ page }) => {
      await page.waitForSelector('#besoin');
      const avant = await page.$$eval('#fiche details.partenaire', (d) => d.length);
      await page.fill('#besoin', 'toiture de l’école');
      await page.press('#besoin', 'Enter');
      await page.waitForFunction(() => location.search.includes('besoin='));
      const { reponse, partenaires } = await demander(`/api/aide?territoire=commune:26113&q=${encodeURIComponent('toiture de l’école')}`);
      await page.waitForFunction((dit) => document.querySelector('#fiche').textContent.replace(/\s/g, ' ').includes(dit), reponse.replace(/\s/g, ' '));
      assert.notEqual(partenaires.length, avant);
    }));

  test('the state of demandes is asked by those who follow them alone', async () => {
    const refus = await fetch(`${service}/api/couverture?reseau=drome&etat=terminee`);
    assert.equal(refus.status, 403);
    assert.match((await refus.json()).detail, /connectez-vous/);
    await avec('/?vue=demandes&etat=terminee', PANNEAU, async ({ page }) => {
      assert.equal(await page.$('#reglages select[data-cle=etat]'), null);
      assert.match(await texte(page, '#reponse'), /745 demandes/);
    });
  });

  test('the level of help narrows who can help', async () => {
    const { totaux } = await demander('/api/couverture?reseau=drome&niveau=approfondi');
    assert.ok(totaux.partenaires_presents > 0 && totaux.partenaires_presents < 12, String(totaux.partenaires_presents));
    await avec('/', PANNEAU, async ({ page }) => {
      await page.selectOption('#question select[data-cle=niveau]', 'approfondi');
      await page.waitForFunction((n) => document.getElementById('reponse').textContent.startsWith(String(n)), totaux.partenaires_presents);
      assert.match(await page.title(), /pour un accompagnement approfondi en 2018/);
    });
  });

  for (const sombre of [false, true]) {
    test(`axe finds nothing serious in any view, ${sombre ? 'dark' : 'light'}`, async () => {
      for (const adresse of ['/', '/?vue=demandes&mesure=taux', '/?vue=indicateurs&dans=france&maille=region', '/?vue=zones&choisis=caue,adil', '/?maille=regroupement']) {
        await avec(adresse, { sombre, ...PANNEAU }, async ({ page }) => {
          await page.click('#partage > summary');
          await page.click('#integrer');
          assert.deepEqual(await fautesAccessibilite(page), [], adresse);
        });
      }
    });
  }
});
