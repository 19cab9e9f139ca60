import { type ThresholdsConfig, thresholdsSchema } from '../../config/config.js';
import { expectation, nodeAt } from '../../config/schema.js';
import type { MetricRow } from '../../foundation/metric-row.js';
import { didYouMean, type z } from '../../foundation/validate.js';
import type { Sampled } from '../metrics/metrics.js';
import { type LoadCounts, type LoadSummary, LoadWindow } from './load-window.js';
import { measureInto } from './measure.js';
import type { OperationSummary } from './operation.js';
import { Operations } from './operations.js';

/** How the program does: its answers over a window, and every measured operation. */
export interface PerformanceSummary extends LoadSummary {
  readonly operations: readonly OperationSummary[];
}

/** Looks once a second that end a slot of the load's window. */
const SLOT_SAMPLES = 10;
/** What the window holds; what is older is in the history. */
const LONGEST_WINDOW_MS = 3_600_000;
const DEFAULT_WINDOW_MS = 60_000;

/** Measures operations, keeps the load of the last hour, and holds the thresholds that alerts are raised by. */
export class PerformanceMonitor implements Sampled {
  readonly operations = new Operations();
  readonly metrics: readonly MetricRow[] = this.operations.metrics;
  /** Decorator and wrapper for this monitor; see `measureInto`. @throws TypeError, RangeError as `Operations.of` */
  readonly measurePerformance = measureInto((component, operation) => {
    const found = this.operations.of(component, operation);
    return () => found;
  });
  readonly #window = new LoadWindow();
  readonly #counts: (() => LoadCounts) | null;
  #thresholds: ThresholdsConfig;
  #samples = 0;

  /**
   * @param thresholds what is left out has its default
   * @param counts of the program that it watches; null: there is none, and operations alone are measured
   */
  constructor(thresholds: Partial<ThresholdsConfig> = {}, counts: (() => LoadCounts) | null = null) {
    this.#thresholds = checked(thresholds);
    this.#counts = counts;
  }

  /** The limits that hold now. */
  get thresholds(): ThresholdsConfig {
    return this.#thresholds;
  }

  /** What is left out stays. @throws RangeError with every problem; nothing is changed then */
  set thresholds(changes: Partial<ThresholdsConfig>) {
    this.#thresholds = checked({ ...this.#thresholds, ...changes });
  }

  /** @param now ms on a clock that only goes forward */
  sample(now: number): void {
    this.operations.sample(now);
    if (this.#counts && this.#samples++ % SLOT_SAMPLES === 0) this.#window.add(now, this.#counts());
  }

  /**
   * @param windowMs how far back, in steps of 10 s; up to an hour, what is older is in the history
   * @throws RangeError where the window is none
   */
  getPerformanceSummary(windowMs = DEFAULT_WINDOW_MS): PerformanceSummary {
    if (!(windowMs > 0 && windowMs <= LONGEST_WINDOW_MS)) {
      throw new RangeError(`window: expected more than 0 and up to ${LONGEST_WINDOW_MS} ms, got ${windowMs}`);
    }
    const operations = Array.from(this.operations.all, (operation) => operation.summary());
    return { ...this.load(windowMs), operations };
  }

  /** The same without the operations. */
  load(windowMs: number): LoadSummary {
    return this.#window.summary(windowMs);
  }
}

function checked(thresholds: Partial<ThresholdsConfig>): ThresholdsConfig {
  const parsed = thresholdsSchema.safeParse(thresholds);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new RangeError(parsed.error.issues.flatMap((issue) => problemsOf(issue, thresholds)).join('; '));
}

/** In the words in which the configuration tells them. */
function problemsOf(issue: z.core.$ZodIssue, given: object): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownThreshold);
  const path = ['thresholds', ...issue.path.map(String)];
  const node = nodeAt(path);
  if (node === null) return [`${path.join('.')}: ${issue.message}`];
  const got = JSON.stringify((given as Record<string, unknown>)[path.at(-1)!]);
  return [`${path.join('.')}: expected ${expectation(node)}, got ${got}`];
}

function unknownThreshold(key: string): string {
  const meant = didYouMean(key, Object.keys(thresholdsSchema.parse({})));
  return `thresholds.${key}: unknown key${meant === null ? '' : `, did you mean ${meant}?`}`;
}
