import { SceneClock } from './scene-clock.js';

/** Pictures are doubted for this long after the last complaint where no key frame shows, in ms of the film. */
const LONGEST_MS = 30_000;

/**
 * Which pictures are damaged: those from a complaint of the decoder on, until a key frame, which needs no other picture.
 * A picture that was decoded without a complaint is no better than the ones that it was made from.
 */
export class DamageWindow {
  #clock = new SceneClock();
  #damaged = false;
  /** The last complaint is about a picture that is still to come. */
  #pending = false;
  /** Film time of the first picture since the last complaint, null before it. */
  #since: number | null = null;

  /** The decoder complained about the picture that comes next, or one close to it. */
  complained(): void {
    this.#damaged = true;
    this.#pending = true;
    this.#since = null;
  }

  /** A picture was beyond decoding and does not come: others that are made from it may be damaged, a key frame is not. */
  lost(): void {
    this.complained();
    this.#pending = false;
  }

  /** The picture that comes next is a key frame; one that was complained about mends nothing. */
  keyFrame(): void {
    if (!this.#pending) this.#damaged = false;
  }

  /**
   * A picture comes.
   * @param mediaMs its own timestamp, null where it has none
   * @returns whether it is damaged
   */
  picture(mediaMs: number | null): boolean {
    const now = this.#clock.at(mediaMs);
    this.#pending = false;
    if (!this.#damaged) return false;
    this.#since ??= now;
    this.#damaged = now - this.#since <= LONGEST_MS;
    return this.#damaged;
  }
}
