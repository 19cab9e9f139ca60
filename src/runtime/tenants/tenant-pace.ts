import type { PaceBound } from '../../answer/inference-pace.js';

/** What the workers did for a tenant and could have done, at a moment; both since any one beginning. */
export interface TenantUse {
  /** ms on a clock that only goes forward. */
  readonly at: number;
  /** ms that workers were busy for it. */
  readonly busyMs: number;
  /** Workers that serve. */
  readonly workers: number;
}

/** What the pace of a tenant goes by. */
export interface TenantPaceParts {
  /** What bounds all cameras of the device: as configured, or as long as the tuning finds necessary. */
  readonly bound: PaceBound;
  /** ms that holds for everybody, whoever makes inferences scarce. */
  readonly configuredMs: () => number;
  /** Part of the workers that is its own, 0..1. */
  readonly part: number;
  readonly use: () => TenantUse;
}

/** Between two looks, ms. */
const LOOK_EVERY_MS = 5000;
/** A tenant that was held to a longer interval is let go when it uses less than this of its part. */
const LET_GO_BELOW = 0.7;

/**
 * How often the cameras of one tenant may ask for inferences: where the tuning makes the interval longer because there are too
 * few, that is for those who use more than their part of the workers. Whoever stays below its own asks as if it were alone.
 */
export class TenantPace implements PaceBound {
  readonly #parts: TenantPaceParts;
  #last: TenantUse | null = null;
  #isOver = false;

  constructor(parts: TenantPaceParts) {
    this.#parts = parts;
  }

  get inferencesSuspended(): boolean {
    return this.#parts.bound.inferencesSuspended;
  }

  get inferenceIntervalMs(): number {
    const { bound, configuredMs } = this.#parts;
    const all = bound.inferenceIntervalMs;
    const least = Math.min(all, configuredMs());
    return all === least || this.#usesMoreThanItsPart() ? all : least;
  }

  #usesMoreThanItsPart(): boolean {
    const { part, use } = this.#parts;
    const now = use();
    this.#last ??= now;
    const elapsed = now.at - this.#last.at;
    if (elapsed < LOOK_EVERY_MS) return this.#isOver;
    const used = (now.busyMs - this.#last.busyMs) / (elapsed * Math.max(1, now.workers));
    this.#isOver = used > (this.#isOver ? LET_GO_BELOW : 1) * part;
    this.#last = now;
    return this.#isOver;
  }
}
