import { type PictureSample, TILES } from './picture-sample.js';
import { contrasts, fitView, hasContrast, likeness, slippedPart } from './view.js';

/** ms over which the present view is averaged: what drives through it does not count. */
const PRESENT = 5000;
/** ms in which the usual view is learned, and follows the seasons afterwards. */
const LEARNED = 60_000;
const FOLLOWS = 1_800_000;
/** From this likeness on it is the same view. */
const SAME = 0.5;
/** A view that moved fits this well somewhere else, and this little where it was. */
const FITS = 0.6;
const MOVED = 0.35;
/** Under this likeness it is another view, wherever it may be found. */
const OTHER = 0.15;
/** ms for which it must be elsewhere: a lorry that stops before the camera drives on. */
const SHIFTED = 60_000;
/** ms after which the new view is the usual one: lines and zones were drawn anew, or nobody minds. */
const ADOPTED = 86_400_000;
const REVIEW = 2000;

/** How far a view moved, as shares of the picture's size, to the right and down; null where it is another one altogether. */
export interface ViewShift {
  readonly right: number;
  readonly down: number;
}

/** Learns what stands out in a camera's view, and tells when the camera looks elsewhere. */
export class ViewWatch {
  readonly #present = new Float32Array(TILES);
  readonly #contrast = new Float32Array(TILES);
  readonly #usual = new Float32Array(TILES);
  #seenMs = 0;
  #learnedMs = 0;
  #elsewhereMs = 0;
  #reviewedMs = 0;
  #shift: ViewShift | null = null;

  /** Whether the view has been elsewhere for a minute. */
  get isShifted(): boolean {
    return this.#elsewhereMs >= SHIFTED;
  }

  /** Where it went, if that could be found. */
  get shift(): ViewShift | null {
    return this.#shift;
  }

  /** Share of this very picture's height, at its bottom, that slipped aside; null where none did, or nothing is learned yet. */
  slipped({ means }: PictureSample): number | null {
    if (this.#learnedMs < LEARNED) return null;
    contrasts(means, this.#contrast);
    return slippedPart(this.#usual, this.#contrast);
  }

  /** @param passedMs since the picture before */
  see({ means }: PictureSample, passedMs: number): void {
    const share = this.#seenMs === 0 ? 1 : 1 - Math.exp(-passedMs / PRESENT);
    this.#seenMs += passedMs;
    for (let tile = 0; tile < TILES; tile++) this.#present[tile]! += share * (means[tile]! - this.#present[tile]!);
    this.#reviewedMs += passedMs;
    if (this.#reviewedMs < REVIEW) return;
    this.#review(this.#reviewedMs);
    this.#reviewedMs = 0;
  }

  #review(passedMs: number): void {
    contrasts(this.#present, this.#contrast);
    if (this.#seenMs < 2 * PRESENT || !hasContrast(this.#contrast)) return;
    if (this.#learnedMs < LEARNED) {
      this.#learn(passedMs);
      return;
    }
    const inPlace = likeness(this.#usual, this.#contrast);
    if (inPlace >= SAME) {
      this.#elsewhereMs = 0;
      this.#shift = null;
      this.#learn(passedMs);
      return;
    }
    if (inPlace < MOVED && this.#isElsewhere()) this.#elsewhereMs += passedMs;
    else if (!this.isShifted) this.#elsewhereMs = Math.max(0, this.#elsewhereMs - passedMs);
    if (this.#elsewhereMs >= ADOPTED) this.#learnedMs = this.#elsewhereMs = 0;
  }

  #learn(passedMs: number): void {
    const share = this.#learnedMs === 0 ? 1 : passedMs / Math.min(FOLLOWS, this.#learnedMs + passedMs);
    this.#learnedMs += passedMs;
    for (let tile = 0; tile < TILES; tile++) {
      this.#usual[tile]! += share * (this.#contrast[tile]! - this.#usual[tile]!);
    }
  }

  /** Looks where the view is now. */
  #isElsewhere(): boolean {
    const { inPlace, shifted, right, down } = fitView(this.#usual, this.#contrast);
    if (shifted >= FITS) {
      this.#shift = { right, down };
      return true;
    }
    this.#shift = null;
    return inPlace < OTHER;
  }
}
