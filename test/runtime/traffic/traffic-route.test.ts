import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { OPERATOR, tenantViewer } from '../../../src/foundation/viewer.js';
import { trafficRoutes } from '../../../src/runtime/traffic/traffic-route.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { TrafficStore } from '../../../src/store/traffic.js';
import { PLAIN_REQUEST } from '../../http/request.js';
import { temporaryFolder } from '../../temporary.js';

/** 10:00 of some day, Unix ms. */
const TEN = 1_700_042_400_000;
const FIVE = 300_000;
const file = join(temporaryFolder('traffic-route'), 'history.db');
const storeFile = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
const store = new TrafficStore(storeFile, (interval) => store.told(interval));
const route = trafficRoutes(store, () => TEN + 2 * 3_600_000)[0]!;

function interval(camera: string, from: number, cars: number, coveredMs = FIVE) {
  const zone = { entered: cars > 0 ? { car: cars } : {}, exited: {}, dwellMs: 0, vehicleMs: 30_000, maxOccupancy: 2 };
  const counts = { lines: { gate: { in: cars > 0 ? { car: cars } : {} } }, zones: { stop: zone } };
  return { camera, from, intervalS: 300, part: 1, coveredMs, leftOut: 0, counts };
}

async function get(query: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { status = 200, body } = await route.handle(new URLSearchParams(query), OPERATOR, PLAIN_REQUEST);
  return { status, body: JSON.parse(body as string) };
}

test.before(() => {
  storeFile.start();
  for (let i = 0; i < 4; i++) store.close(interval('north', TEN + i * FIVE, i === 3 ? 0 : i + 1, i === 3 ? 0 : FIVE));
  store.close(interval('south', TEN, 7));
  storeFile.flush();
});
test.after(() => storeFile.stop());

test('what was counted is answered as it was counted, and what nobody saw is null', async () => {
  const { status, body } = await get('camera=north&since=3h');
  assert.is(status, 200);
  const [first, , , last, ...more] = body['intervals'] as Record<string, unknown>[];
  assert.equal(first, {
    camera: 'north',
    from: TEN,
    intervalS: 300,
    coverage: 1,
    lines: { gate: { in: { car: 1 } } },
    zones: { stop: { entered: { car: 1 }, exited: {}, occupancy: 0.1, maxOccupancy: 2, dwellMs: null } },
    eventsLeftOut: 0,
  });
  assert.equal([last!['coverage'], last!['lines'], last!['zones'], more.length], [0, null, null, 0]);
});

test('steps add up, aligned to the clock', async () => {
  const { body } = await get('since=3h&step=1h');
  const hours = body['intervals'] as { camera: string; from: number; coverage: number; lines: unknown }[];
  assert.equal(
    hours.map(({ camera, from, coverage, lines }) => [camera, from, coverage, lines]),
    [
      ['north', TEN, 0.25, { gate: { in: { car: 6 } } }],
      ['south', TEN, 0.083, { gate: { in: { car: 7 } } }],
    ],
  );
});

test('what cannot be asked is refused with what can', async () => {
  const errors: [string, RegExp][] = [
    ['since=yesterday', /since: expected a time like 24h/],
    ['step=10', /step: expected a time like 15m/],
    ['step=1s', /step: expected a time like 15m/],
    ['kamera=north', /kamera: expected one of since, until, step, camera/],
    ['camera=a&camera=b', /camera: expected once, got 2 times/],
  ];
  for (const [query, message] of errors) {
    const { status, body } = await get(query);
    assert.is(status, 400, query);
    assert.match(body['error'] as string, message);
  }
});

test('a tenant is told what its cameras counted, and of others what is told of one that is not there', async () => {
  const of = async (query: string, viewer = tenantViewer('harbour', ['north', 'new'])) => {
    const { body } = await route.handle(new URLSearchParams(query), viewer, PLAIN_REQUEST);
    return JSON.parse(body as string) as { intervals: { camera: string }[]; totals: { camera: string }[] };
  };
  const seen = (answer: Awaited<ReturnType<typeof of>>) => [
    ...new Set([...answer.intervals, ...answer.totals].map(({ camera }) => camera)),
  ];
  assert.equal(seen(await of('since=3h')), ['north']);
  assert.equal(seen(await of('since=3h&step=1h')), ['north']);
  assert.equal(await of('since=3h&camera=south'), await of('since=3h&camera=none'));
  assert.equal((await of('since=3h&camera=south')).intervals, []);
  assert.equal(seen(await of('since=3h', tenantViewer('silent', []))), []);
  assert.equal(seen(await of('since=3h', OPERATOR)), ['north', 'south']);
});

test.run();
