import { BLOCKS, GRID_HEIGHT, GRID_WIDTH } from './grid.js';

/** A difference has to be unlike its surroundings by this share of itself: glare and shadows of clouds are smooth. */
const STANDS_OUT = 0.25;
/** Blocks from the one looked at to those that it is compared with. */
const RING = 2;
/** Times its tolerance by which a block counts without a neighbour that differs too. */
const ALONE = 1.6;

/**
 * Keeps what may be a vehicle of the blocks that differ: those that stand out of the blocks two further on, and that
 * have a neighbour which does too, or differ by far. The middle of a smooth glow, where everything around brightened
 * alike, does not stand out; the edge of a vehicle does.
 *
 * @param difference levels per block, 0 where there is nothing to compare with
 * @param ratio |difference| as a multiple of the block's tolerance where it is above 1, 0 elsewhere; changed
 * @param into 1 where a block counts, 0 elsewhere
 * @returns how many count
 */
export function keepVehicleLike(difference: Float32Array, ratio: Float32Array, into: Uint8Array): number {
  for (let i = 0; i < BLOCKS; i++) {
    if (ratio[i] === 0) continue;
    const d = Math.abs(difference[i]!);
    if (!standsOut(difference, i, Math.max((d / ratio[i]!) * 0.3, d * STANDS_OUT))) ratio[i] = 0;
  }
  let count = 0;
  for (let i = 0; i < BLOCKS; i++) {
    const counts = ratio[i] !== 0 && (ratio[i]! >= ALONE || hasNeighbour(ratio, i));
    into[i] = counts ? 1 : 0;
    if (counts) count++;
  }
  return count;
}

/** Whether the difference is unlike the mean of those to both sides, or above and below. */
function standsOut(difference: Float32Array, i: number, least: number): boolean {
  const d = difference[i]!;
  const x = i % GRID_WIDTH;
  const left = difference[i - Math.min(RING, x)]!;
  const right = difference[i + Math.min(RING, GRID_WIDTH - 1 - x)]!;
  if (Math.abs(d - (left + right) / 2) > least) return true;
  const up = i >= RING * GRID_WIDTH ? difference[i - RING * GRID_WIDTH]! : d;
  const down = i < BLOCKS - RING * GRID_WIDTH ? difference[i + RING * GRID_WIDTH]! : d;
  return Math.abs(d - (up + down) / 2) > least;
}

function hasNeighbour(ratio: Float32Array, i: number): boolean {
  const x = i % GRID_WIDTH;
  return (
    (x > 0 && ratio[i - 1] !== 0) ||
    (x < GRID_WIDTH - 1 && ratio[i + 1] !== 0) ||
    (i >= GRID_WIDTH && ratio[i - GRID_WIDTH] !== 0) ||
    (i < BLOCKS - GRID_WIDTH && ratio[i + GRID_WIDTH] !== 0)
  );
}

/** Sets the blocks of a square of 2 * `reach` + 1 around a block. */
export function fillAround(values: Float64Array, i: number, reach: number, value: number): void {
  const x = i % GRID_WIDTH;
  const y = (i - x) / GRID_WIDTH;
  const left = Math.max(0, x - reach);
  const right = Math.min(GRID_WIDTH - 1, x + reach);
  for (let v = Math.max(0, y - reach); v <= Math.min(GRID_HEIGHT - 1, y + reach); v++) {
    values.fill(value, v * GRID_WIDTH + left, v * GRID_WIDTH + right + 1);
  }
}
