import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { OPERATOR, tenantViewer, type Viewer } from '../../../src/foundation/viewer.js';
import { localDay } from '../../../src/report/day/local-day.js';
import { makeInThread } from '../../../src/report/make-in-thread.js';
import { makeReport } from '../../../src/report/make-report.js';
import { DeviceReports, type DeviceReportsParts } from '../../../src/runtime/reports/device-reports.js';
import { HOUR, WrittenHistory } from '../../report/written-history.js';
import { temporaryFolder } from '../../temporary.js';

const ZONE = 'Europe/Madrid';
const day = localDay('2026-11-25', ZONE);
const tomorrow = localDay('2026-11-26', ZONE);
const config = configSchema.parse({
  site: 'madrid',
  device: 'cabinet7',
  tenants: [{ id: 'city' }],
  cameras: [
    { id: 'north', url: 'sim://road' },
    { id: 'south', url: 'sim://road', tenant: 'city' },
  ],
  report: { timeZone: ZONE, languages: ['en'], makeUpDays: 5 },
});

/** Two days of a device and of its tenant. */
function written(folder: string): void {
  for (const [place, camera] of [
    [folder, 'north'],
    [join(folder, 'tenants/city'), 'south'],
  ] as const) {
    const history = new WrittenHistory(place, day.from);
    history.steps(HOUR, day.from, tomorrow.to, [
      { metric: 'fps_captured', labels: { camera }, at: () => 15 },
      ...(camera === 'north' ? [{ metric: 'uptime', at: (t: number) => t / 1000 }] : []),
    ]);
    history.counts(camera, { from: day.from, to: tomorrow.to }, () => ({ away: { car: 7 } }));
    history.close();
  }
}

/** A run of the program, whose time is set by hand; what it publishes is kept. */
function run(folder: string, now: number, more: Partial<DeviceReportsParts> = {}) {
  const told: { tenant: string | null; name: string; report: { date?: string; recommendations?: unknown[] } }[] = [];
  const clock = { at: now };
  const owner = (tenant: string | null, place: string, site: string) => ({
    tenant,
    scope: scopeOf({ site, device: 'cabinet7', tenant }),
    file: join(place, 'history.db'),
    folder: place,
    series: { known: () => [{ key: {} as never, id: 1, firstAt: day.from, lastAt: tomorrow.to }] },
    publisher: { report: (name: string, report: never) => void told.push({ tenant, name, report }) },
  });
  const reports = new DeviceReports(config, {
    owners: [owner(null, folder, 'madrid'), owner('city', join(folder, 'tenants/city'), 'city')],
    prospects: async () => [{ strategy: 'cache', from: 'lru', to: 'lfu', reason: 'hits' }],
    health: () => [{ name: 'history.db', score: 91, parts: [] }],
    log: silentLog,
    make: async (task) => makeReport(task),
    ...more,
    clock: { now: () => clock.at, unixNow: () => clock.at },
  });
  return { reports, told, clock };
}

const folder = temporaryFolder('device-reports');
written(folder);

test('missed days are made up for, of the device and of each tenant, one after another', async () => {
  const { reports, told } = run(folder, tomorrow.to + HOUR);
  await reports.look();
  assert.equal(
    told.map(({ tenant, name, report }) => [tenant, name, report.date]),
    [
      [null, 'daily', '2026-11-25'],
      [null, 'daily', '2026-11-26'],
      ['city', 'daily', '2026-11-25'],
      ['city', 'daily', '2026-11-26'],
    ],
  );
  // what would be tried now is a recommendation of yesterday's report, and of no other
  assert.equal(
    told.map(({ report }) => JSON.stringify(report.recommendations).includes('change-promises')),
    [false, true, false, false],
  );
  // nor does how databases are now say anything of another day, or of a tenant
  assert.equal(
    told.map(({ report }) => JSON.stringify(report).includes('"score":91')),
    [false, true, false, false],
  );
  assert.ok(existsSync(join(folder, 'reports/daily-2026-11-26.en.html')));
  assert.ok(existsSync(join(folder, 'tenants/city/reports/daily-2026-11-26.en.md')));
});

test('a day is made once, also after a restart', async () => {
  const { reports, told, clock } = run(folder, tomorrow.to + 2 * HOUR);
  await Promise.all([reports.look(), reports.look()]);
  assert.equal(told, []);
  clock.at = tomorrow.to + 24 * HOUR + 16 * 60_000;
  await reports.look();
  // the device did not run on the 27th: that is told as a gap
  assert.equal(
    told.map(({ report }) => report.date),
    ['2026-11-27', '2026-11-27'],
  );
});

test("a tenant's report is its own, and so is what it may read over HTTP", async () => {
  const { reports } = run(folder, tomorrow.to + HOUR);
  const own = readFileSync(join(folder, 'tenants/city/reports/daily-2026-11-26.json'), 'utf8');
  assert.match(own, /south/);
  assert.not.match(own, /north/);
  const [list, one] = reports.routes;
  const ask = async (route: typeof list, viewer: Viewer, id = '', query = '') => {
    const request = { params: { id }, body: undefined, header: () => undefined, signal: new AbortController().signal };
    const { status = 200, contentType, body } = await route!.handle(new URLSearchParams(query), viewer, request);
    return { status, contentType, text: String(body) };
  };
  const city = tenantViewer('city', ['south']);
  assert.equal(JSON.parse((await ask(list, OPERATOR)).text).reports[0].of, '2026-11-27');
  assert.match((await ask(one, OPERATOR, 'daily-2026-11-26')).text, /north/);
  assert.not.match((await ask(one, city, 'daily-2026-11-26')).text, /north/);
  const page = await ask(one, city, 'daily-2026-11-26', 'format=html');
  assert.is(page.contentType, 'text/html; charset=utf-8');
  assert.match(page.text, /<h1>Daily report, Thursday, 26 November 2026/);
  assert.is((await ask(one, OPERATOR, '../history', 'format=html')).status, 404);
  assert.is((await ask(one, OPERATOR, 'daily-2026-11-26', 'lang=es&format=html')).status, 404);
  assert.is((await ask(one, city, 'daily-2026-11-26', 'tenant=other')).status, 404);
  assert.match((await ask(one, OPERATOR, 'daily-2026-11-26', 'tenant=city')).text, /south/);
  assert.is((await ask(one, OPERATOR, 'daily-2026-11-26', 'format=pdf')).status, 400);
  assert.is((await ask(one, OPERATOR, 'daily-2026-11-26', 'who=me')).status, 400);
});

test('each report is handed the evidence of its owner, of its own day', async () => {
  const place = temporaryFolder('device-reports-evidence');
  written(place);
  const asked: unknown[] = [];
  const { reports, told } = run(place, tomorrow.to + HOUR, {
    evidenceOf: (tenant, { from, to }) => {
      asked.push([tenant, from, to]);
      if (tenant === null) return null;
      const [hash, publicKey, signed, signature] = ['00'.repeat(32), 'ed25519:AA', '{}', 'AA'];
      return { chain: '0011223344556677', record: 5, hash, publicKey, signed, signature, records: 2, kinds: {} };
    },
  });
  await reports.look();
  assert.equal(asked, [
    [null, day.from, day.to],
    [null, tomorrow.from, tomorrow.to],
    ['city', day.from, day.to],
    ['city', tomorrow.from, tomorrow.to],
  ]);
  assert.equal(
    told.map(({ report }) => 'evidenceChain' in report),
    [false, false, true, true],
  );
  const page = readFileSync(join(place, 'tenants/city/reports/daily-2026-11-26.en.md'), 'utf8');
  assert.match(page, /edge-optimizer evidence verify --tenant city --head 5:0{64}/);
});

test('a history that cannot be read fails so often, is told each time, and is given up', async () => {
  const broken = temporaryFolder('device-reports-broken');
  writeFileSync(join(broken, 'history.db'), 'no database at all'.repeat(1000));
  const { reports, told } = run(broken, tomorrow.to + HOUR, {
    prospects: async () => {
      throw new Error('the engine is stopped');
    },
  });
  for (let turn = 0; turn < 5; turn++) await reports.look();
  assert.equal(told, []);
  const failed = [...reports.metrics[0]!.read()].find(([labels]) => labels[0] === 'failed');
  // two days of the device and of the tenant, three times each
  assert.is(failed?.[1], 12);
});

test('a stop ends a report that is being made', async () => {
  const stopped = temporaryFolder('device-reports-stopped');
  written(stopped);
  const { reports, told } = run(stopped, tomorrow.to + HOUR, { make: makeInThread });
  reports.start();
  const looking = reports.look();
  await reports.stop();
  await looking;
  assert.equal(told, []);
  assert.not.ok(existsSync(join(stopped, 'reports')));
});

test('a report is made in a thread of its own, which says why it cannot be', async () => {
  const threaded = temporaryFolder('device-reports-thread');
  written(threaded);
  const inThread: DeviceReportsParts['make'] = async (task, signal) =>
    task.tenant === null && task.date === day.date
      ? makeInThread(task, signal)
      : Promise.reject(new Error('not asked'));
  const { reports, told } = run(threaded, tomorrow.to + HOUR, { make: inThread });
  await reports.look();
  assert.equal(
    told.map(({ name, report }) => [name, report.date]),
    [['daily', '2026-11-25']],
  );
  const task = { file: join(threaded, 'none.db'), deviceFile: 'none.db', kind: 'daily', date: '2026-11-25' } as never;
  await makeInThread(task, new AbortController().signal).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /none\.db cannot be read/),
  );
});

test.run();
