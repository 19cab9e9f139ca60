/** Why a worker process is started again: it died, did not answer in time, broke the protocol, or there was no memory for it. */
export const RESTART_CAUSES = ['crashed', 'stuck', 'protocol', 'memory'] as const;
export type RestartCause = (typeof RESTART_CAUSES)[number];

export interface RestartDecision {
  /** Milliseconds to wait before the worker is started again. */
  readonly delayMs: number;
  /** False: there were too many restarts lately; the worker is tried only now and then. */
  readonly healthy: boolean;
}

/**
 * When to start a dead worker again: at once, but more than `limit` times in `windowMs` means that restarting does not
 * help, and it is then tried every `slowRetryMs`. Pure: the caller brings the time and does the waiting.
 */
export class RestartPolicy {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #slowRetryMs: number;
  /** Times of the quick restarts within the window, oldest first; at most `limit`. */
  #restarts: number[] = [];

  constructor(limit: number, windowMs: number, slowRetryMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#slowRetryMs = slowRetryMs;
  }

  /** A worker ended at `nowMs` (any steady clock): what now? */
  next(nowMs: number): RestartDecision {
    this.#restarts = this.#restarts.filter((at) => nowMs - at < this.#windowMs);
    if (this.#restarts.length >= this.#limit) return { delayMs: this.#slowRetryMs, healthy: false };
    this.#restarts.push(nowMs);
    return { delayMs: 0, healthy: true };
  }
}
