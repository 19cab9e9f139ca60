import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { OPERATOR, tenantViewer } from '../../../src/foundation/viewer.js';
import { historyRoute } from '../../../src/runtime/history/history-route.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { SeriesStore } from '../../../src/store/series/series-store.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { PLAIN_REQUEST } from '../../http/request.js';
import { temporaryFolder } from '../../temporary.js';

const T = 20_000 * 86_400_000;
const NOW = T + 3_600_000;
const file = join(temporaryFolder('history-route'), 'history.db');
const storeFile = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
const keeping = { keepMs: [1e9, 1e10, 1e11], maxBytes: [1e8, 1e8, 1e8] };
const store = new SeriesStore({ file: storeFile, keeping, log: silentLog, now: () => NOW });
const route = historyRoute(
  () => store.reader,
  () => NOW,
);

async function get(query: string): Promise<{ status: number; body: Record<string, unknown> & { series: never[] } }> {
  const { status = 200, body } = await route.handle(new URLSearchParams(query), OPERATOR, PLAIN_REQUEST);
  return { status, body: JSON.parse(body as string) };
}

test.before(() => {
  storeFile.start();
  for (let m = 0; m < 60; m++) {
    const t = T + m * 60_000;
    if (m >= 20 && m < 30) continue;
    const rows = ['north', 'south'].map((camera) => ({
      name: `vehicles.${camera}`,
      metric: 'vehicles',
      labels: { camera },
      unit: 'vehicles',
      kind: 'gauge' as const,
      point: { t, min: 1, mean: 2, max: 4, p95: 4, count: 60 },
    }));
    store.add(60_000, t, rows);
  }
  const point = { t: T, min: 1, mean: 1, max: 1, p95: 1, count: 60 };
  const cores = ['0', '1', '2'].map((core) => ({
    name: `load.${core}`,
    metric: 'load',
    labels: { core },
    unit: '%',
    kind: 'gauge' as const,
    point,
  }));
  store.add(60_000, T, cores);
});
test.after(() => storeFile.stop());

test('a metric is answered with its series, their points and gaps', async () => {
  const { status, body } = await get('metric=vehicles&since=1h&step=1m');
  assert.is(status, 200);
  assert.is(body.from, T);
  assert.is(body.to, NOW);
  const [north, south, ...more] = body.series as Record<string, unknown>[];
  assert.equal(more, []);
  assert.is(south!.name, 'vehicles.south');
  const { points, ...rest } = north as { points: unknown[] };
  assert.equal(rest, {
    name: 'vehicles.north',
    metric: 'vehicles',
    labels: { camera: 'north' },
    unit: 'vehicles',
    kind: 'gauge',
    stepMs: 60_000,
    gaps: [{ from: T + 1_200_000, to: T + 1_800_000 }],
  });
  assert.is(points.length, 50);
  assert.equal(points[0], { t: T, min: 1, mean: 2, max: 4, p95: 4, count: 60 });
});

test('a series is chosen by its name or its labels', async () => {
  for (const query of ['metric=vehicles.south&since=1h', 'metric=vehicles&camera=south&since=1h']) {
    const { body } = await get(query);
    assert.equal(
      body.series.map(({ name }) => name),
      ['vehicles.south'],
    );
  }
});

test('without a metric it is the list of what is kept', async () => {
  const { status, body } = await get('');
  assert.is(status, 200);
  assert.equal(
    body.series.map(({ name, from, to }) => [name, from, to]),
    [
      ['load.0', T, T],
      ['load.1', T, T],
      ['load.2', T, T],
      ['vehicles.north', T, T + 59 * 60_000],
      ['vehicles.south', T, T + 59 * 60_000],
    ],
  );
});

test('what cannot be is refused with words, and never with 500', async () => {
  for (const [query, status, error] of [
    ['metric=vehicle', 404, /did you mean vehicles/],
    ['metric=vehicles&camera=east', 404, /no series with camera=east: there is vehicles.north, vehicles.south/],
    ['metric=vehicles&camra=north', 400, /^camra: expected one of metric, since, until, step, camera$/],
    ['metric=vehicles&since=tomorrow&step=x', 400, /^since: .*; step: .*got x$/],
    ['metric=vehicles&since=', 400, /since: .* got nothing/],
    ['metric=vehicles&since=1y&step=10s', 400, /^step: expected 3600s or more, 10000 steps at most/],
    [
      'metric=load&since=2018-01-01&until=2024-10-01&step=6h',
      400,
      /^3 series of 9860 steps are more than 20000 points: choose a longer step, or one series by its labels$/,
    ],
    ['metric=vehicles&metric=load', 400, /^metric: expected once, got 2 times$/],
    ['since=1h', 400, /^metric: expected with since, got none/],
    ['metric=__proto__', 404, /nothing is kept of a metric __proto__/],
    ['metric=vehicles&__proto__=x', 400, /^__proto__: expected one of/],
    ['metric=vehicles&since=%00', 400, /since/],
  ] as const) {
    const reply = await get(query);
    assert.is(reply.status, status, query);
    assert.match(reply.body.error as string, error);
  }
});

test('a tenant is told of the series of its cameras, and of others in the words in which nothing is there', async () => {
  const of = async (query: string) => {
    const { status = 200, body } = await route.handle(
      new URLSearchParams(query),
      tenantViewer('harbour', ['north']),
      PLAIN_REQUEST,
    );
    return { status, body: String(body) };
  };
  const names = (text: string) => (JSON.parse(text).series as { name: string }[]).map(({ name }) => name);
  assert.equal(names((await of('')).body), ['vehicles.north']);
  assert.equal(names((await of('metric=vehicles&since=1h&step=1m')).body), ['vehicles.north']);
  // as far from what there is as the foreign ones are
  for (const [foreign, unknown] of [
    ['south', 'mouth'],
    ['load', 'toad'],
  ] as const) {
    for (const query of [
      'metric=X&since=1h',
      'metric=vehicles&camera=X&since=1h',
      'metric=vehicles.X',
      'metric=X&core=0',
    ]) {
      const [one, other] = [await of(query.replaceAll('X', foreign)), await of(query.replaceAll('X', unknown))];
      assert.is(one.status, 404, query);
      assert.is(one.body, other.body.replaceAll(unknown, foreign));
    }
  }
});

test.run();
