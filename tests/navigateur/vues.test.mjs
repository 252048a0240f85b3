// What an official does with the map: the four views, a period, a comparison, a print, a link, a frame; with a mouse, with
// a thumb, and with the keyboard alone.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { avecPage, BUREAU, capturer, DIE, dessinee, fautesAccessibilite, lancer, OPTIONS, PANNEAU, service, TELEPHONE } from './outils.mjs';

const demander = async (chemin) => (await fetch(service + chemin)).json();
const texte = async (page, ou) => (await page.textContent(ou)).replace(/\s/g, ' ');
const FORMATS = [['1280×800', BUREAU], ['390×844', TELEPHONE]];

/** Presses Tab until what has the focus answers a selector: whoever has no mouse gets there. */
async function tabuler(page, selecteur, limite = 60) {
  for (let i = 0; i < limite; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((s) => document.activeElement?.matches(s), selecteur)) return;
  }
  assert.fail(`${selecteur} is not reached by the keyboard`);
}

/** A visible ring, or a thumb with one. */
const focusVisible = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    const vus = [e, e.nextElementSibling].filter(Boolean).map((x) => getComputedStyle(x));
    return vus.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || e.matches('input[type=range]:focus-visible');
  });

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
        await page.click('#partage > summary');
        await page.click('#imprimer');
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

  test('the keyboard alone goes from the question to the table and its file', () =>
    avec('/', PANNEAU, async ({ page }) => {
      await tabuler(page, '#question select[data-cle=theme]');
      assert.ok(await focusVisible(page));
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => window.maillage.vue().theme !== null);
      await tabuler(page, '#voir-tableau');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#tableau:not([hidden]) .fermer:focus');
      await tabuler(page, '#tableau .outils button');
      assert.ok(await focusVisible(page));
      const [fichier] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      assert.match(fichier.suggestedFilename(), /^qui-parmi.*\.csv$/);
      const morceaux = [];
      for await (const m of await fichier.createReadStream()) morceaux.push(m);
      const lignes = Buffer.concat(morceaux).toString('utf8').split('\r\n');
      assert.equal(lignes[0], '\ufeffCode;Nom;Partenaires;Demandes');
      const fin = lignes.indexOf('');
      assert.equal(fin - 1, Object.keys((await demander('/api/couverture?reseau=drome&maille=commune')).unites).length);
      assert.match(lignes.slice(fin).join(' '), /démonstration.*millésime 2026.*Source/is);
    }));

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
      await page.click('#tableau tbody button:text-is("Secteur 1 (démonstration)")');
      await page.waitForSelector('#fiche h2');
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
