import type { LumaPicture } from '../tracking/luma-picture.js';

/** Points from the middle of a patch to its edge; on a side, and in all. */
const HALF = 4;
const SIDE = 2 * HALF + 1;
const POINTS = SIDE * SIDE;
const ITERATIONS = 5;
/** Of the pitch: a step squared that ends the search, how far one may go, and how far from where it is looked for it may be found. */
const STILL = 0.0016;
const LONGEST_STEP = 2;
const REACH = 4;
/** Share of the patch's own contrast that may be unlike it where it is found. */
const UNLIKE = 0.6;
/** Squared levels per point of the weaker direction, below which a place looks like the one beside it. */
const LEAST_TEXTURE = 40;

/** Pixels that a patch of a pitch needs around its middle. */
export const patchReach = (pitch: number): number => (HALF + 1) * pitch + 1;

const found = { x: 0, y: 0 };

/**
 * A small piece of a picture that looks like none beside it, found again in later pictures wherever the camera's sway put it:
 * Lucas and Kanade's alignment for a shift alone, in its inverse compositional form. Brightness may change.
 */
export class ScenePatch {
  /** Its middle, pixels, in the picture that it was taken from. */
  readonly x: number;
  readonly y: number;
  /** Pixels from one point to the next. */
  readonly #pitch: number;
  readonly #look = new Float32Array(POINTS);
  readonly #slopeX = new Float32Array(POINTS);
  readonly #slopeY = new Float32Array(POINTS);
  readonly #energy: number;
  readonly #inverse: readonly [xx: number, xy: number, yy: number];

  private constructor(
    picture: LumaPicture,
    x: number,
    y: number,
    pitch: number,
    [xx, xy, yy]: readonly [number, number, number],
  ) {
    this.x = x;
    this.y = y;
    this.#pitch = pitch;
    const det = xx * yy - xy * xy;
    this.#inverse = [yy / det, -xy / det, xx / det];
    let mean = 0;
    let [meanX, meanY] = [0, 0];
    each(picture, x, y, pitch, (k, level, dx, dy) => {
      this.#look[k] = level;
      this.#slopeX[k] = dx;
      this.#slopeY[k] = dy;
      mean += level / POINTS;
      meanX += dx / POINTS;
      meanY += dy / POINTS;
    });
    let energy = 0;
    for (let k = 0; k < POINTS; k++) {
      this.#look[k]! -= mean;
      this.#slopeX[k]! -= meanX;
      this.#slopeY[k]! -= meanY;
      energy += this.#look[k]! * this.#look[k]!;
    }
    this.#energy = energy;
  }

  /**
   * The patch at a whole pixel at least `patchReach` from the edges; null where nothing stands out.
   *
   * @param pitch pixels between its points: a wide one is found from further away, and less exactly
   */
  static at(picture: LumaPicture, x: number, y: number, pitch: number): ScenePatch | null {
    const slopes = slopesAt(picture, x, y, pitch);
    return weaker(slopes) * pitch * pitch < LEAST_TEXTURE * POINTS
      ? null
      : new ScenePatch(picture, x, y, pitch, slopes);
  }

  /** How well a place would be told from those beside it. */
  static texture(picture: LumaPicture, x: number, y: number, pitch: number): number {
    return weaker(slopesAt(picture, x, y, pitch));
  }

  /**
   * How far it has gone from where it was taken, looked for near a shift that is likely; null where it is not there. The object
   * is the next call's too.
   */
  find(picture: LumaPicture, likelyX: number, likelyY: number): { readonly x: number; readonly y: number } | null {
    const { width, height } = picture;
    const [xx, xy, yy] = this.#inverse;
    const pitch = this.#pitch;
    const half = HALF * pitch;
    const wide = 2 * half + 2;
    const longest = LONGEST_STEP * pitch;
    let [x, y] = [likelyX, likelyY];
    for (let step = 0; step < ITERATIONS; step++) {
      const [left, top] = [this.x + x - half, this.y + y - half];
      if (!(left >= 0 && top >= 0 && left + wide < width && top + wide < height)) return null;
      const [bx, by] = this.#miss(picture, left, top);
      const dx = Math.max(-longest, Math.min(longest, xx * bx + xy * by));
      const dy = Math.max(-longest, Math.min(longest, xy * bx + yy * by));
      x -= dx;
      y -= dy;
      if (Math.abs(x - likelyX) > REACH * pitch || Math.abs(y - likelyY) > REACH * pitch) return null;
      if (dx * dx + dy * dy < STILL * pitch * pitch) break;
    }
    // as of the step before: what remains is less than a tenth of a pixel
    if (missed > UNLIKE * this.#energy) return null;
    found.x = x;
    found.y = y;
    return found;
  }

  /** What is unlike the patch, along its slopes; `missed` is all of it. */
  #miss({ data, width, first, step, scale }: LumaPicture, left: number, top: number): readonly [number, number] {
    const [x, y] = [left | 0, top | 0];
    const [fx, fy] = [left - x, top - y];
    const a = (1 - fx) * (1 - fy) * scale;
    const b = fx * (1 - fy) * scale;
    const c = (1 - fx) * fy * scale;
    const d = fx * fy * scale;
    const row = width * step;
    const pitch = this.#pitch;
    const across = pitch * step;
    let mean = 0;
    for (let v = 0, k = 0; v < SIDE; v++) {
      let at = (y + v * pitch) * row + x * step + first;
      for (let u = 0; u < SIDE; u++, k++, at += across) {
        const level = a * data[at]! + b * data[at + step]! + c * data[at + row]! + d * data[at + row + step]!;
        levels[k] = level;
        mean += level;
      }
    }
    mean /= POINTS;
    let [bx, by, all] = [0, 0, 0];
    for (let k = 0; k < POINTS; k++) {
      const miss = levels[k]! - mean - this.#look[k]!;
      bx += miss * this.#slopeX[k]!;
      by += miss * this.#slopeY[k]!;
      all += miss * miss;
    }
    missed = all;
    pair[0] = bx;
    pair[1] = by;
    return pair;
  }
}

const levels = new Float32Array(POINTS);
const pair: [number, number] = [0, 0];
/** Of the last `#miss`: squared levels. */
let missed = 0;
/** The level of each point, and how many levels it changes by per pixel to the right and down. */
function each(
  { data, width, first, step, scale }: LumaPicture,
  x: number,
  y: number,
  pitch: number,
  take: (k: number, level: number, dx: number, dy: number) => void,
): void {
  const row = width * step * pitch;
  const column = step * pitch;
  const share = scale / 2 / pitch;
  for (let v = -HALF, k = 0; v <= HALF; v++) {
    for (let u = -HALF; u <= HALF; u++, k++) {
      const at = (y * width + x) * step + v * row + u * column + first;
      const dx = (data[at + column]! - data[at - column]!) * share;
      const dy = (data[at + row]! - data[at - row]!) * share;
      take(k, data[at]! * scale, dx, dy);
    }
  }
}

function slopesAt(
  picture: LumaPicture,
  x: number,
  y: number,
  pitch: number,
): readonly [xx: number, xy: number, yy: number] {
  let [xx, xy, yy, sx, sy] = [0, 0, 0, 0, 0];
  each(picture, x, y, pitch, (_, __, dx, dy) => {
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
    sx += dx;
    sy += dy;
  });
  return [xx - (sx * sx) / POINTS, xy - (sx * sy) / POINTS, yy - (sy * sy) / POINTS];
}

/** The smaller eigenvalue, levels² by pitch²: how much the weaker direction changes. */
function weaker([xx, xy, yy]: readonly [number, number, number]): number {
  return (xx + yy - Math.hypot(xx - yy, 2 * xy)) / 2;
}
