// Builds the page into dist/, which the binary embeds: everything a browser needs, from one host, compressed once.
//
// dist/index.html          the page (never cached for long: it names the hashed files)
// dist/espace.js, .css     what the pages of the space ask for
// dist/ouvrier.js          the worker that reads tiles: a file of its own, since a strict `worker-src 'self'` refuses blobs
// dist/actifs/             scripts, styles and web fonts, with a content hash in their names: cacheable for ever
// dist/polices-ttf/        the faces from which the glyph service draws the labels of the map
// dist/licences.txt       those of what is embedded: MapLibre, Source Sans, and what reads tiles without MapLibre
// *.gz, *.br               beside every text file
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const actifs = join(dist, 'actifs');
const modules = join(here, 'node_modules');
const text = new Set(['.html', '.js', '.css', '.json', '.svg', '.txt']);

await rm(dist, { recursive: true, force: true });
await mkdir(actifs, { recursive: true });
await mkdir(join(dist, 'polices-ttf'));

// From its sources, MapLibre and its worker have one copy of what they share: a fifth less to receive than from the two
// scripts that it publishes.
const mapLibre = join(modules, 'maplibre-gl/src');
const fromSources = {
  name: 'maplibre-from-sources',
  setup: (esbuild) => esbuild.onResolve({ filter: /^maplibre-gl$/ }, () => ({ path: join(mapLibre, 'index.ts') })),
};

const bundle = await build({
  absWorkingDir: here,
  entryPoints: {
    application: 'page/application.ts',
    style: 'page/page.css',
    espace: 'espace/espace.ts',
    'feuille-espace': 'espace/espace.css',
    ouvrier: join(mapLibre, 'source/worker.ts'),
  },
  plugins: [fromSources],
  // As MapLibre is compiled: a field that a class only names must not hide the one that it inherits.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  outdir: actifs,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file' },
  metafile: true,
  logLevel: 'warning',
});

const outputs = Object.entries(bundle.metafile.outputs).map(([path, output]) => ({ name: basename(path), ...output }));
const outputOf = (what, test) => {
  const found = outputs.find(test);
  if (!found) throw new Error(`the build produced no ${what}`);
  return `/actifs/${found.name}`;
};
const html = (await readFile(join(here, 'page/index.html'), 'utf8'))
  .replaceAll('{{application}}', outputOf('script', (o) => o.entryPoint === 'page/application.ts'))
  .replaceAll('{{style}}', outputOf('style sheet', (o) => o.entryPoint === 'page/page.css'))
  .replaceAll('{{police}}', outputOf('font', (o) => o.name.endsWith('.woff2')));
if (html.includes('{{')) throw new Error('index.html names a file that the build does not produce');
await writeFile(join(dist, 'index.html'), html);

// What has the same name whatever is built, for the pages of the space that the service writes and for the map that starts
// its worker: it is asked for again each time, and leads to files that are not.
const espace = outputOf('script of the space', (o) => o.entryPoint === 'espace/espace.ts');
await writeFile(join(dist, 'espace.js'), `import '${espace}';\n`);
const ouvrier = outputOf('worker', (o) => o.entryPoint?.endsWith('source/worker.ts'));
await writeFile(join(dist, 'ouvrier.js'), `import '${ouvrier}';\n`);
await rename(join(actifs, basename(outputOf('sheet of the space', (o) => o.entryPoint === 'espace/espace.css'))), join(dist, 'espace.css'));

await writeFile(
  join(dist, 'licences.txt'),
  await licences(['maplibre-gl/LICENSE.txt', 'source-sans/LICENSE.md', 'pbf/LICENSE', '@mapbox/vector-tile/LICENSE.txt']),
);
for (const face of ['Regular', 'Semibold']) {
  const name = `SourceSans3-${face}.ttf`;
  await copyFile(join(modules, 'source-sans/TTF', name), join(dist, 'polices-ttf', name));
}

await compressAll(dist);
await report(dist);

async function licences(files) {
  const parts = await Promise.all(files.map(async (file) => `${file}\n\n${await readFile(join(modules, file), 'utf8')}`));
  return parts.join('\n\n----\n\n');
}

async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
}

async function compressAll(folder) {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  for (const file of await filesOf(folder)) {
    if (!text.has(extname(file))) continue;
    const content = await readFile(file);
    await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
    await writeFile(`${file}.br`, await promisify(brotliCompress)(content, brotli));
  }
}

async function report(folder) {
  for (const file of (await filesOf(folder)).sort()) {
    if (!text.has(extname(file)) && extname(file) !== '.woff2') continue;
    const sizes = await Promise.all(
      ['', '.gz', '.br'].map((suffix) => readFile(file + suffix).then((b) => b.length, () => 0)),
    );
    console.log(`${file.slice(folder.length + 1).padEnd(44)}${sizes.map((s) => (s ? `${(s / 1024).toFixed(1)} KB` : '').padStart(12)).join('')}`);
  }
}
