import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { LoadGate, type LoadLimits, type LoopReading } from './load-gate.js';

/** Reads the event loop. */
export interface LoopWatch {
  /** Since the last time it was asked. */
  read(): LoopReading;
  stop(): void;
}

/** When requests are turned away, and what clients are told then. */
export interface LoadSheddingOptions extends Partial<LoadLimits> {
  /** ms between two readings; default 500. */
  readonly everyMs?: number;
  /** s that clients are told to wait; default 2. */
  readonly retryAfterS?: number;
  /** Paths that are answered in any case; default `/healthz`, `/readyz`, `/livez`, `/health`, `/metrics`. */
  readonly exempt?: readonly string[];
}

const DEFAULT_MAX_DELAY_MS = 250;
const DEFAULT_EVERY_MS = 500;
const DEFAULT_RETRY_AFTER_S = 2;
const HEALTH_PATHS = ['/healthz', '/readyz', '/livez', '/health', '/metrics'];
/** ms between two looks of Node's monitor. */
const RESOLUTION_MS = 10;

/** Turns requests away while the event loop is late. */
export class LoadShedding {
  /** For `Retry-After`. */
  readonly retryAfterS: number;
  /** Requests that were turned away. */
  shed = 0;
  readonly #gate: LoadGate;
  readonly #watch: LoopWatch;
  readonly #exempt: ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout;
  #last: LoopReading = { delayMs: null, utilization: 0 };

  /**
   * Begins to watch; its timer keeps no process alive.
   *
   * @throws RangeError with every problem of the options
   */
  constructor(options: LoadSheddingOptions = {}, watch: LoopWatch = watchLoop()) {
    const { maxDelayMs = DEFAULT_MAX_DELAY_MS, everyMs = DEFAULT_EVERY_MS } = options;
    const limits = {
      maxDelayMs,
      resumeDelayMs: options.resumeDelayMs ?? maxDelayMs / 2,
      maxUtilization: options.maxUtilization ?? 1,
    };
    checkLimits(limits, everyMs);
    this.retryAfterS = options.retryAfterS ?? DEFAULT_RETRY_AFTER_S;
    this.#gate = new LoadGate(limits);
    this.#exempt = new Set(options.exempt ?? HEALTH_PATHS);
    this.#watch = watch;
    this.#timer = setInterval(() => this.sample(), everyMs);
    this.#timer.unref();
  }

  get isShedding(): boolean {
    return this.#gate.isShedding;
  }

  /** Mean delay of the event loop in ms at the last reading; null before. */
  get delayMs(): number | null {
    return this.#last.delayMs;
  }

  /** Takes a reading now. */
  sample(): void {
    this.#last = this.#watch.read();
    this.#gate.observe(this.#last);
  }

  /** Whether a handler is not to be run now. */
  isRefused(path: string): boolean {
    return this.#gate.isShedding && !this.#exempt.has(path);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watch.stop();
  }
}

function checkLimits({ maxDelayMs, resumeDelayMs, maxUtilization }: LoadLimits, everyMs: number): void {
  const problems: string[] = [];
  if (!(maxDelayMs > 0)) problems.push(`maxDelayMs: expected ms above 0, got ${maxDelayMs}`);
  if (!(resumeDelayMs > 0 && resumeDelayMs <= maxDelayMs)) {
    problems.push(`resumeDelayMs: expected ms above 0 and at most maxDelayMs, ${maxDelayMs}, got ${resumeDelayMs}`);
  }
  if (!(maxUtilization > 0 && maxUtilization <= 1)) {
    problems.push(`maxUtilization: expected more than 0 and at most 1, got ${maxUtilization}`);
  }
  if (!(everyMs >= 50 && everyMs < 2 ** 31)) problems.push(`everyMs: expected ms of at least 50, got ${everyMs}`);
  if (problems.length > 0) throw new RangeError(`load cannot be shed so:\n  ${problems.join('\n  ')}`);
}

/**
 * Node's own measure: how late timers of 10 ms come, and how long the loop was not idle. Nothing is reset between two
 * readings: Node would leave out the time until the timer's next turn, which is the time that counts where the loop is late.
 */
function watchLoop(): LoopWatch {
  const histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let last = { count: 0, sumNs: 0, busy: performance.eventLoopUtilization() };
  return {
    read() {
      const { count } = histogram;
      const now = { count, sumNs: count > 0 ? histogram.mean * count : 0, busy: performance.eventLoopUtilization() };
      const { utilization } = performance.eventLoopUtilization(now.busy, last.busy);
      const looks = now.count - last.count;
      // the pause that was asked for is included
      const delayMs = looks > 0 ? Math.max(0, (now.sumNs - last.sumNs) / looks / 1e6 - RESOLUTION_MS) : null;
      last = now;
      return { delayMs, utilization };
    },
    stop: () => histogram.disable(),
  };
}
