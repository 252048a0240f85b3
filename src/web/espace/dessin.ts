// Drawing polygons on the map of a zone, with terra-draw: loaded when somebody wants to draw, and not before.

import { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode } from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { Map as CarteMapLibre } from 'maplibre-gl';

const TRAIT = '#a3271b';
/** Digits of the coordinates that it keeps: seven are a centimetre. */
const PRECISION = 7;

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
