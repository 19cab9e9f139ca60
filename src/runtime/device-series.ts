import { type Clock, systemClock } from '../foundation/clock.js';
import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import { Rollup, type SeriesRow, type StepListener } from '../store/series/rollup.js';
import type { Metrics, Sampled } from '../telemetry/metrics/metrics.js';

/** Hears of each minute that ended. @param t Unix ms at which it began */
export type MinuteListener = (t: number, rows: readonly SeriesRow[]) => void;

const MINUTE_MS = 60_000;

/** Every metric over time: looked at once a second, as points of 10 s, 1 min and 1 h. */
export class DeviceSeries implements Part, Sampled {
  readonly name = 'series';
  readonly essential = false;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onMinute: MinuteListener[] = [];
  readonly #rollup = new Rollup((...step) => this.#ended(...step));
  #toldFailure = '';

  constructor(metrics: Metrics, log: Log, clock = systemClock) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#log = log;
    metrics.follow(this);
  }

  /** From the next minute's end on, with what each series was in it. */
  onMinute(listener: MinuteListener): void {
    this.#onMinute.push(listener);
  }

  start(): void {}

  stop(): void {
    this.#rollup.end();
  }

  /** Once a second. One metric that cannot be read is told and stops no other second. */
  sample(now: number): void {
    try {
      const measured = { readings: this.#metrics.readings(), histograms: this.#metrics.histograms() };
      this.#rollup.sample(measured, now, this.#clock.unixNow());
    } catch (error) {
      this.#tell(explain(error));
    }
  }

  readonly #ended: StepListener = (stepMs, t, rows) => {
    if (stepMs === MINUTE_MS) for (const listener of this.#onMinute) listener(t, rows);
  };

  #tell(reason: string): void {
    if (reason === this.#toldFailure) return;
    this.#toldFailure = reason;
    this.#log.error({ reason }, 'a second of the metrics is not in the history');
  }
}
