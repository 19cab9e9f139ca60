import {
  FACT,
  MOST_POINTS,
  MOST_SLOPE,
  PARTS_OF_LEVEL,
  PARTS_OF_PIXEL,
  type SearchPoints,
  type TemplateBlock,
  type TemplatePlace,
  templateBlock,
} from '../../kernels/template-block.js';
import { templateWork } from '../../kernels/template-work.js';
import type { LumaPicture } from './luma-picture.js';

/** Samples along one side at most: more cost time and gain nothing. */
const MAX_SIDE = 14;
const MIN_SIDE = 5;
/** Pixels between samples, where the box is small enough for that. */
const PITCH = 1.5;
/** Added to the normal equations per sample, in levels²: nothing is moved for the sake of noise. */
const DAMPING = 4;
/** The same for the scale, times the size squared: it is weakly determined by few samples. */
const SCALE_DAMPING = 0.05;
/** Of the width: a longer step is a wrong one. */
const MAX_STEP = 0.25;
/** Points of a search are so many, and a multiple of this. */
const SEARCHED_TOGETHER = 4;

/** What a picture shows a pixel beside a template's points, between which its slopes are taken. */
const right = new Int16Array(MOST_POINTS);
const left = new Int16Array(MOST_POINTS);
const below = new Int16Array(MOST_POINTS);
const above = new Int16Array(MOST_POINTS);

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
  readonly #points: number;
  readonly #block: TemplateBlock;
  #searched: SearchPoints | null = null;

  /** @param x1 … the box, in pixels of the picture, at least 3 wide and high */
  constructor(picture: LumaPicture, x1: number, y1: number, x2: number, y2: number) {
    const width = x2 - x1;
    const height = y2 - y1;
    this.x = (x1 + x2) / 2;
    this.y = (y1 + y2) / 2;
    this.width = width;
    const across = side(width);
    const down = side(height);
    this.#points = across * down;
    this.#block = templateBlock(this.#points);
    const { dx, dy, facts } = this.#block;
    for (let k = 0; k < this.#points; k++) {
      dx[k] = Math.round((((k % across) + 0.5) / across - 0.5) * width * PARTS_OF_PIXEL);
      dy[k] = Math.round(((((k / across) | 0) + 0.5) / down - 0.5) * height * PARTS_OF_PIXEL);
    }
    facts[FACT.limit] = width * MAX_STEP;
    const mean = this.#takeLook(picture);
    const slopes = this.#slopes(picture);
    facts.set(this.#invert(slopes, width * height), FACT.inverse);
    for (let c = 0; c < 3; c++) this.#keepSlope(slopes, c, mean);
  }

  /** Where it is now, from a place that should be near. */
  align(picture: LumaPicture, fromX: number, fromY: number, fromScale: number): TemplatePlace {
    return templateWork().align(picture, picture.scale, this.#block, { x: fromX, y: fromY, scale: fromScale });
  }

  /** The best place on a grid around one, whole pixels: for what has moved further than `align` reaches. */
  search(
    picture: LumaPicture,
    x: number,
    y: number,
    scale: number,
    rangeX: number,
    rangeY: number,
    step: number,
  ): TemplatePlace {
    this.#searched ??= this.#searchPoints();
    return templateWork().search(picture, picture.scale, this.#searched, { x, y, scale, rangeX, rangeY, step });
  }

  /** @returns the mean of the look, parts of a level */
  #takeLook(picture: LumaPicture): number {
    const { look, facts } = this.#block;
    const unit = picture.scale / PARTS_OF_LEVEL;
    templateWork().sample(picture, this.#block, this.x, this.y, 1, look);
    let sum = 0;
    let squares = 0;
    for (let k = 0; k < this.#points; k++) {
      sum += look[k]!;
      squares += look[k]! * look[k]!;
    }
    const mean = sum / this.#points;
    facts[FACT.lookSum] = sum;
    facts[FACT.lookUnit] = unit;
    facts[FACT.energy] = (squares - sum * mean) * unit * unit;
    return mean;
  }

  /** Levels per pixel across, down, and per scale, less their means; all points of each. */
  #slopes(picture: LumaPicture): Float64Array {
    const points = this.#points;
    const { dx, dy } = this.#block;
    const work = templateWork();
    work.sample(picture, this.#block, this.x + 1, this.y, 1, right);
    work.sample(picture, this.#block, this.x - 1, this.y, 1, left);
    work.sample(picture, this.#block, this.x, this.y + 1, 1, below);
    work.sample(picture, this.#block, this.x, this.y - 1, 1, above);
    const half = picture.scale / PARTS_OF_LEVEL / 2;
    const slopes = new Float64Array(points * 3);
    for (let k = 0; k < points; k++) {
      const across = (right[k]! - left[k]!) * half;
      const down = (below[k]! - above[k]!) * half;
      slopes[k] = across;
      slopes[points + k] = down;
      slopes[2 * points + k] = (across * dx[k]! + down * dy[k]!) / PARTS_OF_PIXEL;
    }
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let k = c * points; k < (c + 1) * points; k++) sum += slopes[k]!;
      const mean = sum / points;
      for (let k = c * points; k < (c + 1) * points; k++) slopes[k]! -= mean;
    }
    return slopes;
  }

  /** Keeps one of the three slopes as whole parts of its largest. @param mean of the look */
  #keepSlope(all: Float64Array, c: number, mean: number): void {
    const points = this.#points;
    const { slopes, look, facts, count } = this.#block;
    let largest = 0;
    for (let k = c * points; k < (c + 1) * points; k++) largest = Math.max(largest, Math.abs(all[k]!));
    const unit = Math.max(largest, 1e-6) / MOST_SLOPE;
    let sum = 0;
    let products = 0;
    for (let k = 0; k < points; k++) {
      const slope = Math.round(all[c * points + k]! / unit);
      slopes[c * count + k] = slope;
      sum += slope;
      products += slope * look[k]!;
    }
    facts[FACT.unit + c] = unit;
    facts[FACT.sum + c] = sum;
    facts[FACT.base + c] = (products - sum * mean) * facts[FACT.lookUnit]!;
  }

  /** Every third point of many, every second of some. */
  #searchPoints(): SearchPoints {
    const { dx, dy, look, facts } = this.#block;
    const every = this.#points > 100 ? 3 : this.#points > 50 ? 2 : 1;
    const count = Math.floor(this.#points / every / SEARCHED_TOGETHER) * SEARCHED_TOGETHER;
    const table = new Int32Array(count * 3);
    let lookSum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const value = look[i * every]!;
      table[i] = dx[i * every]!;
      table[count + i] = dy[i * every]!;
      table[2 * count + i] = value;
      lookSum += value;
      squares += value * value;
    }
    const lookUnit = facts[FACT.lookUnit]!;
    return { count, table, energy: (squares - (lookSum * lookSum) / count) * lookUnit * lookUnit, lookSum, lookUnit };
  }

  /** @returns the upper triangle of the inverted normal equations */
  #invert(slopes: Float64Array, area: number): readonly [number, number, number, number, number, number] {
    const points = this.#points;
    const h = new Float64Array(6);
    for (let k = 0; k < points; k++) {
      const a = slopes[k]!;
      const b = slopes[points + k]!;
      const c = slopes[2 * points + k]!;
      h[0]! += a * a;
      h[1]! += a * b;
      h[2]! += a * c;
      h[3]! += b * b;
      h[4]! += b * c;
      h[5]! += c * c;
    }
    const damping = DAMPING * points;
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
