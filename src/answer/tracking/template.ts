import { type LumaPicture, sample } from './luma-picture.js';

/** Where a template was found. */
export interface TemplateMatch {
  /** Middle, pixels. */
  readonly x: number;
  readonly y: number;
  /** Size against the template's own. */
  readonly scale: number;
  /** Normalised correlation there, at most 1. */
  readonly correlation: number;
}

/** Samples along one side at most: more cost time and gain nothing. */
const MAX_SIDE = 14;
const MIN_SIDE = 5;
/** Pixels between samples, where the box is small enough for that. */
const PITCH = 1.5;
/** Added to the normal equations per sample, in levels²: nothing is moved for the sake of noise. */
const DAMPING = 4;
/** The same for the scale, times the size squared: it is weakly determined by few samples. */
const SCALE_DAMPING = 0.05;
const ITERATIONS = 5;
const SMALLEST = 0.6;
const LARGEST = 1.6;
const MAX_SCALE_STEP = 0.05;
/** Of the width: a longer step is a wrong one. */
const MAX_STEP = 0.25;
/** px² below which a step ends the search. */
const STILL = 0.0025;
/** Per half range of `search`: of equals, the nearest wins. */
const DISTANCE_COST = 0.002;

const values = new Float32Array(MAX_SIDE * MAX_SIDE);

/**
 * The look of a vehicle at its last inference: brightness at up to 14 × 14 points of its box. It is found again by the
 * inverse compositional form of Lucas and Kanade's alignment (Baker and Matthews, "Lucas-Kanade 20 years on", 2004) for
 * translation and scale: gradients and normal equations are those of the template, made once; a step costs one pass over
 * the points. Brightness and contrast may change.
 */
export class Template {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly #count: number;
  /** Offsets of the points from the middle, brightness less its mean, and gradients (x, y, scale) less their means. */
  readonly #dx: Float32Array;
  readonly #dy: Float32Array;
  readonly #look: Float32Array;
  readonly #slope: Float32Array;
  /** Sum of squares of `#look`. */
  readonly #energy: number;
  /** Upper triangle of the inverted normal equations. */
  readonly #inverse: readonly [number, number, number, number, number, number];

  /** @param x1 … the box, in pixels of the picture, at least 3 wide and high */
  constructor(picture: LumaPicture, x1: number, y1: number, x2: number, y2: number) {
    const width = x2 - x1;
    const height = y2 - y1;
    this.x = (x1 + x2) / 2;
    this.y = (y1 + y2) / 2;
    this.width = width;
    const across = side(width);
    const down = side(height);
    const count = across * down;
    this.#count = count;
    this.#dx = new Float32Array(count);
    this.#dy = new Float32Array(count);
    this.#look = new Float32Array(count);
    this.#slope = new Float32Array(count * 3);
    for (let k = 0; k < count; k++) {
      this.#dx[k] = (((k % across) + 0.5) / across - 0.5) * width;
      this.#dy[k] = ((((k / across) | 0) + 0.5) / down - 0.5) * height;
    }
    this.#energy = this.#takeLook(picture);
    this.#takeSlopes(picture);
    this.#inverse = this.#invert(width * height);
  }

  /** Where it is now, from a place that should be near. */
  align(picture: LumaPicture, fromX: number, fromY: number, fromScale: number): TemplateMatch {
    const slope = this.#slope;
    const look = this.#look;
    const [i00, i01, i02, i11, i12, i22] = this.#inverse;
    const limit = this.width * MAX_STEP;
    let x = fromX;
    let y = fromY;
    let scale = clamp(fromScale, SMALLEST, LARGEST);
    for (let step = 0; step < ITERATIONS; step++) {
      const energy = this.#read(picture, x, y, scale);
      const gain = clamp(Math.sqrt((this.#energy + this.#count) / (energy + this.#count)), 0.5, 2);
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      for (let k = 0, s = 0; k < this.#count; k++, s += 3) {
        const error = values[k]! * gain - look[k]!;
        b0 += slope[s]! * error;
        b1 += slope[s + 1]! * error;
        b2 += slope[s + 2]! * error;
      }
      const dx = clamp(i00 * b0 + i01 * b1 + i02 * b2, -limit, limit);
      const dy = clamp(i01 * b0 + i11 * b1 + i12 * b2, -limit, limit);
      const grow = clamp(i02 * b0 + i12 * b1 + i22 * b2, -MAX_SCALE_STEP, MAX_SCALE_STEP);
      const next = scale / (1 + grow);
      x -= next * dx;
      y -= next * dy;
      scale = clamp(next, SMALLEST, LARGEST);
      if (step > 0 && dx * dx + dy * dy < STILL) break;
    }
    return { x, y, scale, correlation: this.#correlate(picture, x, y, scale, 1) };
  }

  /** The best place on a grid around one: for what has moved further than `align` reaches. */
  search(
    picture: LumaPicture,
    x: number,
    y: number,
    scale: number,
    rangeX: number,
    rangeY: number,
    step: number,
  ): TemplateMatch {
    const every = this.#count > 100 ? 3 : this.#count > 50 ? 2 : 1;
    const reach = Math.max(rangeX, 1);
    let best = Number.NEGATIVE_INFINITY;
    let bestX = x;
    let bestY = y;
    for (let dy = -rangeY; dy <= rangeY; dy += step) {
      for (let dx = -rangeX; dx <= rangeX; dx += step) {
        const cost = (DISTANCE_COST * (Math.abs(dx) + Math.abs(dy))) / reach;
        const match = this.#correlate(picture, x + dx, y + dy, scale, every) - cost;
        if (match <= best) continue;
        best = match;
        bestX = x + dx;
        bestY = y + dy;
      }
    }
    return { x: bestX, y: bestY, scale, correlation: best };
  }

  /** Fills `values` with the brightness less its mean; gives its sum of squares. */
  #read(picture: LumaPicture, x: number, y: number, scale: number): number {
    let mean = 0;
    for (let k = 0; k < this.#count; k++) {
      values[k] = sample(picture, x + this.#dx[k]! * scale, y + this.#dy[k]! * scale);
      mean += values[k]!;
    }
    mean /= this.#count;
    let energy = 0;
    for (let k = 0; k < this.#count; k++) {
      values[k] = values[k]! - mean;
      energy += values[k]! * values[k]!;
    }
    return energy;
  }

  /** Normalised correlation over every n-th point. */
  #correlate(picture: LumaPicture, x: number, y: number, scale: number, every: number): number {
    let sum = 0;
    let points = 0;
    for (let k = 0; k < this.#count; k += every) {
      values[k] = sample(picture, x + this.#dx[k]! * scale, y + this.#dy[k]! * scale);
      sum += values[k]!;
      points++;
    }
    const mean = sum / points;
    let both = 0;
    let here = 0;
    let own = 0;
    for (let k = 0; k < this.#count; k += every) {
      const value = values[k]! - mean;
      const look = this.#look[k]!;
      both += value * look;
      here += value * value;
      own += look * look;
    }
    return both / Math.sqrt(here * own + 1);
  }

  #takeLook(picture: LumaPicture): number {
    const energy = this.#read(picture, this.x, this.y, 1);
    this.#look.set(values.subarray(0, this.#count));
    return energy;
  }

  #takeSlopes(picture: LumaPicture): void {
    const slope = this.#slope;
    const mean = [0, 0, 0];
    for (let k = 0, s = 0; k < this.#count; k++, s += 3) {
      const x = this.x + this.#dx[k]!;
      const y = this.y + this.#dy[k]!;
      slope[s] = (sample(picture, x + 1, y) - sample(picture, x - 1, y)) / 2;
      slope[s + 1] = (sample(picture, x, y + 1) - sample(picture, x, y - 1)) / 2;
      slope[s + 2] = slope[s]! * this.#dx[k]! + slope[s + 1]! * this.#dy[k]!;
      for (let c = 0; c < 3; c++) mean[c]! += slope[s + c]! / this.#count;
    }
    for (let s = 0; s < slope.length; s++) slope[s]! -= mean[s % 3]!;
  }

  #invert(area: number): readonly [number, number, number, number, number, number] {
    const h = new Float64Array(6);
    for (let s = 0; s < this.#slope.length; s += 3) {
      const [a, b, c] = [this.#slope[s]!, this.#slope[s + 1]!, this.#slope[s + 2]!];
      h[0]! += a * a;
      h[1]! += a * b;
      h[2]! += a * c;
      h[3]! += b * b;
      h[4]! += b * c;
      h[5]! += c * c;
    }
    const damping = DAMPING * this.#count;
    const [xx, xy, xs] = [h[0]! + damping, h[1]!, h[2]!];
    const [yy, ys, ss] = [h[3]! + damping, h[4]!, h[5]! + damping * area * SCALE_DAMPING];
    const a = yy * ss - ys * ys;
    const b = xs * ys - xy * ss;
    const c = xy * ys - xs * yy;
    const d = xx * a + xy * b + xs * c;
    return [a / d, b / d, c / d, (xx * ss - xs * xs) / d, (xy * xs - xx * ys) / d, (xx * yy - xy * xy) / d];
  }
}

function side(pixels: number): number {
  return Math.max(MIN_SIDE, Math.min(MAX_SIDE, Math.round(pixels / PITCH)));
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
