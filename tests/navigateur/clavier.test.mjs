// The map without a mouse, on a desk and on a phone with a keyboard: whoever cannot point finds, reads, asks and prints as others do.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { avecPage, BUREAU, dessinee, focusVisible, lancer, OPTIONS, PANNEAU, tabuler, TELEPHONE, texte } from './outils.mjs';

describe('With the keyboard alone', OPTIONS, () => {
  let navigateur;
  before(async () => (navigateur = await lancer()));
  after(() => navigateur?.close());

  /** Goes to an element by Tab, where it is seen that one is. */
  async function aller(page, selecteur) {
    await tabuler(page, selecteur, 80);
    assert.ok(await focusVisible(page), `${selecteur} has the focus, and nothing shows it`);
  }
  const ici = (page) => page.evaluate(() => document.activeElement?.id);
  const presser = (page, ...touches) => touches.reduce((avant, touche) => avant.then(() => page.keyboard.press(touche)), Promise.resolve());

  for (const [nom, taille] of [['a desk', BUREAU], ['a phone', TELEPHONE]]) {
    test(`at ${nom}: a mayor types a need, finds who helps in their commune, and asks`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page, fautes }) => {
        await aller(page, '#recherche-champ');
        await page.keyboard.type('die');
        await page.waitForSelector('#recherche-liste [role=option]');
        await presser(page, 'ArrowDown', 'Enter');
        await page.waitForSelector('#fiche-nom');
        assert.equal(await texte(page, '#fiche-nom'), 'Die');
        await page.waitForFunction(() => document.activeElement?.id === 'fiche-nom');
        await aller(page, '#besoin');
        await page.keyboard.type('rampe d’accès à la mairie');
        const [reponse] = await Promise.all([page.waitForResponse((r) => /\/api\/aide\?.*q=/.test(r.url())), page.keyboard.press('Enter')]);
        const { partenaires } = await reponse.json();
        assert.ok(partenaires.length > 0);
        await page.waitForFunction(() => !document.querySelector('#panneau[aria-busy]'));
        // From the answer as from each partner; here the réseau will choose.
        assert.equal(await page.locator('#fiche details a[href^="/demander?"][href*="partenaire="]').count(), partenaires.length);
        await aller(page, '#fiche a.bouton[href^="/demander?"]');
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

    test(`at ${nom}: a view, a theme and a partner are chosen, and the address says them`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page }) => {
        await aller(page, 'input[name=vue]');
        await presser(page, 'ArrowRight');
        await page.waitForURL(/vue=demandes/);
        await aller(page, '#question select[data-cle=theme]');
        await presser(page, 'ArrowDown');
        await page.waitForURL(/theme=/);
        await tabuler(page, '#question select[data-cle=partenaire]', 80);
        await presser(page, 'ArrowDown');
        await page.waitForURL(/partenaire=/);
        await page.goBack();
        await page.waitForURL((url) => !url.search.includes('partenaire='));
      }));

    test(`at ${nom}: the table is sorted, and left where one was`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page }) => {
        await aller(page, '#voir-tableau');
        await presser(page, 'Enter');
        await page.waitForSelector('#tableau:not([hidden])');
        const premier = () => texte(page, '#tableau tbody tr:first-child');
        const avant = await premier();
        await aller(page, '#tableau thead th:nth-child(2) button');
        await presser(page, 'Enter', 'Enter');
        await page.waitForFunction((avant) => document.querySelector('#tableau tbody tr').textContent.replace(/\s/g, ' ') !== avant, avant);
        await presser(page, 'Escape');
        await page.waitForSelector('#tableau[hidden]', { state: 'attached' });
        assert.equal(await ici(page), 'voir-tableau');
      }));

    test(`at ${nom}: the map is moved, brought nearer, and tells of the commune in its middle`, () =>
      avecPage(navigateur, '/', { taille }, async ({ page }) => {
        await aller(page, '#carte canvas');
        const lieu = () => page.evaluate(() => [window.maillage.carte.getCenter().lng, window.maillage.carte.getZoom()]);
        const [lng, zoom] = await lieu();
        await presser(page, 'ArrowRight');
        await page.waitForFunction((lng) => !window.maillage.carte.isMoving() && window.maillage.carte.getCenter().lng > lng, lng);
        await presser(page, '+');
        await page.waitForFunction((zoom) => !window.maillage.carte.isMoving() && window.maillage.carte.getZoom() > zoom, zoom);
        await dessinee(page);
      }));

    test(`at ${nom}: the view is printed`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page }) => {
        await page.evaluate(() => (window.print = () => (window.imprime = true)));
        await aller(page, '#partage > summary');
        await presser(page, 'Enter');
        await aller(page, '#imprimer');
        await presser(page, 'Enter');
        await page.waitForFunction(() => window.imprime, null, { timeout: 120_000 });
      }));

    test(`at ${nom}: one goes through the whole page and out of it`, () =>
      avecPage(navigateur, '/', { ...PANNEAU, taille }, async ({ page }) => {
        const vus = [];
        for (let i = 0; i < 60; i++) {
          await page.keyboard.press('Tab');
          if (await page.evaluate(() => document.activeElement === document.body)) break;
          const quoi = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 80));
          assert.ok(await focusVisible(page), quoi);
          vus.push(quoi);
        }
        assert.ok(vus.length > 12 && vus.length < 60, `${vus.length} stops`);
      }));
  }
});
