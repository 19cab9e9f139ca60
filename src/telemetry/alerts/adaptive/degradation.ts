import { AnomalyDetector, UNUSUAL_SCORE } from './anomaly-detector.js';
import { DailyPeaks } from './daily-peaks.js';
import { NumberTape } from './number-tape.js';
import type { WatchedMetric } from './watched-metric.js';

/** So many spreads off, on the bad side, at least. */
const SPREADS = 4;
/** As far as it is off at this time on most days, with so much to spare. */
const DAILY_SPARE = 1.25;
/** For so many values in a row before it counts, ... */
const HOLD = 3;
/** ... with something unusual among so many of the latest. */
const UNUSUAL_WITHIN = 30;
/** It is over after so many values in a row that are less than half as far off, or are not there. */
const CALM = 10;
/** What is off is learned so much slower: after about a day it is what is usual. */
const ATTENTION = 1 / 8;
const STATE_VERSION = 1;

/** How a series is. */
export interface SeriesCondition {
  readonly isDegraded: boolean;
  /** null where there was no reading. */
  readonly value: number | null;
  readonly expected: number | null;
}

/**
 * Whether one series is degraded: unusual, on the bad side, by as much as matters, and lasting. The detector says what is unusual, the
 * rule of the metric which side is bad and how much matters; one value that is off, or one that is only rare, raises nothing, and
 * what goes back and forth neither ends it nor begins it anew.
 */
export class Degradation {
  readonly #rule: WatchedMetric;
  readonly #learnValues: number;
  readonly #detector = new AnomalyDetector();
  readonly #peaks = new DailyPeaks();
  #isDegraded = false;
  #offInARow = 0;
  #calmInARow = 0;
  /** Values since one was unusual. */
  #sinceUnusual = UNUSUAL_WITHIN;

  /** @param learnValues so many are learned from before anything is said */
  constructor(rule: WatchedMetric, learnValues: number) {
    this.#rule = rule;
    this.#learnValues = learnValues;
  }

  /**
   * The next value, one a minute.
   *
   * @param t Unix ms
   * @param value null where there is no reading
   */
  see(t: number, value: number | null): SeriesCondition {
    if (value === null || !Number.isFinite(value)) {
      this.#offInARow = 0;
      this.#calm();
      return { isDegraded: this.#isDegraded, value: null, expected: null };
    }
    const expected = this.#detector.expectation(t);
    const distance = expected === null ? 0 : this.#distance(value, expected.value);
    const off = expected === null ? 0 : distance / Math.max(this.#margin(expected), DAILY_SPARE * this.#peaks.usual(t));
    this.#peaks.add(t, Math.max(0, distance));
    const { score } = this.#detector.see(t, value, off > 1 || this.#isDegraded ? ATTENTION : 1);
    this.#sinceUnusual = score >= UNUSUAL_SCORE ? 0 : Math.min(this.#sinceUnusual + 1, UNUSUAL_WITHIN);
    if (off > 1) this.#offInARow++;
    else this.#offInARow = 0;
    if (off < 0.5) this.#calm();
    else this.#calmInARow = 0;
    if (this.#offInARow >= HOLD && this.#sinceUnusual < UNUSUAL_WITHIN && this.#hasLearned) this.#isDegraded = true;
    return { isDegraded: this.#isDegraded, value, expected: expected?.value ?? null };
  }

  /** What it has learned, and how it is. */
  state(): Float32Array {
    const tape = new NumberTape();
    tape.write(STATE_VERSION, Number(this.#isDegraded), this.#offInARow, this.#calmInARow, this.#sinceUnusual);
    this.#peaks.save(tape);
    this.#detector.save(tape);
    return tape.numbers;
  }

  /** Goes on from a state. @throws RangeError where it is none, or of another version; it is of no use then */
  load(state: Float32Array): void {
    const tape = new NumberTape(state);
    const version = tape.read();
    if (version !== STATE_VERSION) throw new RangeError(`expected a state of version ${STATE_VERSION}, got ${version}`);
    this.#isDegraded = tape.read() === 1;
    this.#offInARow = tape.read();
    this.#calmInARow = tape.read();
    this.#sinceUnusual = tape.read();
    this.#peaks.load(tape);
    this.#detector.load(tape);
    tape.end();
  }

  get #hasLearned(): boolean {
    return this.#detector.seen > this.#learnValues;
  }

  #calm(): void {
    if (++this.#calmInARow < CALM) return;
    this.#isDegraded = false;
  }

  /** On the bad side; negative on the other one. */
  #distance(value: number, expected: number): number {
    const { direction } = this.#rule;
    const above = value - expected;
    return direction === 'up' ? above : direction === 'down' ? -above : Math.abs(above);
  }

  #margin({ value, spread }: { readonly value: number; readonly spread: number }): number {
    const { least, leastShare } = this.#rule;
    return Math.max(SPREADS * spread, least, leastShare * Math.abs(value), Number.MIN_VALUE);
  }
}
