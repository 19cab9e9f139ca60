import { VIEW_ACROSS, VIEW_CELLS, VIEW_DOWN } from './view-picture.js';

/** Cells around each that its contrast is taken against, to either side. */
const AROUND = 3;
/** Cells by which a view may have moved and still be found. */
const REACH = 16;
/** Mean level and mean contrast of a picture by day. */
const DAY_LEVEL = 45;
const DAY_CONTRAST = 5;
/** Levels of contrast from which on more does not count: a lamp or a lorry would outweigh everything else. */
const MOST_CONTRAST = 24;

/** How a picture of a view fits to an earlier one. */
export interface ViewMatch {
  /** -1..1: how alike they are as they lie, and where they fit best. */
  readonly inPlace: number;
  readonly best: number;
  /** By how much it moved there, in shares of the width (to the right) and of the height (down). */
  readonly right: number;
  readonly down: number;
}

/** Whether a picture has daylight and enough in it to recognise a view by. */
export function isDaylit(view: Uint8Array): boolean {
  const level = view.reduce((sum, cell) => sum + cell, 0) / VIEW_CELLS;
  const contrast = contrastOf(view).reduce((sum, cell) => sum + Math.abs(cell), 0) / VIEW_CELLS;
  return level >= DAY_LEVEL && contrast >= DAY_CONTRAST;
}

/**
 * Finds out by how much a view moved between two small pictures of it; about 20 ms.
 *
 * @param ignored cells (1) of the picture's parts whose change means nothing
 */
export function matchViews(before: Uint8Array, now: Uint8Array, ignored?: Uint8Array): ViewMatch {
  const [was, is] = [contrastOf(before), contrastOf(now)];
  const at = (right: number, down: number): number => likeness(was, is, right, down, ignored);
  const inPlace = at(0, 0);
  let [best, right, down] = [inPlace, 0, 0];
  for (let y = -REACH; y <= REACH; y++) {
    for (let x = -REACH; x <= REACH; x++) {
      const like = at(x, y);
      if (like > best) [best, right, down] = [like, x, y];
    }
  }
  const between = (less: number, more: number): number => peak(less, best, more);
  return {
    inPlace,
    best,
    right: (right + between(at(right - 1, down), at(right + 1, down))) / VIEW_ACROSS,
    down: (down + between(at(right, down - 1), at(right, down + 1))) / VIEW_DOWN,
  };
}

/** Where between -0.5 and 0.5 a parabola through three values has its top. */
function peak(less: number, top: number, more: number): number {
  const bend = less - 2 * top + more;
  return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (less - more) / (2 * bend)));
}

/** What stands out: each cell against those around it, so that the hour of the day and the weather hardly matter. */
function contrastOf(view: Uint8Array): Float32Array {
  const contrast = new Float32Array(VIEW_CELLS);
  for (let y = 0; y < VIEW_DOWN; y++) {
    for (let x = 0; x < VIEW_ACROSS; x++) {
      let [sum, count] = [0, 0];
      for (let v = Math.max(0, y - AROUND); v <= Math.min(VIEW_DOWN - 1, y + AROUND); v++) {
        for (let u = Math.max(0, x - AROUND); u <= Math.min(VIEW_ACROSS - 1, x + AROUND); u++, count++)
          sum += view[v * VIEW_ACROSS + u]!;
      }
      const stands = view[y * VIEW_ACROSS + x]! - sum / count;
      contrast[y * VIEW_ACROSS + x] = Math.max(-MOST_CONTRAST, Math.min(MOST_CONTRAST, stands));
    }
  }
  return contrast;
}

/** Correlation of what lay at (x, y) with what lies at (x + right, y + down) now. */
function likeness(was: Float32Array, is: Float32Array, right: number, down: number, ignored?: Uint8Array): number {
  let [products, squares, others] = [0, 0, 0];
  for (let y = Math.max(0, -down); y < Math.min(VIEW_DOWN, VIEW_DOWN - down); y++) {
    for (let x = Math.max(0, -right); x < Math.min(VIEW_ACROSS, VIEW_ACROSS - right); x++) {
      const from = y * VIEW_ACROSS + x;
      const to = from + down * VIEW_ACROSS + right;
      if (ignored !== undefined && (ignored[from] === 1 || ignored[to] === 1)) continue;
      const [a, b] = [was[from]!, is[to]!];
      products += a * b;
      squares += a * a;
      others += b * b;
    }
  }
  return squares > 0 && others > 0 ? products / Math.sqrt(squares * others) : 0;
}
