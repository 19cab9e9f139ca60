import { Lasting } from './lasting.js';
import { CAPTION_ROWS } from './picture-look.js';
import { LINES, type PictureSample, TILES_DOWN } from './picture-sample.js';

/** Looks back over which a picture is searched for: about four seconds. */
const LOOKS = 20;
/** ms of pictures that never came before: a source that always repeats itself is a film for trials. */
const LEAST_FRESH = 20_000;
/** Lines with clocks and names, which go on over a picture that does not. */
const CAPTION_LINES = (CAPTION_ROWS * LINES) / TILES_DOWN;

/** Tells a camera or recorder that shows its last seconds again and again: with noise, no picture ever comes twice. */
export class LoopedPicture {
  readonly #looped = new Lasting({ overMs: 8000, from: 0.85, until: 0.2 });
  /** Hashes of the latest pictures, in a ring. */
  readonly #latest = new Uint32Array(LOOKS);
  #next = 0;
  #last = 0;
  #freshMs = 0;

  /** When it was found out, as `look` was told; null where nothing repeats. */
  get since(): number | null {
    return this.#looped.since;
  }

  /**
   * @param step ms since the last look
   * @param now ms that only go forward
   */
  look(sample: PictureSample, step: number, now: number): void {
    const hash = hashOf(sample);
    // one picture again and again is another fault
    if (hash === this.#last) return;
    this.#last = hash;
    const isRepeated = this.#latest.includes(hash);
    this.#latest[this.#next++ % LOOKS] = hash;
    if (!isRepeated) this.#freshMs += step;
    this.#looped.see(isRepeated && this.#freshMs >= LEAST_FRESH, step, now);
  }
}

/** FNV-1a of what is not captions; never 0. */
function hashOf({ bytes, across }: PictureSample): number {
  let hash = 0x811c9dc5;
  for (let i = CAPTION_LINES * across; i < bytes.length - CAPTION_LINES * across; i++) {
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  }
  return hash >>> 0 || 1;
}
