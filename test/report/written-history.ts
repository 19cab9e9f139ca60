import { join } from 'node:path';
import { silentLog } from '../../src/foundation/log.js';
import { AlertHistory, type AlertLogEntry } from '../../src/store/alert-history.js';
import { CommandLog, type LoggedCommand } from '../../src/store/command-log.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import type { Resolution } from '../../src/store/series/resolutions.js';
import type { SeriesKey } from '../../src/store/series/rollup.js';
import { SeriesStore } from '../../src/store/series/series-store.js';
import { StoreFile, type TablesLink } from '../../src/store/store-file.js';
import { type ClassTally, noCounts, type TrafficInterval } from '../../src/store/traffic-counts.js';
import { putInterval, TOLD, type TrafficStatements, trafficStatements } from '../../src/store/traffic-table.js';
import { TrialStore } from '../../src/store/trials.js';
import type { TrialPayload } from '../../src/telemetry/mqtt/messages/trial.js';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A metric over time. */
export interface WrittenMetric {
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default a gauge. */
  readonly kind?: SeriesKey['kind'];
  /** null: not read then. */
  readonly at: (t: number) => number | null;
}

const KEEPING = { keepMs: [2 * DAY, 60 * DAY, 800 * DAY], maxBytes: [2 ** 28, 2 ** 28, 2 ** 28] };
/** A block of hours is eight days long, and is written once it is over. */
const BLOCK = 8 * DAY;

/** A `history.db` as a device would have written it, through the real stores. */
export class WrittenHistory {
  readonly path: string;
  readonly #file: StoreFile;
  readonly #series: SeriesStore;
  readonly #traffic: TablesLink<TrafficStatements>;
  readonly #alerts: AlertHistory;
  readonly #trials: TrialStore;
  readonly #commands: CommandLog;
  #now: number;

  /** @param now Unix ms: from when on it is written */
  constructor(folder: string, now: number) {
    this.path = join(folder, 'history.db');
    this.#now = now;
    const clock = () => this.#now;
    this.#file = new StoreFile({
      what: 'the history',
      file: this.path,
      migrations: HISTORY_MIGRATIONS,
      log: silentLog,
      now: clock,
    });
    this.#series = new SeriesStore({ file: this.#file, keeping: KEEPING, log: silentLog, now: clock });
    this.#traffic = this.#file.join({ what: 'traffic', adopt: trafficStatements });
    this.#alerts = new AlertHistory(this.#file, 400);
    this.#trials = new TrialStore(this.#file, clock);
    this.#commands = new CommandLog(this.#file);
    this.#file.start();
  }

  /** What the series of the file tell, in its own process. */
  get reader() {
    return this.#series.reader;
  }

  /** Steps of all metrics from one time up to another; a minute is read 60 times, an hour 3600 times. */
  steps(stepMs: Resolution, from: number, to: number, metrics: readonly WrittenMetric[]): this {
    for (let t = from; t < to; t += stepMs) {
      this.#now = Math.max(this.#now, t + stepMs);
      const rows = metrics.flatMap(({ metric, labels = {}, kind = 'gauge', at }) => {
        const value = at(t);
        if (value === null) return [];
        const name = [metric, ...Object.values(labels)].join('.');
        const point = { t, min: value, mean: value, max: value, p95: value, count: stepMs / 1000 };
        return [{ name, metric, labels, unit: '', kind, point }];
      });
      this.#series.add(stepMs, t, rows);
      if ((t + stepMs) % HOUR === 0) this.#file.flush();
    }
    return this;
  }

  /** What a camera counted at a line, interval by interval; null: it was not seen. */
  counts(
    camera: string,
    { from, to, intervalMs = HOUR }: { from: number; to: number; intervalMs?: number },
    tallyAt: (t: number) => { away?: ClassTally; near?: ClassTally } | null,
    line = 'gate',
  ): this {
    const intervals: TrafficInterval[] = [];
    for (let t = from; t < to; t += intervalMs) {
      const tallies = tallyAt(t);
      const counts = noCounts();
      if (tallies !== null) counts.lines[line] = { away: tallies.away ?? {}, near: tallies.near ?? {} };
      const coveredMs = tallies === null ? 0 : intervalMs;
      intervals.push({ camera, from: t, intervalS: intervalMs / 1000, part: 1, coveredMs, leftOut: 0, counts });
    }
    this.#traffic.write((statements) => {
      for (const interval of intervals) putInterval(statements, interval, TOLD);
    });
    return this;
  }

  alert(step: AlertLogEntry): this {
    this.#alerts.add(step, null);
    return this;
  }

  trial(trial: TrialPayload): this {
    const { id, startedAt, strategy, verdict } = trial;
    this.#trials.put({ id, at: startedAt, strategy, verdict, record: trial });
    return this;
  }

  command(command: LoggedCommand): this {
    this.#commands.put(command);
    return this;
  }

  /** Everything is in the file, and the file closed. @returns its path */
  close(): string {
    this.#now += BLOCK;
    for (let turn = 0; turn < 40; turn++) this.#file.flush();
    this.#series.hasten();
    this.#file.stop();
    return this.path;
  }
}
