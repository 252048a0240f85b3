// A coordinator keeps a réseau from pages: adds a partner and a fiche, and sees them in the answers; two at once lose
// nothing; without script too.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { lancerCourrier } from './courrier.mjs';
import { OPTIONS, TELEPHONE, avecPage, capturer, fautesAccessibilite, lancer, service } from './outils.mjs';

const binaire = process.env.MAILLAGE_BINAIRE;
const options = { ...OPTIONS, skip: OPTIONS.skip || (binaire ? false : 'MAILLAGE_BINAIRE is not set') };
const SANS_CARTE = { attendre: 'rien' };
const PASSE = 'quatre mots sans rapport';
// Its own réseau: the demonstration stays as it is for the other tests.
const RESEAU = `essai-${Date.now().toString(36)}`;
const adresse = (suite) => `${service}/espace/${RESEAU}${suite}`;

/** The program, whose links are shown and not mailed. */
async function maillage(...mots) {
  const { MAILLAGE_COURRIER, MAILLAGE_COURRIER_DE, ...reste } = process.env;
  return (await promisify(execFile)(binaire, mots, { env: { ...reste, MAILLAGE_URL_PUBLIQUE: service } })).stdout;
}

describe('coordination', options, () => {
  let navigateur, lien;
  before(async () => {
    navigateur = await lancer();
    const cree = await maillage('reseau', 'creer', '--departement', '26', '--code', RESEAU, '--nom', 'Essai de la Drôme');
    assert.match(cree, /communes, 36\d ; EPCI, \d+ ; millésime \d{4}/);
    const compte = await maillage('compte', 'creer', `coord@${RESEAU}.example`, '--nom', 'Claire Coordonne', '--droit', `${RESEAU}:coordinateur`);
    lien = compte.match(/http\S+/)[0];
  });
  after(async () => navigateur?.close());

  async function entrer(page) {
    await page.goto(`${service}/connexion?suite=/espace/${RESEAU}`);
    await page.fill('[name=courriel]', `coord@${RESEAU}.example`);
    await page.fill('[name=mot_de_passe]', PASSE);
    await page.click('main form button');
    await page.waitForURL(adresse(''));
  }

  it('a coordinator adds themes, a partner and a fiche to an empty réseau, and the map answers with them', async () => {
    await avecPage(navigateur, lien, SANS_CARTE, async ({ page, fautes, hotes }) => {
      for (const champ of ['mot_de_passe', 'confirmation']) await page.fill(`[name=${champ}]`, PASSE);
      await page.click('button');
      await page.waitForURL(/espace/);
      await page.click(`a[href="/espace/${RESEAU}"]`);
      assert.match(await page.textContent('main'), /Inscrire les partenaires — à faire/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'coordination-accueil');

      for (const libelle of ['Habitat', 'Eau']) {
        await page.goto(adresse('/themes'));
        await page.click('main a.bouton');
        await page.fill('[name=libelle]', libelle);
        await page.click('form.large button');
        await page.waitForURL(/fait=enregistre/);
      }
      await page.click('[aria-label="Monter Eau"]');
      assert.deepEqual(await page.locator('tbody td:first-child a').allTextContents(), ['Eau', 'Habitat']);
      await capturer(page, 'coordination-themes');

      await page.goto(adresse('/ajouter/partenaires'));
      await page.fill('[name=siren]', '123456789');
      await page.fill('[name=nom]', 'Agence de l’habitat');
      await page.fill('[name=telephone]', '04 75 00 00 00');
      await page.check('[name=themes][value=habitat]');
      await page.click('form.large button');
      assert.match(await page.textContent('[role=alert]'), /clé de contrôle est fausse/);
      assert.equal(await page.inputValue('[name=nom]'), 'Agence de l’habitat');
      assert.ok(await page.isChecked('[name=themes][value=habitat]'));
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'coordination-refus');
      await page.fill('[name=siren]', '');
      await page.click('form.large button');
      await page.waitForURL(/partenaires\?fait=enregistre/);
      assert.match(await page.textContent('table'), /Agence de l’habitat/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'coordination-partenaires');

      await page.goto(adresse('/ajouter/fiches'));
      await page.fill('[name=titre]', 'Rénover un logement communal');
      await page.selectOption('[name=niveau]', 'premier_niveau');
      await page.selectOption('[name=cout]', 'gratuit');
      await page.check('[name=themes][value=habitat]');
      await page.check('[name=partenaires]');
      await page.click('form.large button');
      await page.waitForURL(/fiches\?fait=enregistre/);
      await page.click('tbody a');
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'coordination-fiche');

      // The réseau is opened, and answers.
      assert.equal((await fetch(`${service}/api/reseaux/${RESEAU}`)).status, 404);
      await page.goto(adresse('/reglages'));
      await page.fill('[name=couleur]', '#ffee00');
      await page.fill('[name=guichet_nom]', 'Département de la Drôme');
      await page.check('[name=public]');
      await page.click('form.large button');
      assert.match(await page.textContent('[role=alert]'), /trop claire/);
      await page.fill('[name=couleur]', '#1e4d5c');
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'coordination-reglages');
      await page.click('form.large button');
      await page.waitForURL(/\?fait=enregistre/);
      const reseau = await (await fetch(`${service}/api/reseaux/${RESEAU}`)).json();
      assert.deepEqual(reseau.partenaires.map((p) => [p.nom, p.telephone, p.themes]), [['Agence de l’habitat', '04 75 00 00 00', ['habitat']]]);
      const { fiches } = await (await fetch(`${service}/api/reseaux/${RESEAU}/fiches?q=logement`)).json();
      assert.deepEqual(fiches.map((f) => f.titre), ['Rénover un logement communal']);

      // A zone, proposed and decided elsewhere, and the partner is found by who needs it.
      await maillage('import', 'zones', await zone(), '--reseau', RESEAU, '--partenaire', reseau.partenaires[0].code, '--debut', '2020-01-01', '--valider');
      await page.waitForTimeout(500);
      const aide = await (await fetch(`${service}/api/aide?territoire=commune:26113&q=logement`)).text();
      assert.match(aide, /Agence de l’habitat/);
      assert.ok(aide.includes(fiches[0].titre), aide);
      // Closed again: the other tests look at the public réseaux.
      await page.goto(adresse('/reglages'));
      await page.uncheck('[name=public]');
      await page.click('form.large button');
      await page.waitForURL(/\?fait=enregistre/);
      assert.equal((await fetch(`${service}/api/reseaux/${RESEAU}?`)).status, 404);
      // The browser complains of the two forms that were refused, and of nothing else.
      assert.deepEqual(fautes.filter((faute) => !/status of 422/.test(faute)), []);
      assert.deepEqual([...hotes], [new URL(service).host]);
    });
  });

  /** A file of one commune: Die. */
  async function zone() {
    const { mkdtemp, writeFile } = await import('node:fs/promises');
    const { join } = await import('node:path');
    const { tmpdir } = await import('node:os');
    const chemin = join(await mkdtemp(join(tmpdir(), 'maillage-')), 'zone.csv');
    await writeFile(chemin, 'code_insee\n26113\n');
    return chemin;
  }

  it('the second of two at once is shown what the first changed, and loses nothing', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, contexte }) => {
      await entrer(page);
      const autre = await contexte.newPage();
      for (const ouverte of [page, autre]) await ouverte.goto(adresse('/themes/eau'));
      await page.fill('[name=libelle]', 'Eau et milieux');
      await page.click('form.large button');
      await page.waitForURL(/fait=enregistre/);
      await autre.fill('[name=mots_cles]', 'captage\nrobinet');
      await autre.click('form.large button');
      assert.match(await autre.textContent('[role=alert]'), /Claire|coord@.*a changé cette page/s);
      assert.equal(await autre.inputValue('[name=libelle]'), 'Eau et milieux');
      assert.equal(await autre.inputValue('[name=mots_cles]'), 'captage\nrobinet');
      assert.deepEqual(await fautesAccessibilite(autre), []);
      await capturer(autre, 'coordination-ensemble');
      await autre.click('form.large button');
      await autre.waitForURL(/fait=enregistre/);
      // A session that ends keeps what was typed.
      await page.goto(adresse('/themes/eau'));
      await page.fill('[name=libelle]', 'Eau, milieux et captages');
      await contexte.clearCookies();
      await page.click('form.large button');
      assert.match(await page.textContent('main'), /Rien n'est perdu/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await entrer(autre);
      await page.click('form button');
      await page.waitForURL(/fait=enregistre/);
      assert.match(await page.textContent('table'), /Eau, milieux et captages/);
    });
  });

  it('the perimeter changes once it was seen what that changes, and a wrong code is explained', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, fautes }) => {
      await entrer(page);
      await page.goto(adresse('/perimetre'));
      const communes = async () => parseInt((await page.textContent('main p strong')).replace(/\s/g, ''), 10);
      const avant = await communes();
      await page.check('tr:has-text("26113") input');
      await page.locator('text=Voir ce que cela change').first().click();
      assert.match(await page.textContent('main'), /Ce qui sort.*Die \(26113\)/s);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await page.click('text=Enregistrer');
      await page.goto(adresse('/perimetre'));
      assert.equal(await communes(), avant - 1);
      // It comes back by its name; what is not a place is said, and counts for nothing.
      await page.fill('[name=liste]', 'Die\n99999');
      await page.locator('text=Voir ce que cela change').first().click();
      const dit = await page.textContent('main');
      assert.match(dit, /Ligne 2.*99999/s);
      assert.match(dit, /Ce qui entre.*Die \(26113\)/s);
      await capturer(page, 'coordination-perimetre');
      await page.click('text=Enregistrer');
      await page.goto(adresse('/perimetre'));
      assert.equal(await communes(), avant);
      assert.deepEqual(fautes, []);
    });
  });

  it('an administrator sees every réseau', async () => {
    const cree = await maillage('compte', 'creer', `admin@${RESEAU}.example`, '--nom', 'Ada Admin', '--administrateur');
    await avecPage(navigateur, cree.match(/http\S+/)[0], SANS_CARTE, async ({ page }) => {
      for (const champ of ['mot_de_passe', 'confirmation']) await page.fill(`[name=${champ}]`, PASSE);
      await page.click('button');
      await page.waitForURL(/espace/);
      for (const code of ['drome', RESEAU]) assert.ok(await page.locator(`a[href^="/espace/${code}"]`).count(), `${code} is not there`);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await page.goto(adresse('/perimetre'));
      assert.match(await page.textContent('main'), /communes et/);
    });
  });

  it('each page fits a phone, and works without script', async () => {
    const contexte = await navigateur.newContext({ viewport: TELEPHONE, isMobile: true, hasTouch: true, locale: 'fr-FR', javaScriptEnabled: false });
    try {
      const page = await contexte.newPage();
      await entrer(page);
      for (const suite of ['', '/partenaires', '/themes', '/fiches', '/equipe', '/collecte', '/perimetre', '/bilan', '/reglages', '/ajouter/fiches', '/ajouter/partenaires']) {
        await page.goto(adresse(suite));
        await capturer(page, `coordination-telephone${suite.replaceAll('/', '-')}`);
        // Without script, the page's own tools still measure.
        const large = await page.locator('html').evaluate((html) => html.scrollWidth);
        assert.ok(large <= TELEPHONE.width, `${suite} : ${large}`);
      }
      await page.goto(adresse('/ajouter/themes'));
      await page.fill('[name=libelle]', 'Voirie');
      await page.click('form.large button');
      await page.waitForURL(/fait=enregistre/);
    } finally {
      await contexte.close();
    }
  });

  it('reminders are shown, then sent to who asked for them', async () => {
    const port = await portLibre();
    const courrier = await lancerCourrier(`smtp://127.0.0.1:${port}`);
    try {
      await avecPage(navigateur, '/connexion', { ...SANS_CARTE, taille: TELEPHONE }, async ({ page }) => {
        await entrer(page);
        await page.goto(adresse('/rappels'));
        assert.match(await page.textContent('main'), /Vous ne recevez pas ce message/);
        await page.click('text=Le recevoir');
        assert.match(await page.textContent('pre'), /ce qu'il manque|Ce qu'il manque/);
        assert.deepEqual(await fautesAccessibilite(page), []);
        await capturer(page, 'coordination-rappels');
      });
      const vue = await maillage('rappels', '--reseau', RESEAU);
      assert.match(vue, /Rien n'est envoyé sans --envoyer/);
      assert.equal(courrier.messages.length, 0);
      const envoi = ['rappels', '--reseau', RESEAU, '--envoyer', '--courrier', `smtp://127.0.0.1:${port}`, '--courrier-de', 'maillage <ne-pas-repondre@maillage.example>'];
      assert.match(await maillage(...envoi), /Messages envoyés : 1 sur 1/);
      const message = await courrier.recevoir(`coord@${RESEAU}.example`);
      assert.match(message.texte, /Agence de l’habitat : /);
      // Whatever the clock of the machine that runs it: not twice in a week.
      assert.match(await maillage(...envoi), /Messages envoyés : 0 sur 0 ; déjà écrits cette semaine : 1/);
    } finally {
      await courrier.fermer();
    }
  });

  function portLibre() {
    return new Promise((fin) => {
      const serveur = createServer().listen(0, '127.0.0.1', () => {
        const { port } = serveur.address();
        serveur.close(() => fin(port));
      });
    });
  }

  it('the board of the demonstration says who has delivered its year', async () => {
    await maillage('compte', 'donner', `coord@${RESEAU}.example`, 'drome:coordinateur');
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await entrer(page);
      await page.goto(`${service}/espace/drome/collecte`);
      assert.match(await page.textContent('main'), /\d+ partenaires sur \d+ ont livré des demandes de 2018/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'coordination-collecte');
      await page.goto(`${service}/espace/drome/equipe`);
      assert.match(await page.textContent('main'), /Claire Coordonne \(vous\)/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'coordination-equipe');
      for (const suite of ['/partenaires/departement', '/fiches', '/themes']) {
        await page.goto(`${service}/espace/drome${suite}`);
        await capturer(page, `coordination-drome${suite.replaceAll('/', '-')}`);
      }
    });
    await maillage('compte', 'reprendre', `coord@${RESEAU}.example`, 'drome:coordinateur');
  });
});
