import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import type { Clock } from '../../../src/foundation/clock.js';
import { silentLog } from '../../../src/foundation/log.js';
import { OPERATOR, tenantViewer } from '../../../src/foundation/viewer.js';
import { CameraAlerts, type OwnedAlert } from '../../../src/runtime/alerts/camera-alerts.js';
import { DeviceAlerts, FOUND_AGAIN_MS } from '../../../src/runtime/alerts/device-alerts.js';
import { readKeptAlerts } from '../../../src/runtime/alerts/kept-alerts.js';
import type { AlertLogEntry } from '../../../src/store/alert-history.js';
import { openDatabase } from '../../../src/store/database.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { type ActiveAlert, Alerts } from '../../../src/telemetry/alerts/alerts.js';
import type { AlertLogPayload } from '../../../src/telemetry/mqtt/messages/alert.js';
import { PLAIN_REQUEST } from '../../http/request.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('device-alerts');
const START = Date.UTC(2026, 0, 5);
let files = 0;

/** A run of the program, on the file of an earlier one. */
function run(file = join(folder, `${++files}.db`), unixNow = START) {
  const time = { now: 0 };
  const clock: Clock = { now: () => time.now, unixNow: () => unixNow + time.now };
  const alerts = new Alerts(clock.unixNow);
  const store = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const told: [string, string][] = [];
  const cameraAlerts = new CameraAlerts(
    configSchema.parse({ tenants: [{ id: 'harbour' }, { id: 'harb' }] }),
    alerts,
    clock.unixNow,
  );
  const harbourPublisher = {
    alertLog: (code: string, { kind }: AlertLogPayload) => void told.push([`harbour ${code}`, kind]),
  };
  const publisher = { alertLog: (code: string, { kind }: AlertLogPayload) => void told.push([code, kind]) };
  const part = new DeviceAlerts(
    { historyDays: 3650 },
    { cameraAlerts, file: store, publisherOf: (tenant) => (tenant === null ? publisher : harbourPublisher) },
    clock,
  );
  for (const each of cameraAlerts.owners.values())
    each.declare([{ code: 'hot', severities: ['warning', 'critical'], help: 'It is hot.', action: 'Cool it.' }]);
  store.start();
  part.start();
  const pass = (ms: number) => {
    time.now += ms;
    part.look();
  };
  const stop = () => {
    part.stop();
    store.stop();
  };
  const ask = async (query: string, viewer = OPERATOR) => {
    const reply = await part.routes[0]!.handle(new URLSearchParams(query), viewer, PLAIN_REQUEST);
    return { status: reply.status ?? 200, body: JSON.parse(String(reply.body)) };
  };
  return { alerts, cameraAlerts, pass, stop, ask, file, store, told };
}

onDisk('acknowledgement, snooze and beginning survive a restart, and the history tells of both runs', async () => {
  const before = run();
  before.alerts.raise('hot', { severity: 'warning', message: '91 °C', value: 91, expected: 85, unit: '°C' });
  before.alerts.acknowledge('hot', 'Ana');
  before.alerts.snooze('hot', START + 3_600_000, 'Ana');
  before.stop();

  const after = run(before.file, START + 60_000);
  after.alerts.raise('hot', { severity: 'warning', message: '91 °C', value: 92, expected: 85, unit: '°C' });
  assert.equal(after.alerts.active(), [
    {
      action: 'Cool it.',
      severity: 'warning',
      message: '91 °C',
      value: 92,
      expected: 85,
      unit: '°C',
      code: 'hot',
      since: START,
      acknowledged: { at: START, by: 'Ana' },
      snoozedUntil: START + 3_600_000,
    },
  ]);
  after.pass(3_600_000);
  assert.is(after.alerts.active()[0]!.snoozedUntil, undefined);
  after.alerts.clear('hot');
  const { body } = await after.ask('since=2026-01-01');
  assert.equal(
    body.history.map(({ kind, by }: { kind: string; by: string | null }) => [kind, by]),
    [
      ['raised', null],
      ['acknowledged', 'Ana'],
      ['snoozed', 'Ana'],
      ['unsnoozed', null],
      ['cleared', null],
    ],
  );
  after.stop();
});

onDisk('what is not raised again within five minutes of a restart is over', () => {
  const before = run();
  before.alerts.raise('hot', { severity: 'warning', message: '91 °C' });
  before.stop();
  const after = run(before.file);
  after.pass(FOUND_AGAIN_MS - 1);
  assert.is(after.alerts.state('hot')!.alert!.message, '91 °C');
  after.pass(1);
  assert.is(after.alerts.state('hot'), null);
  after.stop();
  assert.equal(run(after.file).alerts.state('hot'), null);
});

onDisk('says over HTTP what holds and what happened, and what of a question it does not understand', async () => {
  const { alerts, ask, stop } = run();
  alerts.raise('hot', { severity: 'warning', message: '91 °C' });
  assert.is((await ask('')).body.active[0].code, 'hot');
  assert.is((await ask('code=hot')).body.active.length, 1);
  assert.equal((await ask('code=cold')).body, { active: [], history: [] });
  assert.is((await ask('limit=1')).body.history.length, 1);
  assert.equal(await ask('since=soon'), {
    status: 400,
    body: {
      error: 'since: expected a time like 24h, 7d, 2026-11-27T08:00Z or Unix seconds, got soon',
    },
  });
  assert.is((await ask('limit=0')).status, 400);
  assert.is((await ask('limit=many')).status, 400);
  stop();
});

onDisk('the alerts of a history are read beside the program and after it', () => {
  const { alerts, stop, store, file, told } = run();
  const query = { since: 0, limit: 10 };
  alerts.raise('hot', { severity: 'warning', message: '91 °C' });
  alerts.snooze('hot', START + 1000, 'Ana');
  store.flush();
  assert.equal(told, [
    ['hot', 'raised'],
    ['hot', 'snoozed'],
  ]);
  const beside = readKeptAlerts(file, query, START);
  assert.is(beside.active[0]!.snoozedUntil, START + 1000);
  assert.is(readKeptAlerts(file, query, START + 1000).active[0]!.snoozedUntil, undefined);
  assert.equal(readKeptAlerts(file, { ...query, code: 'cold' }, START), { active: [], history: [] });
  alerts.clear('hot');
  stop();
  const after = readKeptAlerts(file, query, START);
  assert.equal(after.active, []);
  assert.equal(
    after.history.map(({ kind }) => kind),
    ['raised', 'snoozed', 'cleared'],
  );
  assert.throws(() => readKeptAlerts(join(folder, 'none.db'), query, START), /none\.db cannot be read/);
});

onDisk('a history of a version that kept no alerts has none', () => {
  const file = join(folder, 'old.db');
  openDatabase({ file, migrations: HISTORY_MIGRATIONS.slice(0, 1), log: silentLog }).close();
  assert.equal(readKeptAlerts(file, { since: 0, limit: 10 }, START), { active: [], history: [] });
});

onDisk(
  'a tenant is shown its own alerts, after a restart too, and the operator all of them with whose they are',
  async () => {
    const before = run();
    before.alerts.raise('hot', { severity: 'warning', message: 'of the device' });
    before.cameraAlerts.owners.get('harbour')!.raise('hot', { severity: 'warning', message: 'of the harbour' });
    before.cameraAlerts.owners.get('harbour')!.acknowledge('hot', 'Ana');
    before.stop();

    const after = run(before.file, START + 60_000);
    for (const [tenant, alerts] of after.cameraAlerts.owners) {
      if (tenant !== 'harb') alerts.raise('hot', { severity: 'warning', message: `of the ${tenant ?? 'device'}` });
    }
    const harbour = await after.ask('code=hot', tenantViewer('harbour', []));
    assert.equal(
      harbour.body.active.map((alert: ActiveAlert) => [alert.message, alert.since, alert.acknowledged?.by]),
      [['of the harbour', START, 'Ana']],
    );
    assert.equal(
      harbour.body.history.map(({ kind, tenant, alert }: AlertLogEntry) => [
        kind,
        tenant,
        (alert as ActiveAlert).message,
      ]),
      [
        ['raised', 'harbour', 'of the harbour'],
        ['acknowledged', 'harbour', 'of the harbour'],
      ],
    );
    assert.equal((await after.ask('', tenantViewer('harb', []))).body, { active: [], history: [] });
    const all = await after.ask('');
    assert.equal(
      all.body.active.map(({ tenant }: OwnedAlert) => tenant),
      [undefined, 'harbour'],
    );
    assert.equal(
      all.body.history.map(({ tenant }: AlertLogEntry) => tenant),
      [undefined, 'harbour', 'harbour'],
    );
    assert.equal(before.told, [
      ['hot', 'raised'],
      ['harbour hot', 'raised'],
      ['harbour hot', 'acknowledged'],
    ]);
    const beside = readKeptAlerts(after.file, { since: 0, limit: 10, tenant: 'harbour' }, START);
    assert.equal([beside.active.length, beside.history.length], [1, 2]);
    after.stop();
  },
);

test.run();
