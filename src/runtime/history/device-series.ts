import type { Config } from '../../config/config.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import { JoinedSeries, type KeptSeries, type SeriesPart } from '../../store/series/joined-series.js';
import { Rollup, type SeriesKey, type SeriesRow, type StepListener } from '../../store/series/rollup.js';
import { SeriesStore } from '../../store/series/series-store.js';
import type { SeriesKeeping } from '../../store/series/series-tables.js';
import type { StoreFile } from '../../store/store-file.js';
import type { Metrics, Sampled } from '../../telemetry/metrics/metrics.js';
import { describedHistoryRoute, historyRoute } from './history-route.js';

/** Hears of each minute that ended. @param t Unix ms at which it began */
export type MinuteListener = (t: number, rows: readonly SeriesRow[]) => void;

/** Where the series of a tenant are kept. */
export interface TenantSeries {
  readonly id: string;
  readonly file: StoreFile;
  readonly history: Config['history'];
}

export interface DeviceSeriesParts {
  /** `history.db`: it is open before this part starts, and closed after it stopped. */
  readonly file: StoreFile;
  /** Of each tenant: its own `history.db`, and how long its series stay there. Default none. */
  readonly tenants?: readonly TenantSeries[];
  /** Whose a series is, by its labels; default the device's own (null). */
  readonly ownerOf?: (labels: SeriesKey['labels']) => TenantId;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock?: Clock;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Of `history.maxMiB`, by resolution. */
const SHARES = [0.4, 0.4, 0.2];

/**
 * Every metric over time: looked at once a second, kept as points of 10 s, 1 min and 1 h in `history.db`, and what is of a tenant's
 * cameras in that tenant's.
 */
export class DeviceSeries implements Part, Sampled {
  readonly name = 'series';
  readonly essential = false;
  readonly settings = [{ path: 'history', requiresRestart: true }];
  readonly routes = [historyRoute, describedHistoryRoute].map((route) =>
    route(
      () => this.reader,
      () => this.#clock.unixNow(),
    ),
  );
  /** What was kept, of this run and those before, of whomever. */
  readonly reader: KeptSeries;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #ownerOf: NonNullable<DeviceSeriesParts['ownerOf']>;
  /** By whose the series are. */
  readonly #stores: ReadonlyMap<TenantId, SeriesStore>;
  readonly #onMinute: MinuteListener[] = [];
  readonly #rollup = new Rollup((...step) => this.#ended(...step));
  #toldFailure = '';

  constructor({ history }: Pick<Config, 'history'>, parts: DeviceSeriesParts) {
    const { file, tenants = [], ownerOf = () => null, metrics, log, clock = systemClock } = parts;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#log = log;
    this.#ownerOf = ownerOf;
    this.#stores = new Map([
      [null, this.#storeIn(file, history)],
      ...tenants.map((tenant): [TenantId, SeriesStore] => [tenant.id, this.#storeIn(tenant.file, tenant.history)]),
    ]);
    this.reader = new JoinedSeries([...this.#stores.keys()].map((owner) => this.#partOf(owner)));
    metrics.follow(this);
  }

  /** What was kept for a tenant, or of the device itself (null). */
  readerOf(owner: TenantId): KeptSeries {
    return new JoinedSeries([this.#partOf(owner)]);
  }

  /** From the next minute's end on, with what each series was in it. */
  onMinute(listener: MinuteListener): void {
    this.#onMinute.push(listener);
  }

  start(): void {}

  /** Has what there is of the last 10 s kept too. */
  stop(): void {
    this.#rollup.end();
    for (const store of this.#stores.values()) store.hasten();
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
    for (const [owner, store] of this.#stores) {
      store.add(
        stepMs,
        t,
        rows.filter(({ labels }) => this.#ownerOf(labels) === owner),
      );
    }
    if (stepMs === MINUTE_MS) for (const listener of this.#onMinute) listener(t, rows);
  };

  #storeIn(file: StoreFile, history: Config['history']): SeriesStore {
    return new SeriesStore({
      file,
      keeping: keepingOf(history),
      log: this.#log,
      now: () => this.#clock.unixNow(),
      onResume: (...point) => this.#rollup.resume(...point),
    });
  }

  #partOf(owner: TenantId): SeriesPart {
    return { reader: this.#stores.get(owner)!.reader, owns: ({ labels }) => this.#ownerOf(labels) === owner };
  }

  #tell(reason: string): void {
    if (reason === this.#toldFailure) return;
    this.#toldFailure = reason;
    this.#log.error({ reason }, 'a second of the metrics is not in the history');
  }
}

function keepingOf({ keep10sDays, keep1minDays, keep1hDays, maxMiB }: Config['history']): SeriesKeeping {
  return {
    keepMs: [keep10sDays, keep1minDays, keep1hDays].map((days) => days * DAY_MS),
    maxBytes: SHARES.map((share) => Math.floor(share * maxMiB * 2 ** 20)),
  };
}
