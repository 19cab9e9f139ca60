import pointInPolygon from 'point-in-polygon-hao';
import type { Polygon } from '../config/config.js';

/** The rings as the package wants them, closed; polygons come from the configuration and live as long as it does. */
const closedRings = new WeakMap<Polygon, number[][][]>();

/**
 * Whether a point lies in a polygon or on its edge. Both in the same units; where the ring crosses itself, what it
 * encloses twice is outside.
 */
export function inside(polygon: Polygon, x: number, y: number): boolean {
  return pointInPolygon([x, y], closed(polygon)) !== false;
}

function closed(polygon: Polygon): number[][][] {
  let ring = closedRings.get(polygon);
  if (ring === undefined) {
    ring = [[...polygon, polygon[0]!]];
    closedRings.set(polygon, ring);
  }
  return ring;
}
