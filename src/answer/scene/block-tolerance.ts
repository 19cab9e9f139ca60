import { BLOCKS } from './grid.js';

/** Levels below which no difference counts, however still the picture: what compression does between two key frames. */
const LEAST = 4;
/** A block that would need more levels tells nothing about vehicles: it has no vote. */
const MOST = 60;
/** Standard deviations of the block's noise. */
const DEVIATIONS = 5;
/** From the median of |difference of two frames| to the standard deviation of one. */
const MEDIAN_TO_DEVIATION = 1 / (0.6745 * Math.SQRT2);
const FIRST_NOISE = 1;
const LEAST_NOISE = 0.02;
/** Share by which the running median moves per frame. */
const NOISE_STEP = 0.02;
/** Factor per lesson, and ms in which it is forgotten. */
const LESSON = 1.25;
const LESSON_LASTS = 1_800_000;
/** ms: a lesson is taken back where a vehicle is found in the block so soon after it. */
const LESSON_DOUBT = 1500;

/**
 * By how many levels each block may differ from what is usual. Two things widen it: the noise of the block, a running
 * median of how much it changes from frame to frame (so that a vehicle that stops adds nothing), and lessons: changes
 * in which an inference found no vehicle, as trees and overlay clocks make them again and again.
 */
export class BlockTolerance {
  /** Levels; `BLOCKS` numbers. */
  readonly levels = new Float32Array(BLOCKS).fill(DEVIATIONS * MEDIAN_TO_DEVIATION * FIRST_NOISE);
  readonly #noise = new Float32Array(BLOCKS).fill(FIRST_NOISE);
  /** By lessons, at least 1. */
  readonly #factor = new Float32Array(BLOCKS).fill(1);
  readonly #lessonAt = new Float64Array(BLOCKS).fill(Number.NEGATIVE_INFINITY);
  #kept = 1;

  /** @param passedMs since the frame before, for forgetting */
  begin(passedMs: number): void {
    this.#kept = Math.exp(-passedMs / LESSON_LASTS);
  }

  /** @param step how much block `i` changed since the frame before, levels */
  see(i: number, step: number): void {
    const noise = this.#noise[i]! * (Math.abs(step) > this.#noise[i]! ? 1 + NOISE_STEP : 1 - NOISE_STEP);
    this.#noise[i] = noise < LEAST_NOISE ? LEAST_NOISE : noise;
  }

  /** Sets the tolerance of block `i` from what was learned. */
  settle(i: number): void {
    const factor = 1 + (this.#factor[i]! - 1) * this.#kept;
    this.#factor[i] = factor;
    const levels = Math.max(LEAST, DEVIATIONS * MEDIAN_TO_DEVIATION * this.#noise[i]!) * factor;
    this.levels[i] = levels < MOST ? levels : MOST;
  }

  /** Block `i` changed for no vehicle. */
  teach(i: number, sceneMs: number): void {
    // beyond the most, forgetting would take for ever
    if (this.levels[i]! >= MOST) return;
    this.#factor[i]! *= LESSON;
    this.#lessonAt[i] = sceneMs;
  }

  /** There is a vehicle in block `i`: was a lesson wrong? */
  doubt(i: number, sceneMs: number): void {
    if (Math.abs(sceneMs - this.#lessonAt[i]!) > LESSON_DOUBT) return;
    this.#factor[i] = Math.max(1, this.#factor[i]! / LESSON);
    this.#lessonAt[i] = Number.NEGATIVE_INFINITY;
    this.settle(i);
  }

  votes(i: number): boolean {
    return this.levels[i]! < MOST;
  }
}
