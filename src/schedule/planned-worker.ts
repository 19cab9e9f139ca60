import type { WorkerView } from './balance.js';
import { holding } from './batch-choice.js';
import type { WorkerLoad } from './worker-load.js';

/** A worker while a plan is made: what was planned for it already counts as done. */
export class PlannedWorker implements WorkerView {
  readonly index: number;
  readonly load: WorkerLoad;
  readonly sizes: readonly number[];
  readonly inFlight: number;
  readonly hasRoom: boolean;
  /** ms of a picture alone. */
  readonly aloneMs: number;
  /** The same at the fastest worker there is: a budget below that cannot be kept by anybody. */
  fastestMs = 0;
  #freeAt: number;

  constructor(index: number, load: WorkerLoad, maxBatch: number, inFlightPerWorker: number, now: number) {
    const allowed = load.health.allowed > 0 ? load.health.allowed : 1;
    this.index = index;
    this.load = load;
    this.sizes = load.worthwhile(Math.min(maxBatch, allowed));
    this.inFlight = load.inFlight.length;
    this.hasRoom = this.inFlight < inFlightPerWorker && (this.inFlight === 0 || load.picturesInFlight < allowed);
    this.#freeAt = load.freeAt(now);
    this.aloneMs = load.takes(this.sizes[0]!);
  }

  /** Pictures per ms at its largest batch. */
  get rate(): number {
    const largest = this.sizes.at(-1)!;
    return largest / Math.max(this.load.takes(largest), 1e-3);
  }

  /** When the largest batch that so many pictures fill would be answered at the latest. */
  surelyAt(pictures: number): number {
    const size = this.sizes.findLast((one) => one <= pictures) ?? this.sizes[0]!;
    return this.#freeAt + (this.load.service.atMost(size) ?? 0);
  }

  /** When they are expected to be answered, as far as they fit into one batch, ms. */
  answerAt(pictures: number): number {
    return this.#freeAt + this.load.takes(holding(this.sizes, pictures));
  }

  /** Plans a batch of them. @returns how many of them that are */
  plan(pictures: number): number {
    const size = holding(this.sizes, pictures);
    this.#freeAt += this.load.takes(size);
    return Math.min(size, pictures);
  }
}

/** Who is expected to answer so many pictures first; undefined of nobody. */
export function soonestToAnswer(views: readonly PlannedWorker[], pictures: number): PlannedWorker | undefined {
  let best: PlannedWorker | undefined;
  for (const view of views) if (!best || view.answerAt(pictures) < best.answerAt(pictures)) best = view;
  return best;
}
