import { isNoShift, type SceneShift, shiftDown, shiftRight } from '../../frame/scene-shift.js';
import { blockStart, GRID_HEIGHT, GRID_WIDTH } from './grid.js';

/** Says which blocks of a scene lie outside of the pictures of one size. */
export class OutsideBlocks {
  readonly #width: number;
  readonly #height: number;
  /** First pixel of each column and row of blocks, and the end of the last. */
  readonly #columns: Float64Array;
  readonly #rows: Float64Array;

  /** @param width of the pictures, pixels, as `height` */
  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#columns = Float64Array.from({ length: GRID_WIDTH + 1 }, (_, i) => blockStart(i, GRID_WIDTH, width));
    this.#rows = Float64Array.from({ length: GRID_HEIGHT + 1 }, (_, i) => blockStart(i, GRID_HEIGHT, height));
  }

  /** Sets the blocks of which a shift of the scene puts a part outside of the picture, and those at its edge; clears the others. */
  mark(shift: SceneShift, into: Uint8Array): void {
    into.fill(0);
    if (isNoShift(shift)) return;
    const [middleX, middleY] = [this.#width / 2, this.#height / 2];
    const bend = Math.abs(shift.growth) + Math.abs(shift.turn);
    // no block goes further
    const most = Math.max(Math.abs(shift.x), Math.abs(shift.y)) + bend * Math.max(middleX, middleY);
    const isInside = (starts: Float64Array, i: number, pixels: number): boolean =>
      i > 0 && starts[i]! >= most && starts[i + 1]! + most <= pixels - 1;
    const [first, last] = [0, GRID_WIDTH - 1];
    for (let y = 0; y < GRID_HEIGHT; y++) {
      const isRowInside = isInside(this.#rows, y, this.#height);
      let x = first;
      for (; x <= last && !(isRowInside && isInside(this.#columns, x, this.#width)); x++)
        this.#markOne(shift, x, y, into);
      if (!isRowInside) continue;
      for (x = last; x >= first && !isInside(this.#columns, x, this.#width); x--) this.#markOne(shift, x, y, into);
    }
  }

  #markOne(shift: SceneShift, x: number, y: number, into: Uint8Array): void {
    const [left, end] = [this.#columns[x]!, this.#columns[x + 1]!];
    const [top, bottom] = [this.#rows[y]!, this.#rows[y + 1]!];
    const [right, below] = [(left + end - this.#width) / 2, (top + bottom - this.#height) / 2];
    const [farX, farY] = [shiftRight(shift, right, below), shiftDown(shift, right, below)];
    const isIn =
      left + farX >= 0 && end + farX <= this.#width - 1 && top + farY >= 0 && bottom + farY <= this.#height - 1;
    // the first block of a side holds what lies before it too
    into[y * GRID_WIDTH + x] = isIn && x > 0 && y > 0 ? 0 : 1;
  }
}
