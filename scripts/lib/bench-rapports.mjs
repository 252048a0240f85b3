// The annual report: the demonstration's whole, one of its partners, and a département of some 890 communes that is made
// up here, each from the command line while a service keeps the database up; then tiles while a hundred are asked at once.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

export async function mesurerLesRapports({ MAILLAGE, executer, env, atelier, servir, arreter, service, demander, noter, mediane, chiffre, TOURS }) {
  executer(MAILLAGE, ['import', 'reseau', 'data/reseaux/drome']);
  const serveur = await servir();
  const dossier = await pasDeCalais(atelier, service);
  executer(MAILLAGE, ['import', 'reseau', dossier]);
  const sortie = join(atelier, 'bilan.pdf');
  const rapport = async (quoi, borne, ...args) => {
    const mesures = [];
    for (let tour = 0; tour < TOURS; tour++) mesures.push(await mesurer(MAILLAGE, ['rapport', ...args, '--sortie', sortie, '--remplacer'], env));
    const [duree, memoire] = ['duree', 'memoire'].map((nom) => mediane(mesures.map((mesure) => mesure[nom])));
    noter(quoi, `${chiffre(duree, 1)} s, ${chiffre(memoire, 0)} Mo résidents, PDF de ${chiffre(statSync(sortie).size / 1e6, 1)} Mo`, borne);
  };
  await rapport('bilan de la Drôme, toutes ses pages', '4 s, 400 Mo, 6 Mo', '--reseau', 'drome', '--annee', '2018');
  await rapport('celui d’un partenaire', '1 s', '--reseau', 'drome', '--annee', '2018', '--partenaire', 'caue');
  await rapport('bilan du Pas-de-Calais, 2 000 demandes et 12 partenaires inventés', '10 s', '--reseau', 'banc-62', '--annee', '2025');
  await cent({ MAILLAGE, executer, service, demander, noter, mediane, chiffre });
  await arreter(serveur);
}

/** How long tiles take while a hundred reports are asked at once, each of its year. */
async function cent({ MAILLAGE, executer, service, demander, noter, mediane, chiffre }) {
  const cree = executer(MAILLAGE, ['compte', 'creer', 'banc@banc.example', '--nom', 'Banc', '--droit', 'drome:coordinateur', '--url-publique', service]);
  const envoyer = (adresse, champs, cookie = '') =>
    fetch(adresse, { method: 'POST', redirect: 'manual', headers: { cookie, origin: service }, body: new URLSearchParams(champs) });
  const passe = 'un banc d’essai bien tranquille';
  const entree = await envoyer(/http\S+\/lien\/\S+/.exec(cree)[0], { mot_de_passe: passe, confirmation: passe });
  const cookie = entree.headers.getSetCookie()[0].split(';')[0];
  const tuiles = async (secondes) => {
    const durees = [];
    for (const fin = performance.now() + secondes * 1000; performance.now() < fin; ) {
      // Of the Drôme.
      const [x, y] = [2102 + (durees.length % 9), 1474 + (durees.length % 10)];
      durees.push((await demander(`${service}/tuiles/communes/12/${x}/${y}`)).duree);
    }
    return { moitie: mediane(durees), presque: durees.toSorted((a, b) => a - b)[Math.floor(durees.length * 0.99)] };
  };
  const dire = ({ moitie, presque }) => `${chiffre(moitie, 2)} ms (99 sur 100 en ${chiffre(presque, 1)} ms)`;
  const repos = await tuiles(5);
  const annees = Array.from({ length: 100 }, (_, i) => 1950 + i);
  const demandes = Promise.all(annees.map((annee) => envoyer(`${service}/espace/drome/bilan/lancer`, { annee }, cookie)));
  const pendant = await tuiles(15);
  const pris = (await demandes).filter((reponse) => reponse.status === 303).length;
  noter('une tuile pendant que cent bilans sont demandés', `${dire(pendant)} ; au repos ${dire(repos)} ; ${pris} pris, ${100 - pris} priés de revenir`, '');
}

/** How long a command takes, and the most memory that it holds. */
function mesurer(commande, args, env) {
  const debut = performance.now();
  const processus = spawn(commande, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  let memoire = 0;
  const releve = setInterval(() => {
    try {
      memoire = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${processus.pid}/status`, 'utf8'))?.[1] ?? 0) / 1000 || memoire;
    } catch {
      // It has just ended.
    }
  }, 20);
  return new Promise((resoudre, rejeter) => {
    processus.once('exit', (code) => {
      clearInterval(releve);
      if (code === 0) resoudre({ duree: (performance.now() - debut) / 1000, memoire });
      else rejeter(new Error(`${commande} ${args.join(' ')} : code ${code}`));
    });
  });
}

/** The folder of a réseau of the whole département, always the same. */
async function pasDeCalais(atelier, service) {
  const lire = async (quoi) => (await (await fetch(`${service}/ogc/collections/${quoi}/items?departement=62&limit=1000`)).json()).features.map((objet) => objet.properties);
  const [communes, epci] = [await lire('communes'), await lire('epci')];
  const dossier = join(atelier, 'banc-62');
  mkdirSync(dossier);
  // A table has all the columns of its kind, empty where nothing is given.
  const ecrire = (nom, colonnes, lignes) =>
    writeFileSync(join(dossier, nom), [colonnes, ...lignes.map((ligne) => colonnes.map((colonne) => ligne[colonne] ?? ''))].map((mots) => mots.map((mot) => `"${mot}"`).join(',')).join('\n') + '\n');
  const partenaires = Array.from({ length: 12 }, (_, i) => `partenaire-${i + 1}`);
  const themes = ['urbanisme', 'eau', 'energie', 'habitat', 'voirie', 'numerique'];
  writeFileSync(
    join(dossier, 'reseau.toml'),
    'code = "banc-62"\nnom = "Réseau du banc d’essai"\nnom_court = "Banc d’essai"\ndepartement = "62"\nannee = 2025\nmillesime = 2026\ndemonstration = true\nmention = "Données inventées pour mesurer."\n',
  );
  ecrire('themes.csv', ['code', 'libelle', 'parent', 'mots_cles'], themes.map((code) => ({ code, libelle: code })));
  ecrire(
    'partenaires.csv',
    ['code', 'nom', 'sigle', 'type', 'siren', 'site', 'courriel', 'telephone', 'description', 'role', 'debut', 'fin', 'cadre'],
    partenaires.map((code, i) => ({ code, nom: `Partenaire n° ${i + 1}`, role: i ? 'associe' : 'coordinateur' })),
  );
  ecrire('partenaires_themes.csv', ['partenaire', 'theme'], partenaires.flatMap((partenaire, i) => [0, 1, 2].map((j) => ({ partenaire, theme: themes[(i + j) % themes.length] }))));
  ecrire('declarations.csv', ['partenaire', 'theme', 'date'], partenaires.map((partenaire) => ({ partenaire, date: '2026-01-31' })));
  ecrire('beneficiaires.csv', ['code', 'nom', 'nature'], []);
  const unites = [...communes.map((unite) => ({ ...unite, maille: 'commune' })), ...epci.map((unite) => ({ ...unite, maille: 'epci' }))];
  ecrire('perimetre.csv', ['maille', 'code', 'nom', 'millesime'], unites.map(({ maille, code, nom }) => ({ maille, code, nom, millesime: 2026 })));
  ecrire(
    'zones.csv',
    ['code', 'partenaire', 'theme', 'maille', 'unite', 'debut', 'fin', 'exclue'],
    partenaires.flatMap((partenaire, i) =>
      epci.filter((_, j) => i < 3 || (i + j) % 3 === 0).map(({ code }) => ({ code: `${partenaire}-zone`, partenaire, maille: 'epci', unite: code, debut: '2020-01-01' })),
    ),
  );
  ecrire(
    'demandes.csv',
    ['reference', 'date', 'partenaire', 'partenaires_associes', 'theme', 'themes_associes', 'maille', 'beneficiaire', 'millesime', 'objet', 'etat', 'fiche', 'niveau', 'reponse', 'cloture', 'suite', 'jours'],
    Array.from({ length: 2000 }, (_, i) => ({
      reference: `B-${i}`,
      date: `202${4 + (i % 2)}-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`,
      partenaire: partenaires[i % 12],
      theme: themes[i % themes.length],
      maille: 'commune',
      beneficiaire: communes[(i * i + 7 * i) % communes.length].code,
      millesime: 2026,
      etat: i % 3 ? 'terminee' : 'en_cours',
    })),
  );
  return dossier;
}
