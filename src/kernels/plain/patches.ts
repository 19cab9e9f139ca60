import type { LumaPlane } from '../luma-plane.js';
import { PATCH, PATCH_SIDE, type PatchTable } from '../patch-table.js';

/*
 * Patches found again, as ../assembly/patches.ts does it: sums are of whole numbers, and what is made of them is computed in the same
 * order, so that both give the same to the last bit. Numbers declared here stand there too.
 */

const POINTS = PATCH_SIDE * PATCH_SIDE;
const ITERATIONS = 5;
/** Pixels: a step squared that ends the search, how far one may go, and how far from where it is looked for it may be found. */
const STILL = 0.0016;
const LONGEST_STEP = 2;
const REACH = 4;
/** Eighths of a level squared, of all points: contrast that says nothing; and by how much contrast may have changed with the light. */
const NOISE = 4096;
const LEAST_GAIN = 0.5;
const MOST_GAIN = 2;
/** Share of the patch's own contrast that may be unlike it where it is found. */
const UNLIKE = 0.6;

/** See `PatchWork`. */
export function plainPatches(plane: LumaPlane, table: PatchTable, into: Float64Array): void {
  for (let i = 0; i < table.count; i++) {
    into[2 * i] = into[2 * i + 1] = Number.NaN;
    if (table.has(i)) find(plane, table, i, into);
  }
}

function find(plane: LumaPlane, table: PatchTable, patch: number, into: Float64Array): void {
  const numbers = table.numbers(patch);
  const fact = (which: number): number => table.fact(patch, which);
  const [ixx, ixy, iyy] = [fact(PATCH.inverse), fact(PATCH.inverse + 1), fact(PATCH.inverse + 2)];
  const [likelyX, likelyY] = [fact(PATCH.likely), fact(PATCH.likely + 1)];
  const own = fact(PATCH.energy);
  let [x, y, missed] = [likelyX, likelyY, 0];
  for (let step = 0; step < ITERATIONS; step++) {
    const left = Math.floor((fact(PATCH.left) + x) * 128 + 0.5);
    const top = Math.floor((fact(PATCH.top) + y) * 128 + 0.5);
    if (!(left >= 0 && top >= 0 && (left >> 7) + PATCH_SIDE < plane.width && (top >> 7) + PATCH_SIDE < plane.height))
      return;
    const { values, squares, across, down, looks } = sumsAt(plane, numbers, left, top);
    const mean = values / POINTS;
    const energy = squares - values * mean;
    const gain = clampGain(Math.sqrt((own + NOISE) / (energy + NOISE)));
    missed = gain * (gain * energy - 2 * (looks - mean * fact(PATCH.lookSum))) + own;
    const bx = (across - mean * fact(PATCH.sum)) * gain - fact(PATCH.base);
    const by = (down - mean * fact(PATCH.sum + 1)) * gain - fact(PATCH.base + 1);
    const dx = clamp(ixx * bx + ixy * by, LONGEST_STEP);
    const dy = clamp(ixy * bx + iyy * by, LONGEST_STEP);
    x -= dx;
    y -= dy;
    if (Math.abs(x - likelyX) > REACH || Math.abs(y - likelyY) > REACH) return;
    if (dx * dx + dy * dy < STILL) break;
  }
  // as of the step before: what remains is less than a tenth of a pixel
  if (!(missed <= UNLIKE * own)) return;
  into[2 * patch] = x;
  into[2 * patch + 1] = y;
}

/** What a picture shows at the points of a patch. @param left, top of the first, in 128ths of a pixel */
function sumsAt({ data, width, first, step }: LumaPlane, numbers: Int16Array, left: number, top: number) {
  const [fx, fy] = [left & 127, (top & 127) << 8];
  const row = width * step;
  const corner = (top >> 7) * row + (left >> 7) * step + first;
  const sums = { values: 0, squares: 0, across: 0, down: 0, looks: 0 };
  for (let k = 0; k < POINTS; k++) {
    const u = k % PATCH_SIDE;
    const at = corner + ((k - u) / PATCH_SIDE) * row + u * step;
    const above = data[at]! * (128 - fx) + data[at + step]! * fx;
    const below = data[at + row]! * (128 - fx) + data[at + row + step]! * fx;
    const value = (above + (((below - above) * fy + 0x4000) >> 15) + 8) >> 4;
    sums.values += value;
    sums.squares += value * value;
    sums.looks += value * numbers[k]!;
    sums.across += value * numbers[POINTS + k]!;
    sums.down += value * numbers[2 * POINTS + k]!;
  }
  return sums;
}

const clampGain = (gain: number): number => (gain < LEAST_GAIN ? LEAST_GAIN : gain > MOST_GAIN ? MOST_GAIN : gain);

function clamp(value: number, most: number): number {
  return value < -most ? -most : value > most ? most : value;
}
