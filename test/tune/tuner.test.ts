import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Budgets } from '../../src/tune/budgets.js';
import { Controller } from '../../src/tune/control/controller.js';
import type { KnobName, KnobSettings } from '../../src/tune/knobs.js';
import type { Observation } from '../../src/tune/observation.js';
import type { Undo } from '../../src/tune/optimization-strategy.js';
import type { KnobOptimization } from '../../src/tune/strategies/knob-change.js';
import { Tuner } from '../../src/tune/tuner.js';
import { LARGE_POINT, measuredPoint, SMALL_POINT } from './two-points.js';

const budgets: Budgets = {
  mode: 'accuracy',
  latencyMs: 300,
  maxTemperature: null,
  maxWatts: null,
  maxMemoryBytes: null,
  maxAcceleratorBytes: null,
  maxUplinkBytesPerDay: null,
  maxCpuBusy: 0.7,
  maxSwitchesPerHour: 6,
};

const points = [measuredPoint(SMALL_POINT, 0.8, 3), measuredPoint(LARGE_POINT, 0.9, 20)];

/** Knobs that move at once. */
class FakeKnobs {
  currentOrNull: KnobSettings = {
    point: SMALL_POINT,
    batchWindowMs: 0,
    inferenceIntervalMs: 0,
    compressionQuality: 80,
  };
  refuses: string | null = null;

  async apply(target: KnobSettings): Promise<Undo> {
    if (this.refuses !== null) throw new Error(this.refuses);
    const before = this.currentOrNull;
    this.currentOrNull = target;
    return async () => {
      this.currentOrNull = before;
    };
  }
}

class Bench {
  now = 0;
  readonly knobs = new FakeKnobs();
  readonly off = new Set<KnobOptimization>();
  readonly tuner: Tuner;

  constructor(pinned: readonly KnobName[] = []) {
    const controller = new Controller({ points, budgets, pinned: new Set(), history: undefined });
    const isEnabled = (type: KnobOptimization) => !this.off.has(type);
    this.tuner = new Tuner({ controller, knobs: this.knobs, pinned: () => pinned, isEnabled, now: () => this.now });
    this.tuner.setPoints(points);
  }

  /** One camera of 25 frames/s whose scene asks for two inferences a second, on a machine with time to spare. */
  observation(more: Partial<Observation> = {}): Observation {
    this.now += 5000;
    return {
      now: this.now,
      unixNow: 1_700_000_000_000 + this.now,
      knobs: this.knobs.currentOrNull,
      cameras: [{ camera: 'north', framesPerS: 25, wantedPerS: 2, inferredPerS: 2, vehicles: 3 }],
      serviceMs: this.knobs.currentOrNull.point === SMALL_POINT ? 3 : 20,
      p95LatencyMs: 15,
      lateShare: 0,
      errorShare: 0,
      keptF1: 0.98,
      temperature: null,
      throttleAt: null,
      throttledBy: [],
      watts: null,
      cpuBusy: 0.2,
      cpuBusyElsewhere: 0.02,
      memoryBytes: 2e8,
      memoryFreeBytes: 2e9,
      uplinkBytesPerDay: null,
      ...more,
    };
  }

  /** Until a strategy is asked, ten minutes at most. */
  see(): KnobOptimization | null {
    for (let i = 0; i < 120; i++) {
      const type = this.tuner.see(this.observation());
      if (type !== null) return type;
    }
    return null;
  }
}

test('what the controller decides is the proposal of the strategy whose knobs it moves, in words', () => {
  const bench = new Bench();
  assert.is(bench.see(), 'model');
  const change = bench.tuner.changeFor('model')!;
  assert.equal(change.knobs, ['model', 'variant']);
  assert.is(change.from, 'roadside-n int8-416x256 cpu 1 × 1 thread batch 1');
  assert.is(change.to, 'roadside-s int8-640x384 cpu 1 × 1 thread batch 1');
  assert.is(change.isEmergency, false);
  assert.is(bench.tuner.changeFor('scheduling'), null);
  assert.is(bench.tuner.changeFor('batching'), null);
});

test('a change is made, and taken back it is not proposed again soon', async () => {
  const bench = new Bench();
  bench.see();
  const undo = await bench.tuner.move(bench.tuner.changeFor('model')!);
  assert.equal(bench.knobs.currentOrNull.point, LARGE_POINT);
  assert.is(bench.tuner.see(bench.observation()), null);
  await undo();
  assert.equal(bench.knobs.currentOrNull.point, SMALL_POINT);
  assert.is(bench.see(), null);
});

test('a point that is refused is left alone; an interval that is refused is nothing against the point in use', () => {
  const bench = new Bench();
  bench.see();
  bench.tuner.refused(bench.tuner.changeFor('model')!);
  assert.is(bench.see(), null);

  const large = new Bench();
  large.knobs.currentOrNull = { ...large.knobs.currentOrNull, point: LARGE_POINT };
  assert.is(large.see(), null, 'it stands where it does best');
  const { currentOrNull: stands } = large.knobs;
  const target = { ...stands, inferenceIntervalMs: 200 };
  large.tuner.refused({ target, knobs: ['inferenceIntervalMs'], from: 'a', to: 'b', reason: '1', windowMs: 20_000 });
  assert.is(large.see(), null);
});

test('knobs that could not be moved stand as they stood, and the point is left alone', async () => {
  const bench = new Bench();
  bench.see();
  bench.knobs.refuses = 'no such file';
  try {
    await bench.tuner.move(bench.tuner.changeFor('model')!);
    assert.unreachable('it was refused');
  } catch (error) {
    assert.is((error as Error).message, 'no such file');
  }
  assert.equal(bench.knobs.currentOrNull.point, SMALL_POINT);
  assert.is(bench.see(), null);
});

test('a strategy that is off pins what it moves, beside what the configuration pins', () => {
  const bench = new Bench(['batchSize']);
  bench.off.add('model');
  assert.is(bench.see(), null);
  assert.equal([...bench.tuner.pinned], ['batchSize', 'model', 'variant', 'inputSize']);
});

test('a strategy without a change says what stands against one', () => {
  const bench = new Bench(['batchSize', 'batchWindowMs']);
  assert.is(bench.tuner.whyNothing('model'), 'nothing has been decided yet');
  bench.tuner.see(bench.observation());
  assert.match(
    bench.tuner.whyNothing('model'),
    /^of 2 known operating points none is due: effective accuracy 0\.\d{3}, \d+ % busy$/,
  );
  assert.match(bench.tuner.whyNothing('scheduling'), /^effective accuracy 0\.\d{3}, \d+ % busy$/);
  assert.is(bench.tuner.whyNothing('batching'), 'pinned: batchSize, batchWindowMs');
});

test('the score is what the point sees, times what the answers keep of it, times the share on time', () => {
  const bench = new Bench();
  assert.is(bench.tuner.score().value, null);
  bench.tuner.see(bench.observation({ keptF1: 0.95, lateShare: 0.1 }));
  const { value, parts } = bench.tuner.score();
  assert.ok(Math.abs(value! - 0.8 * 0.95 * 0.9) < 1e-9, `${value}`);
  assert.is(parts['late share'], 0.1);
  bench.tuner.see(bench.observation({ keptF1: null, p95LatencyMs: null }));
  assert.is(bench.tuner.score().value, null);
});

test('what was kept stands again after a restart, where it can be had and is not pinned', async () => {
  const bench = new Bench();
  const kept = { knobs: { ...bench.knobs.currentOrNull, point: LARGE_POINT } };
  await bench.tuner.restore(JSON.parse(JSON.stringify(kept)));
  assert.equal(bench.knobs.currentOrNull.point, LARGE_POINT);

  const pinned = new Bench(['model']);
  await pinned.tuner.restore(kept);
  assert.equal(pinned.knobs.currentOrNull.point, SMALL_POINT);

  for (const saved of [
    null,
    7,
    {},
    { knobs: { point: LARGE_POINT } },
    { knobs: { ...kept.knobs, batchWindowMs: -1 } },
  ]) {
    const other = new Bench();
    await other.tuner.restore(saved);
    assert.equal(other.knobs.currentOrNull.point, SMALL_POINT);
  }
  const gone = new Bench();
  await gone.tuner.restore({ knobs: { ...kept.knobs, point: { ...LARGE_POINT, variant: 'removed' } } });
  assert.equal(gone.knobs.currentOrNull.point, SMALL_POINT);
});

test('what an earlier run kept is taken back by its way, as long as it stands and is not pinned', async () => {
  const before = new Bench();
  before.see();
  const change = before.tuner.changeFor('model')!;
  const way = JSON.parse(JSON.stringify(before.tuner.wayBack(change)));
  const kept = { knobs: change.target };
  const later = new Bench();
  later.see();
  await later.tuner.restore(kept);
  later.knobs.currentOrNull = { ...later.knobs.currentOrNull, compressionQuality: 60 };
  assert.equal(await later.tuner.goBack(way), change.knobs);
  assert.equal(later.knobs.currentOrNull.point, SMALL_POINT);
  assert.is(later.knobs.currentOrNull.compressionQuality, 60, 'it was no part of it');

  const refused = async (bench: Bench, saved: unknown, why: RegExp): Promise<void> => {
    const stood = bench.knobs.currentOrNull;
    await bench.tuner.goBack(saved).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, why),
    );
    assert.equal(bench.knobs.currentOrNull, stood);
  };
  await refused(later, way, /^something else stands there by now: /);
  await refused(later, { knobs: ['model'] }, /cannot be read$/);
  const pinned = new Bench(['model']);
  pinned.knobs.currentOrNull = change.target;
  await refused(pinned, { ...way, knobs: ['model', 'variant'] }, /^model is pinned$/);
  const gone = new Bench();
  gone.see();
  gone.knobs.currentOrNull = change.target;
  const removed = { ...way.before, point: { ...SMALL_POINT, variant: 'removed' } };
  await refused(gone, { ...way, before: removed }, /the operating point that stood before is not known any more/);
});

test('of what is kept, a trial that another strategy has under way is no part', async () => {
  const bench = new Bench();
  bench.see();
  const [model, , scheduling] = bench.tuner.strategies;
  await model!.apply(bench.tuner.changeFor('model')!);
  assert.equal(bench.knobs.currentOrNull.point, LARGE_POINT);
  bench.knobs.currentOrNull = { ...bench.knobs.currentOrNull, inferenceIntervalMs: 500 };
  assert.equal(scheduling!.save(), {
    knobs: { point: SMALL_POINT, batchWindowMs: 0, inferenceIntervalMs: 500, compressionQuality: 80 },
  });
  assert.equal(model!.save(), {
    knobs: { point: LARGE_POINT, batchWindowMs: 0, inferenceIntervalMs: 500, compressionQuality: 80 },
  });
});

test('what was kept and then taken back is saved as it stood, also knobs of another strategy, whatever was tried in between', async () => {
  const bench = new Bench();
  const [model] = bench.tuner.strategies;
  const { currentOrNull: stood } = bench.knobs;
  const words = { from: 'a', to: 'b', reason: '1', windowMs: 20_000 };
  const target = { ...stood, point: LARGE_POINT, inferenceIntervalMs: 500 };
  const undoKept = await model!.apply({ ...words, target, knobs: ['model', 'variant', 'inferenceIntervalMs'] });
  model!.save();
  const undoTried = await model!.apply({
    ...words,
    target: { ...target, point: SMALL_POINT },
    knobs: ['model', 'variant'],
  });
  await undoTried();
  await undoKept();
  assert.equal(bench.knobs.currentOrNull, stood);
  assert.equal(model!.save(), { knobs: stood });
});

test('of what was kept, knobs that are pinned now stay, and the others stand again', async () => {
  const bench = new Bench(['model', 'variant']);
  const kept = { ...bench.knobs.currentOrNull, point: LARGE_POINT, inferenceIntervalMs: 500 };
  await bench.tuner.restore({ knobs: kept });
  assert.equal(bench.knobs.currentOrNull.point, SMALL_POINT);
  assert.is(bench.knobs.currentOrNull.inferenceIntervalMs, 500);
});

test.run();
