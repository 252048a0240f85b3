// What one takes away from the map: a link and its preview, a figure with what it is worth, a picture, a frame; and the
// entry of a réseau.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { avecPage, capturer, fautesAccessibilite, lancer, OPTIONS, PANNEAU, service, TELEPHONE, texte } from './outils.mjs';

describe('what one takes away', OPTIONS, () => {
  let navigateur;
  before(async () => (navigateur = await lancer()));
  after(() => navigateur?.close());
  const avec = (...suite) => avecPage(navigateur, ...suite);

  test('an official shares: the link brings back the view, the figure has its denominator, its date and its source', () =>
    avec('about:blank', { attendre: 'rien' }, async ({ page, contexte, fautes }) => {
      await contexte.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: service });
      await page.addInitScript(() => (navigator.share = async (quoi) => void (window.partage = quoi)));
      await page.goto(`${service}/?vue=demandes&maille=epci`);
      await page.waitForSelector('#legende h2');
      await page.click('#partage > summary');
      const copie = async (bouton, dit) => {
        await page.click(bouton);
        await page.waitForFunction((attendu) => document.getElementById('partage-etat').textContent.includes(attendu), dit);
        return (await page.evaluate(() => navigator.clipboard.readText())).replace(/[^\S\n]/g, ' ');
      };
      assert.equal(await copie('#copier-lien', 'lien est copié'), `${service}/?reseau=drome&vue=demandes&maille=epci`);
      const chiffre = await copie('#copier-chiffre', 'chiffre est copié');
      for (const dit of [/745 demandes en 2018/, /260 communes sur 364/, /millésime 2026/, /Source : /, /Données de démonstration/, /Lu le \d/, /vue=demandes/]) assert.match(chiffre, dit);
      await page.click('#partager');
      await page.waitForFunction(() => window.partage);
      const partage = await page.evaluate(() => window.partage);
      assert.match(partage.text, /^Qu’ont demandé les EPCI/);
      assert.equal(partage.url, `${service}/?reseau=drome&vue=demandes&maille=epci`);
      // Of a unit, its own figure.
      await page.goto(`${service}/?vue=demandes&unite=commune:26113`);
      await page.waitForSelector('#fiche h2');
      await page.click('#partage > summary');
      const sien = await copie('#copier-chiffre', 'chiffre est copié');
      assert.match(sien, /Die :.*partenaires.*demande/s);
      assert.doesNotMatch(sien, /745/);
      assert.deepEqual(fautes, []);
    }));

  test('a link shows its question before it is opened, as a sentence', async () => {
    const apercu = async (adresse) => {
      const html = await (await fetch(service + adresse)).text();
      const lire = (nom) => new RegExp(`<meta property="${nom}" content="([^"]*)"`).exec(html)?.[1].replace(/\s/g, ' ');
      return { titre: lire('og:title'), description: lire('og:description'), url: lire('og:url') };
    };
    assert.equal((await apercu('/')).titre, 'Qui, parmi tous les partenaires, peut aider les communes sur tous les thèmes à tous les niveaux en 2018 ?');
    assert.equal((await apercu('/?vue=indicateurs&maille=epci&dans=region:84')).titre.replace(/\d{4}/, 'AAAA'), 'Quelle est la densité de population des EPCI d’Auvergne-Rhône-Alpes en AAAA ?');
    const die = await apercu('/r/drome?vue=demandes&unite=commune:26113&du=2018-01-01&au=2018-03-31');
    assert.equal(die.titre, 'Die – Qu’ont demandé les communes à tous les partenaires sur tous les thèmes du 01/01/2018 au 31/03/2018 ?');
    assert.match(die.description, /^Ingénierie publique de la Drôme\. Données de démonstration\./);
    assert.match(die.url, /\/r\/drome\?vue=demandes&amp;unite=commune:26113/);
    // What is wrong in an address is left out, and nothing of it is written as HTML.
    const faux = await (await fetch(`${service}/?theme="><script>&partenaire=x&unite=commune:99999`)).text();
    assert.doesNotMatch(faux, /"><script>/);
    assert.match(faux, /<title>Qui, parmi tous les partenaires/);
  });

  test('the title that the server writes is the one that the page would', async () => {
    for (const adresse of ['/', '/?vue=demandes&maille=epci', '/?vue=zones', '/?vue=indicateurs', '/?vue=indicateurs&indicateur=population&dans=france&maille=departement', '/?partenaire=caue&theme=urbanisme']) {
      const html = await (await fetch(service + adresse)).text();
      const ecrit = /<title>([^<]*)<\/title>/.exec(html)[1].replace(/\s/g, ' ').replaceAll('&amp;', '&');
      await avec(adresse, PANNEAU, async ({ page }) => assert.equal((await page.title()).replace(/\s/g, ' '), ecrit, adresse));
    }
  });

  test('a frame holds the map, its sentence and its legend, asks for no cookie and leads to the whole page', () =>
    avec('/integrer?reseau=drome&vue=demandes', { taille: { width: 800, height: 600 } }, async ({ page, contexte, hotes, fautes, reponse }) => {
      assert.match(reponse.headers()['content-security-policy'], /frame-ancestors 'none'$/, 'the demonstration réseau names no site');
      for (const cache of ['.entete', '#vues', '#partage', '#voir-tableau', '#reglages']) assert.ok(await page.isHidden(cache), cache);
      assert.ok((await page.evaluate(() => window.maillage.carte.queryRenderedFeatures({ layers: ['cercles'] }).length)) > 100);
      assert.match(await texte(page, '#legende'), /Source : /);
      assert.match(await page.getAttribute('#vers-la-page', 'href'), /^\/\?reseau=drome&vue=demandes$/);
      assert.deepEqual(await contexte.cookies(), []);
      assert.deepEqual([...hotes], [new URL(service).host]);
      await capturer(page, 'cadre');
      assert.deepEqual(await fautesAccessibilite(page), []);
      assert.deepEqual(fautes, []);
    }));

  test('the code to paste names the réseau, whose sites alone may show it', () =>
    avec('/?vue=zones', PANNEAU, async ({ page }) => {
      await page.click('#partage > summary');
      await page.click('#integrer');
      const code = await page.inputValue('#code-integrer textarea');
      assert.match(code, new RegExp(`^<iframe src="${service}/integrer\\?reseau=drome&vue=zones" title="Où interviennent`));
      // The page says that it is not to be shown on any other site, and the browser holds to it.
      const site = createServer((_, r) => r.end(`<!doctype html><title>Site</title>${code}`)).listen(0, '127.0.0.1');
      try {
        const cadre = await page.context().newPage();
        const refus = cadre.waitForEvent('console', (m) => /frame-ancestors/.test(m.text()));
        await cadre.goto(`http://127.0.0.1:${site.address().port}/`);
        await refus;
      } finally {
        site.close();
      }
    }));

  test('a réseau has its own entry, which stays in the address', () =>
    avec('/r/drome', PANNEAU, async ({ page }) => {
      assert.match(await texte(page, '#reseau-nom'), /Ingénierie publique de la Drôme/);
      await page.check('input[name=vue][value=zones]', { force: true });
      await page.waitForFunction(() => location.pathname === '/r/drome' && location.search === '?vue=zones');
    }));

  test('the entry of a réseau that is not there says so, and shows no other', () =>
    avec('/r/nulle-part', { attendre: 'rien' }, async ({ page }) => {
      await page.waitForFunction(() => /n’existe pas/.test(document.getElementById('question').textContent));
      assert.doesNotMatch(await page.textContent('body'), /745/);
    }));

  test('the picture of a view holds its title, its legend and its map', () =>
    avec('/?vue=demandes', { taille: TELEPHONE }, async ({ page, fautes }) => {
      await page.click('#partage > summary');
      const [image] = await Promise.all([page.waitForEvent('download', { timeout: 120_000 }), page.click('#enregistrer-image')]);
      assert.match(image.suggestedFilename(), /^qu-ont-demande.*\.png$/);
      const morceaux = [];
      for await (const m of await image.createReadStream()) morceaux.push(m);
      const octets = Buffer.concat(morceaux);
      assert.deepEqual([octets.readUInt32BE(16), octets.readUInt32BE(20)], [2246, 1588], 'a sheet of A4 on its side, whatever the screen');
      assert.ok(octets.length > 100_000, `${octets.length} bytes`);
      assert.equal(await page.$('.chambre-noire'), null);
      assert.deepEqual(fautes, []);
    }));
});
