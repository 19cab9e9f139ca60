import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../src/simulator/random.js';
import { Controller } from '../../../src/tune/control/controller.js';
import { parseState } from '../../../src/tune/control/saved-state.js';
import type { KnobSettings } from '../../../src/tune/knobs.js';
import type { Observation } from '../../../src/tune/observation.js';
import { isSamePoint } from '../../../src/tune/operating-point.js';
import { BUDGETS, knobsAt, LARGE, live, MIDDLE, observationOf, pointOf, SMALL } from './board.js';

const POINTS = [
  SMALL,
  MIDDLE,
  LARGE,
  pointOf('batched', 0.88, 30, { provider: 'cuda', batchSize: 8, picturesPerS: 120, acceleratorBytes: 4e8 }),
  pointOf('unknown', 0.89, 90, {
    cpuMs: null,
    millijoules: null,
    memoryBytes: null,
    acceleratorBytes: null,
    isMeasured: false,
  }),
];
const NONSENSE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 1e300, -256];

/** A reading as it might be, null, or nonsense. */
function reading(random: Random, usual: number): number | null {
  const kind = random.next();
  if (kind < 0.2) return null;
  if (kind < 0.3) return NONSENSE[Math.floor(random.next() * NONSENSE.length)]!;
  return usual * (0.5 + random.next());
}

function anything(random: Random, knobs: KnobSettings, now: number): Observation {
  const number = (usual: number) => reading(random, usual) ?? Number.NaN;
  const cameras = Array.from({ length: Math.floor(random.next() * 12) }, (_, i) => ({
    camera: `camera-${i}`,
    framesPerS: number(25),
    wantedPerS: number(3),
    inferredPerS: number(2),
    vehicles: reading(random, 3),
  }));
  return {
    now,
    unixNow: random.next() < 0.05 ? number(1.8e12) : 1.8e12 + now,
    knobs,
    cameras,
    serviceMs: reading(random, 60),
    p95LatencyMs: reading(random, 100),
    lateShare: random.next() < 0.8 ? 0 : number(0.5),
    errorShare: random.next() < 0.9 ? 0 : number(0.3),
    keptF1: reading(random, 0.9),
    temperature: reading(random, 60),
    throttleAt: reading(random, 80),
    throttledBy: random.next() < 0.05 ? ['heat'] : [],
    watts: reading(random, 8),
    cpuBusy: reading(random, 0.5),
    cpuBusyElsewhere: reading(random, 0.2),
    memoryBytes: reading(random, 4e8),
    memoryFreeBytes: reading(random, 1e9),
    uplinkBytesPerDay: reading(random, 1e8),
  };
}

test('whatever is read, and whatever points come and go, it decides for a known point and swaps no more than it may', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed);
    const controller = new Controller({ points: POINTS, budgets: BUDGETS, pinned: new Set(), cores: 4 });
    let knobs = knobsAt(SMALL);
    let points = POINTS;
    let asked = knobs.point;
    let now = 0;
    const swaps: number[] = [];
    for (let step = 0; step < 500; step++) {
      now += random.next() < 0.03 ? random.next() * 4e6 : 5000;
      if (random.next() < 0.02) {
        points = POINTS.filter(() => random.next() < 0.7);
        controller.setPoints(points);
      }
      const { knobs: target, reason, forecast } = controller.decide(anything(random, knobs, now));
      assert.is(reason.length > 0 && !reason.includes('undefined'), true, reason);
      assert.is(Number.isFinite(forecast.effectiveAccuracy) && Number.isFinite(forecast.p95LatencyMs), true);
      assert.is(target.inferenceIntervalMs >= 0 && target.inferenceIntervalMs <= 4000, true);
      assert.is(target.compressionQuality, 80);
      if (!isSamePoint(target.point, asked)) {
        if (!isSamePoint(target.point, knobs.point)) {
          assert.is(
            points.some((point) => isSamePoint(point, target.point)),
            true,
          );
          swaps.push(now);
        }
        asked = target.point;
      }
      const fails = random.next() < 0.05;
      if (fails && !isSamePoint(target.point, knobs.point)) controller.failed(target.point, now);
      else if (random.next() < 0.6) {
        knobs = target;
        controller.changed(knobs);
      }
    }
    for (const at of swaps) assert.is(swaps.filter((other) => other > at - 3_600_000 && other <= at).length <= 6, true);
    const saved = JSON.parse(JSON.stringify(controller.save()));
    assert.is.not(parseState(saved), null, 'what it has learnt of all that can be handed on');
  }
});

test('a clock that goes back or stands still disturbs no decision after it', () => {
  const controller = new Controller({ points: POINTS, budgets: BUDGETS, pinned: new Set(), cores: 4 });
  const decide = (now: number) => controller.decide(observationOf(knobsAt(LARGE), now, { serviceMs: 110 }));
  const { knobs, kind } = decide(0);
  assert.is(kind, 'stay');
  for (const now of [5000, 5000, -1e9, 10_000, 1e12, 20_000, Number.NaN, 25_000])
    assert.equal([decide(now).kind, decide(now).knobs], [kind, knobs], `at ${now}`);
});

test('where some setting keeps the budgets it ends up inside them, whatever the budgets are', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Random(seed);
    const budgets = { ...BUDGETS, latencyMs: 60 + random.next() * 300, maxTemperature: 55 + random.next() * 20 };
    const controller = new Controller({ points: [SMALL, MIDDLE, LARGE], budgets, pinned: new Set(), cores: 2 });
    const service = (knobs: KnobSettings) =>
      [SMALL, MIDDLE, LARGE].find(({ model }) => model === knobs.point.model)!.serviceMs;
    const ambient = 20 + random.next() * 15;
    let celsius = ambient + 15;
    const steps = live(controller, knobsAt(LARGE), 3600, (_, knobs) => {
      const perS = 2 * Math.min(2, 1000 / Math.max(1, knobs.inferenceIntervalMs));
      const watts = 2 + (perS * service(knobs) * 4) / 1000;
      celsius += (ambient + 6 * watts - celsius) * (1 - Math.exp(-5 / 200));
      return { serviceMs: service(knobs), temperature: celsius, watts, p95LatencyMs: 5 + service(knobs) * 1.1 };
    });
    const { knobs } = steps.at(-1)!;
    assert.is(
      service(knobs) * 1.1 + 5 <= budgets.latencyMs,
      true,
      `seed ${seed}: ${knobs.point.model} of ${budgets.latencyMs} ms`,
    );
    assert.is(
      celsius <= budgets.maxTemperature + 0.3,
      true,
      `seed ${seed}: ${celsius} °C of ${budgets.maxTemperature}`,
    );
  }
});

test('months of decisions, each day with another camera, keep no more than as many cameras as a device may have', () => {
  const controller = new Controller({ points: POINTS, budgets: BUDGETS, pinned: new Set(), cores: 4 });
  for (let day = 0; day < 70; day++) {
    const cameras = ['every day', `day ${day}`].map((camera) => {
      return { camera, framesPerS: 25, wantedPerS: 1, inferredPerS: 1, vehicles: 1 };
    });
    for (let s = 0; s <= 7200; s += 300)
      controller.decide(observationOf(knobsAt(SMALL), day * 86_400_000 + s * 1000, { cameras }));
  }
  const saved = controller.save();
  const known = Object.keys(saved.demand);
  assert.equal([known.length, known.includes('every day'), known.includes('day 0')], [64, true, false]);
  assert.is(JSON.stringify(saved).length < 400_000, true);
});

test.run();
