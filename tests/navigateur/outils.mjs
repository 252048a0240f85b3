// What the browser tests share: tools from src/web (their only package.json), the browser, and a page that keeps account
// of everything it should not do.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export const racine = new URL('../../', import.meta.url);
export const outil = createRequire(new URL('src/web/package.json', racine));

/** The service under test, already serving the demonstration data. */
export const service = process.env.MAILLAGE_URL?.replace(/\/$/, '');

export const BUREAU = { width: 1280, height: 800 };
export const TELEPHONE = { width: 390, height: 844 };

/** Of the suites that need a service and a browser: one page at a time, drawn without a graphics card. */
export const OPTIONS = { skip: service ? false : 'MAILLAGE_URL is not set', concurrency: 1, timeout: 600_000 };
/** Waits for the panel alone. */
export const PANNEAU = { attendre: 'panneau' };
export const DIE = [5.3704, 44.7535];

export function lancer() {
  const { chromium } = outil('playwright-core');
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Tries something on an open page, and closes it whatever happens. */
export async function avecPage(navigateur, chemin, choix, essai) {
  const ouverte = await ouvrir(navigateur, chemin, choix);
  try {
    await essai(ouverte);
  } finally {
    await ouverte.contexte.close();
  }
}

/**
 * Opens the page and waits for the answer in words, and until the map has drawn what the address asks for unless
 * `attendre` says otherwise (drawing without a graphics card takes seconds). `fautes` fills with every misdeed.
 */
export async function ouvrir(navigateur, chemin = '/', { taille = BUREAU, sombre = false, attendre = 'carte', script = true } = {}) {
  const telephone = taille === TELEPHONE;
  const contexte = await navigateur.newContext({
    viewport: taille,
    colorScheme: sombre ? 'dark' : 'light',
    hasTouch: telephone,
    isMobile: telephone,
    locale: 'fr-FR',
    javaScriptEnabled: script,
  });
  const page = await contexte.newPage();
  const fautes = [];
  const hotes = new Set();
  page.on('request', (r) => {
    if (!/^(data|blob|about):/.test(r.url())) hotes.add(new URL(r.url()).host);
  });
  page.on('pageerror', (e) => fautes.push(`exception: ${e.message}`));
  page.on('console', (m) => {
    // The drawing driver of a machine without a screen complains of its own slowness.
    if (m.type() === 'error' || (m.type() === 'warning' && !/GL Driver|WebGL/.test(m.text()))) fautes.push(`${m.type()}: ${m.text()}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`));
  });
  const reponse = await page.goto(chemin.startsWith('/') ? service + chemin : chemin);
  if (attendre === 'carte') await dessinee(page);
  else if (attendre === 'panneau') await page.waitForSelector('#legende h2');
  return { page, contexte, fautes, hotes, reponse };
}

/** The answer in words is there and the live map, which waits for somebody to move, has nothing left to load. */
export async function dessinee(page) {
  await page.waitForFunction(
    () => {
      dispatchEvent(new Event('pointermove'));
      return window.maillage?.carte?.loaded() && document.querySelector('#legende h2') && !document.querySelector('#panneau[aria-busy]') && !document.querySelector('.esquisse');
    },
    null,
    { timeout: 60_000 },
  );
  await page.evaluate(() => window.maillage.montree());
}

/** Colours of the screen, `#rrggbb`, at points in CSS pixels. */
export async function couleursAffichees(page, points) {
  const image = (await page.screenshot()).toString('base64');
  return page.evaluate(
    async ([image, points]) => {
      const dessin = new Image();
      dessin.src = `data:image/png;base64,${image}`;
      await dessin.decode();
      const toile = Object.assign(document.createElement('canvas'), { width: dessin.width, height: dessin.height });
      const d = toile.getContext('2d');
      d.drawImage(dessin, 0, 0);
      const fois = dessin.width / innerWidth;
      const lire = ([x, y]) => [...d.getImageData(Math.round(x * fois), Math.round(y * fois), 1, 1).data.slice(0, 3)];
      return points.map((point) => `#${lire(point).map((c) => c.toString(16).padStart(2, '0')).join('')}`);
    },
    [image, points],
  );
}

export async function capturer(page, nom) {
  if (!process.env.CAPTURES) return;
  await mkdir(process.env.CAPTURES, { recursive: true });
  // Labels fade in after the tiles are there.
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(process.env.CAPTURES, `${nom}.png`) });
}

/** Serious and critical faults that axe finds on the page as it is. */
export async function fautesAccessibilite(page) {
  // What is still coming into view has not its colours yet.
  await page.evaluate(async () => {
    const finies = document.getAnimations().filter((a) => Number.isFinite(a.effect?.getComputedTiming().endTime));
    await Promise.all(finies.map((a) => a.finished.catch(() => {})));
  });
  await page.evaluate(outil('axe-core').source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

/** Clicks on the map at a longitude and a latitude. */
export async function cliquer(page, [lon, lat]) {
  const point = await page.evaluate((lngLat) => {
    const { x, y } = window.maillage.carte.project(lngLat);
    const cadre = document.getElementById('carte').getBoundingClientRect();
    return { x: x + cadre.left, y: y + cadre.top };
  }, [lon, lat]);
  await page.mouse.click(point.x, point.y);
}

export const demander = async (chemin) => (await fetch(service + chemin)).json();

/** The words of an element, their blanks made plain. */
export const texte = async (page, ou) => (await page.textContent(ou)).replace(/\s/g, ' ');

/** Presses Tab until what has the focus answers a selector: whoever has no mouse gets there. */
export async function tabuler(page, selecteur, limite = 60) {
  for (let i = 0; i < limite; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((s) => document.activeElement?.matches(s), selecteur)) return;
  }
  assert.fail(`${selecteur} is not reached by the keyboard`);
}

/** A visible ring, or a thumb with one. */
export const focusVisible = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    const vus = [e, e.nextElementSibling].filter(Boolean).map((x) => getComputedStyle(x));
    return vus.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || e.matches('input[type=range]:focus-visible');
  });

/** Whether what has the focus is on screen, with something of it under nothing else. */
export const aDecouvert = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    return [...e.getClientRects()].some(({ left, top, right, bottom }) => {
      const [x, y, l, h] = [Math.max(0, left), Math.max(0, top), Math.min(innerWidth, right), Math.min(innerHeight, bottom)];
      const points = [[(x + l) / 2, (y + h) / 2], ...[x + 3, l - 3].flatMap((a) => [y + 3, h - 3].map((b) => [a, b]))];
      return l > x && h > y && points.some(([a, b]) => {
        const dessus = document.elementFromPoint(a, b);
        // Two thumbs share one track.
        return dessus && (e.contains(dessus) || (e.type === 'range' && dessus.contains(e) && dessus.matches('.glissiere-piste')));
      });
    });
  });
