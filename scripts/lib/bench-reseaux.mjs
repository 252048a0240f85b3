// The questions of the réseaux, on a hundred made-up ones over the whole country (maillage base peupler). An answer is kept until the
// data change: each question here is new, unless said.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DEPARTEMENTS = ['01', '02', '07', '13', '26', '31', '33', '38', '42', '44', '59', '62', '63', '69', '73', '74', '76', '80'];
const LIEUX = [[5.37, 44.75], [4.89, 44.93], [2.35, 48.85], [0.68, 47.39], [3.88, 45.04], [-0.55, 47.47], [1.44, 43.6], [7.75, 48.58], [5.72, 45.18]];

export async function mesurerLesReseaux({ MAILLAGE, executer, env, atelier, servir, arreter, service, demander, noter, mediane, chiffre, chronometrer, TOURS }) {
  noter('fabriquer 100 réseaux, 1 500 partenaires, 5 000 zones, 2 millions de demandes', `${chiffre(chronometrer(() => executer(MAILLAGE, ['base', 'peupler'])), 0)} s`, '');
  const serveur = await servir();
  const duree = async (chemins) => {
    const durees = [];
    for (const chemin of chemins) {
      const reponse = await demander(service + chemin);
      if (reponse.statut !== 200) throw new Error(`${chemin} : ${reponse.statut}`);
      durees.push(reponse.duree);
    }
    return `${chiffre(mediane(durees), 1)} ms`;
  };
  const annees = Array.from({ length: TOURS }, (_, i) => 2018 + i);
  const parDepartement = (suite) => annees.flatMap((annee) => DEPARTEMENTS.map((d) => `/api/couverture?reseau=synthese-${d}&annee=${annee}${suite}`));
  // Each connection to the database plans a question once.
  await duree(parDepartement('&maille=departement'));
  noter('couverture d’un département', await duree(parDepartement('')), '15 ms');
  noter('la même, sur un thème', await duree(parDepartement('&theme=theme-2')), '15 ms');
  noter('la même, d’un partenaire', await duree(parDepartement('&partenaire=partenaire-4')), '15 ms');
  noter('couverture du pays par commune, jamais demandée', await duree(annees.map((annee) => `/api/couverture?annee=${annee}`)), '150 ms');
  noter('la même, déjà demandée', await duree(Array.from({ length: 10 * TOURS }, () => `/api/couverture?annee=${annees[0]}`)), '150 ms');
  noter('couverture du pays par commune, sur un thème', await duree(annees.map((annee) => `/api/couverture?theme=theme-3&annee=${annee}`)), '500 ms');
  noter('la même, d’un partenaire', await duree(annees.map((annee) => `/api/couverture?partenaire=partenaire-2&annee=${annee}`)), '500 ms');
  const points = annees.flatMap((annee) => LIEUX.map(([lon, lat]) => `/api/aide?lon=${lon}&lat=${lat}&annee=${annee}`));
  noter('aide à un point', await duree(points), '5 ms');
  noter('aide à un point, pour un besoin', await duree(points.map((chemin) => `${chemin}&q=toiture`)), '5 ms');

  const { unites } = JSON.parse(await fetch(`${service}/api/couverture?reseau=synthese-62`).then((r) => r.text()));
  const zone = join(atelier, 'zone.csv');
  writeFileSync(zone, `code_insee\n${Object.keys(unites).slice(0, 500).join('\n')}\n`);
  executer(MAILLAGE, ['import', 'zones', zone, '--reseau', 'synthese-62', '--partenaire', 'partenaire-3', '--code', 'mesure', '--debut', '2020-01-01']);
  const tuile = `${service}/tuiles/zones/8/129/86?reseau=synthese-62&partenaire=partenaire-3`;
  const avant = (await demander(tuile)).corps.length;
  const visible = await (async () => {
    const debut = performance.now();
    executer(MAILLAGE, ['zone', 'valider', 'synthese-62/mesure']);
    while ((await demander(tuile)).corps.length === avant) if (performance.now() - debut > 30_000) throw new Error('zone jamais visible');
    return performance.now() - debut;
  })();
  noter('zone de 500 communes validée, visible dans la tuile suivante', `${chiffre(visible / 1000, 2)} s`, '1 s');
  await arreter(serveur);

  const dossier = join(atelier, 'demandes');
  mkdirSync(dossier);
  const codes = Object.keys(unites);
  const durees = Array.from({ length: TOURS }, (_, tour) => {
    const fichier = join(dossier, `${tour}.csv`);
    const lignes = Array.from({ length: 100_000 }, (_, i) => `M${tour}-${i};${1 + (i % 28)}/${1 + (i % 12)}/${2016 + (i % 9)};Thème 1.1;${codes[(i * 7919) % codes.length]};Clos`);
    writeFileSync(fichier, ['Référence;Date;Thème;Code INSEE;État', ...lignes].join('\n'));
    return chronometrer(() => {
      // Refused rows would end it with 3.
      const fini = spawnSync(MAILLAGE, ['import', 'demandes', fichier, '--reseau', 'synthese-62', '--partenaire', 'partenaire-1'], { env, encoding: 'utf8' });
      if (fini.status !== 0) throw new Error(fini.stdout + fini.stderr);
    });
  });
  noter('importer et vérifier 100 000 demandes', `${chiffre(mediane(durees), 1)} s`, '10 s');
}
