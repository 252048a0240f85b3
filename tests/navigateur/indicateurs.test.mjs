// The indicators on the page, in a real browser, against a service that holds at least the territories of one millésime
// and the demonstration réseau (MAILLAGE_URL).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { avecPage, BUREAU, capturer, cliquer, DIE, dessinee, fautesAccessibilite, lancer, OPTIONS, ouvrir, PANNEAU, service, TELEPHONE } from './outils.mjs';

const demander = async (chemin) => (await fetch(service + chemin)).json();
const total = async (page) => {
  const effectifs = await page.$$eval('#legende .effectif', (e) => e.map((x) => parseInt(x.textContent.replace(/\s/g, ''), 10) || 0));
  return effectifs.reduce((a, b) => a + b, 0);
};
/** Changes the answer of the values before the page has it. */
const truquer = (page, changer) =>
  page.route('**/valeurs?*', async (route) => {
    const reponse = await route.fetch();
    const corps = await reponse.json();
    changer(corps);
    await route.fulfill({ response: reponse, json: corps });
  });
const lignes = (page) => page.$$eval('#legende li', (l) => l.map((x) => [...x.querySelectorAll('span')].slice(-2).map((s) => s.textContent.replace(/\s/g, ' '))));

describe('the indicators', OPTIONS, () => {
  let navigateur;
  before(async () => (navigateur = await lancer()));
  after(() => navigateur?.close());

  const avec = (...suite) => avecPage(navigateur, ...suite);

  test('every unit of a maille in a place has its name, and an EPCI across a limit its whole value', async () => {
    const { unites, millesime } = await demander('/api/territoires/commune?dans=departement:26');
    assert.equal(unites['26113'].nom, 'Die');
    assert.ok(Math.hypot(unites['26113'].point[0] - DIE[0], unites['26113'].point[1] - DIE[1]) < 0.1);
    const valeurs = await demander('/api/indicateurs/population/valeurs?maille=commune&dans=departement:26');
    assert.deepEqual(Object.keys(unites).sort(), [...Object.keys(valeurs.valeurs), ...Object.values(valeurs.etats).flat()].sort());
    assert.equal(millesime, valeurs.millesime);
    const [ici, partout] = await Promise.all(['&dans=departement:26', ''].map((dans) => demander(`/api/indicateurs/population/valeurs?maille=epci${dans}`)));
    for (const [code, valeur] of Object.entries(ici.valeurs)) assert.equal(valeur, partout.valeurs[code], code);
  });

  for (const [nom, taille] of [['1280×800', BUREAU], ['390×844', TELEPHONE]]) {
    describe(`on arrival at ${nom}`, () => {
      const suffixe = taille === BUREAU ? 'bureau' : 'telephone';
      let arrivee;
      before(async () => (arrivee = await ouvrir(navigateur, '/?vue=indicateurs', { taille })));
      after(() => arrivee?.contexte.close());

      test('the question is about the département of the réseau, and the answer is in words before colours', async () => {
        const { page, fautes } = arrivee;
        assert.match(await page.title(), /^Quelle est la densité de population des communes de la Drôme en \d{4}\s\?/);
        const reponse = (await page.textContent('#reponse')).replace(/\s/g, ' ');
        assert.match(reponse, /3\d\d communes de la Drôme.* : de [\d,]+ à [\d ,]+ habitants par km², médiane [\d,]+\./);
        assert.ok(await page.isHidden('#mention'), 'these figures are not a demonstration');
        assert.deepEqual(fautes, []);
        await capturer(page, `indicateurs-${suffixe}`);
      });

      test('the legend has title, unit, method, source, producer, period and millésime, and its counts add up', async () => {
        const { page } = arrivee;
        const legende = (await page.textContent('#legende')).replace(/\s/g, ' ');
        for (const attendu of [/Densité de population \(habitants par km²\)/, /quantiles/, /Source : .+/, /Producteur : .+/, /En \d{4}/, /millésime \d{4}/]) {
          assert.match(legende, attendu);
        }
        const { unites } = await demander('/api/territoires/commune?dans=departement:26');
        assert.equal(await total(page), Object.keys(unites).length);
      });

      test('the map draws each commune in the colour of its class', async () => {
        const { page } = arrivee;
        const couleurs = await page.$$eval('#legende .pastille', (p) => p.map((x) => x.style.backgroundColor).filter(Boolean));
        const dessinees = await page.evaluate(() => {
          const { carte } = window.maillage;
          const codes = [...new Set(carte.queryRenderedFeatures({ layers: ['surface-communes'] }).map((f) => f.properties.code))];
          const toile = document.createElement('i');
          return codes
            .map((id) => carte.getFeatureState({ source: 'territoires', sourceLayer: 'communes', id }).couleur)
            .filter(Boolean)
            .map((couleur) => ((toile.style.color = couleur), toile.style.color));
        });
        assert.ok(dessinees.length > 300, `${dessinees.length} coloured`);
        assert.deepEqual([...new Set(dessinees)].sort(), [...couleurs].sort());
      });

      test('whatever is pressed is 44 pixels high, nothing overflows, and axe finds nothing serious', async () => {
        const { page } = arrivee;
        const petits = await page.$$eval('button, select, input, summary', (elements) =>
          elements.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 80)),
        );
        assert.deepEqual(petits, []);
        assert.ok(await page.evaluate(() => document.getElementById('panneau-corps').scrollWidth <= document.getElementById('panneau-corps').clientWidth));
        assert.deepEqual(await fautesAccessibilite(page), []);
      });

      test('a click says the value of the commune in its sheet', async () => {
        const { page } = arrivee;
        await cliquer(page, DIE);
        await page.waitForSelector('#fiche .valeur');
        assert.equal(await page.textContent('#fiche h2'), 'Die');
        const { valeurs } = await demander('/api/indicateurs/densite/valeurs?maille=commune&dans=commune:26113');
        const attendue = valeurs['26113'].toLocaleString('fr-FR', { minimumFractionDigits: 1 });
        assert.match(await page.textContent('#fiche .valeur'), new RegExp(`^${attendue}\\shabitants par km²$`));
        await capturer(page, `indicateurs-fiche-${suffixe}`);
      });
    });
  }

  test('a stock is drawn as circles whose area is proportional, the largest first', () =>
    avec('/?vue=indicateurs&indicateur=population', {}, async ({ page }) => {
      const { valeurs } = await demander('/api/indicateurs/population/valeurs?maille=commune&dans=departement:26');
      const dessin = await page.evaluate(() => {
        const { carte } = window.maillage;
        const { features } = carte.getSource('cercles').serialize().data;
        return {
          valeurs: Object.fromEntries(features.map((f) => [f.properties.code, f.properties.valeur])),
          rayon: JSON.stringify(carte.getPaintProperty('cercles', 'circle-radius')),
          ordre: JSON.stringify(carte.getLayoutProperty('cercles', 'circle-sort-key')),
          visible: carte.queryRenderedFeatures({ layers: ['cercles'] }).length,
          aplats: carte.queryRenderedFeatures({ layers: ['surface-communes'] }).filter((f) => f.state.couleur).length,
        };
      });
      assert.deepEqual(dessin.valeurs, valeurs);
      assert.match(dessin.rayon, /\["sqrt",\["get","valeur"\]\]/);
      assert.match(dessin.ordre, /\["-",0,\["get","valeur"\]\]/);
      assert.ok(dessin.visible > 200);
      assert.equal(dessin.aplats, 0, 'a count is never a flat colour');
      assert.equal(await page.$$eval('#legende circle', (c) => c.length), 3);
      assert.equal(await total(page), Object.keys(valeurs).length);
      assert.match((await page.textContent('#reponse')).replace(/\s/g, ' '), /habitants en tout\./);
      await capturer(page, 'indicateurs-cercles-bureau');
    }));

  test('each state of what has no value has its own line, its count and its pattern, shared with no value', () =>
    avec('about:blank', { attendre: 'rien' }, async ({ page, fautes }) => {
      await truquer(page, (corps) => {
        if (corps.dans !== 'departement:26') return;
        const codes = Object.keys(corps.valeurs).slice(0, 10);
        for (const code of codes) delete corps.valeurs[code];
        corps.etats = { secret: codes.slice(0, 4), sans_objet: codes.slice(4, 7), non_disponible: codes.slice(7, 9), non_calculable: codes.slice(9) };
        corps.partielles = [Object.keys(corps.valeurs)[0]];
      });
      await page.goto(`${service}/?vue=indicateurs`);
      await dessinee(page);
      const etats = (await lignes(page)).filter(([libelle]) => /^(Secret|Sans|Non)/.test(libelle));
      assert.deepEqual(etats, [
        ['Secret statistique', '4 communes'],
        ['Sans objet', '3 communes'],
        ['Non disponible', '2 communes'],
        ['Non calculable', '1 commune'],
      ]);
      const reponse = (await page.textContent('#reponse')).replace(/\s/g, ' ');
      assert.match(reponse, /4 valeurs sont sous secret statistique\. .*sans objet pour 3 communes\. La valeur de 2 communes n’est pas disponible\. La valeur d’une commune n’est pas calculable\./);
      const carte = await page.evaluate(() => {
        const { carte } = window.maillage;
        const visible = (id) => carte.getLayoutProperty(id, 'visibility') === 'visible';
        const etats = carte.querySourceFeatures('territoires', { sourceLayer: 'communes' }).map((f) => carte.getFeatureState({ source: 'territoires', sourceLayer: 'communes', id: f.properties.code }));
        return {
          couches: ['secret', 'non_disponible', 'non_calculable', 'personne'].map((m) => visible(`${m}-communes`)),
          melees: etats.filter((e) => e.motif && e.couleur).length,
        };
      });
      assert.deepEqual(carte, { couches: [true, true, true, false], melees: 0 });
      const motifs = await page.$$eval('#legende canvas', (toiles) => toiles.map((t) => t.toDataURL()));
      assert.equal(new Set(motifs).size, 3);
      await capturer(page, 'indicateurs-etats-bureau');
      await page.click('#voir-tableau');
      const tableau = (await page.textContent('#tableau tbody')).replace(/\s/g, ' ');
      for (const mot of ['secret statistique', 'sans objet', 'non disponible', 'non calculable', 'valeur partielle']) assert.ok(tableau.includes(mot), mot);
      assert.deepEqual(fautes, []);
    }));

  test('what is measured on communes alone is not calculable on EPCI, and both the legend and the answer say why', () =>
    avec('/?vue=indicateurs&indicateur=epci_poids&maille=epci', PANNEAU, async ({ page }) => {
      assert.ok((await lignes(page)).some(([libelle, n]) => libelle === 'Non calculable' && /^\d+ EPCI$/.test(n)));
      assert.match(await page.textContent('#legende'), /il n'est donné que par commune/);
      assert.match(await page.textContent('#reponse'), /Aucune valeur n’est connue/);
    }));

  test('ranks keep the names of the catalogue', () =>
    avec('/?vue=indicateurs&indicateur=taille', PANNEAU, async ({ page }) => {
      const { indicateurs } = await demander('/api/indicateurs');
      const { modalites } = indicateurs.find((i) => i.code === 'taille');
      const libelles = (await lignes(page)).map(([libelle]) => libelle);
      assert.deepEqual(libelles.slice(0, modalites.length), modalites.map((m) => m.replace(/\s/g, ' ')));
      assert.equal(await page.$('#legende select'), null, 'ranks are classes already');
    }));

  test('the method and the number of classes are chosen in the legend, which keeps the focus', () =>
    avec('/?vue=indicateurs', PANNEAU, async ({ page }) => {
      await page.focus('#legende select[data-cle=nombre]');
      await page.selectOption('#legende select[data-cle=nombre]', '7');
      await page.waitForFunction(() => document.querySelectorAll('#legende .pastille').length >= 8);
      assert.equal(await page.evaluate(() => document.activeElement?.dataset.cle), 'nombre');
      await page.selectOption('#legende select[data-cle=methode]', 'q6');
      await page.waitForFunction(() => !document.querySelector('#legende select[data-cle=nombre]'));
      assert.match(await page.evaluate(() => location.search), /classes=q6/);
      assert.equal(await page.$eval('#legende select[data-cle=methode]', (s) => s.selectedOptions[0].text), 'Q6 (extrêmes de 5\u00a0%)');
    }));

  test('the address restores the view, and back undoes it', () =>
    avec('/?maille=epci', {}, async ({ page, fautes }) => {
      await page.check('input[name=vue][value=indicateurs]', { force: true });
      await page.waitForSelector('#question select[data-cle=indicateur]');
      await page.selectOption('#question select[data-cle=indicateur]', 'superficie');
      await page.waitForFunction(() => /^Quelle est la superficie/.test(document.title));
      await page.selectOption('#question select[data-cle=dans]', 'region:84');
      await page.waitForFunction(() => /d’Auvergne-Rhône-Alpes/.test(document.title));
      await page.selectOption('#question select[data-cle=maille]', 'departement');
      await dessinee(page);
      await page.waitForFunction(() => /12\sdépartements d’Auvergne-Rhône-Alpes/.test(document.getElementById('reponse').textContent));
      const etat = () => page.evaluate(() => ({ adresse: location.search, titre: document.title, reponse: document.getElementById('reponse').textContent, vue: window.maillage.vue() }));
      const voulu = await etat();
      assert.equal(voulu.adresse, '?vue=indicateurs&maille=departement&indicateur=superficie&dans=region:84');
      await page.reload();
      await dessinee(page);
      assert.deepEqual(await etat(), voulu);
      await page.goBack();
      await page.waitForFunction(() => window.maillage.vue().maille === 'epci');
      await page.goBack();
      await page.waitForFunction(() => window.maillage.vue().dans === null);
      await page.goBack();
      await page.waitForFunction(() => window.maillage.vue().indicateur === null);
      await page.goBack();
      await page.waitForFunction(() => window.maillage.vue().vue === 'couverture' && /partenaires/.test(document.getElementById('reponse').textContent));
      assert.deepEqual(fautes, []);
    }));

  test('an indicator, a place or a maille that is not there is left out', () =>
    avec('/?vue=indicateurs&indicateur=bonheur&dans=departement:99&maille=region', PANNEAU, async ({ page }) => {
      assert.match(await page.title(), /^Quelle est la densité de population des EPCI de la Drôme/);
    }));

  test('the whole country is coloured commune by commune, and its table begins at once', () =>
    avec('/?vue=indicateurs&dans=france', {}, async ({ page, fautes }) => {
      const { valeurs, etats } = await demander('/api/indicateurs/densite/valeurs?maille=commune');
      assert.equal(await total(page), Object.keys(valeurs).length + Object.values(etats).flat().length);
      assert.ok((await page.evaluate(() => window.maillage.carte.queryRenderedFeatures({ layers: ['surface-communes'] }).length)) > 20_000);
      await page.click('#voir-tableau');
      assert.equal(await page.$$eval('#tableau tbody tr', (l) => l.length), 500);
      await page.click('#tableau [data-colonne=valeur]');
      await page.click('#tableau .bouton');
      assert.equal(await page.$$eval('#tableau tbody tr', (l) => l.length), 1000);
      await capturer(page, 'indicateurs-france-bureau');
      assert.deepEqual(fautes, []);
    }));

  test('the sheet of an EPCI gives its value and leads to its communes', () =>
    avec('/?vue=indicateurs&indicateur=population&unite=epci:200040459', PANNEAU, async ({ page }) => {
      await page.waitForSelector('#fiche .valeur');
      assert.match(await page.textContent('#fiche .valeur'), /\d+\shabitants/);
      await page.click('#fiche .valeur ~ .bouton');
      await page.waitForFunction(() => /de l’EPCI .*Montélimar Agglomération en/.test(document.title));
      await page.waitForFunction(() => /^27\scommunes/.test(document.getElementById('reponse').textContent));
      assert.match(await page.evaluate(() => location.search), /dans=epci:200040459/);
    }));

  test('without a réseau the page is about the indicators of the country', () =>
    avec('about:blank', { attendre: 'rien' }, async ({ page, fautes }) => {
      await page.route('**/api/reseaux', (route) => route.fulfill({ json: { reseaux: [] } }));
      await page.goto(`${service}/?maille=departement`);
      await dessinee(page);
      assert.match(await page.title(), /des départements de France/);
      assert.ok(await page.isHidden('#vues'));
      await cliquer(page, [2.6, 46.6]);
      await page.waitForSelector('#fiche .valeur');
      assert.doesNotMatch(await page.textContent('#fiche'), /Qui peut aider/);
      assert.deepEqual(fautes, []);
    }));

  test('the dark scheme is as readable', () =>
    avec('/?vue=indicateurs&unite=commune:26113', { sombre: true, ...PANNEAU }, async ({ page }) => {
      await page.waitForSelector('#fiche .valeur');
      assert.deepEqual(await fautesAccessibilite(page), []);
    }));
});
