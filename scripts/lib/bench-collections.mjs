// OGC API and files, on the whole country: pages of features, one feature, and the country's communes as a GeoPackage, beside ogr2ogr
// from the same tables.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

export async function mesurerLesCollections({ executer, atelier, base, servir, arreter, service, demander, noter, mediane, chiffre, chronometrer, TOURS, PAIRS }) {
  const serveur = await servir();
  const objets = `${service}/ogc/collections/communes/items`;
  const duree = async (adresses, entetes) => {
    const durees = [];
    for (const adresse of adresses) {
      const reponse = await demander(adresse, entetes);
      if (reponse.statut !== 200) throw new Error(`${adresse} : ${reponse.statut}`);
      durees.push(reponse.duree);
    }
    return `${chiffre(mediane(durees), 1)} ms`;
  };
  // From one end of the country to the other; the count of all is then known.
  const pages = Array.from({ length: TOURS * 9 }, (_, i) => `${objets}?limit=1000&apres=${String(5000 + (i % 9) * 10_000).padStart(5, '0')}`);
  await duree(pages.slice(0, 9));
  noter('une page de 1 000 communes avec contours, GeoJSON', await duree(pages, { 'accept-encoding': 'identity' }), '45 ms');
  noter('la même, en gzip', await duree(pages), '');
  const { features } = JSON.parse(await fetch(`${objets}?limit=${TOURS * 30}&departement=26`).then((reponse) => reponse.text()));
  noter('une commune par son code', await duree(features.map((objet) => `${objets}/${objet.id}`)), '4 ms');

  const statut = `/proc/${serveur.processus.pid}`;
  const fichier = join(atelier, 'communes-exportees.gpkg');
  const durees = [];
  writeFileSync(`${statut}/clear_refs`, '5'); // the peak of memory starts again from here
  for (let tour = 0; tour < TOURS; tour++) {
    const debut = performance.now();
    const { corps } = await demander(`${service}/exports/communes.gpkg`);
    durees.push((performance.now() - debut) / 1000);
    writeFileSync(fichier, corps);
  }
  const sommet = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`${statut}/status`, 'utf8'))[1]) / 1000;
  let pair = '';
  if (PAIRS) {
    const pg = `PG:host=${join(base, 'socket')} user=postgres dbname=maillage`;
    const leurs = Array.from({ length: TOURS }, (_, tour) =>
      chronometrer(() => executer('ogr2ogr', ['-f', 'GPKG', join(atelier, `ogr-${tour}.gpkg`), pg, '-sql', 'select * from diffusion_1.communes', '-nln', 'communes', '-t_srs', 'OGC:CRS84'])),
    );
    pair = ` ; ogr2ogr ${chiffre(mediane(leurs), 1)} s`;
  }
  noter(
    `les communes du pays en GeoPackage (${chiffre(statSync(fichier).size / 1e6, 0)} Mo)`,
    `${chiffre(mediane(durees), 1)} s, ${chiffre(sommet, 0)} Mo résidents${pair}`,
    '4 s, 150 Mo',
  );
  await arreter(serveur);
}
