import type { Clock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { DueTimes } from './due-times.js';

/** How a job in the background stands. Times are Unix ms. */
export interface BackgroundJobStatus {
  readonly name: string;
  readonly isRunning: boolean;
  /** Runs that came to an end, and those of them that failed. */
  readonly runs: number;
  readonly failures: number;
  /** Those since the last run that did not fail. */
  readonly failuresInRow: number;
  /** Times at which it was due and still ran from before. */
  readonly skipped: number;
  /** When the last run began; null before the first. */
  readonly lastRunAt: number | null;
  /** ms that it took; null before the first came to its end. */
  readonly lastDurationMs: number | null;
  /** Why the last run failed; null where it did not. */
  readonly lastError: string | null;
  /** null while it runs, and where it does not any more. */
  readonly nextRunAt: number | null;
}

/** What hears of runs. What it throws is told nobody. */
export interface BackgroundListener {
  /** @param result what the job gave */
  ran?(job: string, result: unknown, durationMs: number): void;
  failed?(job: string, error: unknown, nextRunAt: number | null): void;
}

/** Waits; both are handed over so that a test can let time pass. */
export interface Waiting {
  /** @param ms at most an hour @returns how to stop it */
  readonly wait: (ms: number, then: () => void) => () => void;
  readonly clock: Clock;
}

/** Looks at the clock at least so often: it may be set meanwhile. */
const LONGEST_WAIT_MS = 3_600_000;

/** Runs one function whenever it is due: never twice at a time, later and later where it fails. */
export class BackgroundJob {
  readonly name: string;
  readonly #run: () => unknown;
  readonly #times: DueTimes;
  readonly #waiting: Waiting;
  readonly #listener: BackgroundListener;
  #stopWaiting: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #isStarted = false;
  #runs = 0;
  #failures = 0;
  #failuresInRow = 0;
  #skipped = 0;
  #lastRunAt: number | null = null;
  #lastDurationMs: number | null = null;
  #lastError: string | null = null;
  #nextRunAt: number | null = null;

  constructor(name: string, run: () => unknown, times: DueTimes, waiting: Waiting, listener: BackgroundListener) {
    this.name = name;
    this.#run = run;
    this.#times = times;
    this.#waiting = waiting;
    this.#listener = listener;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (this.#running === null) this.#plan();
  }

  /** Nothing begins any more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    this.#nextRunAt = null;
    await this.#running;
  }

  /** Runs it now, unless it runs: then that run is waited for. */
  async runNow(): Promise<void> {
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    await (this.#running ?? this.#begin());
  }

  status(): BackgroundJobStatus {
    return {
      name: this.name,
      isRunning: this.#running !== null,
      runs: this.#runs,
      failures: this.#failures,
      failuresInRow: this.#failuresInRow,
      skipped: this.#skipped,
      lastRunAt: this.#lastRunAt,
      lastDurationMs: this.#lastDurationMs,
      lastError: this.#lastError,
      nextRunAt: this.#nextRunAt,
    };
  }

  #plan(): void {
    const now = this.#waiting.clock.unixNow();
    this.#nextRunAt = this.#times.after(now, this.#failuresInRow);
    if (this.#nextRunAt !== null) this.#await(this.#nextRunAt, now);
  }

  /** @param plannedAt Unix ms */
  #await(due: number, plannedAt: number): void {
    const left = due - this.#waiting.clock.unixNow();
    this.#stopWaiting = this.#waiting.wait(Math.min(Math.max(left, 0), LONGEST_WAIT_MS), () => {
      this.#stopWaiting = null;
      const now = this.#waiting.clock.unixNow();
      if (now >= due) void this.#begin();
      // set back so far that it may be due before
      else if (now < plannedAt) this.#plan();
      else this.#await(due, plannedAt);
    });
  }

  #begin(): Promise<void> {
    this.#nextRunAt = null;
    this.#running = this.#once().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #once(): Promise<void> {
    const { clock } = this.#waiting;
    const began = clock.now();
    const beganAt = clock.unixNow();
    this.#lastRunAt = beganAt;
    let failure: { readonly error: unknown } | null = null;
    let result: unknown;
    try {
      result = await this.#run();
    } catch (error) {
      failure = { error };
    }
    this.#runs++;
    this.#lastDurationMs = clock.now() - began;
    this.#skipped += this.#times.missed(beganAt, clock.unixNow());
    this.#lastError = failure === null ? null : explain(failure.error);
    this.#failuresInRow = failure === null ? 0 : this.#failuresInRow + 1;
    if (failure !== null) this.#failures++;
    if (this.#isStarted) this.#plan();
    this.#tell(failure, result, this.#lastDurationMs);
  }

  #tell(failure: { readonly error: unknown } | null, result: unknown, durationMs: number): void {
    try {
      if (failure === null) this.#listener.ran?.(this.name, result, durationMs);
      else this.#listener.failed?.(this.name, failure.error, this.#nextRunAt);
    } catch {
      // the job goes on, whatever is made of its news
    }
  }
}
