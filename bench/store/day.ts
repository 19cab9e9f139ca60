import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import type { MetricReading, NumberMetric } from '../../src/foundation/metric-row.js';
import type { AuditCounts } from '../../src/store/audit-counts.js';
import { AuditHistory } from '../../src/store/audits.js';
import { openDatabase } from '../../src/store/database.js';
import { fileIdentity } from '../../src/store/file-identity.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../../src/store/outbox-table.js';
import { QuietHours } from '../../src/store/quiet-hours.js';
import { Rollup } from '../../src/store/series/rollup.js';
import { SeriesStore } from '../../src/store/series/series-store.js';
import { StoreFile } from '../../src/store/store-file.js';
import { SqliteOutbox } from '../../src/telemetry/mqtt/sqlite-outbox.js';

/*
 * One day of a device with one camera through the program's own writers, on a clock that waits for nobody; printed is what each
 * writer gave to the kernel, logs and checkpoints included. A process of its own, so that nothing else writes.
 */

const [who, hours] = process.argv.slice(2) as [Writer, string];
export type Writer = 'history' | 'outbox';

/** What one camera, one machine and one broker have at default settings. */
const METRICS = 200;
/** Of these, change from second to second; the others seldom. */
const LIVELY = 80;
/** One vehicle crosses a line each ten seconds: a busy road all day. */
const EVENT_EVERY_S = 10;
const EVENT_BYTES = 420;
const TRAFFIC_EVERY_S = 300;
const SUMMARY_EVERY_S = 300;
const REPORT_EVERY_S = 600;
const AUDIT_EVERY_S = 30;
const DAY_MS = 86_400_000;

const COUNTS: AuditCounts = {
  audits: 1,
  inferred: 20,
  reusedMemory: 30,
  reusedDisk: 1,
  propagated: 200,
  truePositives: 4,
  falsePositives: 0,
  misses: 1,
  propagatedErrors: 1,
  propagatedSize: 9,
  reuseAudits: 1,
  wrongReuses: 0,
};

const folder = mkdtempSync(join(tmpdir(), 'edge-store-day-'));
const clock = { at: 20_000 * DAY_MS };
const now = (): number => clock.at;
const seconds = Number(hours) * 3600;

const before = bytesWritten();
const begun = performance.now();
if (who === 'history') history();
else outbox();
const report = { bytes: bytesWritten() - before, seconds: (performance.now() - begun) / 1000 };
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(report)}\n`);

/** Bytes that this process handed to the kernel so far: pages that are written twice count twice, as on the medium. */
function bytesWritten(): number {
  return Number(/^wchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))![1]);
}

function history(): void {
  const file = new StoreFile({
    what: 'the history',
    file: join(folder, 'history.db'),
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
    now,
  });
  const audits = new AuditHistory(file, now);
  const quiet = new QuietHours(file, now);
  const { history: config } = configSchema.parse({});
  const rollup = new Rollup((...step) => series.add(...step));
  const series = new SeriesStore({
    file,
    keeping: {
      keepMs: [config.keep10sDays, config.keep1minDays, config.keep1hDays].map((days) => days * DAY_MS),
      maxBytes: [2 ** 28, 2 ** 28, 2 ** 28],
    },
    log: silentLog,
    now,
  });
  file.start();
  for (let s = 0; s < seconds; s++) {
    rollup.sample({ readings: readingsAt(s), histograms: [] }, s * 1000, clock.at);
    if (s % AUDIT_EVERY_S === 0) audits.add('north', 'roadside-n@int8', COUNTS);
    if (s % 3600 === 0) quiet.add('north', { hour: Math.floor(clock.at / 3_600_000), longestMs: s % 90_000 });
    clock.at += 1000;
    file.flush(false);
  }
  file.stop();
}

function outbox(): void {
  const file = join(folder, 'outbox.db');
  const { outbox: config } = configSchema.parse({});
  const box = new SqliteOutbox({
    open: () => openDatabase({ file, migrations: OUTBOX_MIGRATIONS, log: silentLog, pageSize: 1024 }),
    identity: () => fileIdentity(file),
    maxBytes: config.maxMiB * 2 ** 20,
    maxAgeMs: config.maxAgeHours * 3_600_000,
    memory: { maxMessages: 1000, maxBytes: 2 ** 25 },
    flushEveryMs: config.flushMs,
    clock: now,
    now,
    log: silentLog,
  });
  box.listen({ dropped: () => undefined, ready: () => undefined });
  box.start();
  box.putBack();
  for (let s = 0; s < seconds; s++) {
    if (s % EVENT_EVERY_S === 0) accept(box, 'event', 'event/north', EVENT_BYTES);
    if (s % TRAFFIC_EVERY_S === 0) accept(box, 'traffic', 'traffic/north', 600);
    if (s % SUMMARY_EVERY_S === 0) accept(box, 'summary', 'summary', 1500);
    if (s % REPORT_EVERY_S === 0) accept(box, 'report', 'report/accuracy', 900);
    for (let tick = 0; tick < 1000; tick += config.flushMs) {
      clock.at += config.flushMs;
      box.flush();
      // the broker is there and has it at once
      for (let taken = box.next('live'); taken !== null; taken = box.next('live')) box.acknowledge(taken);
    }
  }
  box.stop();
}

function accept(box: SqliteOutbox, kind: 'event' | 'traffic' | 'summary' | 'report', topic: string, bytes: number) {
  const body = JSON.stringify({ ts: clock.at, fill: 'x'.repeat(bytes - 40) });
  box.accept({ kind, topic, body, bytes: body.length, connection: 1 });
}

function readingsAt(s: number): MetricReading[] {
  return Array.from({ length: METRICS }, (_, i) => ({
    name: `metric_${i}`,
    row: rowOf(i),
    labels: [],
    // noise that does not repeat, so that it packs no better than real readings
    value: i < LIVELY ? Math.round(1000 * (50 + 40 * Math.sin(s / (97 + i)) + 10 * noise(s * METRICS + i))) / 1000 : i,
  }));
}

function rowOf(i: number): NumberMetric {
  return { type: 'gauge', name: `metric_${i}`, unit: '', labels: [], step: 1, help: '', read: () => [] };
}

/** 0 to 1. */
function noise(n: number): number {
  return ((Math.imul(n ^ 0x9e3779b9, 0x85ebca6b) >>> 8) & 0xffff) / 0x10000;
}
