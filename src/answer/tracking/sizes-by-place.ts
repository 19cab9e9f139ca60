import type { PictureExtent } from './picture-extent.js';
import { SizePlane } from './size-plane.js';

/** A size is known where its plane is surer than this, of the size. */
const KNOWN = 0.15;
/** Fewer boxes say nothing, however well they fit. */
const LEAST_BOXES = 12;
/** Pixels: planes end where vehicles would be smaller than this. */
const LEAST_SIDE = 4;

/**
 * How large vehicles are before one camera by where they are in its picture: what is far is small. Learned from whole boxes of
 * inferences only. A single vehicle is larger or smaller than that; what counts is how its size changes from place to place, and how
 * its sides compare.
 */
export class SizesByPlace {
  readonly #picture: PictureExtent;
  #width = new SizePlane();
  #height = new SizePlane();
  #boxes = 0;
  /** How far the scene lies from where it was learned, pixels. */
  #right = 0;
  #down = 0;

  constructor(picture: PictureExtent) {
    this.#picture = picture;
  }

  /** A whole box of an inference: its middle and its sides, pixels. */
  learn(x: number, y: number, width: number, height: number): void {
    const [across, down] = [this.#across(x), this.#below(y)];
    this.#width.learn(across, down, width / this.#picture.width);
    this.#height.learn(across, down, height / this.#picture.width);
    this.#boxes++;
  }

  /** The camera moved: everything lies so many pixels further to the right and down. */
  shift(right: number, down: number): void {
    this.#right += right;
    this.#down += down;
  }

  /** The camera was turned. */
  forget(): void {
    this.#width = new SizePlane();
    this.#height = new SizePlane();
    this.#boxes = this.#right = this.#down = 0;
  }

  /** Whether anything is known of sizes around a middle, pixels. */
  isKnown(x: number, y: number): boolean {
    if (this.#boxes < LEAST_BOXES) return false;
    const [across, down] = [this.#across(x), this.#below(y)];
    const least = LEAST_SIDE / this.#picture.width;
    const [width, height] = [this.#width.at(across, down), this.#height.at(across, down)];
    if (width < least || height < least) return false;
    return this.#width.doubtAt(across, down) < KNOWN * width && this.#height.doubtAt(across, down) < KNOWN * height;
  }

  /** Of a vehicle with its middle there, pixels; to be asked where sizes are known. */
  widthAt(x: number, y: number): number {
    return Math.max(LEAST_SIDE, this.#width.at(this.#across(x), this.#below(y)) * this.#picture.width);
  }

  /** The same for its height. */
  heightAt(x: number, y: number): number {
    return Math.max(LEAST_SIDE, this.#height.at(this.#across(x), this.#below(y)) * this.#picture.width);
  }

  #across(x: number): number {
    return (x - this.#right) / this.#picture.width - 0.5;
  }

  #below(y: number): number {
    return (y - this.#down - this.#picture.height / 2) / this.#picture.width;
  }
}
