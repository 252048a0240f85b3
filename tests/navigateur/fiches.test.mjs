// Sheets and the page to ask, in a real browser without script: what a mayor reads, asks and follows, on a phone, on a desk
// and on paper.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { BUREAU, OPTIONS, TELEPHONE, avecPage, capturer, fautesAccessibilite, lancer, service } from './outils.mjs';

const { MAILLAGE_BINAIRE: binaire } = process.env;
const SANS_SCRIPT = { attendre: 'rien', script: false };
const SANS_CARTE = { attendre: 'rien' };
const FICHES = [
  ['/territoires/commune/26113', 'Die'],
  ['/territoires/epci/242600534', 'Diois'],
  ['/territoires/departement/26', 'Drôme'],
  ['/territoires/regroupement/drome/secteur-1', 'Secteur 1'],
  ['/partenaires/drome/caue', 'architecture'],
];
const PAGES = ['/demander', '/demander?lieu=saint', '/demander?territoire=commune:26113', '/suivi/inconnu', '/territoires/commune/99999'];

describe('fiches', OPTIONS, () => {
  let navigateur;
  before(async () => {
    navigateur = await lancer();
  });
  after(() => navigateur?.close());

  it('each sheet is whole without script, fits its screen, and axe finds nothing serious', async () => {
    for (const [chemin, nom] of FICHES) {
      for (const taille of [BUREAU, TELEPHONE]) {
        await avecPage(navigateur, chemin, { ...SANS_SCRIPT, taille }, async ({ page, fautes, hotes, reponse }) => {
          assert.equal(reponse.status(), 200, chemin);
          assert.match(await page.locator('h1').textContent(), new RegExp(nom));
          const carte = page.getByRole('img', { name: /Carte|Où intervient/ });
          assert.ok((await carte.boundingBox()).width > 300, chemin);
          assert.ok(await carte.locator('path').count() > 3, chemin);
          assert.deepEqual(fautes, [], chemin);
          assert.deepEqual([...hotes], [new URL(service).host], chemin);
          await capturer(page, `fiche-${nom}-${taille.width}`);
        });
        for (const sombre of [false, true]) {
          await avecPage(navigateur, chemin, { ...SANS_CARTE, taille, sombre }, async ({ page }) => {
            assert.deepEqual(await fautesAccessibilite(page), [], `${chemin} ${sombre ? 'sombre' : 'clair'}`);
            const debord = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            assert.equal(debord, 0, chemin);
          });
        }
      }
    }
  });

  it('the pages to ask have nothing serious either', async () => {
    for (const chemin of PAGES) {
      await avecPage(navigateur, chemin, { ...SANS_CARTE, taille: TELEPHONE }, async ({ page }) => {
        assert.deepEqual(await fautesAccessibilite(page), [], chemin);
      });
    }
  });

  it('a mayor finds who helps, asks, corrects, and follows the demande, by keyboard and without script', async () => {
    await avecPage(navigateur, '/territoires/commune/26113', { ...SANS_SCRIPT, taille: TELEPHONE }, async ({ page, contexte, fautes }) => {
      // Who helps for public buildings, and the service that is asked for.
      const theme = page.getByRole('row', { name: /Accessibilité et sécurité des bâtiments/ });
      assert.match(await theme.textContent(), /Aidé.*CAUE/);
      await theme.getByRole('link', { name: 'CAUE' }).click();
      assert.match(page.url(), /#drome-caue$/);
      const caue = page.locator('#drome-caue');
      const courriel = await caue.getByRole('link', { name: /^Écrire au sujet de : Accessibilité/ }).getAttribute('href');
      assert.match(decodeURIComponent(courriel), /^mailto:guichet@ingenierie-drome\.example\?subject=Die \(26113\) : Accessibilité/);
      await caue.getByRole('link', { name: /^Demander : Accessibilité/ }).click();
      assert.equal(await page.locator('#theme').inputValue(), 'accessibilite');
      assert.equal(await page.locator('#partenaire').inputValue(), 'caue');
      // One wrong field: the others are kept.
      await page.fill('#objet', 'Une rampe pour la salle des fêtes, avant l’été.');
      await page.fill('#nom', 'Anne Maire');
      await page.fill('#courriel', 'mairie');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      assert.match(await page.locator('#faute-courriel').textContent(), /adresse électronique/);
      assert.match(await page.locator('#objet').inputValue(), /Une rampe/);
      await capturer(page, 'demander');
      await page.fill('#courriel', `mairie-${Date.now()}@die.example`);
      await page.getByRole('button', { name: 'Envoyer la demande' }).click();
      await page.getByRole('status').waitFor();
      const lien = await page.locator('.secret code').textContent();
      assert.equal(new URL(page.url()).pathname, new URL(lien).pathname);
      assert.match(await page.textContent('main'), /Reçue.*EL-\d{4}-\d{5}.*Die/s);
      await capturer(page, 'suivi');
      // The link alone says where the demande is.
      await page.goto(lien);
      assert.equal(await page.locator('.secret').count(), 0);
      assert.match(await page.textContent('main'), /Reçue/);
      assert.ok(!(await page.content()).includes('Une rampe'));
      assert.deepEqual(await contexte.cookies(), []);
      assert.deepEqual(fautes.filter((f) => !/422/.test(f)), []);
    });
  });

  it('a sheet is printed on two pages of A4 at most', async () => {
    for (const [chemin] of FICHES) {
      await avecPage(navigateur, chemin, SANS_SCRIPT, async ({ page }) => {
        const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
        const pages = pdf.match(/\/Type\s*\/Page\b/g).length;
        assert.ok(pages <= 2, `${chemin} : ${pages} pages`);
        assert.match(pdf, /\/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12]/);
      });
    }
  });

  it('what was received is for the réseau to read, not for the public', { skip: binaire ? false : 'MAILLAGE_BINAIRE is not set' }, async () => {
    const { stdout } = await promisify(execFile)(binaire, ['personnes', 'perimees', '--essai'], { env: process.env });
    assert.match(stdout, /Liens de suivi des demandes en ligne/);
    const annee = new Date().getFullYear();
    const lues = await (await fetch(`${service}/api/demandes?reseau=drome&annee=${annee}`)).json();
    assert.equal(lues.total, 0);
  });
});
