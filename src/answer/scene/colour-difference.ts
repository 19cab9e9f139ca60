import { CELL_SIZE, CELLS, CELLS_ACROSS, GRID_WIDTH, type Signature } from './grid.js';

/** Levels by which a cell's colour may differ; one block of a red car on grey makes 6. */
const TOLERANCE = 6;
const BLOCKS_PER_CELL = CELL_SIZE * CELL_SIZE;

/** Finds the cells in which two pictures differ in colour: a vehicle as bright as the road behind it. */
export class ColourDifference {
  readonly #colour = new Float32Array(CELLS);
  readonly #sorted = new Float32Array(CELLS);

  /**
   * @param gain of the light from `a` to `b`
   * @param votes 1 per block that may be compared; a cell needs half of its blocks
   * @param into set to 1 in the voting blocks of cells that differ
   * @returns how many cells differ, those that do in both colours twice
   */
  compare(a: Signature, b: Signature, gain: number, votes: Uint8Array, into: Uint8Array): number {
    return this.#compareHalf(a, b, gain, 0, votes, into) + this.#compareHalf(a, b, gain, CELLS, votes, into);
  }

  /** `from`: which half of the chroma. What the whole picture differs by is the light's colour. */
  #compareHalf(a: Signature, b: Signature, gain: number, from: number, votes: Uint8Array, into: Uint8Array): number {
    const colour = this.#colour;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let cell = 0; cell < CELLS; cell++) {
      const difference = Math.fround(b.chroma[from + cell]! - gain * a.chroma[from + cell]!);
      colour[cell] = difference;
      if (difference < least) least = difference;
      if (difference > most) most = difference;
    }
    // as most often: then none is far from their middle either
    if (most - least <= TOLERANCE) return 0;
    this.#sorted.set(colour);
    const whole = this.#sorted.sort()[CELLS / 2]!;
    let count = 0;
    for (let cell = 0; cell < CELLS; cell++) {
      if (Math.abs(colour[cell]! - whole) > TOLERANCE && mark(cell, votes, into)) count++;
    }
    return count;
  }
}

/** Marks the voting blocks of a cell; false where they are too few. */
function mark(cell: number, votes: Uint8Array, into: Uint8Array): boolean {
  const column = (cell % CELLS_ACROSS) * CELL_SIZE;
  const first = Math.floor(cell / CELLS_ACROSS) * CELL_SIZE * GRID_WIDTH + column;
  let count = 0;
  for (let k = 0; k < BLOCKS_PER_CELL; k++) count += votes[first + (k >> 2) * GRID_WIDTH + (k & 3)]!;
  if (count < BLOCKS_PER_CELL / 2) return false;
  for (let k = 0; k < BLOCKS_PER_CELL; k++) {
    const i = first + (k >> 2) * GRID_WIDTH + (k & 3);
    if (votes[i] !== 0) into[i] = 1;
  }
  return true;
}
