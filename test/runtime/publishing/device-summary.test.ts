import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { DeviceSummary } from '../../../src/runtime/publishing/device-summary.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { SeriesStore } from '../../../src/store/series/series-store.js';
import { StoreFile } from '../../../src/store/store-file.js';
import type { SummaryPayload } from '../../../src/telemetry/mqtt/messages/summary.js';
import { keepsTo } from '../../telemetry/mqtt/message-schemas.js';
import { temporaryFolder } from '../../temporary.js';

/** 10:00 of some day, Unix ms. */
const TEN = 1_700_042_400_000;
const MINUTE = 60_000;
const config = configSchema.parse({ publish: { summaryMetrics: ['vehicles'], summaryMinutes: 5 } });

/** One run of the program, whose time is set by hand. */
class Run {
  readonly told: SummaryPayload[] = [];
  readonly file: StoreFile;
  readonly series: SeriesStore;
  readonly summary: DeviceSummary;

  constructor(
    folder: string,
    public now: number,
  ) {
    const file = join(folder, 'history.db');
    const clock = { now: () => this.now, unixNow: () => this.now };
    this.file = new StoreFile({
      what: 'the history',
      file,
      migrations: HISTORY_MIGRATIONS,
      log: silentLog,
      now: clock.now,
    });
    const keeping = { keepMs: [1e9, 1e10, 1e11], maxBytes: [1e8, 1e8, 1e8] };
    this.series = new SeriesStore({ file: this.file, keeping, log: silentLog, now: clock.now });
    const publisher = { summary: (payload: SummaryPayload) => void this.told.push(payload) };
    this.summary = new DeviceSummary(config, { file: this.file, reader: this.series.reader, publisher, clock });
    this.file.start();
    this.summary.tell();
  }

  /** Minutes in which the metric was read, with its mean. */
  minutes(...means: number[]): this {
    for (const mean of means) {
      const point = { t: this.now, min: 0, mean, max: mean * 2, p95: mean * 2, count: 60 };
      const key = { name: 'vehicles.north', metric: 'vehicles', labels: { camera: 'north' }, unit: 'vehicles' };
      this.series.add(MINUTE, this.now, [{ ...key, kind: 'gauge', point }]);
      this.now += MINUTE;
    }
    return this;
  }

  /** The timer's turn, a little after the minute. */
  tell(): this {
    this.now += 5000;
    this.summary.tell();
    this.now -= 5000;
    this.file.flush();
    return this;
  }

  kill(): void {
    this.series.hasten();
    this.file.stop();
  }
}

test('five minutes are told as columns, once they are over', () => {
  const run = new Run(temporaryFolder('summary'), TEN).minutes(1, 2, 3, 4).tell();
  assert.equal(run.told, []);
  run.minutes(5.123456).tell().minutes(6).tell();
  const columns = { mean: [1, 2, 3, 4, 5.123], max: [2, 4, 6, 8, 10.25] };
  assert.equal(run.told, [{ from: TEN, stepS: 60, steps: 5, metrics: { 'vehicles.north': columns } }]);
  assert.ok(keepsTo('summary', { ts: 1, seq: 1, stream: '0123abcd', n: 1, ...run.told[0] }));
  run.kill();
});

test('a restart makes up for what was not told, and a time without readings is null or not told', () => {
  const folder = temporaryFolder('summary');
  new Run(folder, TEN).minutes(1, 2, 3).tell().kill();
  const after = new Run(folder, TEN + 11 * MINUTE).minutes(7, 8, 9, 10).tell();
  assert.equal(
    after.told.map(({ from, metrics }) => [from - TEN, metrics['vehicles.north']!.mean]),
    [
      [0, [1, 2, 3, null, null]],
      [10 * MINUTE, [null, 7, 8, 9, 10]],
    ],
  );
  after.tell().kill();
  const third = new Run(folder, TEN + 16 * MINUTE).tell();
  assert.equal(third.told, []);
  third.kill();
});

test('a kill right after a summary, before the outbox has it, tells it again', () => {
  const folder = temporaryFolder('summary');
  const run = new Run(folder, TEN).minutes(1, 2, 3, 4, 5).tell();
  assert.is(run.told.length, 1);
  run.kill();
  const again = new Run(folder, TEN + 5 * MINUTE).tell();
  assert.equal(again.told, run.told);
  again.tell().kill();
  const third = new Run(folder, TEN + 6 * MINUTE).tell();
  assert.equal(third.told, []);
  third.kill();
});

test('a clock that was set back tells again from there, not what is to come', () => {
  const run = new Run(temporaryFolder('summary'), TEN).minutes(1, 2, 3, 4, 5).tell();
  run.now = TEN - 60 * MINUTE;
  run.tell().minutes(1, 1, 1, 1, 1).tell();
  assert.equal(
    run.told.map(({ from }) => from - TEN),
    [0, -60 * MINUTE],
  );
  run.kill();
});

test('after a week without the program the last week is made up for, bit by bit', () => {
  const folder = temporaryFolder('summary');
  new Run(folder, TEN).minutes(1, 2).tell().kill();
  const after = new Run(folder, TEN + 20 * 86_400_000);
  for (let i = 0; i < 100; i++) after.tell();
  assert.equal(after.told, [], 'that is too long ago');
  after.now += 5 * MINUTE;
  after.now -= after.now % (5 * MINUTE);
  after.minutes(1, 1, 1, 1, 1).tell();
  assert.is(after.told.length, 1);
  after.kill();
});

test.run();
