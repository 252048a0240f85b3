// Signing in, in a real browser: by a one-time link that is mailed, by a provider, and with a token as QGIS sends it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { lancerCourrier } from './courrier.mjs';
import { lancerFournisseur } from './fournisseur.mjs';
import { OPTIONS, TELEPHONE, avecPage, capturer, fautesAccessibilite, lancer, service } from './outils.mjs';

const { MAILLAGE_BINAIRE: binaire, MAILLAGE_COURRIER: serveur, MAILLAGE_OIDC: emetteur, MAILLAGE_OIDC_CLIENT: client, MAILLAGE_OIDC_SECRET: secret } = process.env;
const options = { ...OPTIONS, skip: OPTIONS.skip || (binaire && emetteur && serveur ? false : 'MAILLAGE_BINAIRE, MAILLAGE_OIDC or MAILLAGE_COURRIER is not set') };

const maillage = (...mots) => promisify(execFile)(binaire, mots, { env: { ...process.env, MAILLAGE_URL_PUBLIQUE: service } });
const lien = ({ texte }) => texte.match(/http\S+/)[0];
const PASSE = 'quatre mots sans rapport';
const SANS_CARTE = { attendre: 'rien' };

describe('connexion', options, () => {
  let navigateur, fournisseur, courrier;
  before(async () => {
    navigateur = await lancer();
    courrier = await lancerCourrier(serveur);
    await relancerFournisseur();
  });
  async function relancerFournisseur() {
    fournisseur?.closeAllConnections();
    fournisseur?.close();
    fournisseur = await lancerFournisseur(emetteur, { client, secret, retour: `${service}/connexion/retour` });
  }
  after(async () => {
    fournisseur?.close();
    await courrier?.fermer();
    await navigateur?.close();
  });

  it('a link is followed to a password, a space, and a token that reads', async () => {
    await maillage('compte', 'creer', 'coordonne@drome.example', '--nom', 'Claire Coordonne', '--droit', 'drome:coordinateur');
    const invitation = await courrier.recevoir('coordonne@drome.example');
    await avecPage(navigateur, lien(invitation), { ...SANS_CARTE, taille: TELEPHONE }, async ({ page, contexte, fautes }) => {
      assert.deepEqual(await fautesAccessibilite(page), []);
      await choisirMotDePasse(page, PASSE);
      assert.match(await page.textContent('main'), /Claire Coordonne.*Coordinateur/s);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await capturer(page, 'espace');
      await page.fill('form[action="/espace/jetons"] [name=nom]', 'QGIS du bureau');
      await page.click('form[action="/espace/jetons"] button');
      const jeton = await page.textContent('.secret code');
      assert.match(jeton, /^mlg_/);
      const autorisation = `Basic ${Buffer.from(`qgis:${jeton}`).toString('base64')}`;
      const lu = await (await fetch(`${service}/api/moi`, { headers: { authorization: autorisation } })).json();
      assert.deepEqual(lu.droits.map((d) => [d.reseau, d.role]), [['drome', 'coordinateur']]);
      for (const [adresse, titre] of [['/espace/journal', 'Journal'], ['/donnees-personnelles', 'Données'], ['/mentions', 'Mentions'], ['/accessibilite', 'Accessibilité']]) {
        await page.goto(service + adresse);
        assert.match(await page.textContent('h1'), new RegExp(titre));
        assert.deepEqual(await fautesAccessibilite(page), []);
        await capturer(page, titre);
      }
      await page.goto(`${service}/espace`);
      await page.click('form[action="/deconnexion"] button');
      await page.goto(`${service}/espace`);
      assert.match(page.url(), /connexion\?suite=/);
      assert.deepEqual(fautes, []);
      assert.deepEqual((await contexte.cookies()).filter((c) => c.name.includes('maillage')), []);
    });
  });

  async function parFournisseur(page, agent) {
    await page.goto(`${service}/connexion?suite=/espace`);
    await page.click('.bouton');
    await page.fill('[name=login]', agent);
    await page.fill('[name=password]', 'peu importe');
    await page.click('[type=submit]');
    await page.click('[type=submit]');
  }

  it('whoever a provider vouches for has an account, and a right once a coordinator gives it', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await capturer(page, 'connexion');
      assert.deepEqual(await fautesAccessibilite(page), []);
      await parFournisseur(page, 'anne');
      await page.waitForURL(/espace/);
      assert.match(await page.textContent('main'), /Anne Martin.*Aucun réseau ne vous en a encore donné/s);

      await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page: autre }) => {
        await autre.fill('[name=courriel]', 'coordonne@drome.example');
        await autre.fill('[name=mot_de_passe]', PASSE);
        await autre.click('form button');
        await autre.waitForURL(/espace/);
        const invitation = 'form.saisie[action="/espace/equipe"]';
        await autre.fill(`${invitation} [name=nom]`, 'Anne Martin');
        await autre.fill(`${invitation} [name=courriel]`, 'Anne.Martin@drome.example');
        await autre.selectOption(`${invitation} [name=droit]`, { label: 'Partenaire : Département de la Drôme' });
        await autre.click(`${invitation} button`);
        // Who signs in elsewhere needs no link; whoever invites is told the same of everybody.
        assert.match(await autre.textContent('main'), /est invité. Un lien vient de lui être envoyé/);
        assert.equal(await autre.locator('.secret').count(), 0);
        assert.match(await autre.textContent('main'), /invitation en attente/);
      });
      const message = await courrier.recevoir('Anne.Martin@drome.example');
      assert.match(message.texte, /connectez-vous comme d'habitude/);
      await page.reload();
      assert.match(await page.textContent('main'), /Des réseaux vous invitent/);
      assert.deepEqual(await fautesAccessibilite(page), []);
      await page.click('form[action$="/accepter"] button');
      assert.match(await page.textContent('main'), /Partenaire : Département de la Drôme/);
      // The same person again has the same account.
      await page.click('form[action="/deconnexion"] button');
      await page.goto(`${service}/connexion/externe?suite=/espace`);
      await page.waitForURL(/espace/);
      assert.match(await page.textContent('main'), /Partenaire : Département de la Drôme/);
    });
  });

  async function choisirMotDePasse(page, passe) {
    for (const champ of ['mot_de_passe', 'confirmation']) await page.fill(`[name=${champ}]`, passe);
    await page.click('button');
    await page.waitForURL(/espace/);
  }

  it('a lost password is chosen again by a link that is mailed, and nobody learns who has an account', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      const demander = async (courriel) => {
        await page.goto(`${service}/connexion`);
        await page.click('a[href="/connexion/oubli"]');
        assert.deepEqual(await fautesAccessibilite(page), []);
        await page.fill('[name=courriel]', courriel);
        await page.click('button');
        return page.textContent('main');
      };
      const inconnu = await demander('personne@drome.example');
      assert.equal(await demander('coordonne@drome.example'), inconnu);
      const message = await courrier.recevoir('coordonne@drome.example');
      assert.match(message.texte, /deux heures/);
      assert.equal(courrier.messages.length, 0);
      await page.goto(lien(message));
      await choisirMotDePasse(page, `${PASSE} encore`);
      assert.match(await page.textContent('main'), /Claire Coordonne/);
      // It has served.
      assert.equal((await page.goto(lien(message))).status(), 404);
      // Messages are not sent without end.
      for (let fois = 0; fois < 2; fois++) assert.equal(await demander('coordonne@drome.example'), inconnu);
      assert.match(await demander('coordonne@drome.example'), /Trop de liens/);
    });
  });

  it('a coordinator invites by mail somebody who then reads their réseau', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await page.fill('[name=courriel]', 'coordonne@drome.example');
      await page.fill('[name=mot_de_passe]', `${PASSE} encore`);
      await page.click('form button');
      await page.waitForURL(/espace/);
      const formulaire = 'form.saisie[action="/espace/equipe"]';
      await page.fill(`${formulaire} [name=nom]`, 'Élu d’Allan\r\nBcc: tous@drome.example');
      await page.fill(`${formulaire} [name=courriel]`, 'elu@drome.example');
      await page.selectOption(`${formulaire} [name=droit]`, 'drome:lecteur');
      await page.click(`${formulaire} button`);
      assert.match(await page.textContent('main'), /Un lien vient de lui être envoyé/);
      assert.equal(await page.locator('.secret').count(), 0);
      const message = await courrier.recevoir('elu@drome.example');
      assert.deepEqual(message.pour, ['elu@drome.example']);
      await page.click('form[action="/deconnexion"] button');
      await page.goto(lien(message));
      await choisirMotDePasse(page, PASSE);
      assert.match(await page.textContent('main'), /Drôme — Lecteur/);
    });
  });

  it('whoever asks for help without an account receives the link that follows it', async () => {
    await avecPage(navigateur, '/demander?territoire=commune:26113&partenaire=caue&theme=accessibilite', SANS_CARTE, async ({ page }) => {
      await page.fill('[name=objet]', 'Une rampe pour la salle des fêtes.');
      await page.fill('[name=nom]', 'Anne Maire');
      await page.fill('[name=courriel]', 'mairie@die.example');
      await page.click('form button');
      const montre = await page.textContent('.secret code');
      const message = await courrier.recevoir('mairie@die.example');
      assert.equal(lien(message), montre);
      assert.doesNotMatch(message.texte, /rampe|mot de passe/);
    });
  });

  it('a provider that changed its keys is believed under the new ones', async () => {
    await relancerFournisseur();
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await parFournisseur(page, 'anne');
      await page.waitForURL(/espace/);
      assert.match(await page.textContent('main'), /Anne Martin/);
    });
  });

  it('an address that the provider has not verified, and a return that began nowhere, open nothing', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, contexte }) => {
      await parFournisseur(page, 'marc');
      assert.match(await page.textContent('body'), /adresse électronique vérifiée/);
      assert.deepEqual((await contexte.cookies(service)).filter((c) => c.name === 'maillage'), []);
      const reponse = await page.goto(`${service}/connexion/retour?code=vole&state=devine`);
      assert.equal(reponse.status(), 400);
    });
  });
});
