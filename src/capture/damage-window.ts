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
  /** Pictures since the last complaint. */
  #pictures = 0;
  /** Film time of the first picture since the last complaint. */
  #since = 0;

  /** The decoder complained about the picture that comes next, or one close to it. */
  complained(): void {
    this.#damaged = true;
    this.#pictures = 0;
  }

  /** The picture that comes next is a key frame; one that was complained about mends nothing. */
  keyFrame(): void {
    if (this.#pictures > 0) this.#damaged = false;
  }

  /**
   * A picture comes.
   * @param mediaMs its own timestamp, null where it has none
   * @returns whether it is damaged
   */
  picture(mediaMs: number | null): boolean {
    const now = this.#clock.at(mediaMs);
    if (!this.#damaged) return false;
    if (this.#pictures++ === 0) this.#since = now;
    this.#damaged = now - this.#since <= LONGEST_MS;
    return this.#damaged;
  }
}
