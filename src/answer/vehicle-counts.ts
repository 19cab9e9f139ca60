import { type Detections, STRIDE } from '../detect/detections.js';

/** Boxes per class, indexed by class. */
export type ClassCounts = Int32Array;

export interface CountChange {
  readonly previous: ClassCounts;
  readonly counts: ClassCounts;
  /** Vehicles by which the counts rose, over all classes. */
  readonly arrived: number;
}

/** Counts boxes per class into `counts`. */
export function countClasses(detections: Detections, counts: ClassCounts): void {
  counts.fill(0);
  const { data, count } = detections;
  for (let i = 0, row = 5; i < count; i++, row += STRIDE) counts[data[row]!]!++;
}

/**
 * Turns a camera's results into events: a new count per class is believed once it held for `stableFrames` results, and
 * told at most once per `minIntervalMs`, changes in between merged. Without that, one flickering box is an event a frame.
 */
export class VehicleCounts {
  readonly #stableFrames: number;
  readonly #minIntervalMs: number;
  readonly #now: ClassCounts;
  #candidate: ClassCounts;
  #told: ClassCounts;
  #held = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(classes: number, options: { stableFrames: number; minIntervalMs: number }) {
    this.#stableFrames = options.stableFrames;
    this.#minIntervalMs = options.minIntervalMs;
    this.#now = new Int32Array(classes);
    this.#candidate = new Int32Array(classes);
    this.#told = new Int32Array(classes);
  }

  /** @param at Unix ms of the frame; frames come in order, though a clock that is set back may say otherwise */
  push(detections: Detections, at: number): CountChange | null {
    countClasses(detections, this.#now);
    if (same(this.#now, this.#candidate)) this.#held++;
    else {
      this.#candidate = this.#now.slice();
      this.#held = 1;
    }
    const sinceTold = at - this.#toldAt;
    if (this.#held < this.#stableFrames || (sinceTold >= 0 && sinceTold < this.#minIntervalMs)) return null;
    if (same(this.#candidate, this.#told)) return null;
    const change = {
      previous: this.#told,
      counts: this.#candidate.slice(),
      arrived: rise(this.#told, this.#candidate),
    };
    this.#told = change.counts;
    this.#toldAt = at;
    return change;
  }
}

function same(a: ClassCounts, b: ClassCounts): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function rise(from: ClassCounts, to: ClassCounts): number {
  let sum = 0;
  for (let i = 0; i < to.length; i++) sum += Math.max(0, to[i]! - from[i]!);
  return sum;
}
