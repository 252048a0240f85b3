// Drawing polygons on the map of a zone, with terra-draw: loaded when somebody wants to draw, and not before.

import { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode } from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { Map as CarteMapLibre } from 'maplibre-gl';

const TRAIT = '#a3271b';
/** Digits of the coordinates that it keeps: seven are a centimetre. */
const PRECISION = 7;

/** Corners that can be moved one by one: beyond, a file is corrected in a program for maps. */
const COINS = 1000;

export type Surface = { type: 'MultiPolygon'; coordinates: number[][][][] };

export class Dessin {
  private readonly outil: TerraDraw;

  constructor(carte: CarteMapLibre, surChange: (surface: Surface | null) => void) {
    const style = { fillColor: TRAIT, fillOpacity: 0.12, outlineColor: TRAIT, outlineWidth: 3 } as const;
    this.outil = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: carte, coordinatePrecision: PRECISION }),
      modes: [
        new TerraDrawPolygonMode({ styles: { ...style, closingPointColor: TRAIT, closingPointWidth: 7 } }),
        new TerraDrawSelectMode({
          styles: { selectedPolygonColor: TRAIT, selectedPolygonFillOpacity: 0.12, selectedPolygonOutlineColor: TRAIT, selectedPolygonOutlineWidth: 3 },
          flags: { polygon: { feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } } } },
        }),
      ],
    });
    this.outil.start();
    this.outil.setMode('polygon');
    this.outil.on('finish', () => surChange(this.surface));
  }

  /** Draws more, or moves the corners of what is drawn. */
  modifier(corriger: boolean): void {
    this.outil.setMode(corriger ? 'select' : 'polygon');
  }

  /** Takes up a surface to move its corners; says why when it cannot. */
  reprendre(surface: Surface): string | null {
    const polygones = surface.coordinates;
    if (polygones.some((anneaux) => anneaux.length > 1)) return 'Ce dessin a des trous : ses coins ne se déplacent pas ici. Corrigez le fichier d’où il vient, ou dessinez de nouveau.';
    const coins = polygones.reduce((total, [contour]) => total + contour!.length, 0);
    if (coins > COINS) return `Ce dessin a ${coins.toLocaleString('fr-FR')} coins : trop pour les déplacer un par un. Corrigez le fichier d’où il vient, ou dessinez de nouveau.`;
    const arrondi = (n: number) => Number(n.toFixed(PRECISION));
    const poses = this.outil.addFeatures(
      polygones.map((anneaux) => ({
        type: 'Feature',
        properties: { mode: 'polygon' },
        geometry: { type: 'Polygon', coordinates: anneaux.map((anneau) => anneau.map(([x, y]) => [arrondi(x!), arrondi(y!)])) },
      })),
    );
    if (poses.some((pose) => !pose.valid)) return 'Les coins de ce dessin ne se déplacent pas ici : dessinez de nouveau.';
    this.modifier(true);
    this.outil.selectFeature(poses[0]!.id!);
    return null;
  }

  effacer(): void {
    this.outil.clear();
  }

  fermer(): void {
    this.outil.stop();
  }

  /** All that is drawn; null when nothing is. */
  private get surface(): Surface | null {
    const polygones = this.outil
      .getSnapshot()
      .filter((objet) => objet.geometry.type === 'Polygon' && objet.properties.mode === 'polygon')
      .map((objet) => objet.geometry.coordinates as number[][][]);
    return polygones.length ? { type: 'MultiPolygon', coordinates: polygones } : null;
  }
}
