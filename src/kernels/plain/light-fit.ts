import type { LightChange } from '../light-change.js';

/*
 * As ../assembly/light-fit.ts, which computes the same in the same order, so that both give the same to the last bit.
 */

/** Levels per step of the histograms. */
const STEPS_PER_LEVEL = 8;
const DIFFERENCES = 512 * STEPS_PER_LEVEL;
/** Blocks this dark or bright may be cut off: how they changed says little. */
const DARKEST = 3;
const BRIGHTEST = 250;
/** With fewer usable blocks, or less between dark and bright ones, there is one offset and no gain. */
const FEWEST = 60;
const LEAST_SPREAD = 8;
/** Levels. */
const AGREEMENT = 3;
const LEAST_GAIN = 0.2;
const MOST_GAIN = 5;

/** See `createLightFit`. The line goes through two medians, of the darker and of the brighter third of the blocks. */
export class PlainLightFit implements LightChange {
  gain = 1;
  offset = 0;
  readonly #levels = new Uint16Array(256 * STEPS_PER_LEVEL);
  readonly #low = new Uint16Array(DIFFERENCES);
  readonly #high = new Uint16Array(DIFFERENCES);

  fit(from: Float32Array, to: Float32Array, skip: Uint8Array): void {
    const levels = this.#levels.fill(0);
    let count = 0;
    for (let i = 0; i < from.length; i++) {
      if (skip[i] !== 0 || to[i]! <= DARKEST || to[i]! >= BRIGHTEST) continue;
      levels[(from[i]! * STEPS_PER_LEVEL) | 0]!++;
      count++;
    }
    this.gain = 1;
    this.offset = 0;
    if (count === 0) return;
    const lowTop = (rank(levels, count / 3) + 1) / STEPS_PER_LEVEL;
    const highBottom = rank(levels, (2 * count) / 3) / STEPS_PER_LEVEL;
    const low = this.#low.fill(0);
    const high = this.#high.fill(0);
    let lows = 0;
    let highs = 0;
    for (let i = 0; i < from.length; i++) {
      const level = from[i]!;
      if (skip[i] !== 0 || to[i]! <= DARKEST || to[i]! >= BRIGHTEST) continue;
      const bin = ((to[i]! - level + 256) * STEPS_PER_LEVEL) | 0;
      if (level < lowTop) {
        low[bin]!++;
        lows++;
      }
      if (level >= highBottom) {
        high[bin]!++;
        highs++;
      }
    }
    const lowLevel = (rank(levels, lows / 2) + 0.5) / STEPS_PER_LEVEL;
    const highLevel = (rank(levels, count - highs / 2) + 0.5) / STEPS_PER_LEVEL;
    this.#line(lowLevel, middle(low, lows), highLevel, middle(high, highs), count);
    const unchanged = agreeing(from, to, skip, 1, 0);
    if (unchanged <= agreeing(from, to, skip, this.gain, this.offset)) return;
    this.gain = 1;
    this.offset = 0;
  }

  #line(lowLevel: number, lowChange: number, highLevel: number, highChange: number, count: number): void {
    const spread = highLevel - lowLevel;
    if (count >= FEWEST && spread >= LEAST_SPREAD) {
      const slope = 1 + (highChange - lowChange) / spread;
      this.gain = Math.min(MOST_GAIN, Math.max(LEAST_GAIN, slope));
    }
    const change = (lowChange + highChange) / 2;
    this.offset = change + ((1 - this.gain) * (lowLevel + highLevel)) / 2;
  }
}

/** Blocks that a line explains. */
function agreeing(from: Float32Array, to: Float32Array, skip: Uint8Array, gain: number, offset: number): number {
  let count = 0;
  for (let i = 0; i < from.length; i++) {
    if (skip[i] === 0 && Math.abs(to[i]! - from[i]! * gain - offset) <= AGREEMENT) count++;
  }
  return count;
}

/** First bin up to which there are at least `wanted`. */
function rank(bins: Uint16Array, wanted: number): number {
  let seen = 0;
  for (let bin = 0; bin < bins.length; bin++) {
    seen += bins[bin]!;
    if (seen >= wanted) return bin;
  }
  return bins.length - 1;
}

/** Median of the differences counted in a histogram, levels. */
function middle(bins: Uint16Array, count: number): number {
  return (rank(bins, count / 2) + 0.5) / STEPS_PER_LEVEL - 256;
}
