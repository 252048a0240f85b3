// A partner corrects its zone by click, by EPCI, by list, by file and by drawing, and proposes it; a coordinator decides;
// two at once, a reload and a lost connection lose nothing; by keyboard alone, on a phone, and read without script.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it, test } from 'node:test';
import { promisify } from 'node:util';
import { BUREAU, DIE, OPTIONS, TELEPHONE, avecPage, capturer, cliquer, fautesAccessibilite, focusVisible, lancer, outil, racine, service, tabuler, texte } from './outils.mjs';

const binaire = process.env.MAILLAGE_BINAIRE;
const options = { ...OPTIONS, skip: OPTIONS.skip || (binaire ? false : 'MAILLAGE_BINAIRE is not set') };
const SANS_CARTE = { attendre: 'rien' };
const PASSE = 'quatre mots sans rapport';
const RESEAU = `zones-${Date.now().toString(36)}`;
const BASE = `/espace/${RESEAU}/partenaires/agence`;
const VALENCE = [4.8924, 44.9334];

async function maillage(...mots) {
  const { MAILLAGE_COURRIER, MAILLAGE_COURRIER_DE, ...reste } = process.env;
  return (await promisify(execFile)(binaire, mots, { env: { ...reste, MAILLAGE_URL_PUBLIQUE: service } })).stdout;
}

describe('the extent of a zone', async () => {
  const { outputFiles } = await outil('esbuild').build({ entryPoints: [fileURLToPath(new URL('src/web/espace/etendue.ts', racine))], bundle: true, format: 'esm', write: false });
  const { Etendue, changements } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  const lieux = new Map(['a1', 'a2', 'a3', 'b1'].map((code) => [code, { code, unites: [`epci:${code[0]}`, 'departement:26'] }]));
  const de = (...unites) => new Etendue(lieux, unites);

  test('an EPCI that is added stays an EPCI, and one of its communes is left out of it', () => {
    const etendue = de(['commune:a1', false]).ajouterUnite('epci:a').retirer(['a2']);
    assert.deepEqual(etendue.liste(), [['commune:a2', true], ['epci:a', false]]);
    assert.deepEqual([...etendue.codes()], ['a1', 'a3']);
    assert.deepEqual(etendue.ajouter(['a2']).liste(), [['epci:a', false]]);
  });

  test('an EPCI of which everything is left out is no more there', () => {
    assert.deepEqual(de(['epci:a', false]).retirer(['a1', 'a2', 'a3']).liste(), []);
    assert.deepEqual(de(['departement:26', false]).retirerUnite('epci:a').liste(), [['commune:a1', true], ['commune:a2', true], ['commune:a3', true], ['departement:26', false]]);
  });

  test('a commune comes back into what a larger exclusion had left out', () => {
    const etendue = de(['departement:26', false], ['epci:a', true]).ajouter(['a1']);
    assert.deepEqual([...etendue.codes()], ['a1', 'b1']);
  });

  test('what one had done is done again over what another has', () => {
    const { ajoutes, retires } = changements(new Set(['a1', 'a2']), new Set(['a2', 'b1']));
    assert.deepEqual([ajoutes, retires], [['b1'], ['a1']]);
  });
});

describe('the partner’s space', options, () => {
  let navigateur;
  before(async () => {
    navigateur = await lancer();
    await maillage('reseau', 'creer', '--departement', '26', '--code', RESEAU, '--nom', 'Essai des zones');
    await inscrire('coord', `${RESEAU}:coordinateur`);
    // What a coordinator does before partners come.
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await entrer(page, 'coord', `/espace/${RESEAU}`);
      await page.goto(`${service}/espace/${RESEAU}/ajouter/themes`);
      await page.fill('[name=libelle]', 'Habitat');
      await page.click('form.large button');
      await page.goto(`${service}/espace/${RESEAU}/ajouter/partenaires`);
      await page.fill('[name=nom]', 'Agence de l’habitat');
      await page.fill('[name=sigle]', 'Agence');
      await page.check('[name=themes][value=habitat]');
      await page.click('form.large button');
      await page.waitForURL(/fait=enregistre/);
    });
    for (const qui of ['anne', 'paul']) await inscrire(qui, `${RESEAU}:partenaire:agence`);
  });
  after(async () => navigateur?.close());

  async function inscrire(qui, droit) {
    const lien = (await maillage('compte', 'creer', `${qui}@${RESEAU}.example`, '--nom', qui, '--droit', droit)).match(/http\S+/)[0];
    await avecPage(navigateur, lien, SANS_CARTE, async ({ page }) => {
      for (const champ of ['mot_de_passe', 'confirmation']) await page.fill(`[name=${champ}]`, PASSE);
      await page.click('button');
      await page.waitForURL(/espace/);
    });
  }

  async function entrer(page, qui, chemin) {
    await page.goto(`${service}/connexion?suite=${encodeURIComponent(chemin)}`);
    await page.fill('[name=courriel]', `${qui}@${RESEAU}.example`);
    await page.fill('[name=mot_de_passe]', PASSE);
    await page.click('main form button');
    await page.waitForURL(service + chemin);
  }

  /** Drags from one place of the map to another. */
  async function tirer(page, de, vers) {
    const [a, b] = await page.evaluate((lieux) => {
      const { left, top } = document.getElementById('carte').getBoundingClientRect();
      return lieux.map((lieu) => window.maillage.carte.project(lieu)).map(({ x, y }) => [x + left, y + top]);
    }, [de, vers]);
    await page.mouse.move(...a);
    await page.mouse.down();
    for (let i = 1; i <= 8; i++) await page.mouse.move(a[0] + ((b[0] - a[0]) * i) / 8, a[1] + ((b[1] - a[1]) * i) / 8);
    await page.mouse.up();
  }

  const carteDessinee = (page) => page.waitForFunction(() => window.maillage?.carte?.loaded(), null, { timeout: 60_000 });
  const cochees = (page) => page.locator('#communes input[name=commune]:checked').count();
  const ligne = (page, code) => page.locator(`#communes tr[data-code="${code}"]`);
  const retour = (page) => page.locator('#proposer [role=status]');
  const trouvaille = (page) => page.locator('.trouvaille');

  /** Whoever is signed in, at the page where a zone is corrected. */
  async function corriger(qui, essai, choix = {}) {
    await avecPage(navigateur, '/connexion', { ...SANS_CARTE, ...choix }, async (ouverte) => {
      await entrer(ouverte.page, qui, `${BASE}/zones/agence`);
      if (choix.script !== false) await ouverte.page.waitForSelector('#atelier.actif');
      await essai(ouverte);
    });
  }

  it('a partner says where it goes by click, by EPCI, by list and by file, and proposes it', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, fautes, hotes }) => {
      await entrer(page, 'anne', '/espace');
      await page.click('text=son espace');
      assert.match(await texte(page, 'main'), /Aucune zone n'est en vigueur/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace-accueil');
      await page.click('text=Voir et corriger vos zones');
      await page.click('ul.choix >> text=Tous vos thèmes');
      await page.waitForSelector('#atelier.actif');
      await carteDessinee(page);
      assert.match(await texte(page, '.resume'), /0 commune sur 36\d/);
      await capturer(page, 'espace-zone-neuve');

      // One commune, then an EPCI, whose units follow it.
      await cliquer(page, DIE);
      await page.waitForSelector('.annonce:has-text("Die : dans la zone")');
      assert.ok(await ligne(page, '26113').locator('input').isChecked());
      await page.check('text=tout son EPCI');
      await cliquer(page, VALENCE);
      await page.waitForSelector('.annonce:has-text("Valence Romans")');
      assert.equal(await ligne(page, '26362').locator('td').nth(2).textContent(), 'ajoutée');
      const avecEpci = await cochees(page);
      assert.ok(avecEpci > 50, `${avecEpci}`);
      await ligne(page, '26004').locator('input').uncheck();
      assert.equal(await cochees(page), avecEpci - 1);
      await page.click('text=Annuler le dernier changement');
      assert.equal(await cochees(page), avecEpci);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace-zone-epci');

      // A list: by name, code and post code; what is wrong is said line by line.
      await page.click('summary:has-text("Coller une liste")');
      await page.fill('#liste', 'Crest\n26198\n26340 Saillans\nNyon\n69001');
      await page.click('text=Lire cette liste');
      await page.waitForSelector('.trouvaille >> text=3 lieux reconnus');
      const dite = await trouvaille(page).textContent();
      assert.match(dite, /ligne 4.*Vouliez-vous dire/s);
      assert.match(dite, /ligne 5/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace-zone-liste');
      await trouvaille(page).locator('button.petit', { hasText: 'Nyons' }).click();
      await page.waitForSelector('.trouvaille >> text=4 lieux reconnus');
      await page.click('text=Ajouter à la zone');
      assert.equal(await cochees(page), avecEpci + 4);

      // A file that is not one, one with a wrong code, one that is right.
      await page.click('summary:has-text("Envoyer un fichier")');
      const envoyer = async (name, corps) => {
        await page.setInputFiles('#fichier', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(corps) });
        await page.click('text=Lire ce fichier');
        await page.waitForFunction(() => !/Lecture…|Recherche/.test(document.querySelector('.trouvaille').textContent));
        return texte(page, '.trouvaille');
      };
      assert.match(await envoyer('zones.pdf', '%PDF'), /GeoPackage/);
      const faux = await envoyer('zones.gpkg', 'ceci n’est pas un GeoPackage');
      assert.match(faux, /zones\.gpkg/);
      assert.doesNotMatch(faux, /--|\/tmp/);
      assert.match(await envoyer('zones.csv', 'code_insee;nom\n26113;Die\n26340;Saillans\n'), /ligne 3.*code postal/s);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace-fichier-faux');
      const carre = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[[5.3, 44.65], [5.55, 44.65], [5.55, 44.85], [5.3, 44.85], [5.3, 44.65]]] } };
      assert.match(await envoyer('zones.geojson', JSON.stringify(carre)), /Ce dessin couvre \d+ communes du réseau/);
      await capturer(page, 'espace-fichier-dessin');
      await trouvaille(page).locator('text=Effacer le dessin').click();
      assert.match(await envoyer('zones.csv', 'code_insee\n26113\n26220\n'), /2 lieux reconnus/);
      await page.click('text=Ajouter à la zone');
      assert.equal(await cochees(page), avecEpci + 4, 'Nyons and Die were there already');

      // The difference in words; a reload keeps it all.
      await page.fill('[name=commentaire]', 'Le conseil a délibéré.');
      await page.reload();
      await page.waitForSelector('text=est repris');
      assert.equal(await cochees(page), avecEpci + 4);
      assert.equal(await page.inputValue('[name=commentaire]'), 'Le conseil a délibéré.');
      await page.click('text=Vérifier sans proposer');
      await page.waitForSelector('text=Rien n’est encore proposé');
      assert.match(await texte(page, '#proposer'), new RegExp(`Communes ajoutées : ${avecEpci + 4}`));
      // A connection that is lost.
      await page.route('**/api/zones', (route) => route.abort());
      await page.click('text=Proposer au coordinateur');
      await page.waitForSelector('text=votre brouillon est gardé ici');
      await page.unroute('**/api/zones');
      await page.click('text=Proposer au coordinateur');
      await page.waitForURL(/fait=proposee/);
      assert.match(await texte(page, 'main'), /Proposée : en attente de décision/);
      assert.equal(await page.evaluate(() => Object.keys(localStorage).length), 0, 'the draft went with the proposal');
      await page.waitForFunction(() => window.maillage?.carte?.loaded());
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace-zones');
      // The browser complains of the files that were refused and of the connection, and of nothing else.
      assert.deepEqual(fautes.filter((faute) => !/status of 4\d\d|ERR_FAILED/.test(faute)), []);
      assert.deepEqual([...hotes], [new URL(service).host]);
    });
  });

  it('a coordinator sees what would change, and validates', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, fautes }) => {
      await entrer(page, 'coord', `/espace/${RESEAU}`);
      assert.match(await texte(page, 'main'), /attendent votre décision : 1/);
      await page.click('text=Les voir');
      assert.match(await texte(page, 'main'), /Le conseil a délibéré/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace-propositions');
      await page.click('tbody a');
      await carteDessinee(page);
      assert.match(await texte(page, 'main'), /tout est nouveau.*Communes ajoutées/s);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace-proposition');
      await page.click('text=Valider cette zone');
      await page.waitForURL(/fait=validee/);
      assert.match(await texte(page, 'main'), /Aucune zone n'attend de décision/);
      assert.deepEqual(fautes, []);
    });
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await entrer(page, 'anne', `${BASE}/zones`);
      assert.match(await texte(page, 'section.zone'), /En vigueur/);
    });
  });

  it('the second of two at once is shown what the first proposed, and does theirs again over it', async () => {
    await corriger('anne', async ({ page: anne }) => {
      await corriger('paul', async ({ page: paul }) => {
        await ligne(anne, '26364').locator('input').check();
        await ligne(anne, '26113').locator('input').uncheck();
        await anne.click('text=Proposer au coordinateur');
        await anne.waitForURL(/fait=proposee/);
        await ligne(paul, '26220').locator('input').uncheck();
        await paul.click('text=Proposer au coordinateur');
        await paul.waitForSelector('text=a été proposée pendant que vous écriviez');
        const dit = await retour(paul).textContent();
        assert.match(dit, /Elle ajoute 1.commune : .*Elle retire 1.commune : Die/s);
        assert.deepEqual(await fautesAccessibilite(paul), []);
        await capturer(paul, 'espace-conflit');
        await paul.click('text=Refaire mes changements sur la sienne');
        assert.ok(await ligne(paul, '26364').locator('input').isChecked());
        assert.ok(!(await ligne(paul, '26220').locator('input').isChecked()));
        assert.equal(await ligne(paul, '26113').locator('td').nth(2).textContent(), 'retirée');
        await paul.click('text=Proposer au coordinateur');
        await paul.waitForURL(/fait=proposee/);
      });
    });
    // The newest is refused: its partner reads why, and corrects it.
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await entrer(page, 'coord', `/espace/${RESEAU}/propositions`);
      assert.match(await texte(page, 'main'), /Une version plus récente est proposée/);
      await page.locator('tbody a').last().click();
      await page.fill('[name=motif]', 'Die reste dans la zone.');
      await page.click('text=Refuser');
      await page.waitForURL(/fait=refusee/);
    });
    await corriger('paul', async ({ page }) => {
      assert.match(await texte(page, '.atelier-panneau'), /Motif du refus : Die reste dans la zone/);
      await capturer(page, 'espace-refusee');
    });
  });

  it('a drawing says which communes it covers', async () => {
    await corriger('anne', async ({ page, fautes }) => {
      await carteDessinee(page);
      const avant = await cochees(page);
      await page.click('text=Dessiner sur la carte');
      await page.waitForSelector('.dessin:not([hidden])');
      await page.waitForTimeout(1500);
      const coins = [[5.05, 44.45], [5.4, 44.45], [5.4, 44.6], [5.05, 44.6]];
      for (const coin of [...coins, coins[3]]) {
        await cliquer(page, coin);
        await page.waitForTimeout(400);
      }
      await page.waitForSelector('.trouvaille >> text=/Ce dessin couvre \\d+\\scommunes/');
      await capturer(page, 'espace-dessin');
      assert.equal(await cochees(page), avant, 'nothing changes before one says so');
      await page.click('text=La zone est ce dessin');
      assert.match(await texte(page, '.annonce'), /La zone est le dessin/);
      const dessinees = await cochees(page);
      assert.ok(dessinees > 5, `${dessinees}`);
      // Its corners are moved: the communes that it covers are said again, and nothing changes before one says so.
      await page.click('text=Déplacer les coins du dessin');
      await page.waitForSelector('.dessin:not([hidden])');
      await page.waitForTimeout(1500);
      await tirer(page, coins[2], [5.6, 44.75]);
      await page.waitForSelector('.trouvaille >> text=/Ce dessin couvre \\d+\\scommunes/');
      assert.equal(await cochees(page), dessinees);
      await capturer(page, 'espace-coins');
      await page.click('text=La zone est ce dessin');
      assert.ok((await cochees(page)) > dessinees);
      await page.click('text=Annuler le dernier changement');
      assert.equal(await cochees(page), dessinees);
      // A click makes it a list again, and says so.
      await ligne(page, '26362').locator('input').check();
      assert.match(await texte(page, '.annonce'), /maintenant une liste de communes/);
      await page.click('text=Annuler le dernier changement');
      assert.equal(await cochees(page), dessinees);
      await Promise.all([page.waitForEvent('load'), page.click('text=L’effacer')]);
      await page.waitForSelector('#atelier.actif');
      assert.equal(await cochees(page), avant);
      assert.deepEqual(fautes, []);
    });
  });

  it('the map goes where the name of a commune or of an EPCI says', async () => {
    await corriger('anne', async ({ page }) => {
      await carteDessinee(page);
      await page.fill('#filtre', 'nyons');
      await page.press('#filtre', 'Enter');
      await page.waitForSelector('.annonce:has-text("La carte montre Nyons")');
      await page.waitForFunction(() => !window.maillage.carte.isMoving() && window.maillage.carte.getBounds().contains([5.14, 44.36]) && window.maillage.carte.getZoom() > 9);
      await page.fill('#filtre', 'diois');
      await page.click('text=Voir sur la carte');
      await page.waitForFunction(() => !window.maillage.carte.isMoving() && window.maillage.carte.getBounds().contains([5.37, 44.75]));
      await page.fill('#filtre', 'nulle part');
      assert.ok(await page.isDisabled('text=Voir sur la carte'));
    });
  });

  for (const [nom, taille] of [['a desk', BUREAU], ['a phone', TELEPHONE]]) it(`at ${nom}, all of it is done by keyboard alone`, async () => {
    await corriger('paul', async ({ page }) => {
      await tabuler(page, '#filtre', 80);
      assert.ok(await focusVisible(page));
      await page.keyboard.type('montelimar');
      await tabuler(page, '#communes tr[data-code="26198"] input', 60);
      assert.ok(await focusVisible(page));
      const avant = await cochees(page);
      await page.keyboard.press('Space');
      assert.equal(Math.abs((await cochees(page)) - avant), 1);
      await tabuler(page, '#proposer button[type=submit]', 60);
      assert.ok(await focusVisible(page));
      await page.keyboard.press('Enter');
      await page.waitForURL(/fait=proposee/);
      // And taken back.
      await tabuler(page, 'button[aria-label^="Retirer la proposition"]', 60);
      await page.keyboard.press('Enter');
      await page.waitForURL(/fait=retiree/);
    }, { taille });
  });

  it('on a phone, a partner corrects a zone and a coordinator validates it', async () => {
    const telephone = { ...SANS_CARTE, taille: TELEPHONE };
    await corriger('paul', async ({ page }) => {
      await ligne(page, '26198').locator('input').click();
      await page.click('text=Proposer au coordinateur');
      await page.waitForURL(/fait=proposee/);
    }, telephone);
    await avecPage(navigateur, '/connexion', telephone, async ({ page, fautes }) => {
      await entrer(page, 'coord', `/espace/${RESEAU}/propositions`);
      await page.click('tbody a');
      await page.waitForSelector('text=Valider cette zone');
      assert.deepEqual(await fautesAccessibilite(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= TELEPHONE.width);
      await page.click('text=Valider cette zone');
      await page.waitForURL(/fait=validee/);
      assert.deepEqual(fautes, []);
    });
  });

  it('a phone has room for it, and the page is read without script', async () => {
    await corriger('anne', async ({ page }) => {
      await carteDessinee(page);
      assert.deepEqual(await fautesAccessibilite(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= TELEPHONE.width);
      await capturer(page, 'espace-telephone');
      await page.locator('#filtre').scrollIntoViewIfNeeded();
      await capturer(page, 'espace-telephone-tableau');
    }, { taille: TELEPHONE });
    await corriger('anne', async ({ page }) => {
      assert.match(await page.locator('main').textContent(), /Valence 26362/);
      assert.match(await page.locator('tr[data-code="26362"]').textContent(), /dans la zone/);
      assert.ok((await page.locator('html').evaluate((html) => html.scrollWidth)) <= TELEPHONE.width);
      await capturer(page, 'espace-sans-script');
    }, { taille: TELEPHONE, script: false });
  });

  it('signing out takes the drafts away', async () => {
    await corriger('anne', async ({ page }) => {
      await ligne(page, '26198').locator('input').click();
      assert.equal(await page.evaluate(() => Object.keys(localStorage).length), 1);
      await page.goto(`${service}/espace`);
      await page.click('text=Se déconnecter');
      await page.waitForURL(service + '/');
      await page.goto(`${service}/connexion`);
      assert.equal(await page.evaluate(() => Object.keys(localStorage).length), 0);
    });
  });
});
