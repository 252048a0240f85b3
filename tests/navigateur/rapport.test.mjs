// A coordinator writes around the figures of the annual report, is told what is wrong, makes the document, publishes it and
// corrects it; whoever reads it on the site finds the figures of the document, on a phone and without script.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { BUREAU, OPTIONS, TELEPHONE, avecPage, capturer, fautesAccessibilite, lancer, service, texte } from './outils.mjs';

const binaire = process.env.MAILLAGE_BINAIRE;
const options = { ...OPTIONS, skip: OPTIONS.skip || (binaire ? false : 'MAILLAGE_BINAIRE is not set') };
const SANS_CARTE = { attendre: 'rien' };
const PASSE = 'quatre mots sans rapport';
const MARQUE = Date.now().toString(36);
// Its own réseau is published: the demonstration stays as it is for the other tests.
const RESEAU = `bilan-${MARQUE}`;
const ANNEE = new Date().getFullYear() - 1;
const BILAN = `/espace/${RESEAU}/bilan`;

async function maillage(...mots) {
  const { MAILLAGE_COURRIER, MAILLAGE_COURRIER_DE, ...reste } = process.env;
  return (await promisify(execFile)(binaire, mots, { env: { ...reste, MAILLAGE_URL_PUBLIQUE: service } })).stdout;
}

async function inscrire(navigateur, courriel, droit) {
  const lien = (await maillage('compte', 'creer', courriel, '--nom', 'Claire Coordonne', '--droit', droit)).match(/http\S+/)[0];
  await avecPage(navigateur, lien, SANS_CARTE, async ({ page }) => {
    for (const champ of ['mot_de_passe', 'confirmation']) await page.fill(`[name=${champ}]`, PASSE);
    await page.click('button');
    await page.waitForURL(/espace/);
  });
}

async function entrer(page, courriel, suite) {
  await page.goto(`${service}/connexion?suite=${suite}`);
  await page.fill('[name=courriel]', courriel);
  await page.fill('[name=mot_de_passe]', PASSE);
  await page.click('main form button');
  await page.waitForURL(service + suite);
}

/** Makes the document, and waits until it is there. */
async function faire(page) {
  await page.goto(service + BILAN);
  await page.fill('#annee', String(ANNEE));
  await page.click('form[action$="/lancer"] button');
  await page.waitForURL(/travaux/);
  await page.waitForSelector('text=Le document est prêt', { timeout: 120_000 });
}

const deborde = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('the annual report', options, () => {
  let navigateur;
  before(async () => {
    navigateur = await lancer();
    await maillage('reseau', 'creer', '--departement', '26', '--code', RESEAU, '--nom', 'Essai du bilan');
    await maillage('reseau', 'ouvrir', RESEAU).catch(() => {});
    await inscrire(navigateur, `coord@${RESEAU}.example`, `${RESEAU}:coordinateur`);
    await inscrire(navigateur, `drome@${RESEAU}.example`, 'drome:coordinateur');
  });
  after(async () => navigateur?.close());

  it('a figure that does not exist is told with its line, and nothing that was written is lost', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await entrer(page, `coord@${RESEAU}.example`, BILAN);
      await page.fill('#avant_propos', 'Bonjour.\n\nNous avons reçu {demande} demandes.');
      await page.click('button[value=enregistrer]');
      const refus = await texte(page, '[role=alert]');
      assert.match(refus, /ligne 3/);
      assert.match(refus, /demandes/);
      assert.match(await page.inputValue('#avant_propos'), /\{demande\} demandes/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await page.fill('#avant_propos', 'Nous avons reçu {demandes} demandes.');
      await page.click('button[value=apercu]');
      assert.match(await texte(page, 'section.avis'), /reçu 0 demande/);
      await page.click('button[value=enregistrer]');
      await page.waitForSelector('[role=status]');
      await capturer(page, 'bilan-textes');
    });
  });

  it('a document is made, read, published, then corrected with a note, and anybody reads it', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, contexte }) => {
      await entrer(page, `coord@${RESEAU}.example`, BILAN);
      await faire(page);
      const pdf = await contexte.request.get(await page.evaluate(() => document.querySelector('a[href$="bilan.pdf"]').href));
      assert.equal(pdf.headers()['content-type'], 'application/pdf');
      assert.equal((await pdf.body()).subarray(0, 5).toString(), '%PDF-');
      assert.deepEqual(await fautesAccessibilite(page), []);
      await page.click('form[action$="/publier"] button');
      await page.waitForURL(/bilan/);
      await faire(page);
      // Without its note, the browser does not even send it.
      assert.equal(await page.locator('#note').evaluate((note) => note.required), true);
      await page.fill('#note', 'Une faute d’orthographe.');
      await page.click('form[action$="/publier"] button');
      await page.goto(`${service}/rapports/${RESEAU}`);
      assert.match(await texte(page, 'main'), /Une faute d’orthographe/);
    });
  });

  for (const [nom, taille] of [['bureau', BUREAU], ['telephone', TELEPHONE]]) {
    it(`the demonstration's says what its document does, before it is published, to who coordinates (${nom})`, async () => {
      await avecPage(navigateur, '/connexion', { ...SANS_CARTE, taille }, async ({ page, fautes }) => {
        await entrer(page, `drome@${RESEAU}.example`, '/espace/drome/bilan');
        assert.ok((await deborde(page)) <= 0, 'the page of the space is not wider than the screen');
        await page.goto(`${service}/rapports/drome/2018`);
        const mots = await texte(page, 'main');
        for (const chiffre of ['745', '260', '364', '71 %']) assert.ok(mots.includes(chiffre), chiffre);
        assert.ok((await deborde(page)) <= 0, 'the report is not wider than the screen');
        assert.deepEqual(await fautesAccessibilite(page), []);
        assert.deepEqual(fautes, []);
        await capturer(page, `bilan-${nom}`);
      });
    });
  }

  it('what is not published is nobody else’s to read', async () => {
    const reponse = await fetch(`${service}/rapports/drome/2018`);
    assert.equal(reponse.status, 404);
    assert.match(await reponse.text(), /pas publié/);
  });
});
