import { systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import { createLog, type Log } from '../../foundation/log.js';
import { BackgroundJob, type BackgroundJobStatus, type BackgroundListener, type Waiting } from './background-job.js';
import { DueTimes } from './due-times.js';

/** What is done in the background, and when. */
export interface BackgroundOptimizerOptions {
  /** What is optimized: `engine.optimization`, or `optimizationEngine`. */
  readonly optimization?: { optimizeSystem(): Promise<unknown> };
  /** What is rid of entries that are over: `engine.cache`, or caches of the program's own. */
  readonly caches?: readonly { cleanupExpired(): number }[];
  /** When; fields of cron, by local time. Default every 5 minutes. */
  readonly optimizeAt?: string;
  /** Default every 10 minutes. */
  readonly cleanUpAt?: string;
  /** IANA name of the zone that the schedules are meant in; default: that of the machine. */
  readonly timezone?: string;
  /** ms that chance may add to each time; default 15 000. */
  readonly jitterMs?: number;
  /** Hears of every run. */
  readonly listener?: BackgroundListener;
  /** Where failures are told besides; default: stderr. */
  readonly log?: Log;
  /** Time and chance, for tests. */
  readonly waiting?: Waiting;
  readonly random?: () => number;
}

const OPTIMIZE_AT = '*/5 * * * *';
const CLEAN_UP_AT = '*/10 * * * *';
const JITTER_MS = 15_000;

const realTime: Waiting = {
  clock: systemClock,
  wait(ms, then) {
    const timer = setTimeout(then, ms).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Optimizes and cleans up in the background of a program: no run overlaps the one before, chance keeps the programs of a
 * site apart, what fails is told, counted, and tried again later and later. Its timers keep no process alive.
 */
export class BackgroundOptimizer {
  readonly #jobs = new Map<string, BackgroundJob>();
  readonly #options: BackgroundOptimizerOptions;
  #isStarted = false;

  /** @throws RangeError where a schedule, a zone or the jitter is none */
  constructor(options: BackgroundOptimizerOptions = {}) {
    this.#options = options;
    const { optimization, caches = [], optimizeAt = OPTIMIZE_AT, cleanUpAt = CLEAN_UP_AT } = options;
    if (optimization !== undefined) this.add('optimizeSystem', optimizeAt, () => optimization.optimizeSystem());
    if (caches.length > 0) this.add('cleanupExpired', cleanUpAt, () => cleanedOf(caches));
  }

  /**
   * Adds a job of the program's own; begins at once where the others have begun.
   *
   * @param schedule fields of cron: `'0 3 * * *'` is every night at three
   * @throws RangeError where the name is taken or the schedule none
   */
  add(name: string, schedule: string, run: () => unknown): void {
    if (this.#jobs.has(name)) throw new RangeError(`there is a job ${name} already`);
    const { timezone, jitterMs = JITTER_MS, random = Math.random, waiting = realTime } = this.#options;
    if (!(jitterMs >= 0 && jitterMs < 2 ** 31))
      throw new RangeError(`jitterMs: expected at least 0 ms, got ${jitterMs}`);
    const times = new DueTimes({ schedule, jitterMs, random, ...(timezone !== undefined && { timezone }) });
    const job = new BackgroundJob(name, run, times, waiting, this.#listener());
    this.#jobs.set(name, job);
    if (this.#isStarted) job.start();
  }

  start(): void {
    this.#isStarted = true;
    for (const job of this.#jobs.values()) job.start();
  }

  /** Nothing begins any more; resolves when what runs has ended. It can be started again. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    await Promise.all(Array.from(this.#jobs.values(), (job) => job.stop()));
  }

  /**
   * Runs a job now, out of turn; where it runs already, waits for that.
   *
   * @throws RangeError where there is no such job
   */
  async runNow(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    if (!job) throw new RangeError(`job: expected one of ${[...this.#jobs.keys()].join(', ')}, got ${name}`);
    await job.runNow();
  }

  /** How each job stands, in the order in which they were added. */
  status(): readonly BackgroundJobStatus[] {
    return Array.from(this.#jobs.values(), (job) => job.status());
  }

  #listener(): BackgroundListener {
    const { listener = {}, log = createLog('warn') } = this.#options;
    return {
      ran: (job, result, durationMs) => listener.ran?.(job, result, durationMs),
      failed(job, error, nextRunAt) {
        log.warn({ job, error: explain(error), nextRunAt }, 'a job in the background failed');
        listener.failed?.(job, error, nextRunAt);
      },
    };
  }
}

/** How many entries were over, of all caches together. One that fails keeps none of the others from it. */
function cleanedOf(caches: readonly { cleanupExpired(): number }[]): number {
  let cleaned = 0;
  const failures: unknown[] = [];
  for (const cache of caches) {
    try {
      cleaned += cache.cleanupExpired();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures);
  return cleaned;
}

/**
 * Begins to optimize and to clean up in the background.
 *
 * @example
 * ```ts
 * const background = startBackgroundOptimizer({ optimization: engine.optimization, caches: [engine.cache] });
 * process.once('SIGTERM', () => void background.stop());
 * ```
 * @throws RangeError where a schedule, a zone or the jitter is none
 */
export function startBackgroundOptimizer(options: BackgroundOptimizerOptions): BackgroundOptimizer {
  const background = new BackgroundOptimizer(options);
  background.start();
  return background;
}
