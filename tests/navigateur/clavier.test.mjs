// The map without a mouse, on a desk and on a phone with a keyboard: whoever cannot point finds, reads, asks, takes away and
// prints as others do, sees at each stop where they are, and leaves each panel for where they were.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { aDecouvert, avecPage, BUREAU, capturer, demander, dessinee, DIE, focusVisible, lancer, OPTIONS, PANNEAU, tabuler, TELEPHONE, texte } from './outils.mjs';

describe('With the keyboard alone', OPTIONS, () => {
  let navigateur;
  before(async () => (navigateur = await lancer()));
  after(() => navigateur?.close());

  /** Goes to an element by Tab, where it is seen that one is. */
  async function aller(page, selecteur) {
    await tabuler(page, selecteur, 80);
    await seVoir(page, selecteur);
  }
  async function seVoir(page, ou) {
    assert.ok(await focusVisible(page), `${ou} has the focus, and nothing shows it`);
    assert.ok(await aDecouvert(page), `${ou} has the focus, out of sight`);
  }
  const quoi = (page) => page.evaluate(() => document.activeElement.outerHTML.replace(/\s+/g, ' ').slice(0, 100));
  const rendu = (page, selecteur) => page.waitForFunction((s) => document.activeElement?.matches(s), selecteur);
  const presser = (page, ...touches) => touches.reduce((avant, touche) => avant.then(() => page.keyboard.press(touche)), Promise.resolve());
  const calme = (page) => page.waitForFunction(() => !document.querySelector('#panneau[aria-busy]'));

  /** Finds a commune by its name, and is in its sheet. */
  async function trouver(page, nom) {
    await aller(page, '#recherche-champ');
    await page.keyboard.type(nom);
    // What was found for its first letters is there before.
    await page.waitForFunction((nom) => document.querySelector('#recherche-liste [role=option] .nom')?.textContent.toLowerCase() === nom, nom);
    await presser(page, 'ArrowDown', 'Enter');
    await rendu(page, '#fiche-nom');
  }

  for (const [nom, taille] of [['a desk', BUREAU], ['a phone', TELEPHONE]]) {
    const suffixe = taille === BUREAU ? 'bureau' : 'telephone';

    test(`at ${nom}: a mayor types a need, finds who helps in their commune, and asks`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page, fautes }) => {
        await trouver(page, 'die');
        assert.equal(await texte(page, '#fiche-nom'), 'Die');
        await aller(page, '#besoin');
        await page.keyboard.type('rampe d’accès à la mairie');
        const [reponse] = await Promise.all([page.waitForResponse((r) => /\/api\/aide\?.*q=/.test(r.url())), page.keyboard.press('Enter')]);
        const { partenaires } = await reponse.json();
        assert.ok(partenaires.length > 0);
        await page.waitForFunction((n) => document.querySelectorAll('#fiche details a[href^="/demander?"]').length === n, partenaires.length);
        // The sheet is another one, and one is still in its field.
        await rendu(page, '#besoin');
        await aller(page, '#fiche details.partenaire > summary');
        await presser(page, 'Space');
        await aller(page, '#fiche details[open] a[href*="partenaire="]');
        // From the answer as from each partner; here the réseau will choose.
        for (let i = 0; i < 10 && !(await page.evaluate(() => document.activeElement.matches('a.bouton[href^="/demander?"]'))); i++) await presser(page, 'Shift+Tab');
        await seVoir(page, 'the way to ask');
        await presser(page, 'Enter');
        await page.waitForURL(/\/demander\?/);
        await aller(page, '#theme');
        await page.keyboard.type('Accessib');
        await aller(page, '#objet');
        await page.keyboard.type('Une rampe pour la mairie.');
        await aller(page, '#nom');
        await page.keyboard.type('Anne Maire');
        await aller(page, '#courriel');
        await page.keyboard.type(`clavier-${taille.width}-${Date.now()}@die.example`);
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
        assert.match(await texte(page, 'main'), /Reçue/);
        assert.deepEqual(fautes, []);
      }));

    test(`at ${nom}: a view, a theme and a partner are chosen, one stays in the sentence, and the address says them`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page }) => {
        await aller(page, 'input[name=vue]');
        await presser(page, 'ArrowRight');
        await page.waitForURL(/vue=demandes/);
        await aller(page, '#question select[data-cle=theme]');
        await presser(page, 'ArrowDown');
        await page.waitForURL(/theme=/);
        await rendu(page, '#question select[data-cle=theme]');
        await aller(page, '#question select[data-cle=partenaire]');
        await presser(page, 'ArrowDown');
        await page.waitForURL(/partenaire=/);
        await calme(page);
        await rendu(page, '#question select[data-cle=partenaire]');
        await page.goBack();
        await page.waitForURL((url) => !url.search.includes('partenaire='));
      }));

    test(`at ${nom}: the table is sorted, taken away as a file, and left where one was`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page }) => {
        await aller(page, '#voir-tableau');
        await presser(page, 'Enter');
        await page.waitForSelector('#tableau:not([hidden]) .fermer:focus');
        await aller(page, '#tableau .outils button');
        const [fichier] = await Promise.all([page.waitForEvent('download'), presser(page, 'Space')]);
        assert.match(fichier.suggestedFilename(), /^qui-parmi.*\.csv$/);
        const lignes = (await readFile(await fichier.path(), 'utf8')).split('\r\n');
        assert.equal(lignes[0], '\ufeffCode;Nom;Partenaires;Demandes');
        const fin = lignes.indexOf('');
        assert.equal(fin - 1, Object.keys((await demander('/api/couverture?reseau=drome&maille=commune')).unites).length);
        assert.match(lignes.slice(fin).join(' '), /démonstration.*millésime 2026.*Source/is);
        const premier = () => texte(page, '#tableau tbody tr:first-child');
        const avant = await premier();
        await aller(page, '#tableau thead th:nth-child(2) button');
        await presser(page, 'Enter');
        await page.waitForSelector('#tableau th:nth-child(2)[aria-sort]');
        await rendu(page, '#tableau th:nth-child(2) button');
        assert.notEqual(await premier(), avant);
        await seVoir(page, 'the heading of the column');
        await presser(page, 'Escape');
        await page.waitForSelector('#tableau[hidden]', { state: 'attached' });
        await rendu(page, '#voir-tableau');
        await seVoir(page, 'the button of the table');
      }));

    test(`at ${nom}: Tab goes round no table that hides it`, () =>
      avecPage(navigateur, '/', { taille }, async ({ page }) => {
        await aller(page, '#voir-tableau');
        await presser(page, 'Enter');
        await page.waitForSelector('#tableau .fermer:focus');
        for (const touche of ['Shift+Tab', 'Tab']) {
          for (let i = 0; i < 12; i++) {
            if (await page.evaluate(() => document.activeElement === document.body)) break;
            await seVoir(page, await quoi(page));
            await presser(page, touche);
          }
        }
        await capturer(page, `clavier-tableau-${suffixe}`);
      }));

    test(`at ${nom}: a sheet is left for where one was: the search, the table, the sentence`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page }) => {
        const quitter = async (retour) => {
          await presser(page, 'Escape');
          await page.waitForSelector('#fiche[hidden]', { state: 'attached' });
          await rendu(page, retour);
          await seVoir(page, retour);
          assert.doesNotMatch(page.url(), /unite=/);
        };
        await trouver(page, 'crest');
        await quitter('#recherche-champ');

        await aller(page, '#voir-tableau');
        await presser(page, 'Enter');
        await aller(page, '#tableau tbody button');
        await presser(page, 'Enter');
        await rendu(page, '#fiche-nom');
        // Through its EPCI, the way back is the same.
        await aller(page, '#fiche .lien');
        await presser(page, 'Enter');
        await page.waitForURL(/unite=epci/);
        await rendu(page, '#fiche-nom');
        await quitter('#voir-tableau');

        await page.goto(`${new URL(page.url()).origin}/?unite=commune:26113`);
        await page.waitForSelector('#fiche-nom');
        await calme(page);
        let avant;
        for (let i = 0; i < 80 && !(await page.evaluate(() => document.activeElement.matches('#fiche .fermer'))); i++) {
          avant = await quoi(page);
          await presser(page, 'Tab');
        }
        await presser(page, 'Space');
        await page.waitForSelector('#fiche[hidden]', { state: 'attached' });
        assert.equal(await quoi(page), avant);

        // A field that holds something is emptied first.
        await page.goto(`${new URL(page.url()).origin}/?unite=commune:26113`);
        await page.waitForSelector('#fiche-nom');
        await aller(page, '#besoin');
        await page.keyboard.type('toit');
        await presser(page, 'Escape');
        assert.equal(await page.inputValue('#besoin'), '');
        assert.ok(await page.isVisible('#fiche-nom'));
      }));

    test(`at ${nom}: the map is moved, brought nearer, names what is in its middle, and leads to its sheet and back`, () =>
      avecPage(navigateur, `/?carte=10/${DIE[1]}/${DIE[0]}`, { taille }, async ({ page, fautes }) => {
        await aller(page, '#carte canvas');
        const lieu = () => page.evaluate(() => [window.maillage.carte.getCenter().lng, window.maillage.carte.getZoom()]);
        const [lng, zoom] = await lieu();
        await presser(page, 'ArrowRight');
        await page.waitForFunction((lng) => !window.maillage.carte.isMoving() && window.maillage.carte.getCenter().lng > lng, lng);
        await presser(page, 'ArrowLeft');
        await page.waitForFunction((lng) => !window.maillage.carte.isMoving() && Math.abs(window.maillage.carte.getCenter().lng - lng) < 0.001, lng);
        await presser(page, '+');
        await page.waitForFunction((zoom) => !window.maillage.carte.isMoving() && window.maillage.carte.getZoom() > zoom, zoom);
        await dessinee(page);
        await page.waitForFunction(() => /^Die\d+\spartenaires/.test(document.querySelector('#etiquette:not([hidden])')?.textContent ?? ''));
        assert.match(await texte(page, '#carte [role=status]'), /^Die, \d+ partenaires/);
        await capturer(page, `clavier-carte-${suffixe}`);
        await presser(page, 'Enter');
        await rendu(page, '#fiche-nom');
        assert.equal(await texte(page, '#fiche-nom'), 'Die');
        assert.ok(await page.isHidden('#etiquette'));
        await seVoir(page, 'the name of the commune');
        await presser(page, 'Escape');
        await rendu(page, '#carte canvas');
        assert.doesNotMatch(page.url(), /unite=/);
        await aller(page, '.maplibregl-ctrl-zoom-out');
        const [, pres] = await lieu();
        await presser(page, 'Space');
        await page.waitForFunction((pres) => window.maillage.carte.getZoom() < pres, pres);
        assert.deepEqual(fautes, []);
      }));

    test(`at ${nom}: the link and the code are copied, the picture is kept, the view is printed, and the panel is left`, () =>
      avecPage(navigateur, '/?vue=demandes', { ...PANNEAU, taille }, async ({ page, contexte, fautes }) => {
        await contexte.grantPermissions(['clipboard-read', 'clipboard-write']);
        await page.evaluate(() => (window.print = () => (window.imprime = true)));
        const copie = () => page.evaluate(() => navigator.clipboard.readText());
        await aller(page, '#partage > summary');
        await presser(page, 'Enter');
        await aller(page, '#copier-lien');
        await presser(page, 'Enter');
        await page.waitForSelector('#partage-etat >> text=Le lien est copié');
        assert.match(await copie(), /reseau=drome&vue=demandes/);
        await aller(page, '#imprimer');
        await presser(page, 'Enter');
        await page.waitForFunction(() => window.imprime, null, { timeout: 120_000 });
        await rendu(page, '#imprimer');
        await aller(page, '#enregistrer-image');
        const [image] = await Promise.all([page.waitForEvent('download', { timeout: 120_000 }), presser(page, 'Space')]);
        assert.match(image.suggestedFilename(), /\.png$/);
        await aller(page, '#integrer');
        await presser(page, 'Enter');
        await aller(page, '#code-integrer button');
        await presser(page, 'Enter');
        await page.waitForSelector('#partage-etat >> text=Le code est copié');
        assert.match(await copie(), /^<iframe/);
        await presser(page, 'Escape');
        await rendu(page, '#partage > summary');
        assert.equal(await page.evaluate(() => document.getElementById('partage').open), false);
        await seVoir(page, 'the panel that was left');
        assert.deepEqual(fautes, []);
      }));

    for (const [chemin, dit] of [['/', 'the couverture'], ['/?vue=demandes&unite=commune:26113', 'a sheet'], ['/?vue=indicateurs', 'the indicators'], ['/?vue=zones', 'the zones']]) {
      test(`at ${nom}: one goes through ${dit} and out of it, and back again, seeing where one is`, () =>
        avecPage(navigateur, chemin, { taille }, async ({ page }) => {
          const arret = async (touche) => {
            await presser(page, touche);
            if (await page.evaluate(() => document.activeElement === document.body)) return null;
            const ou = await quoi(page);
            await seVoir(page, ou);
            return ou.slice(0, 30);
          };
          const vus = [];
          for (let ou; vus.length < 150 && (ou = await arret('Tab')); ) vus.push(ou);
          assert.ok(vus.length > 12 && vus.length < 150, `${vus.length} stops: ${vus.slice(-5).join(' / ')}`);
          for (const ou of vus.toReversed()) assert.equal(await arret('Shift+Tab'), ou);
        }));
    }
  }

  test('at a phone: the sheet under the map has its three heights, and gives way to where one goes', () =>
    avecPage(navigateur, '/', { taille: TELEPHONE }, async ({ page }) => {
      const hauteur = () => page.evaluate(() => document.documentElement.dataset.feuille);
      await aller(page, '#poignee');
      await presser(page, 'ArrowUp');
      assert.equal(await hauteur(), 'plein');
      await aller(page, '#carte canvas');
      assert.equal(await hauteur(), 'moitie');
      for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement.id === 'poignee')); i++) await presser(page, 'Shift+Tab');
      await presser(page, 'ArrowDown');
      assert.equal(await hauteur(), 'ligne');
      await aller(page, 'input[name=vue]');
      assert.equal(await hauteur(), 'moitie');
    }));
});
