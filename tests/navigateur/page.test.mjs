// The page as people meet it, in a real browser, against a service that holds the demonstration data (MAILLAGE_URL).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { avecPage, BUREAU, capturer, cliquer, DIE, dessinee, fautesAccessibilite, lancer, OPTIONS, ouvrir, PANNEAU, service, TELEPHONE, couleursAffichees } from './outils.mjs';

describe('the page', OPTIONS, () => {
  let navigateur;
  before(async () => (navigateur = await lancer()));
  after(() => navigateur?.close());

  const avec = (...suite) => avecPage(navigateur, ...suite);

  for (const [nom, taille] of [['1280×800', BUREAU], ['390×844', TELEPHONE]]) {
    const suffixe = taille === BUREAU ? 'bureau' : 'telephone';

    describe(`on arrival at ${nom}`, () => {
      let arrivee;
      before(async () => (arrivee = await ouvrir(navigateur, '/', { taille })));
      after(() => arrivee?.contexte.close());

      test('it asks no other host, sets no cookie, breaks no security policy and logs no error', async () => {
        const csp = arrivee.reponse.headers()['content-security-policy'] ?? '';
        assert.match(csp, /default-src 'none'/);
        assert.doesNotMatch(csp, /unsafe|\*|worker-src[^;]*blob/);
        assert.deepEqual([...arrivee.hotes], [new URL(service).host]);
        assert.deepEqual(await arrivee.contexte.cookies(), []);
        assert.deepEqual(arrivee.fautes, []);
      });

      test('the map comes to rest and draws communes, coloured by how many partners can help', async () => {
        const communes = await arrivee.page.evaluate(() => {
          const { carte } = window.maillage;
          const codes = new Set(carte.queryRenderedFeatures({ layers: ['surface-communes'] }).map((f) => f.properties.code));
          const couleurs = [...codes].map((id) => carte.getFeatureState({ source: 'territoires', sourceLayer: 'communes', id }).couleur);
          return { nombre: codes.size, colorees: couleurs.filter(Boolean).length };
        });
        assert.ok(communes.nombre > 362, `${communes.nombre} communes on screen`);
        assert.ok(communes.colorees > 300, `${communes.colorees} of them coloured`);
        await capturer(arrivee.page, `couverture-${suffixe}`);
      });

      test('the legend has the source, its date and the millésime, and its counts add up', async () => {
        const legende = await arrivee.page.textContent('#legende');
        assert.match(legende, /Source\s: .+/);
        assert.match(legende, /\d{1,2}(er)?\s(janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre) \d{4}/);
        assert.match(legende, /millésime \d{4}/);
        assert.match(legende, /Personne/);
        assert.match(legende, /Données de démonstration/);
        const effectifs = await arrivee.page.$$eval('#legende .effectif', (e) => e.map((x) => parseInt(x.textContent.replace(/\s/g, ''), 10) || 0));
        const unites = await arrivee.page.evaluate(async () => {
          const { reseaux } = await (await fetch('/api/reseaux')).json();
          const { unites } = await (await fetch(`/api/couverture?reseau=${reseaux[0].code}&maille=commune`)).json();
          return Object.keys(unites).length;
        });
        assert.equal(effectifs.reduce((a, b) => a + b, 0), unites);
      });

      test('a still picture is there first, of the same colours at the same places, and the map is loaded when somebody moves', () =>
        avec('/', { ...PANNEAU, taille }, async ({ page, fautes }) => {
          await page.waitForSelector('.esquisse[data-finie]');
          assert.equal(await page.evaluate(() => window.maillage.carte), null);
          assert.ok(!(await page.evaluate(() => performance.getEntriesByType('resource').some((r) => /ouvrier/.test(r.name)))));
          await page.evaluate(() => {
            const toile = document.querySelector('.esquisse');
            const pixels = toile.getContext('2d').getImageData(0, 0, toile.width, toile.height);
            window.peint = (x, y) => [...pixels.data.slice(4 * (Math.round(y) * toile.width + Math.round(x))).slice(0, 3)];
          });
          await dessinee(page);
          const points = await page.evaluate(() => {
            const { carte } = window.maillage;
            const { width, height } = carte.getCanvas().getBoundingClientRect();
            const lus = [];
            for (let x = 20; x < width; x += 29) {
              for (let y = 20; y < height; y += 29) {
                const couleur = carte.queryRenderedFeatures([x, y], { layers: ['surface-communes'] })[0]?.state.couleur;
                const [r, v, b] = window.peint(x * devicePixelRatio, y * devicePixelRatio);
                if (couleur) lus.push([couleur, `#${[r, v, b].map((c) => c.toString(16).padStart(2, '0')).join('')}`]);
              }
            }
            return lus;
          });
          const pareils = points.filter(([une, autre]) => une === autre).length;
          // The others are on a boundary, whose ink is over the colour.
          assert.ok(points.length > 20 && pareils > 0.65 * points.length, `${pareils} of ${points.length}: ${points.slice(0, 5).join(' ')}`);
          assert.deepEqual(fautes, []);
        }));

      test('once it has moved, the live map shows each commune in its colour, with all its pixels', () =>
        avec('/', { taille }, async ({ page }) => {
          const boite = await page.locator('#carte canvas').boundingBox();
          const [x, y] = [boite.x + boite.width / 2, boite.y + boite.height / 3];
          await page.mouse.move(x, y);
          await page.mouse.down();
          for (let i = 1; i <= 5; i++) await page.mouse.move(x - 6 * i, y + 4 * i);
          await page.mouse.up();
          await page.waitForFunction(() => !window.maillage.carte.isMoving());
          await dessinee(page);
          const points = await page.evaluate(({ x, y, width, height }) => {
            const lus = [];
            for (let i = 20; i < width; i += 29) {
              for (let j = 20; j < height; j += 29) {
                const ici = document.elementFromPoint(x + i, y + j)?.closest('#carte');
                const couleur = ici && window.maillage.carte.queryRenderedFeatures([i, j], { layers: ['surface-communes'] })[0]?.state.couleur;
                if (couleur) lus.push([couleur, [x + i, y + j]]);
              }
            }
            return lus;
          }, boite);
          const vues = await couleursAffichees(page, points.map(([, point]) => point));
          const pareils = points.filter(([couleur], i) => couleur === vues[i]).length;
          assert.ok(points.length > 20 && pareils > 0.65 * points.length, `${pareils} of ${points.length}`);
          const { width, attendue } = await page.evaluate(() => ({ width: window.maillage.carte.painter.width, attendue: Math.round(document.querySelector('#carte canvas').clientWidth * devicePixelRatio) }));
          assert.equal(width, attendue);
        }));

      test('the totals say 745 demandes and 260 communes, and that they are a demonstration', async () => {
        const { page } = arrivee;
        await page.check('input[name=vue][value=demandes]', { force: true });
        // Until it is known who asks, the answer and the picture of before are still there, whole.
        await page.waitForFunction(() => /demandes/.test(document.querySelector('#reponse').textContent));
        await dessinee(page);
        const reponse = await page.textContent('#reponse');
        assert.match(reponse, /745\sdemandes/);
        assert.match(reponse, /260\scommunes sur 364/);
        assert.match(reponse, /71\s%/);
        assert.ok(await page.isVisible('#mention'));
        assert.ok(await page.isVisible('#mention-carte'));
        await page.waitForFunction(() => window.maillage.carte.queryRenderedFeatures({ layers: ['cercles'] }).length > 200);
        await capturer(page, `demandes-${suffixe}`);
      });
    });

    describe(`with the sheet of a commune at ${nom}`, () => {
      let ouverte;
      before(async () => (ouverte = await ouvrir(navigateur, '/', { taille })));
      after(() => ouverte?.contexte.close());

      test('a click on a commune says its name, who helps there and what was asked', async () => {
        const { page, fautes } = ouverte;
        await cliquer(page, DIE);
        await page.waitForSelector('#fiche h2');
        assert.equal(await page.textContent('#fiche h2'), 'Die');
        const fiche = await page.textContent('#fiche');
        assert.match(fiche, /26113/);
        assert.match(fiche, /\d+\spartenaires? peu(t|vent) aider cette commune/);
        assert.match(fiche, /\d+\sdemandes?|Aucune demande/);
        assert.match(await page.evaluate(() => location.search), /unite=commune:26113/);
        await capturer(page, `fiche-${suffixe}`);
        assert.deepEqual(fautes, []);
      });

      test('whatever is pressed is 44 pixels high', async () => {
        const petits = await ouverte.page.$$eval('button, select, input, summary, .contacts a', (elements) =>
          elements
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
            .map((e) => `${e.tagName} ${e.id || e.className || e.textContent.slice(0, 30)} ${e.getBoundingClientRect().height}`),
        );
        assert.deepEqual(petits, []);
      });

      test('a long name does not make the page scroll sideways', async () => {
        const { page } = ouverte;
        await page.selectOption('#question select[data-cle=partenaire]', 'caue');
        await dessinee(page);
        const debords = await page.evaluate(() =>
          [document.documentElement, document.getElementById('panneau-corps')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.id || e.tagName),
        );
        assert.deepEqual(debords, []);
      });

      test('axe finds nothing serious or critical, with the sheet or with the table', async () => {
        const { page } = ouverte;
        assert.deepEqual(await fautesAccessibilite(page), []);
        await page.click('#voir-tableau');
        assert.deepEqual(await fautesAccessibilite(page), []);
        await capturer(page, `tableau-${suffixe}`);
      });
    });
  }

  describe('search', () => {
    test('forgives accents, hyphens and capitals', () =>
      avec('/', PANNEAU, async ({ page }) => {
        await page.fill('#recherche-champ', 'chatillon EN diois');
        await page.waitForSelector('#recherche-liste li');
        assert.match(await page.textContent('#recherche-liste'), /Châtillon-en-Diois/);
      }));

    test('understands a slip of the finger, and the keyboard alone leads to the sheet', () =>
      avec('/', PANNEAU, async ({ page, fautes }) => {
        await page.fill('#recherche-champ', 'sainy jean en royans');
        await page.waitForSelector('#recherche-liste li:has-text("Saint-Jean-en-Royans")');
        await capturer(page, 'recherche-bureau');
        await page.press('#recherche-champ', 'ArrowDown');
        assert.ok(await page.getAttribute('#recherche-champ', 'aria-activedescendant'));
        await page.press('#recherche-champ', 'Enter');
        // « Vouliez-vous dire » fills the field again; one more choice opens the sheet.
        await page.waitForFunction(() => document.querySelector('#fiche h2') || document.querySelector('#recherche-liste li .nom'));
        if (!(await page.$('#fiche h2'))) await page.press('#recherche-champ', 'Enter');
        await page.waitForSelector('#fiche h2');
        assert.equal(await page.textContent('#fiche h2'), 'Saint-Jean-en-Royans');
        await page.waitForFunction(() => document.activeElement?.id === 'fiche-nom');
        assert.deepEqual(fautes, []);
      }));

    test('says so when nothing is found', () =>
      avec('/', PANNEAU, async ({ page }) => {
        await page.fill('#recherche-champ', 'zzzzqqqq');
        await page.waitForFunction(() => /Auc(un|une) .* ne correspond/.test(document.getElementById('recherche-etat').textContent));
      }));

    test('finds the whole country, and says of a commune outside any réseau that nobody helps there', () =>
      avec('/?unite=commune:2A004', PANNEAU, async ({ page }) => {
        await page.waitForSelector('#fiche h2');
        assert.equal(await page.textContent('#fiche h2'), 'Ajaccio');
        assert.match(await page.textContent('#fiche'), /n['’]est dans le périmètre d['’]aucun réseau/);
      }));
  });

  describe('the address', () => {
    test('holds the view: reload restores it, back undoes it', () =>
      avec('/', {}, async ({ page }) => {
        await page.check('input[name=vue][value=demandes]', { force: true });
        await page.selectOption('#question select[data-cle=theme]', { index: 1 });
        await page.selectOption('#question select[data-cle=maille]', 'epci');
        await dessinee(page);
        const avant = await page.evaluate(() => window.maillage.carte.getZoom());
        await page.click('.maplibregl-ctrl-zoom-in');
        await page.waitForFunction((z) => window.maillage.carte.getZoom() > z + 0.9 && !window.maillage.carte.isMoving(), avant);
        await page.waitForFunction(() => location.search.includes('carte='));
        const etat = () => page.evaluate(() => {
          const { lng, lat } = window.maillage.carte.getCenter();
          const { carte, ...vue } = window.maillage.vue();
          return { vue, zoom: window.maillage.carte.getZoom().toFixed(1), centre: [lng.toFixed(2), lat.toFixed(2)], question: document.title };
        });
        const voulu = await etat();
        assert.equal(voulu.vue.vue, 'demandes');
        assert.equal(voulu.vue.maille, 'epci');
        assert.ok(voulu.vue.theme);
        await page.reload();
        await dessinee(page);
        assert.deepEqual(await etat(), voulu);
        await page.goBack();
        await page.waitForFunction(() => window.maillage.vue().maille === 'commune');
        await page.goBack();
        await page.waitForFunction(() => window.maillage.vue().theme === null);
      }));

    test('a unit that does not exist gets a sentence, not an empty sheet', () =>
      avec('/?unite=commune:99999', PANNEAU, async ({ page }) => {
        await page.waitForSelector('#fiche [role=status]');
        assert.ok((await page.textContent('#fiche [role=status]')).length > 10);
      }));

    test('a theme or a partner that the réseau does not have is left out', () =>
      avec('/?theme=astronomie&partenaire=personne', PANNEAU, async ({ page }) => {
        assert.deepEqual(await page.evaluate(() => [window.maillage.vue().theme, window.maillage.vue().partenaire]), [null, null]);
      }));
  });

  describe('the choices of the question', () => {
    test('a partner changes the sentence, the answer, the legend and the colours', () =>
      avec('/', {}, async ({ page, fautes }) => {
        const couleurs = () => page.evaluate(() => {
          const { carte } = window.maillage;
          const etats = carte.queryRenderedFeatures({ layers: ['surface-communes'] }).map((f) => carte.getFeatureState({ source: 'territoires', sourceLayer: 'communes', id: f.properties.code }).couleur);
          return new Set(etats.filter(Boolean)).size;
        });
        assert.ok((await couleurs()) > 1);
        await page.selectOption('#question select[data-cle=partenaire]', { index: 1 });
        await page.waitForFunction(() => /^Où l’organisme/.test(document.title));
        await dessinee(page);
        assert.match(await page.textContent('#reponse'), /Ce partenaire peut aider/);
        assert.match(await page.textContent('#legende'), /Peut aider/);
        assert.equal(await couleurs(), 1);
        assert.deepEqual(fautes, []);
      }));

    test('the EPCI have their own map', () =>
      avec('/?maille=epci', {}, async ({ page }) => {
        assert.match(await page.textContent('#reponse'), /12\sEPCI/);
        assert.ok((await page.evaluate(() => window.maillage.carte.queryRenderedFeatures({ layers: ['surface-epci'] }).length)) >= 12);
        await capturer(page, 'epci-bureau');
      }));

    test('the table holds every unit, sorts, and leads back to the map', () =>
      avec('/', PANNEAU, async ({ page }) => {
        await page.click('#voir-tableau');
        const lignes = await page.$$eval('#tableau tbody tr', (l) => l.length);
        assert.ok(lignes >= 360, `${lignes} rows`);
        await page.click('#tableau [data-colonne=demandes]');
        assert.equal(await page.getAttribute('#tableau th.demandes', 'aria-sort'), 'descending');
        const demandes = await page.$$eval('#tableau tbody td:last-child', (c) => c.map((x) => parseInt(x.textContent, 10)));
        assert.deepEqual(demandes, [...demandes].sort((a, b) => b - a));
        const nom = await page.textContent('#tableau tbody tr:first-child th');
        await page.click('#tableau tbody tr:first-child button');
        await page.waitForSelector('#fiche h2');
        assert.equal(await page.textContent('#fiche h2'), nom);
        assert.ok(await page.isHidden('#tableau'));
      }));
  });

  test('the sheet of a phone has three heights, and the map keeps what is left', () =>
    avec('/', { taille: TELEPHONE, ...PANNEAU }, async ({ page }) => {
      const hauteurs = [];
      for (let i = 0; i < 3; i++) {
        hauteurs.push(await page.evaluate(() => document.getElementById('panneau').offsetHeight));
        await page.click('#poignee');
      }
      assert.equal(new Set(hauteurs).size, 3);
      assert.ok(Math.min(...hauteurs) < 100 && Math.max(...hauteurs) > 700, String(hauteurs));
    }));

  test('the dark scheme is as readable', () =>
    avec('/?unite=commune:26113', { sombre: true, ...PANNEAU }, async ({ page }) => {
      await page.waitForSelector('#fiche h2');
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'sombre-bureau');
    }));

  test('when the database stops, the page says so calmly, and recovers by itself', () =>
    avec('/', {}, async ({ page }) => {
      const panne = (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"Base indisponible","status":503}' });
      await page.route(/\/(api|tuiles|ready)/, panne);
      await page.selectOption('#question select[data-cle=theme]', { index: 1 });
      await page.waitForSelector('#panne:visible');
      const phrase = (await page.textContent('#panne')).replace(/\s/g, ' ');
      assert.match(phrase, /La base de données ne répond pas\. La carte affichée date de \d{1,2} h \d{2} ; nouvelle tentative dans \d s\./);
      assert.match(await page.textContent('#legende'), /partenaire/, 'what was on screen stays');
      await capturer(page, 'panne-bureau');
      await page.unroute(/\/(api|tuiles|ready)/, panne);
      await page.waitForSelector('#panne', { state: 'hidden', timeout: 30_000 });
      await page.waitForFunction(() => document.querySelector('#legende li'));
      await dessinee(page);
    }));

  test('a page opened during an outage comes to life after it', () => {
    const panne = (route) => route.fulfill({ status: 503, body: '' });
    return avec('about:blank', { attendre: 'rien' }, async ({ page }) => {
      await page.route(/\/(api|tuiles|styles|ready)/, panne);
      await page.goto(service);
      await page.waitForSelector('#panne:visible');
      assert.doesNotMatch(await page.textContent('#question'), /Aucun réseau/, 'nothing is known yet');
      await page.unroute(/\/(api|tuiles|styles|ready)/, panne);
      await page.waitForSelector('#panne', { state: 'hidden', timeout: 30_000 });
      await dessinee(page);
      assert.match(await page.textContent('#reponse'), /745\sdemandes/);
      assert.ok((await page.evaluate(() => window.maillage.carte.queryRenderedFeatures({ layers: ['surface-communes'] }).length)) > 362);
    });
  });

  test('tiles that failed during an outage are drawn after it', () =>
    avec('/', {}, async ({ page }) => {
      const panne = (route) => route.fulfill({ status: 503, body: '' });
      await page.route(/\/(tuiles\/|ready)/, panne);
      await page.evaluate(() => window.maillage.carte.jumpTo({ center: [-2, 48], zoom: 9 }));
      await page.waitForSelector('#panne:visible');
      await page.unroute(/\/(tuiles\/|ready)/, panne);
      await page.waitForSelector('#panne', { state: 'hidden', timeout: 30_000 });
      await page.waitForFunction(() => window.maillage.carte.loaded() && window.maillage.carte.queryRenderedFeatures({ layers: ['surface-communes'] }).length > 50, null, { timeout: 30_000 });
    }));
});
