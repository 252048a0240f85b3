// On a machine that draws slowly, without a graphics card, a map that is moved has fewer pixels and lines until it is at rest again:
// each frame is then short enough for whoever does something else to be answered.

import type { DataDrivenPropertyValueSpecification, Map as CarteMapLibre } from 'maplibre-gl';

/** Above this, in milliseconds a frame, a machine is slow: ten pictures a second are no longer a movement. */
const LENTE = 100;
/** Frames that are timed. */
const ESSAIS = 3;
/** Pixels for one of CSS while the map moves. */
const REDUITE = 0.5;
/** The finest boundaries are a third of what is left to draw: they come back with the pixels. */
const FINES = 'limites-communes';

/** Begins once the map has drawn. */
export function alleger(carte: CarteMapLibre): void {
  void carte.once('idle', async () => {
    if ((await cadence(carte)) > LENTE) reduire(carte);
  });
}

/** How long a frame takes, at best: whatever else the machine does, it is no faster than that. */
async function cadence(carte: CarteMapLibre): Promise<number> {
  const dessinee = () => new Promise<number>((suite) => void carte.once('render', () => requestAnimationFrame(suite)).triggerRepaint());
  let [meilleure, avant] = [Infinity, await dessinee()];
  for (let i = 0; i < ESSAIS; i++) {
    const apres = await dessinee();
    meilleure = Math.min(meilleure, apres - avant);
    avant = apres;
  }
  return meilleure;
}

/**
 * A gesture that has begun would be cut by the change: pixels are fewer from what comes before it, a finger or a button that is
 * pressed, and again all there once nothing moves nor is pressed.
 */
function reduire(carte: CarteMapLibre): void {
  let [reduite, pressee] = [false, false];
  let opacite: DataDrivenPropertyValueSpecification<number> | undefined;
  const moins = () => {
    if (reduite || !carte.getLayer(FINES)) return;
    reduite = true;
    opacite = carte.getPaintProperty(FINES, 'line-opacity') as typeof opacite;
    carte.setPaintProperty(FINES, 'line-opacity', 0);
    carte.setPixelRatio(REDUITE);
  };
  const toile = carte.getCanvasContainer();
  const presser = () => {
    pressee = true;
    moins();
  };
  const lacher = () => {
    pressee = false;
    if (reduite) carte.triggerRepaint();
  };
  toile.addEventListener('pointerdown', presser, { capture: true });
  for (const fin of ['pointerup', 'pointercancel']) addEventListener(fin, lacher);
  for (const geste of ['wheel', 'keydown']) toile.addEventListener(geste, moins, { capture: true, passive: true });
  carte.on('idle', () => {
    if (!reduite || pressee) return;
    reduite = false;
    carte.setPaintProperty(FINES, 'line-opacity', opacite);
    carte.setPixelRatio(devicePixelRatio);
  });
}
