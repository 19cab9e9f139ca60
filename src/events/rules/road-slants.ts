/** Cells of the picture, and how far from a place a neighbour may be asked, in cells. */
const COLUMNS = 32;
const ROWS = 24;
const NEIGHBOURS = 3;
/** Vehicles that make a cell known; of more, the latest count. */
const LEAST_SEEN = 2;
const MOST_SEEN = 20;

/**
 * How far the road is slanted in the picture at each place, learned from those who drive there: who pulls over, and who was never seen to
 * drive, stands along it.
 */
export class RoadSlants {
  readonly #slants = new Float64Array(COLUMNS * ROWS);
  readonly #seen = new Uint8Array(COLUMNS * ROWS);

  /** Somebody drove there. @param x, y shares of the picture @param slant across per length upwards */
  learn(x: number, y: number, slant: number): void {
    const cell = rowOf(y) * COLUMNS + columnOf(x);
    const seen = Math.min(MOST_SEEN, this.#seen[cell]! + 1);
    this.#seen[cell] = seen;
    this.#slants[cell] = this.#slants[cell]! + (slant - this.#slants[cell]!) / seen;
  }

  /** @returns null where nobody was seen to drive there or beside it */
  at(x: number, y: number): number | null {
    const [column, row] = [columnOf(x), rowOf(y)];
    let best: number | null = null;
    let least = Infinity;
    for (let dy = -NEIGHBOURS; dy <= NEIGHBOURS; dy++) {
      for (let dx = -NEIGHBOURS; dx <= NEIGHBOURS; dx++) {
        const away = dx * dx + dy * dy;
        const cell = (row + dy) * COLUMNS + column + dx;
        if (away >= least || column + dx < 0 || column + dx >= COLUMNS || row + dy < 0 || row + dy >= ROWS) continue;
        if (this.#seen[cell]! >= LEAST_SEEN) [best, least] = [this.#slants[cell]!, away];
      }
    }
    return best;
  }
}

const columnOf = (x: number): number => Math.min(COLUMNS - 1, Math.max(0, Math.floor(x * COLUMNS)));
const rowOf = (y: number): number => Math.min(ROWS - 1, Math.max(0, Math.floor(y * ROWS)));
