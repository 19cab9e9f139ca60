import { quantileOfSorted } from '../foundation/statistics.js';

/** Frames that costs are the median of: code that was just compiled, or a busy moment, says little. */
const COSTS_OF = 15;
/** What answering takes, of an inference: outside of these bounds it was mismeasured, or it is no question. */
const LEAST_SHARE = 0.02;
const MOST_SHARE = 0.4;
/** Frames' worth of work lost until answering is given up, and gained at most in advance. */
const PATIENCE = 4;
const CREDIT = 6;
/** Of the patience, used up already where it is tried again. */
const TRIED = 0.5;
/** Frames that are inferred before it is tried again: at first, and at most, as each failure doubles them. */
const FIRST_REST = 30;
const LONGEST_REST = 1000;
/** Frames in a row without anything that moves after which it is tried at once, and the least that were inferred by then. */
const QUIET_FRAMES = 3;
const LEAST_REST = 10;

/**
 * Whether answering without inference pays at one camera. Where vehicles move by their length from one picture to the next, hardly a
 * picture is answered so, and what looks for vehicles costs its time for nothing. Each frame that is answered saves an inference, and each
 * costs what answering takes: where the sum of both (in inferences, as in Page's test) has fallen by as much as four, every frame is inferred
 * for a while. Then it is tried anew; sooner where nothing moves any more. As long as nobody says what an inference takes, it pays.
 *
 * Pure: numbers in, a decision out.
 */
export class ReuseWorth {
  readonly #own = new RecentCosts();
  readonly #inference = new RecentCosts();
  #gained = 0;
  /** Frames left of the rest; 0: frames are answered. */
  #rest = 0;
  #rested = 0;
  #quietFrames = 0;
  #nextRest = FIRST_REST;

  /** Whether the next frame is to be inferred without looking. */
  get rests(): boolean {
    return this.#rest > 0;
  }

  /** A frame was answered, with an inference or without. @param ownMs that this took besides an inference */
  answered(inferred: boolean, ownMs: number): void {
    this.#own.add(ownMs);
    const inferenceMs = this.#inference.median;
    if (inferenceMs === null || inferenceMs <= 0) return;
    const price = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, this.#own.median! / inferenceMs));
    this.#gained = Math.min(CREDIT, this.#gained + (inferred ? 0 : 1) - price);
    if (this.#gained >= PATIENCE) this.#nextRest = FIRST_REST;
    if (this.#gained > -PATIENCE) return;
    this.#rest = this.#nextRest;
    this.#rested = this.#quietFrames = 0;
    this.#nextRest = Math.min(LONGEST_REST, this.#nextRest * 2);
  }

  /** What an inference took of its worker. */
  inferred(ms: number): void {
    this.#inference.add(ms);
  }

  /** A frame was inferred without looking. @param isQuiet whether nothing moves in it */
  restedFor(isQuiet: boolean): void {
    this.#rested++;
    this.#quietFrames = isQuiet ? this.#quietFrames + 1 : 0;
    this.#rest--;
    if (this.#quietFrames >= QUIET_FRAMES && this.#rested >= LEAST_REST) this.#rest = 0;
    if (this.#rest > 0) return;
    this.wake();
    this.#gained = -TRIED * PATIENCE;
  }

  /** Frames are answered from now on, whether that pays or not. */
  wake(): void {
    this.#rest = 0;
    this.#gained = 0;
  }

  /** Another model answers: what its inferences take is not known. */
  renew(): void {
    this.wake();
    this.#inference.clear();
    this.#nextRest = FIRST_REST;
  }
}

/** The latest costs, ms; their median is asked for with every frame. */
class RecentCosts {
  readonly #latest = new Float64Array(COSTS_OF);
  readonly #ascending = new Float64Array(COSTS_OF);
  #added = 0;

  add(ms: number): void {
    this.#latest[this.#added++ % COSTS_OF] = ms;
  }

  /** null of none. */
  get median(): number | null {
    const count = Math.min(this.#added, COSTS_OF);
    const ascending = this.#ascending;
    // of so few, in less time than it takes to call `sort`
    for (let i = 0; i < count; i++) {
      const ms = this.#latest[i]!;
      let at = i;
      for (; at > 0 && ascending[at - 1]! > ms; at--) ascending[at] = ascending[at - 1]!;
      ascending[at] = ms;
    }
    return count === 0 ? null : quantileOfSorted(ascending.subarray(0, count), 0.5);
  }

  clear(): void {
    this.#added = 0;
  }
}
