import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HappeningsReply } from '../../src/dashboard/api/happenings.js';
import type { SeveralReply } from '../../src/dashboard/api/history.js';
import { InTurn } from '../../src/dashboard/api/in-turn.js';
import { Lately } from '../../src/dashboard/api/lately.js';
import { performanceRoutes, type SlowTimesReply } from '../../src/dashboard/api/performance.js';
import { OPERATOR, tenantViewer, type Viewer } from '../../src/foundation/viewer.js';
import { PLAIN_REQUEST } from '../http/request.js';
import { temporaryFolder } from '../temporary.js';
import { HOUR, MINUTE } from './day-metrics.js';
import { CUT, HOT, NOON, writeDays } from './days.js';

const days = writeDays(temporaryFolder('performance-api'));
const routes = performanceRoutes({
  reader: () => days.series.reader,
  alerts: (query) => days.alerts.read(query),
  trials: (query) => days.trials.read(query),
  commands: (since, until, limit) => days.commands.between(since, until, limit),
  cameras: () => ['north', 'south'],
  now: days.now,
});
test.after(() => days.close());

async function get<Reply>(
  path: string,
  query = '',
  viewer: Viewer = OPERATOR,
): Promise<{ status: number; body: Reply }> {
  const route = routes.find((one) => one.path === `/api/v1/${path}`)!;
  const { status = 200, body } = await route.handle(new URLSearchParams(query), viewer, PLAIN_REQUEST);
  return { status, body: JSON.parse(body as string) as Reply };
}

test('several metrics come on one grid, and what was not read is null', async () => {
  const { body } = await get<SeveralReply>(
    'history/several',
    'metrics=latency_p95,machine_cpu,nothing&since=24h&values=mean,max',
  );
  assert.is(body.stepMs, 5 * MINUTE);
  assert.is(body.steps, 288);
  assert.is(body.from, NOON - 24 * HOUR);
  assert.equal(
    body.series.map(({ name }) => name),
    ['latency_p95.north', 'latency_p95.south', 'machine_cpu'],
  );
  assert.equal(body.missing, ['nothing']);
  const cut = (CUT.from - body.from) / body.stepMs + 2;
  for (const { values } of body.series) {
    assert.is(values.mean!.length, 288);
    assert.is(values.max!.length, 288);
    assert.is(values.mean![cut], null, 'a gap is a gap');
    assert.type(values.mean![10], 'number');
  }
});

test('one camera is asked for, and a tenant sees its own only', async () => {
  const one = await get<SeveralReply>('history/several', 'metrics=latency_p95,machine_cpu&camera=south');
  assert.equal(
    one.body.series.map(({ name }) => name),
    ['latency_p95.south', 'machine_cpu'],
  );
  const theirs = await get<SeveralReply>(
    'history/several',
    'metrics=latency_p95,machine_cpu',
    tenantViewer('city', ['north']),
  );
  assert.equal(
    theirs.body.series.map(({ name }) => name),
    ['latency_p95.north'],
  );
});

test('a question without bounds is refused in words', async () => {
  const metrics = Array.from({ length: 25 }, (_, index) => `m${index}`).join(',');
  for (const [query, words] of [
    [`metrics=${metrics}`, /at most 24/],
    ['metrics=vehicles&values=median', /expected of min, mean, max, p95, got median/],
    ['metrics=stage_latency&since=24h&step=1m&values=min,mean,max,p95', /more than 60000 numbers/],
    ['metrics=vehicles&since=soon', /since: expected a time like 24h/],
    ['metrics=vehicles&step=10s&since=1y', /step: expected .* or more/],
    ['', /metrics/],
  ] as const) {
    const { status, body } = await get<{ error: string }>('history/several', query);
    assert.is(status, 400, query);
    assert.match(body.error, words);
  }
});

test('what several ask at once is read once, and what failed is tried again', async () => {
  const lately = new Lately(1000);
  let works = 0;
  const work = async () => ++works;
  assert.equal(
    await Promise.all([lately.ask('a', 0, work), lately.ask('a', 999, work), lately.ask('b', 0, work)]),
    [1, 1, 2],
  );
  assert.is(await lately.ask('a', 1000, work), 3);
  const failing = async () => {
    throw new Error('no');
  };
  await lately.ask('c', 0, failing).then(
    () => assert.unreachable(),
    () => undefined,
  );
  assert.is(await lately.ask('c', 1, work), 4);
});

test('what waits in turn has a bound', async () => {
  const turns = new InTurn(2);
  let let2 = (): void => undefined;
  const first = turns.take(() => new Promise<void>((resolve) => (let2 = resolve)));
  const second = turns.take(async () => 2);
  await turns
    .take(async () => 3)
    .then(
      () => assert.unreachable(),
      (error) => assert.is(error.status, 503),
    );
  await Promise.resolve();
  let2();
  await first;
  assert.is(await second, 2);
  assert.is(await turns.take(async () => 4), 4);
});

test('what happened is there in order of time: heat, alerts, trials, the restart, a command', async () => {
  const { body } = await get<HappeningsReply>('happenings', 'since=24h');
  assert.equal(body.unread, []);
  const times = body.happenings.map(({ at }) => at);
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
  );
  const heat = body.happenings.filter(({ kind }) => kind === 'throttled');
  assert.is(heat.length, 1);
  assert.is(heat[0]!.what, 'heat');
  assert.is(heat[0]!.at, HOT.from);
  assert.is(heat[0]!.until, HOT.to);
  assert.ok(Math.abs(heat[0]!.share! - 0.9) < 0.01);
  const restarts = body.happenings.filter(({ kind }) => kind === 'restart');
  assert.is(restarts.length, 1);
  assert.ok(Math.abs(restarts[0]!.at - CUT.from) <= MINUTE);
  assert.ok(Math.abs(restarts[0]!.until! - CUT.to) <= 2 * MINUTE, `${restarts[0]!.until}`);
  const alert = body.happenings.find(({ what }) => what === 'temperature-high')!;
  assert.equal([alert.at, alert.until, alert.severity], [HOT.from + 3 * MINUTE, HOT.to, 'warning']);
  const trials = body.happenings.filter(({ kind }) => kind === 'trial');
  assert.equal(
    trials.map(({ what, verdict }) => `${what} ${verdict}`),
    ['scheduling kept', 'batching rolled-back', 'database rolled-back', 'cache kept'],
  );
  const command = body.happenings.find(({ kind }) => kind === 'command')!;
  assert.equal([command.what, command.text, command.verdict], ['setConfig', 'workshop', 'done']);
});

test('to a tenant nothing of the machine, of trials and of commands is told', async () => {
  const { body } = await get<HappeningsReply>('happenings', 'since=24h', tenantViewer('city', ['north']));
  assert.equal([...new Set(body.happenings.map(({ kind }) => kind))], ['restart']);
});

test('why the board was slow yesterday at three is found: heat, with the clock and the step that took the time', async () => {
  const { body } = await get<SlowTimesReply>('slow-times', 'since=24h');
  assert.is(body.times.length, 1, JSON.stringify(body.times));
  const [time] = body.times;
  assert.ok(Math.abs(time!.from - HOT.from) <= 2 * MINUTE);
  assert.ok(Math.abs(time!.to - HOT.to) <= 20 * MINUTE);
  assert.is(time!.sign, 'latency');
  assert.ok(time!.was > 2 * time!.usual);
  assert.is(time!.causes[0]!.suspect, 'heat');
  assert.ok(time!.causes.some(({ suspect }) => suspect === 'clock'));
  assert.is(time!.stages[0]!.stage, 'infer');
  assert.ok(time!.temperature! > 75);
  assert.ok(time!.clock! < 0.7 * time!.usualClock!);
});

test('a camera of its own is looked at, and a week by the hour', async () => {
  const one = await get<SlowTimesReply>('slow-times', 'since=24h&camera=south');
  assert.is(one.body.times.length, 1);
  assert.is(one.body.times[0]!.stages[0]!.stage, 'infer');
  const week = await get<SlowTimesReply>('slow-times', 'since=7d');
  assert.is(week.body.stepMs, HOUR);
  assert.ok(week.body.times.length >= 1);
});

test('of a quiet time nothing is said', async () => {
  const { body } = await get<SlowTimesReply>('slow-times', `since=${NOON - 4 * HOUR}&until=${NOON - 2 * HOUR}`);
  assert.equal(body.times, []);
});

test.run();
