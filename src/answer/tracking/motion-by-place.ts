import type { PictureExtent } from './picture-extent.js';

/** Places of one camera's picture. */
const ACROSS = 20;
const DOWN = 12;
/** What a place knew before fades by this with each vehicle there, and what its neighbours know counts by that. */
const KEEP = 0.97;
const NEIGHBOURS = 0.3;
/** Fewer vehicles say nothing; up to so many more, standing still is what they are weighed against. */
const LEAST = 2;
const STANDING = 0.3;
/** Numbers of a place: how many, sums of both speeds and of their squares. */
const NUMBERS = 5;

/** How vehicles move at a place, in their sizes per ms. */
export interface UsualMotion {
  readonly right: number;
  readonly down: number;
  /** Variances of these between vehicles. */
  readonly rightVariance: number;
  readonly downVariance: number;
}

/**
 * How vehicles move before one camera by where they are in its picture: each lane has its way. Learned from vehicles that inferences saw
 * more than once; a new one, whose speed cannot be known yet, is expected to go as they went.
 */
export class MotionByPlace {
  readonly #picture: PictureExtent;
  readonly #places = new Float64Array(ACROSS * DOWN * NUMBERS);
  /** How far the scene lies from where it was learned, pixels. */
  #right = 0;
  #down = 0;

  constructor(picture: PictureExtent) {
    this.#picture = picture;
  }

  /** A vehicle with its middle there, pixels, moves so, sizes per ms. */
  learn(x: number, y: number, right: number, down: number): void {
    const places = this.#places;
    const at = (this.#row(y) * ACROSS + this.#column(x)) * NUMBERS;
    for (let k = at; k < at + NUMBERS; k++) places[k]! *= KEEP;
    places[at]! += 1;
    places[at + 1]! += right;
    places[at + 2]! += down;
    places[at + 3]! += right * right;
    places[at + 4]! += down * down;
  }

  /**
   * How one with its middle there is expected to move; null where too few passed.
   *
   * @param unknown variances where nothing is known: they count as one vehicle
   */
  at(x: number, y: number, unknown: { readonly right: number; readonly down: number }): UsualMotion | null {
    const [count, right, down, rightSquares, downSquares] = this.#around(this.#column(x), this.#row(y));
    if (count < LEAST) return null;
    const [meanRight, meanDown] = [right / (count + STANDING), down / (count + STANDING)];
    const about = (mean: number, sum: number, squares: number): number => squares - mean * (2 * sum - mean * count);
    return {
      right: meanRight,
      down: meanDown,
      rightVariance: (about(meanRight, right, rightSquares) + unknown.right) / (count + 1),
      downVariance: (about(meanDown, down, downSquares) + unknown.down) / (count + 1),
    };
  }

  /** The camera moved: everything lies so many pixels further to the right and down. */
  shift(right: number, down: number): void {
    this.#right += right;
    this.#down += down;
  }

  /** The camera was turned. */
  forget(): void {
    this.#places.fill(0);
    this.#right = this.#down = 0;
  }

  #around(column: number, row: number): [number, number, number, number, number] {
    const sums: [number, number, number, number, number] = [0, 0, 0, 0, 0];
    for (let r = Math.max(0, row - 1); r <= Math.min(DOWN - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(ACROSS - 1, column + 1); c++) {
        const counts = r === row && c === column ? 1 : NEIGHBOURS;
        const at = (r * ACROSS + c) * NUMBERS;
        for (let k = 0; k < NUMBERS; k++) sums[k]! += counts * this.#places[at + k]!;
      }
    }
    return sums;
  }

  #column(x: number): number {
    return place((x - this.#right) / this.#picture.width, ACROSS);
  }

  #row(y: number): number {
    return place((y - this.#down) / this.#picture.height, DOWN);
  }
}

const place = (share: number, places: number): number => Math.max(0, Math.min(places - 1, Math.floor(share * places)));
