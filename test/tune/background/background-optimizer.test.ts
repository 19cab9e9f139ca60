import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../../src/cache/cache.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { Waiting } from '../../../src/tune/background/background-job.js';
import { BackgroundOptimizer, startBackgroundOptimizer } from '../../../src/tune/background/background-optimizer.js';

const MINUTE = 60_000;
const MIDNIGHT = Date.UTC(2026, 0, 1);

/** Time that passes when a test says so. */
class FakeTime implements Waiting {
  at = MIDNIGHT;
  #timers: { due: number; readonly then: () => void }[] = [];
  readonly clock = { now: () => this.at, unixNow: () => this.at };

  readonly wait = (ms: number, then: () => void) => {
    const timer = { due: this.at + ms, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** The clock on the wall is set back; what is waited for comes as soon as it would have. */
  putBack(ms: number): void {
    this.at -= ms;
    for (const timer of this.#timers) timer.due -= ms;
  }

  get waiting(): number {
    return this.#timers.length;
  }

  async pass(ms: number): Promise<void> {
    const end = this.at + ms;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.at = Math.max(this.at, next.due);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.then();
      await settled();
    }
    this.at = end;
    await settled();
  }
}

/** Lets everything that is ready run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const quiet = { log: silentLog, timezone: 'UTC', jitterMs: 0 };

test('optimizes every 5 minutes and cleans up every 10, and says when', async () => {
  const time = new FakeTime();
  let optimized = 0;
  const cache = new Cache({ now: () => time.at, cleanupInterval: 0 });
  cache.set('a', 1, { ttl: 7 * MINUTE });
  cache.set('b', 2);
  const heard: [string, unknown][] = [];
  const background = startBackgroundOptimizer({
    ...quiet,
    optimization: { optimizeSystem: async () => ({ round: ++optimized }) },
    caches: [cache],
    waiting: time,
    listener: { ran: (job, result) => heard.push([job, result]) },
  });
  assert.equal(
    background.status().map(({ name, nextRunAt }) => [name, nextRunAt! - MIDNIGHT]),
    [
      ['optimizeSystem', 5 * MINUTE],
      ['cleanupExpired', 10 * MINUTE],
    ],
  );
  await time.pass(20 * MINUTE);
  assert.is(optimized, 4);
  assert.equal(
    heard.filter(([job]) => job === 'cleanupExpired'),
    [
      ['cleanupExpired', 1],
      ['cleanupExpired', 0],
    ],
  );
  assert.equal(heard[0], ['optimizeSystem', { round: 1 }]);
  const [optimizing] = background.status();
  assert.equal([optimizing?.runs, optimizing?.lastRunAt, optimizing?.lastDurationMs], [4, MIDNIGHT + 20 * MINUTE, 0]);
  await background.stop();
});

test('a run that takes longer than its turn overlaps with none: the turns meanwhile are skipped and counted', async () => {
  const time = new FakeTime();
  let [running, most] = [0, 0];
  const ends: (() => void)[] = [];
  const optimizeSystem = async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running--;
  };
  const background = startBackgroundOptimizer({ ...quiet, optimization: { optimizeSystem }, waiting: time });
  await time.pass(17 * MINUTE);
  assert.equal([running, ends.length, background.status()[0]?.isRunning], [1, 1, true]);
  ends[0]!();
  await settled();
  const [status] = background.status();
  assert.equal([status?.skipped, status?.lastDurationMs, status?.nextRunAt], [2, 12 * MINUTE, MIDNIGHT + 20 * MINUTE]);
  await time.pass(3 * MINUTE);
  assert.equal([ends.length, most], [2, 1]);
  ends[1]!();
  await background.stop();
});

test('what fails is told, counted and tried later each time, and as often as before once it works', async () => {
  const time = new FakeTime();
  let works = false;
  const at: number[] = [];
  const told: [string, number][] = [];
  const background = startBackgroundOptimizer({
    ...quiet,
    random: () => 0,
    optimization: {
      async optimizeSystem() {
        at.push((time.at - MIDNIGHT) / MINUTE);
        if (!works) throw new Error('the ledger is away');
      },
    },
    waiting: time,
    listener: { failed: (_job, error) => told.push([(error as Error).message, told.length]) },
  });
  await time.pass(120 * MINUTE);
  assert.equal(at, [5, 15, 30, 55, 90]);
  assert.is(told.length, 5);
  const [failing] = background.status();
  assert.equal([failing?.failures, failing?.failuresInRow, failing?.lastError], [5, 5, 'the ledger is away']);
  works = true;
  at.length = 0;
  await time.pass(45 * MINUTE);
  assert.equal(at.slice(0, 3), [125, 130, 135]);
  const [working] = background.status();
  assert.equal([working?.failures, working?.failuresInRow, working?.lastError], [5, 0, null]);
  await background.stop();
});

test('chance keeps programs apart that begin together', async () => {
  const time = new FakeTime();
  const starting = (random: number) =>
    startBackgroundOptimizer({
      ...quiet,
      jitterMs: 20_000,
      random: () => random,
      optimization: { optimizeSystem: async () => null },
      waiting: time,
    });
  const all = [0, 0.5, 0.9].map(starting);
  assert.equal(
    all.map((one) => one.status()[0]!.nextRunAt! - MIDNIGHT - 5 * MINUTE),
    [0, 10_000, 18_000],
  );
  for (const one of all) await one.stop();
});

test('stop waits for what runs, and nothing begins any more; it can be started again', async () => {
  const time = new FakeTime();
  let end!: () => void;
  let runs = 0;
  const optimizeSystem = () => {
    runs++;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  };
  const background = startBackgroundOptimizer({ ...quiet, optimization: { optimizeSystem }, waiting: time });
  await time.pass(5 * MINUTE);
  let stopped = false;
  const stopping = background.stop().then(() => {
    stopped = true;
  });
  await settled();
  assert.is(stopped, false);
  end();
  await stopping;
  assert.is(time.waiting, 0);
  await time.pass(60 * MINUTE);
  assert.is(runs, 1);
  background.start();
  await time.pass(5 * MINUTE);
  assert.is(runs, 2);
  end();
  await background.stop();
});

test('a clock that is set back makes a job wait for its time, not run early', async () => {
  const time = new FakeTime();
  let runs = 0;
  const background = startBackgroundOptimizer({
    ...quiet,
    optimizeAt: '0 3 * * *',
    optimization: { optimizeSystem: async () => runs++ },
    waiting: time,
  });
  await time.pass(2 * 60 * MINUTE);
  time.at -= 60 * MINUTE;
  await time.pass(90 * MINUTE);
  assert.is(runs, 0);
  await time.pass(60 * MINUTE);
  assert.is(runs, 1);
  await background.stop();
});

test('a clock that was ten years ahead and is put right keeps no job waiting for these years', async () => {
  const time = new FakeTime();
  let runs = 0;
  const background = startBackgroundOptimizer({
    ...quiet,
    optimization: { optimizeSystem: async () => runs++ },
    waiting: time,
  });
  await time.pass(MINUTE);
  time.putBack(10 * 365 * 24 * 60 * MINUTE);
  await time.pass(15 * MINUTE);
  assert.ok(runs >= 2, `${runs} runs`);
  await background.stop();
});

test('a listener that throws and a cache that fails end nothing', async () => {
  const time = new FakeTime();
  const broken = {
    cleanupExpired(): number {
      throw new Error('the disk is full');
    },
  };
  let cleaned = 0;
  const background = startBackgroundOptimizer({
    ...quiet,
    caches: [broken, { cleanupExpired: () => ++cleaned }],
    waiting: time,
    listener: {
      failed() {
        throw new Error('the listener is broken as well');
      },
    },
  });
  await time.pass(30 * MINUTE);
  assert.is(cleaned, 2);
  assert.is(background.status()[0]?.lastError, 'the disk is full');
  await background.stop();
});

test("a job of one's own, now and then; impossible ones are refused", async () => {
  const time = new FakeTime();
  let runs = 0;
  const background = new BackgroundOptimizer({ ...quiet, waiting: time });
  background.add('report', '30 6 * * *', () => ++runs);
  await background.runNow('report');
  assert.is(runs, 1);
  background.start();
  assert.is(background.status()[0]?.nextRunAt, MIDNIGHT + 6.5 * 60 * MINUTE);
  assert.throws(() => background.add('report', '* * * * *', () => 1), /there is a job report already/);
  assert.throws(() => background.add('other', 'every day', () => 1), /schedule: expected cron's fields, such as/);
  assert.throws(
    () => new BackgroundOptimizer({ ...quiet, timezone: 'Mars/Base' }).add('x', '* * * * *', () => 1),
    /Mars/,
  );
  await background.runNow('nothing').then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'job: expected one of report, got nothing'),
  );
  await background.stop();
});

test.run();
