import { CELL_SIZE, CELLS, CELLS_ACROSS, GRID_WIDTH, type Signature } from './grid.js';

/** Steps of a descriptor per standard deviation of the picture. */
const SCALE = 32;
/** Pictures flatter than this are noise. */
const LEAST_DEVIATION = 2;

const means = new Float32Array(CELLS);

/** Mean luma of each cell, free of the light of the whole: 128 is the picture's mean, 32 steps its standard deviation. */
export function describeScene({ luma }: Signature, into: Uint8Array): void {
  means.fill(0);
  for (let i = 0; i < luma.length; i++) {
    const x = i % GRID_WIDTH;
    const y = (i - x) / GRID_WIDTH;
    means[Math.floor(y / CELL_SIZE) * CELLS_ACROSS + (x >> 2)]! += luma[i]! / (CELL_SIZE * CELL_SIZE);
  }
  let sum = 0;
  let squares = 0;
  for (const mean of means) {
    sum += mean;
    squares += mean * mean;
  }
  const middle = sum / CELLS;
  const deviation = Math.sqrt(Math.max(0, squares / CELLS - middle * middle));
  const scale = SCALE / Math.max(LEAST_DEVIATION, deviation);
  for (let c = 0; c < CELLS; c++) into[c] = Math.min(255, Math.max(0, 128.5 + (means[c]! - middle) * scale));
}

/** Sum of |a − b| over a descriptor; stops once it is above `limit`. */
export function descriptorDistance(a: Uint8Array, aStart: number, b: Uint8Array, limit: number): number {
  let sum = 0;
  for (let c = 0; c < CELLS; ) {
    for (const end = c + CELLS_ACROSS; c < end; c++) sum += Math.abs(a[aStart + c]! - b[c]!);
    if (sum > limit) break;
  }
  return sum;
}
