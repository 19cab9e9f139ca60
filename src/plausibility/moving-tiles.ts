import { TILES } from './picture-sample.js';

/** Levels by which a tile differs at least from what is usual there, and times its own unrest. */
const LEAST = 7;
const UNREST = 4;
/** Levels per look by which the usual brightness follows, and share by which the unrest does. */
const FOLLOW = 0.7;
const UNREST_STEP = 0.04;
const LEAST_UNREST = 0.5;
/** Above this share of the tiles it is the camera or the light. */
const MOST = 0.3;
/** Steps per level in which differences are counted for their median. */
const STEPS = 4;
/** Looks before anything is said: what stands there first is learned. */
const LEARNED = 15;

/**
 * Tiles of a picture that are not as they usually are, whatever any detector says of them. The usual brightness is a running
 * median, by which a road stays a road while less than half of the time something is on it; what a tile differs by on most
 * looks, as leaves do, is its unrest (Manzanera and Richefeu, "A robust and computationally efficient motion detection
 * algorithm based on sigma-delta background estimation", 2004).
 */
export class MovingTiles {
  readonly #usual = new Float32Array(TILES);
  readonly #unrest = new Float32Array(TILES).fill(1);
  readonly #differences = new Float32Array(TILES);
  readonly #counted = new Uint16Array(512 * STEPS);
  #looks = 0;

  /**
   * Takes the next look.
   *
   * @param means brightness of each tile, 0..255
   * @param into 1 where something moves, 0 elsewhere
   * @returns whether it says anything: not at the start, nor while the whole picture changes
   */
  see(means: Float32Array, into: Uint8Array): boolean {
    into.fill(0);
    if (this.#looks++ === 0) this.#usual.set(means);
    const light = this.#differ(means);
    let moving = 0;
    for (let tile = 0; tile < TILES; tile++) {
      const d = this.#differences[tile]! - light;
      const size = Math.abs(d);
      if (size > Math.max(LEAST, UNREST * this.#unrest[tile]!)) {
        into[tile] = 1;
        moving++;
      }
      this.#usual[tile]! += light + Math.max(-FOLLOW, Math.min(FOLLOW, d));
      const step = size > this.#unrest[tile]! ? 1 + UNREST_STEP : 1 - UNREST_STEP;
      this.#unrest[tile] = Math.max(LEAST_UNREST, this.#unrest[tile]! * step);
    }
    if (moving <= MOST * TILES) return this.#looks > LEARNED;
    // another view or another light: what is usual now is learned at once
    this.#usual.set(means);
    this.#looks = 1;
    return false;
  }

  /** Takes the differences; gives their median, which is the light's. */
  #differ(means: Float32Array): number {
    const counted = this.#counted.fill(0);
    for (let tile = 0; tile < TILES; tile++) {
      const d = means[tile]! - this.#usual[tile]!;
      this.#differences[tile] = d;
      counted[Math.max(0, Math.min(counted.length - 1, ((d + 256) * STEPS) | 0))]!++;
    }
    let step = 0;
    for (let seen = counted[0]!; seen <= TILES >> 1; ) seen += counted[++step]!;
    return (step + 0.5) / STEPS - 256;
  }
}
