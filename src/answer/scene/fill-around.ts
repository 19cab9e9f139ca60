import { GRID_HEIGHT, GRID_WIDTH } from './grid.js';

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
