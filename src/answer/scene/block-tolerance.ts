import type { BlockState } from '../../kernels/block-state.js';
import { MOST_TOLERANCE, settleTolerance, toleranceOf } from '../../kernels/plain/blocks.js';

const FIRST_NOISE = 1;
/** Factor per lesson, and ms in which it is forgotten. */
const LESSON = 1.25;
const LESSON_LASTS = 1_800_000;
/** ms: a lesson is taken back where a vehicle is found in the block so soon after it. */
const LESSON_DOUBT = 1500;

/**
 * By how many levels each block may differ from what is usual. Two things widen it: the noise of the block, a running
 * median of how much it changes from frame to frame (so that a vehicle that stops adds nothing), and lessons: changes
 * in which an inference found no vehicle, as trees and overlay clocks make them again and again. The state's `noise`,
 * `factor` and `levels` are its own; `BlockWork.follow` moves them from picture to picture.
 */
export class BlockTolerance {
  readonly #state: BlockState;
  readonly #lessonAt: Float64Array;
  #kept = 1;

  constructor(state: BlockState) {
    this.#state = state;
    this.#lessonAt = new Float64Array(state.count).fill(Number.NEGATIVE_INFINITY);
    state.noise.fill(FIRST_NOISE);
    state.factor.fill(1);
    state.levels.fill(toleranceOf(FIRST_NOISE));
  }

  /** @param passedMs since the frame before, for forgetting @returns of what lessons widened, what is left */
  begin(passedMs: number): number {
    this.#kept = Math.exp(-passedMs / LESSON_LASTS);
    return this.#kept;
  }

  /** Block `i` changed for no vehicle. */
  teach(i: number, sceneMs: number): void {
    // beyond the most, forgetting would take for ever
    const { levels, factor } = this.#state;
    if (levels[i]! >= MOST_TOLERANCE) return;
    factor[i]! *= LESSON;
    this.#lessonAt[i] = sceneMs;
  }

  /** There is a vehicle in block `i`: was a lesson wrong? */
  doubt(i: number, sceneMs: number): void {
    if (Math.abs(sceneMs - this.#lessonAt[i]!) > LESSON_DOUBT) return;
    const { factor, noise, levels } = this.#state;
    factor[i] = Math.max(1, factor[i]! / LESSON);
    this.#lessonAt[i] = Number.NEGATIVE_INFINITY;
    settleTolerance(factor, noise, levels, i, this.#kept);
  }

  votes(i: number): boolean {
    return this.#state.levels[i]! < MOST_TOLERANCE;
  }
}
