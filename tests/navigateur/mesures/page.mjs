// What the page costs, against the figures promised: Lighthouse on the whole country, the weight of the scripts, the first
// useful picture, and the longest task while the country is panned, by mouse, wheel and keys. Not among the tests: on a machine that does something
// else, its figures are those of the machine.
//
//   MAILLAGE_URL=http://127.0.0.1:8080 npm --prefix src/web run mesures
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { BUREAU, lancer, outil, ouvrir, service } from '../outils.mjs';

const ADRESSES = (process.env.ADRESSES ?? '/ /?vue=indicateurs&dans=france').split(' ');
const FOIS = Number(process.env.FOIS ?? 5);
const PORT = Number(process.env.PORT_CHROMIUM ?? 8655);
const SEUILS = { bureau: { performance: 0.95, accessibility: 0.95, 'best-practices': 0.95 }, telephone: { performance: 0.8, accessibility: 0.8, 'best-practices': 0.8 } };

assert.ok(service, 'MAILLAGE_URL is not set');
const lighthouse = await import(pathToFileURL(outil.resolve('lighthouse')).href);
const mediane = (valeurs) => valeurs.toSorted((a, b) => a - b)[Math.floor(valeurs.length / 2)];
const manques = [];

for (const adresse of ADRESSES) {
  for (const [format, config] of [['bureau', lighthouse.desktopConfig], ['telephone', undefined]]) {
    const notes = { performance: [], accessibility: [], 'best-practices': [] };
    const details = { 'first-contentful-paint': [], 'largest-contentful-paint': [], 'total-blocking-time': [], 'cumulative-layout-shift': [], 'speed-index': [] };
    let dernier = null;
    for (let i = 0; i < FOIS; i++) {
      const chromium = await outil('playwright-core').chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--headless=new', '--no-sandbox', `--remote-debugging-port=${PORT}`, '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-gpu'],
      });
      try {
        const { lhr } = await lighthouse.default(service + adresse, { port: PORT, output: 'json', logLevel: 'error', onlyCategories: Object.keys(notes) }, config);
        if (lhr.runtimeError) throw new Error(`${adresse} ${format} : ${lhr.runtimeError.message}`);
        for (const cle of Object.keys(notes)) notes[cle].push(lhr.categories[cle].score);
        for (const cle of Object.keys(details)) details[cle].push(lhr.audits[cle].numericValue);
        dernier = lhr;
      } finally {
        await chromium.close();
      }
    }
    console.log(`\n${adresse} · ${format} · médiane de ${FOIS}`);
    for (const [cle, valeurs] of Object.entries(notes)) {
      const note = mediane(valeurs);
      console.log(`  ${cle.padEnd(16)} ${Math.round(note * 100)}   (${valeurs.map((v) => Math.round(v * 100)).join(' ')})`);
      if (note < SEUILS[format][cle]) manques.push(`${adresse} ${format} ${cle} ${note}`);
    }
    console.log(`  ${Object.entries(details).map(([cle, v]) => `${cle} ${cle.startsWith('cum') ? mediane(v).toFixed(3) : `${Math.round(mediane(v))} ms`}`).join(' · ')}`);
    const rates = Object.values(dernier.audits).filter((a) => a.score !== null && a.score < 0.9 && a.scoreDisplayMode !== 'informative' && a.scoreDisplayMode !== 'metricSavings');
    for (const a of rates) console.log(`  – ${a.id} ${a.displayValue ?? ''} ${(a.details?.items ?? []).slice(0, 2).map((x) => x.node?.snippet ?? x.url ?? '').join(' ').slice(0, 160)}`);
  }
}

const DEPLACEMENTS = {
  async souris(page) {
    await page.mouse.move(800, 400);
    await page.mouse.down();
    for (let i = 1; i <= 40; i++) await page.mouse.move(800 - 8 * i, 400 + 3 * i);
    await page.mouse.up();
  },
  async molette(page) {
    for (let i = 0; i < 12; i++) {
      await page.mouse.wheel(0, i < 6 ? -120 : 120);
      await page.waitForTimeout(200);
    }
  },
  async fleches(page) {
    await page.focus('#carte canvas');
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(200);
    }
  },
};
const navigateur = await lancer();
try {
  for (const adresse of ADRESSES) {
    const { page, contexte } = await ouvrir(navigateur, 'about:blank', { taille: BUREAU, attendre: 'rien' });
    const cdp = await contexte.newCDPSession(page);
    await cdp.send('Network.enable');
    const types = new Map();
    let scripts = 0;
    cdp.on('Network.responseReceived', ({ requestId, response }) => types.set(requestId, response.mimeType));
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (/javascript/.test(types.get(requestId) ?? '')) scripts += encodedDataLength;
    });
    const debut = performance.now();
    await page.goto(service + adresse, { waitUntil: 'commit' });
    await page.waitForSelector('#reponse > p', { timeout: 30_000 });
    const mots = performance.now() - debut;
    // The first picture: the still one, all its tiles drawn, or the live map.
    await page.waitForFunction(() => document.querySelector('.esquisse[data-finie]') || window.maillage?.carte?.queryRenderedFeatures({ layers: ['terre'] }).length > 0, null, { polling: 30 });
    const image = performance.now() - debut;
    await page.mouse.move(800, 300);
    await page.waitForFunction(() => window.maillage?.carte?.loaded(), null, { timeout: 60_000 });
    const tout = performance.now() - debut;
    await page.waitForTimeout(3000);
    await page.evaluate(() => {
      window.taches = [];
      new PerformanceObserver((l) => window.taches.push(...l.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
    });
    const deplacements = [];
    for (const [nom, deplacer] of Object.entries(DEPLACEMENTS)) {
      await deplacer(page);
      await page.waitForTimeout(4000);
      const taches = await page.evaluate(() => window.taches.splice(0));
      deplacements.push([nom, Math.round(Math.max(0, ...taches)), taches.length]);
    }
    console.log(`\n${adresse}`);
    console.log(`  scripts reçus ${(scripts / 1024).toFixed(0)} Kio · réponse en mots ${Math.round(mots)} ms · première image ${Math.round(image)} ms · tout ${Math.round(tout)} ms`);
    for (const [nom, longue, nombre] of deplacements) console.log(`  en déplaçant la carte (${nom}) : tâche la plus longue ${longue} ms (${nombre} de plus de 50 ms)`);
    if (scripts > 450 * 1024) manques.push(`${adresse} scripts ${scripts}`);
    if (image > 1500) manques.push(`${adresse} première image ${Math.round(image)} ms`);
    for (const [nom, longue] of deplacements) if (longue > 200) manques.push(`${adresse} tâche de ${longue} ms (${nom})`);
    await contexte.close();
  }
} finally {
  await navigateur.close();
}
if (manques.length) {
  console.error(`\nHors des seuils :\n  ${manques.join('\n  ')}`);
  process.exitCode = 1;
}
