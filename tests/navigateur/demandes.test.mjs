// A partner loads its table of demandes, sees what is wrong line by line, corrects it and loads it again; notes one from
// a page that a reload does not empty; takes its year away. Without a script too, and with the keyboard alone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { OPTIONS, TELEPHONE, avecPage, capturer, fautesAccessibilite, focusVisible, lancer, racine, service, tabuler, texte } from './outils.mjs';

const binaire = process.env.MAILLAGE_BINAIRE;
const options = { ...OPTIONS, skip: OPTIONS.skip || (binaire ? false : 'MAILLAGE_BINAIRE is not set') };
const SANS_CARTE = { attendre: 'rien' };
const PASSE = 'quatre mots sans rapport';
// A copy of the demonstration, under a name of its own: the demonstration stays as it is for the other tests.
const RESEAU = `saisie-${Date.now().toString(36)}`;
const DU_CAUE = `${service}/espace/${RESEAU}/partenaires/caue/demandes`;
const DU_RESEAU = `${service}/espace/${RESEAU}/demandes`;

async function maillage(...mots) {
  const { MAILLAGE_COURRIER, MAILLAGE_COURRIER_DE, ...reste } = process.env;
  return (await promisify(execFile)(binaire, mots, { env: { ...reste, MAILLAGE_URL_PUBLIQUE: service } })).stdout;
}

const fichier = (name, lignes) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(`N° dossier;Date de la demande;Commune;Thématique;Objet;Statut\n${lignes.join('\n')}\n`),
});
const BONNE = "S-1;03/02/2026;Die;Documents d'urbanisme;Révision du plan local;En cours";
const FAUTIVES = [
  "S-2;31/02/2026;Crest;Documents d'urbanisme;Une halle;En cours",
  "S-3;04/02/2026;Nion;Documents d'urbanisme;Un quartier;En cours",
  'S-4;05/02/2026;Valence;Jardinage;Un parc;En cours',
];

describe('demandes', options, () => {
  let navigateur, lieu, liens;
  before(async () => {
    navigateur = await lancer();
    lieu = await mkdtemp(join(tmpdir(), 'reseau-'));
    await cp(new URL('data/reseaux/drome/', racine), lieu, { recursive: true });
    const declaration = join(lieu, 'reseau.toml');
    // Closed: the public pages of the others are of the demonstration alone.
    await writeFile(declaration, (await readFile(declaration, 'utf8')).replace('code = "drome"', `code = "${RESEAU}"\npublic = false`));
    await maillage('import', 'reseau', lieu);
    liens = {};
    for (const [qui, droit] of [
      ['caue', 'partenaire:caue'],
      ['coord', 'coordinateur'],
    ]) {
      const cree = await maillage('compte', 'creer', `${qui}@${RESEAU}.example`, '--nom', `Personne ${qui}`, '--droit', `${RESEAU}:${droit}`);
      liens[qui] = cree.match(/http\S+/)[0];
    }
  });
  after(async () => {
    await navigateur?.close();
    if (lieu) await rm(lieu, { recursive: true });
  });

  /** Chooses a password the first time, signs in afterwards, and goes to an address. */
  async function entrer(page, qui, adresse) {
    if (liens[qui]) {
      await page.goto(liens[qui]);
      for (const champ of ['mot_de_passe', 'confirmation']) await page.fill(`[name=${champ}]`, PASSE);
      await page.click('main form button');
      liens[qui] = null;
    } else {
      await page.goto(`${service}/connexion`);
      await page.fill('[name=courriel]', `${qui}@${RESEAU}.example`);
      await page.fill('[name=mot_de_passe]', PASSE);
      await page.click('main form button');
    }
    await page.waitForURL(/espace/);
    await page.goto(adresse);
  }

  async function sansFaute(page) {
    assert.deepEqual(await fautesAccessibilite(page), []);
    const [large, vu] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(large <= vu, `the page scrolls sideways: ${large} over ${vu}`);
  }

  it('a partner sees each wrong line, corrects its table and loads it again', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, fautes }) => {
      await entrer(page, 'caue', DU_CAUE);
      await sansFaute(page);
      await capturer(page, 'demandes-liste');
      await page.click('text=Importer des demandes');
      await sansFaute(page);
      await capturer(page, 'demandes-choisir');
      await page.setInputFiles('[name=fichier]', fichier('suivi.csv', [BONNE, ...FAUTIVES]));
      await page.click('form[enctype] button');
      await page.waitForURL(/import\/./);
      const apercu = await texte(page, 'main');
      for (const dit of ['À corriger : 3 lignes', '31/02/2026', 'Vouliez-vous dire Nyons 26220', 'Garder les bonnes lignes (nouvelles : 1']) {
        assert.ok(apercu.includes(dit), `${dit}: ${apercu}`);
      }
      await sansFaute(page);
      await capturer(page, 'demandes-apercu');
      await page.reload();
      assert.equal(await texte(page, 'main'), apercu, 'a reload loses nothing');
      await page.setInputFiles('[name=fichier]', fichier('suivi.csv', [
        BONNE,
        FAUTIVES[0].replace('31/02', '28/02'),
        FAUTIVES[1].replace('Nion', 'Nyons'),
        FAUTIVES[2].replace('Jardinage', "Documents d'urbanisme"),
      ]));
      await page.click('form[enctype] button');
      await page.waitForSelector('text=Enregistrer ce tableau');
      await capturer(page, 'demandes-apercu-bon');
      await page.click('text=Enregistrer ce tableau');
      await page.waitForURL(/fait=charge/);
      assert.match(await texte(page, '[data-fait]'), /Demandes nouvelles : 4 ; changées : 0/);
      await sansFaute(page);
      await capturer(page, 'demandes-liste-chargee');
      assert.deepEqual(fautes.filter((faute) => !/404|422/.test(faute)), []);
    });
  });

  it('a wrong file is explained, and its columns are said in a list', async () => {
    await avecPage(navigateur, '/connexion', { ...SANS_CARTE, taille: TELEPHONE }, async ({ page }) => {
      await entrer(page, 'caue', `${DU_CAUE}/import`);
      await sansFaute(page);
      const pdf = { name: 'suivi.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('%PDF-1.7\n') };
      await page.setInputFiles('[name=fichier]', pdf);
      await page.click('form[enctype] button');
      assert.match(await texte(page, '[role=alert]'), /suivi\.xlsx est un PDF, malgré son nom/);
      await page.setInputFiles('[name=fichier]', { ...fichier('t.csv', []), buffer: Buffer.from("Quand;Où;Sur quoi\n03/03/2026;Die;Documents d'urbanisme\n") });
      await page.click('form[enctype] button');
      await page.waitForSelector('details.colonnes[open]');
      await sansFaute(page);
      await capturer(page, 'demandes-colonnes-telephone');
      for (const [entete, champ] of [['Quand', 'date'], ['Où', 'commune'], ['Sur quoi', 'theme']]) {
        await page.selectOption(`[name="colonne:${entete}"]`, champ);
      }
      await page.click('text=Relire le tableau ainsi');
      await page.waitForSelector('text=Enregistrer ce tableau');
      assert.match(await texte(page, 'dl.comptes'), /Nouvelles\s*1/);
      await sansFaute(page);
      await capturer(page, 'demandes-apercu-telephone');
      await page.click('text=Oublier ce tableau');
      await page.waitForURL(/fait=abandonne/);
      await capturer(page, 'demandes-liste-telephone');
    });
  });

  it('a demande is noted with suggestions, outlives a reload, and leaves no name behind', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page, contexte, fautes }) => {
      await entrer(page, 'caue', `${DU_CAUE}/nouvelle`);
      await sansFaute(page);
      await page.fill('[name=beneficiaire]', 'Buis');
      await page.waitForSelector('datalist option[value^="Buis-les-Baronnies ("]', { state: 'attached' });
      await page.fill('[name=beneficiaire]', await page.getAttribute('datalist option[value^="Buis-les-Baronnies ("]', 'value'));
      await page.fill('[name=objet]', 'Le réaménagement de la place');
      await page.selectOption('[name=theme]', { label: 'Bourgs et espaces publics' });
      await page.click('summary:has-text("La personne à rappeler")');
      await page.fill('[name=contact_nom]', 'Madame Untel');
      await page.waitForTimeout(600);
      await capturer(page, 'demandes-nouvelle');
      const garde = await page.evaluate(() => JSON.stringify(localStorage));
      assert.ok(garde.includes('Le réaménagement') && !garde.includes('Untel'), garde);
      await page.reload();
      assert.equal(await page.inputValue('[name=objet]'), 'Le réaménagement de la place');
      assert.equal(await page.inputValue('[name=contact_nom]'), 'Madame Untel');
      assert.match(await texte(page, '[role=status]'), /est repris/);
      await sansFaute(page);
      await page.click('text=Noter cette demande');
      await page.waitForURL(/fait=note/);
      assert.equal(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }).filter((cle) => cle.includes('brouillon')).length), 0);
      // Signing out leaves nothing of a draft.
      await page.goto(`${DU_CAUE}/nouvelle`);
      await page.fill('[name=objet]', 'Un brouillon');
      await page.waitForTimeout(600);
      assert.ok((await page.evaluate(() => JSON.stringify(localStorage))).includes('Un brouillon'));
      await page.goto(`${service}/espace`);
      await page.click('form[action="/deconnexion"] button');
      await page.waitForLoadState();
      await page.goto(`${service}/connexion`);
      assert.ok(!(await page.evaluate(() => JSON.stringify(localStorage))).includes('Un brouillon'));
      assert.deepEqual(fautes.filter((faute) => !/404|422/.test(faute)), []);
      await contexte.clearCookies();
    });
  });

  it('without a script and with the keyboard alone, a demande is noted, corrected by two, and the year taken away', async () => {
    await avecPage(navigateur, '/connexion', { ...SANS_CARTE, script: false }, async ({ page, contexte }) => {
      await entrer(page, 'caue', `${DU_CAUE}/nouvelle`);
      await tabuler(page, '[name=beneficiaire]');
      await page.keyboard.type('Comps, en Drôme');
      await tabuler(page, '[name=theme]');
      await page.keyboard.type('Documents');
      await tabuler(page, 'main form button');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.erreur');
      assert.match(await texte(page, '.erreur'), /Qui demande/);
      await page.fill('[name=beneficiaire]', 'Dieulefit');
      await page.fill('[name=objet]', 'Un lavoir');
      await page.click('text=Noter cette demande');
      await page.waitForURL(/fait=note/);
      await page.click('table.demandes >> text=Dieulefit');
      const deux = await contexte.newPage();
      await deux.goto(page.url());
      await deux.fill('[name=objet]', 'Un lavoir et sa toiture');
      await deux.click('text=Enregistrer');
      await deux.waitForURL(/fait=corrige/);
      await page.fill('[name=objet]', 'Un abreuvoir');
      await page.click('text=Enregistrer');
      await page.waitForSelector('.change');
      assert.match(await texte(page, '.change'), /Changé entre-temps en « Un lavoir et sa toiture »/);
      assert.equal(await page.inputValue('[name=objet]'), 'Un abreuvoir');
      await capturer(page, 'demandes-conflit');
      await page.click('text=Enregistrer');
      await page.waitForURL(/fait=corrige/);
      for (const lien of ['Excel', 'CSV']) {
        const [recu] = await Promise.all([page.waitForEvent('download'), page.click(`main >> text="${lien}"`)]);
        const contenu = await readFile(await recu.path());
        assert.match(recu.suggestedFilename(), /^demandes-caue-2026\.(xlsx|csv)$/);
        if (lien === 'CSV') assert.match(contenu.toString(), /Un abreuvoir/);
      }
    });
  });

  it('a coordinator loads for everybody, and tells doublons apart', async () => {
    await avecPage(navigateur, '/connexion', SANS_CARTE, async ({ page }) => {
      await entrer(page, 'coord', `${DU_RESEAU}/import`);
      const tous = {
        ...fichier('tous.csv', []),
        buffer: Buffer.from(
          "réf;date;commune;thème;partenaire;objet\nD-1;10/02/2026;Romans-sur-Isère;Documents d'urbanisme;caue;Un plan\nD-2;12/02/2026;Romans-sur-Isère;Documents d'urbanisme;departement;Un plan de quartier\n",
        ),
      };
      await page.setInputFiles('[name=fichier]', tous);
      await page.click('form[enctype] button');
      await page.click('text=Enregistrer ce tableau');
      await page.waitForURL(/fait=charge/);
      await sansFaute(page);
      await page.click('nav >> text=Doublons');
      await sansFaute(page);
      await capturer(page, 'demandes-doublons');
      const avant = await page.locator('section.paire').count();
      await page.click('section.paire:has-text("Romans-sur-Isère") >> text=Ce sont deux demandes');
      await page.waitForURL(/fait=garde/);
      assert.ok((await page.locator('section.paire').count()) <= avant);
      assert.ok(!(await texte(page, 'main')).includes('Un plan de quartier'));
      await tabuler(page, 'nav a');
      assert.ok(await focusVisible(page));
    });
  });
});
