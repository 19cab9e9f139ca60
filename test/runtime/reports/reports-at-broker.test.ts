import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { dateAfter, localDay } from '../../../src/report/day/local-day.js';
import { makeReport } from '../../../src/report/make-report.js';
import { DeviceReports } from '../../../src/runtime/reports/device-reports.js';
import { openDatabase } from '../../../src/store/database.js';
import { fileIdentity } from '../../../src/store/file-identity.js';
import { OUTBOX_MIGRATIONS } from '../../../src/store/outbox-table.js';
import { SqliteOutbox } from '../../../src/telemetry/mqtt/sqlite-outbox.js';
import { freePort } from '../../loopback.js';
import { HOUR, WrittenHistory } from '../../report/written-history.js';
import { listener, publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { guardedBroker } from '../../telemetry/mqtt/guarded-broker.js';
import { keepsTo } from '../../telemetry/mqtt/message-schemas.js';
import { endingsOf, eventually, temporaryFolder } from '../../temporary.js';

const ZONE = 'Europe/Madrid';
const DAYS = [0, 1, 2].map((days) => localDay(dateAfter('2026-11-25', days), ZONE));
const TOPIC = 'edge/v1/site1/dev1/report/daily';
const config = configSchema.parse({
  cameras: [{ id: 'north', url: 'sim://road' }],
  report: { timeZone: ZONE, languages: ['en'], makeUpDays: 5, weekly: false },
});
const folder = temporaryFolder('reports-at-broker');
const endings = endingsOf(test);

/** Three days, each with so many vehicles an hour as the number of the day. */
function written(): void {
  const history = new WrittenHistory(folder, DAYS[0]!.from);
  for (const [index, { from, to }] of DAYS.entries()) {
    history.steps(HOUR, from, to, [{ metric: 'fps_captured', labels: { camera: 'north' }, at: () => 15 }]);
    history.counts('north', { from, to }, () => ({ away: { car: index + 1 } }));
  }
  history.close();
}

/** A run of the program at a time, with what waits for the broker in a file. */
function run(url: string, now: number) {
  const file = join(folder, 'outbox.db');
  const outbox = new SqliteOutbox({
    open: () => openDatabase({ file, migrations: OUTBOX_MIGRATIONS, log: silentLog }),
    identity: () => fileIdentity(file),
    maxBytes: 2 ** 26,
    maxAgeMs: 30 * 24 * HOUR,
    memory: { maxMessages: 1000, maxBytes: 2 ** 20 },
    flushEveryMs: 20,
    log: silentLog,
    clock: () => now,
  });
  outbox.start();
  const publisher = publisherAt(url, { username: 'device', password: 'secret' }, { outbox, now: () => now });
  publisher.start();
  const reports = new DeviceReports(config, {
    owners: [
      {
        tenant: null,
        scope: scopeOf({ site: 'site1', device: 'dev1' }),
        file: join(folder, 'history.db'),
        folder,
        series: { known: () => [{ key: {} as never, id: 1, firstAt: DAYS[0]!.from, lastAt: DAYS[2]!.to }] },
        publisher,
      },
    ],
    prospects: async () => [],
    health: () => [],
    log: silentLog,
    make: async (task) => makeReport(task),
    clock: { now: () => now, unixNow: () => now },
  });
  const end = async (): Promise<void> => {
    await reports.stop();
    await publisher.stop();
    outbox.stop();
  };
  return { reports, end };
}

test('reports wait for a broker that is away, over a restart, are told in order, and the newest is there for who comes late', async () => {
  written();
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  // two days are over, and no broker is there
  const first = run(url, DAYS[1]!.to + HOUR);
  await first.reports.look();
  await first.end();
  // the program was off for a day, and makes up for the one that it missed
  const second = run(url, DAYS[2]!.to + HOUR);
  endings.push(() => second.end());
  await second.reports.look();
  const password = 'secret';
  const broker = await guardedBroker(
    { device: { password, prefix: 'edge/v1/site1/dev1/' }, office: { password, prefix: 'edge/' } },
    port,
  );
  endings.push(() => broker.stop());
  // as the broker took them, whoever listens
  const taken = () => broker.taken.filter(({ topic }) => topic === TOPIC).map(({ payload }) => JSON.parse(payload));
  await eventually('three reports', () => taken().length >= 3);
  const told = taken();
  assert.equal(
    told.map(({ date, cameras }) => [date, cameras[0].traffic.vehicles]),
    DAYS.map(({ date }, index) => [date, 24 * (index + 1)]),
  );
  assert.equal(
    told.map(({ n }) => n - told[0]!.n),
    [0, 1, 2],
  );
  for (const report of told) assert.ok(keepsTo('report-daily', report));

  const late = await listener(url, { username: 'office', password });
  endings.push(() => late.end());
  await eventually('the retained report', () => late.of(TOPIC).length > 0);
  assert.equal(
    late.of(TOPIC).map(({ json, retain }) => [json.date, retain]),
    [[DAYS[2]!.date, true]],
  );
  // what was told is not told again
  await second.reports.look();
  assert.is(taken().length, 3);
});

test.run();
