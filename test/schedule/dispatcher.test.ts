import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CURVES, type Curve } from '../../bench/schedule/curves.js';
import { emulate, type Scenario } from '../../bench/schedule/emulation.js';
import { Dispatcher } from '../../src/schedule/dispatcher.js';
import type { Ticket } from '../../src/schedule/waiting-line.js';
import { Random } from '../../src/simulator/random.js';

const picture = (source: string, arrivedAt: number, budgetMs: number | null = null): Ticket => ({
  source,
  askedAt: arrivedAt,
  arrivedAt,
  budgetMs,
});

/** Workers that have served for a while, each taking `ms` for a picture. */
function dispatcherOf(times: readonly number[], inFlightPerWorker = 1): Dispatcher {
  const dispatcher = new Dispatcher({
    pools: times.map((_, index) => `pool-${index}`),
    inFlightPerWorker,
    batching: { maxBatch: 1, windowMs: 0 },
  });
  for (const [index, ms] of times.entries()) {
    dispatcher.changed(index, [1]);
    dispatcher.tried(index, 1, ms, 0);
    for (let i = 0; i < 7; i++) dispatcher.workers[index]!.health.answered(ms, ms, 0);
  }
  return dispatcher;
}

function sentTo(dispatcher: Dispatcher, now: number): number[] {
  const workers: number[] = [];
  for (;;) {
    const decision = dispatcher.next(now);
    if (decision.kind === 'wait') return workers;
    if (decision.kind === 'send') workers.push(decision.worker);
  }
}

const NOISE = 0.03;

/** Any cameras before any workers. */
function randomScenario(random: Random, seed: number): Scenario {
  const curves: readonly Curve[] = Object.values(CURVES);
  const some = <T>(list: readonly T[]): T => list[random.index(list.length)]!;
  return {
    workers: Array.from({ length: 1 + random.index(3) }, () => some(curves)),
    cameras: 1 + random.index(40),
    framesPerS: some([2, 10, 25, 60]),
    arrivals: some(['even', 'together', 'random'] as const),
    budgetMs: some([60, 150, 1000]),
    seconds: 2,
    seed,
    maxBatch: some([1, 2, 8, 32]),
    windowMs: some([0, 10, 50]),
  };
}

test('whatever comes: no worker gets more than it takes, nothing is late that could have been dropped, nobody starves', () => {
  const random = new Random(11);
  for (let seed = 0; seed < 40; seed++) {
    const scenario = randomScenario(random, seed);
    // the emulation itself throws where a worker is given more than it takes
    const { captured, answered, dropped, underway, ages, fairness } = emulate(scenario);
    const said = `${seed}: ${JSON.stringify({ ...scenario, workers: scenario.workers.map(({ name }) => name) })}`;
    const lost = dropped['queue-full'] + dropped.stale + dropped.overload;
    assert.is(captured - answered - lost - underway, 0, said);
    // a batch takes a little longer than was learnt now and then
    const allowed = scenario.budgetMs * (1 + NOISE) + 3;
    const late = ages.filter((age) => age > allowed);
    assert.ok(late.length <= ages.length / 200, `${late.length} of ${ages.length} late in ${said}`);
    if (ages.length > 40 * scenario.cameras) assert.ok(fairness > 0.4, `fairness ${fairness} in ${said}`);
  }
});

test('the worker that answers first gets the picture, a slow one only when the queue of the fast one is longer', () => {
  const dispatcher = dispatcherOf([10, 35]);
  for (let i = 0; i < 5; i++) dispatcher.ask(picture(`camera-${i}`, 0));
  // 10, 20, 30 ms at the fast one, 35 at the slow one, then 40
  assert.equal(sentTo(dispatcher, 0), [0, 1]);
  assert.is(dispatcher.waiting, 3);
});

test('at a light load a slow worker beside a fast one is left alone', () => {
  const dispatcher = dispatcherOf([10, 35]);
  dispatcher.ask(picture('north', 0));
  dispatcher.ask(picture('south', 0));
  assert.equal(sentTo(dispatcher, 0), [0]);
});

test('a picture that would be late everywhere is given up as overload, one that is too old already as stale', () => {
  const dispatcher = dispatcherOf([10]);
  dispatcher.ask(picture('north', 0));
  assert.equal(sentTo(dispatcher, 0), [0]);
  dispatcher.ask(picture('south', -90, 100));
  dispatcher.ask(picture('east', -200, 100));
  const first = dispatcher.next(0);
  const second = dispatcher.next(0);
  assert.equal([first.kind === 'drop' && first.cause, second.kind === 'drop' && second.cause], ['overload', 'stale']);
});

test('a budget that a picture alone cannot keep is judged by the age at its turn: something is answered', () => {
  const dispatcher = dispatcherOf([200]);
  dispatcher.ask(picture('north', 0, 100));
  assert.equal(sentTo(dispatcher, 0), [0]);
});

test('a sick worker is set aside, and where all are sick one of them is better than none', () => {
  const dispatcher = dispatcherOf([10, 10]);
  const fail = (worker: number): void => dispatcher.workers[worker]!.health.failed(0);
  for (let i = 0; i < 3; i++) fail(0);
  dispatcher.ask(picture('north', 0));
  assert.equal(sentTo(dispatcher, 0), [1]);
  for (let i = 0; i < 3; i++) fail(1);
  dispatcher.ask(picture('south', 0));
  assert.equal(sentTo(dispatcher, 0), [0]);
});

test('a worker that was set aside is probed when its pause is over', () => {
  const dispatcher = dispatcherOf([10, 10]);
  for (let i = 0; i < 3; i++) dispatcher.workers[0]!.health.failed(0);
  assert.is(dispatcher.next(1999).kind, 'wait');
  assert.equal(dispatcher.next(2000), { kind: 'probe', worker: 0 });
  dispatcher.tried(0, 1, 11, 2011);
  assert.is(dispatcher.workers[0]!.health.state.kind, 'slow-start');
});

test('a worker for which a batch was too large is given smaller ones from then on', () => {
  const dispatcher = dispatcherOf([10]);
  dispatcher.batching = { maxBatch: 8, windowMs: 0 };
  dispatcher.changed(0, [1, 2, 4, 8]);
  dispatcher.unanswered(0, { size: 4, pictures: 3, sentAt: 0 }, 'too-large', 0);
  assert.equal(dispatcher.workers[0]!.sizes, [1, 2]);
});

test.run();
