import { TILES, TILES_ACROSS, TILES_DOWN } from './picture-sample.js';

/** Shifts tried, in tiles. */
const REACH = 8;
/** Rows of tiles from which on a picture's lower part may have slipped aside. */
const SLIPS_FROM = [6, 9, 12];
/** What did not slip is so alike, what did slip so alike where it is now, and so little where it was. */
const IN_PLACE = 0.5;
const FOUND_ASIDE = 0.7;
const NOT_IN_PLACE = 0.35;
/** Tiles whose contrast is looked at around each. */
const LEAST_CONTRAST = 2;

/** How two pictures of a scene fit together. */
export interface ViewFit {
  /** -1..1: how alike what stands out in them is, as they lie. */
  readonly inPlace: number;
  /** The same for the shift at which they fit best. */
  readonly shifted: number;
  /** That shift as shares of the picture's width and height: to the right and down is positive. */
  readonly right: number;
  readonly down: number;
}

/**
 * What stands out in a picture: each tile against those around it, so that neither the hour of the day nor a cloud matters.
 *
 * @param means mean level of each tile
 */
export function contrasts(means: Float32Array, into: Float32Array): void {
  for (let y = 0; y < TILES_DOWN; y++) {
    for (let x = 0; x < TILES_ACROSS; x++) {
      let sum = 0;
      let count = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(TILES_DOWN - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(TILES_ACROSS - 1, x + 1); u++) {
          sum += means[v * TILES_ACROSS + u]!;
          count++;
        }
      }
      into[y * TILES_ACROSS + x] = means[y * TILES_ACROSS + x]! - sum / count;
    }
  }
}

/** Whether enough stands out to recognise a view by. */
export function hasContrast(contrast: Float32Array): boolean {
  let sum = 0;
  for (let tile = 0; tile < TILES; tile++) sum += Math.abs(contrast[tile]!);
  return sum / TILES >= LEAST_CONTRAST;
}

/** How alike two pictures' contrasts are as they lie, -1..1. */
export function likeness(usual: Float32Array, now: Float32Array): number {
  return likenessAt(usual, now, 0, 0);
}

/** Finds the shift by which the view moved. About 4 ms: only where it is no more in place. */
export function fitView(usual: Float32Array, now: Float32Array): ViewFit {
  const inPlace = likeness(usual, now);
  let best = { shifted: inPlace, right: 0, down: 0 };
  for (let dy = -REACH; dy <= REACH; dy++) {
    for (let dx = -REACH; dx <= REACH; dx++) {
      const shifted = likenessAt(usual, now, dx, dy);
      if (shifted > best.shifted) best = { shifted, right: dx / TILES_ACROSS, down: dy / TILES_DOWN };
    }
  }
  const { shifted, right, down } = best;
  return { inPlace, shifted, right, down };
}

/**
 * Looks for a lower part that slipped aside, as where a decoder lost its place in the middle of a picture.
 *
 * @returns its share of the picture's height; null where all is in place, or nothing is
 */
export function slippedPart(usual: Float32Array, now: Float32Array): number | null {
  for (const from of SLIPS_FROM) {
    if (likenessAt(usual, now, 0, 0, from, TILES_DOWN) >= NOT_IN_PLACE) continue;
    if (likenessAt(usual, now, 0, 0, 0, from) < IN_PLACE) return null;
    for (let dx = -REACH; dx <= REACH; dx++) {
      if (dx !== 0 && likenessAt(usual, now, dx, 0, from, TILES_DOWN) >= FOUND_ASIDE) return 1 - from / TILES_DOWN;
    }
  }
  return null;
}

/** Correlation of what lies at (x, y) in `usual` with what lies at (x + dx, y + dy) now, in the rows of tiles asked for. */
function likenessAt(
  usual: Float32Array,
  now: Float32Array,
  dx: number,
  dy: number,
  fromRow = 0,
  toRow = TILES_DOWN,
): number {
  let products = 0;
  let squares = 0;
  let others = 0;
  for (let y = Math.max(fromRow, -dy); y < Math.min(toRow, TILES_DOWN - dy); y++) {
    for (let x = Math.max(0, -dx); x < Math.min(TILES_ACROSS, TILES_ACROSS - dx); x++) {
      const a = usual[y * TILES_ACROSS + x]!;
      const b = now[(y + dy) * TILES_ACROSS + x + dx]!;
      products += a * b;
      squares += a * a;
      others += b * b;
    }
  }
  return squares > 0 && others > 0 ? products / Math.sqrt(squares * others) : 0;
}
