import type { Polygon } from '../../config/config.js';
import { type Detections, STRIDE } from '../../frame/detections.js';
import { inside } from '../../frame/polygon.js';
import { BLOCKS, GRID_HEIGHT, GRID_WIDTH } from './grid.js';

/** Where in a block it is asked whether a polygon covers it; not at its edges, which it shares with its neighbours. */
const POINTS = [1 / 6, 3 / 6, 5 / 6];

/** The blocks that a mask covers, be it in part; one byte each, 1 where masked. */
export function maskBlocks(masks: readonly Polygon[]): Uint8Array {
  const masked = new Uint8Array(BLOCKS);
  for (let i = 0; i < BLOCKS; i++) {
    const x = i % GRID_WIDTH;
    const y = (i - x) / GRID_WIDTH;
    if (masks.some((polygon) => touches(polygon, x, y))) masked[i] = 1;
  }
  return masked;
}

/**
 * Marks the blocks that a mask covers, be it in part, in a picture whose scene lies so many blocks further on while the mask stays
 * where it is; and those that it covers where nothing has moved.
 *
 * @param right blocks, whole or not, as `down`
 * @param into set to 1 there; other blocks keep what they have
 */
export function coverMasked(masked: Uint8Array, right: number, down: number, into: Uint8Array): void {
  for (let y = 0; y < GRID_HEIGHT; y++) {
    for (let x = 0; x < GRID_WIDTH; x++) {
      if (masked[y * GRID_WIDTH + x] === 0) continue;
      into[y * GRID_WIDTH + x] = 1;
      const [left, top] = [Math.max(0, Math.floor(x - right)), Math.max(0, Math.floor(y - down))];
      const [end, bottom] = [
        Math.min(GRID_WIDTH, Math.ceil(x - right) + 1),
        Math.min(GRID_HEIGHT, Math.ceil(y - down) + 1),
      ];
      for (let row = top; row < bottom && left < end; row++)
        into.fill(1, row * GRID_WIDTH + left, row * GRID_WIDTH + end);
    }
  }
}

function touches(polygon: Polygon, x: number, y: number): boolean {
  return POINTS.some((v) => POINTS.some((u) => inside(polygon, (x + u) / GRID_WIDTH, (y + v) / GRID_HEIGHT)));
}

/**
 * Marks the blocks under boxes and one block around them: a box is seldom exact, and a vehicle has a shadow.
 *
 * @param width of the picture that the boxes refer to, pixels, as `height`
 * @param leastScore boxes below are left out
 * @param into set to 1 under boxes; other blocks keep what they have
 */
export function coverBlocks(
  { count, data }: Detections,
  width: number,
  height: number,
  leastScore: number,
  into: Uint8Array,
): void {
  const across = GRID_WIDTH / width;
  const down = GRID_HEIGHT / height;
  for (let row = 0, o = 0; row < count; row++, o += STRIDE) {
    if (data[o + 4]! < leastScore) continue;
    const left = Math.max(0, Math.floor(data[o]! * across) - 1);
    const right = Math.min(GRID_WIDTH, Math.ceil(data[o + 2]! * across) + 1);
    const top = Math.max(0, Math.floor(data[o + 1]! * down) - 1);
    const bottom = Math.min(GRID_HEIGHT, Math.ceil(data[o + 3]! * down) + 1);
    // a few blocks of each row: a call of `fill` for each takes longer
    for (let y = top; y < bottom; y++) {
      for (let block = y * GRID_WIDTH + left; block < y * GRID_WIDTH + right; block++) into[block] = 1;
    }
  }
}
