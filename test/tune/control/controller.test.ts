import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Controller } from '../../../src/tune/control/controller.js';
import type { KnobName } from '../../../src/tune/knobs.js';
import { BUDGETS, knobsAt, LARGE, live, MIDDLE, modelsOf, observationOf, pointOf, SMALL } from './board.js';

const points = [SMALL, MIDDLE, LARGE];
const controllerOf = (changes: Partial<typeof BUDGETS> = {}, pinned: KnobName[] = []) =>
  new Controller({ points, budgets: { ...BUDGETS, ...changes }, pinned: new Set(pinned), cores: 2 });
/** Loads far enough apart for what harmed to be tried again, by turns of five minutes. */
const camerasAsking = (s: number) =>
  ['north', 'south'].map((camera) => {
    const perS = s % 600 < 300 ? 1 : 2;
    return { camera, framesPerS: 25, wantedPerS: perS, inferredPerS: perS, vehicles: 3 };
  });
/** ms of a picture at the point in use, as its profile has it, times a factor. */
const serviceOf = (model: string, factor = 1) => points.find((point) => point.model === model)!.serviceMs * factor;

test('on a cool and idle board it goes to the most accurate point within two minutes, with one swap', () => {
  const steps = live(controllerOf(), knobsAt(SMALL), 600, (_, { point }) => ({ serviceMs: serviceOf(point.model) }));
  assert.equal(modelsOf(steps), ['small', 'large']);
  assert.is(steps.find(({ knobs }) => knobs.point.model === 'large')!.s <= 120, true);
  const { decision } = steps.at(-1)!;
  assert.is(decision.kind, 'stay');
  assert.is(Math.abs(decision.forecast.effectiveAccuracy - 0.885) < 0.01, true);
});

test('with nothing new to read it stays, and says the very same again', () => {
  const controller = controllerOf();
  const read = () => ({ serviceMs: 110 });
  const steps = live(controller, knobsAt(LARGE), 1200, read).slice(120);
  assert.equal([...new Set(steps.map(({ decision }) => decision.kind))], ['stay']);
  assert.is(new Set(steps.map(({ decision }) => decision.knobs.inferenceIntervalMs)).size, 1);
});

test('without any reading but what the cameras do it decides all the same, and is never limited by heat', () => {
  const nothing = {
    keptF1: null,
    temperature: null,
    throttleAt: null,
    cpuBusy: null,
    cpuBusyElsewhere: null,
    memoryBytes: null,
    memoryFreeBytes: null,
  };
  const steps = live(controllerOf(), knobsAt(SMALL), 300, () => nothing);
  assert.equal(modelsOf(steps), ['small', 'large']);
  assert.is(steps.at(-1)!.decision.forecast.temperature, null);
  assert.is(steps.at(-1)!.decision.forecast.watts, null);
});

test('when pictures take three times as long the interval gives way at once, then a smaller point comes', () => {
  const steps = live(controllerOf(), knobsAt(LARGE), 900, (s, { point }) => ({
    serviceMs: serviceOf(point.model, s < 300 ? 1 : 3),
    p95LatencyMs: s < 300 ? 130 : serviceOf(point.model, 3) + 20,
    lateShare: s < 300 || point.model !== 'large' ? 0 : 0.08,
  }));
  const first = steps.find(({ decision }) => decision.kind === 'ease')!;
  assert.is(first.s >= 300 && first.s <= 315, true);
  assert.is(first.decision.isUrgent, true);
  assert.is(modelsOf(steps).includes('middle') || modelsOf(steps).includes('small'), true);
});

test('heat is acted upon before the board holds itself back', () => {
  let celsius = 60;
  const steps = live(controllerOf(), knobsAt(LARGE), 3600, (_, { point, inferenceIntervalMs }) => {
    const perS = 2 * Math.min(2, inferenceIntervalMs === 0 ? 2 : 1000 / inferenceIntervalMs);
    const watts = 3 + (perS * serviceOf(point.model) * 4) / 1000;
    const rest = 46 + 8 * watts;
    celsius += (rest - celsius) * (1 - Math.exp(-5 / 240));
    return { temperature: Math.round(celsius * 2) / 2, watts, serviceMs: serviceOf(point.model) };
  });
  assert.is(46 + 8 * (3 + (4 * 110 * 4) / 1000) > 80, true, 'as it stood it would have passed the throttle point');
  const eased = steps.find(({ decision }) => decision.kind === 'ease')!;
  assert.match(eased.decision.reason, /°C/);
  assert.is(celsius < 79 && celsius > 70, true, `${celsius} °C in the end`);
});

test('pinned knobs stay where they stand, whatever that costs', () => {
  const read = () => ({ serviceMs: 20 });
  const noModel = live(controllerOf({}, ['model']), knobsAt(SMALL), 600, read);
  assert.equal(modelsOf(noModel), ['small']);
  const noInterval = live(controllerOf({}, ['model', 'inferenceIntervalMs']), knobsAt(LARGE, 250), 600, () => ({
    serviceMs: 900,
    p95LatencyMs: 2000,
    lateShare: 0.5,
  }));
  assert.equal([...new Set(noInterval.map(({ decision }) => decision.knobs.inferenceIntervalMs))], [250]);
});

test('frames that are late though nothing explains it do not wait for a measurement: the interval is made longer at once', () => {
  const steps = live(controllerOf(), knobsAt(SMALL), 300, (s) => ({
    serviceMs: 20,
    ...(s >= 100 && { lateShare: 0.8, p95LatencyMs: 380 }),
  }));
  const { s, decision } = steps.find(({ decision }) => decision.knobs.inferenceIntervalMs > 0)!;
  assert.equal([s, decision.kind, decision.isUrgent], [105, 'ease', true]);
  assert.match(decision.reason, /80 % of the frames are late, p95 380 ms$/);
});

test('no more swaps than allowed in an hour, and none where none are allowed', () => {
  const read = (s: number, { point }: { point: { model: string } }) => ({
    serviceMs: serviceOf(point.model, Math.floor(s / 240) % 2 === 0 ? 1 : 6),
  });
  const steps = live(controllerOf({ maxSwitchesPerHour: 3 }), knobsAt(SMALL), 7200, read);
  const swaps = steps.filter(({ knobs }, i) => i > 0 && knobs.point.model !== steps[i - 1]!.knobs.point.model);
  for (const { s } of swaps) assert.is(swaps.filter((other) => other.s > s - 3600 && other.s <= s).length <= 3, true);
  assert.equal(modelsOf(live(controllerOf({ maxSwitchesPerHour: 0 }), knobsAt(SMALL), 900)), ['small']);
});

test('a point that could not be loaded is not asked for again for ten minutes', () => {
  const controller = controllerOf();
  const asked: number[] = [];
  for (let s = 0; s < 1500; s += 5) {
    const { decision } = { decision: controller.decide(observationOf(knobsAt(SMALL), s * 1000, { serviceMs: 20 })) };
    if (decision.knobs.point.model !== 'large') continue;
    asked.push(s);
    controller.failed(decision.knobs.point, s * 1000);
  }
  assert.is(asked.length, 2);
  assert.is(asked[1]! - asked[0]! >= 600, true);
});

test('a point that was rolled back is tried again only when the circumstances have changed', () => {
  const controller = new Controller({ points: [SMALL, LARGE], budgets: BUDGETS, pinned: new Set(), cores: 2 });
  controller.rolledBack(LARGE, 0, { hour: 12, temperature: 45, load: 4, cameras: 2, points: 2 });
  const read = (s: number) => ({ serviceMs: 20, temperature: s < 400 ? 45 : 38 });
  const steps = live(controller, knobsAt(SMALL), 590, read);
  const back = steps.find(({ decision }) => decision.knobs.point.model === 'large');
  assert.is(back !== undefined && back.s >= 400, true);
});

test('a point whose memory grows on and on is left', () => {
  let since = 0;
  const steps = live(controllerOf(), knobsAt(LARGE), 900, (s, { point }) => {
    if (point.model !== 'large') since = s;
    return { serviceMs: serviceOf(point.model), memoryBytes: 300e6 + (s - since) * 300_000 };
  });
  assert.is(modelsOf(steps)[1], 'middle');
  const left = steps.find(({ decision }) => decision.knobs.point.model === 'middle')!;
  assert.is(left.s <= 300, true, `left after ${left.s} s`);
  assert.match(left.decision.reason, /its memory grows on and on/);
  assert.is(modelsOf(steps).slice(1).includes('large'), false);
});

test('a point whose inferences fail is left', () => {
  const steps = live(controllerOf(), knobsAt(LARGE), 300, (_, { point }) => ({
    errorShare: point.model === 'large' ? 0.6 : 0,
  }));
  assert.is(steps.find(({ knobs }) => knobs.point.model === 'middle')!.s <= 60, true);
});

test('a point that is left since its inferences fail is tried again ten minutes after, the second time twenty', () => {
  let failed = 0;
  const steps = live(controllerOf(), knobsAt(LARGE), 3600, (_, { point }) => ({
    serviceMs: serviceOf(point.model),
    errorShare: point.model === 'large' ? 0.6 : 0,
  }));
  const entered = steps.filter(({ knobs }, i) => i > 0 && knobs.point.model !== steps[i - 1]!.knobs.point.model);
  const left = entered.filter(({ knobs }) => knobs.point.model !== 'large').map(({ s }) => s);
  const back = entered.filter(({ knobs }) => knobs.point.model === 'large').map(({ s }) => s);
  for (const pauseS of [600, 1200]) {
    const waited = back[failed]! - left[failed]!;
    assert.is(waited >= pauseS - 60 && waited <= pauseS + 200, true, `${waited} s of ${pauseS} s`);
    failed++;
  }
});

test('a point that lost accuracy is left, and one that did not is not blamed for it', () => {
  const steps = live(controllerOf(), knobsAt(LARGE), 1200, (s, { point }) => ({
    serviceMs: serviceOf(point.model),
    keptF1: s > 300 && point.model === 'large' ? 0.8 : 0.985,
  }));
  assert.equal(modelsOf(steps), ['large', 'middle']);
});

test('points that need more memory than there is are not chosen', () => {
  const huge = pointOf('huge', 0.95, 100, { memoryBytes: 2e9 });
  const controller = new Controller({ points: [...points, huge], budgets: BUDGETS, pinned: new Set(), cores: 2 });
  assert.equal(modelsOf(live(controller, knobsAt(SMALL), 600)), ['small', 'large']);
  const accelerated = pointOf('accelerated', 0.95, 10, { provider: 'cuda', acceleratorBytes: 3e9 });
  const bounded = new Controller({
    points: [...points, accelerated],
    budgets: { ...BUDGETS, maxAcceleratorBytes: 2e9 },
    pinned: new Set(),
    cores: 2,
  });
  assert.equal(modelsOf(live(bounded, knobsAt(SMALL), 600)), ['small', 'large']);
});

test('a point in use that is not known is left for one that is', () => {
  const steps = live(controllerOf(), knobsAt(pointOf('stranger', 0.5, 10)), 300);
  assert.is(modelsOf(steps).at(-1), 'large');
  const none = new Controller({ points: [], budgets: BUDGETS, pinned: new Set() });
  const { kind, knobs } = none.decide(observationOf(knobsAt(SMALL), 0));
  assert.equal([kind, knobs.point.model], ['stay', 'small']);
});

test('eco chooses the point that costs less where the accuracy gained is small', () => {
  const dear = pointOf('dear', 0.81, 40, { millijoules: 900 });
  const of = (mode: 'accuracy' | 'eco') =>
    new Controller({ points: [SMALL, dear], budgets: { ...BUDGETS, mode }, pinned: new Set(), cores: 2 });
  assert.equal(modelsOf(live(of('accuracy'), knobsAt(SMALL), 600)), ['small', 'dear']);
  assert.equal(modelsOf(live(of('eco'), knobsAt(SMALL), 600)), ['small']);
});

test('pictures get worse where the uplink would carry too much', () => {
  const controller = controllerOf({ maxUplinkBytesPerDay: 100e6 });
  const decide = (bytes: number) =>
    controller.decide(observationOf(knobsAt(LARGE), 0, { uplinkBytesPerDay: bytes })).knobs.compressionQuality;
  assert.is(decide(80e6), 80);
  assert.is(decide(200e6), 43);
});

test('what was learnt is handed to the next controller, and damaged or foreign states are not', () => {
  const first = controllerOf();
  live(first, knobsAt(LARGE), 900, (_, { point }) => ({ serviceMs: serviceOf(point.model, 2) }));
  const saved = JSON.parse(JSON.stringify(first.save()));
  const expected = (history: unknown) =>
    new Controller({ points, budgets: BUDGETS, pinned: new Set(), cores: 2, history }).decide(
      observationOf(knobsAt(LARGE), 0),
    ).kind;
  assert.is(
    expected(saved),
    'ease',
    'pictures take twice as long: their interval is longer from the first decision on',
  );
  assert.is(expected(undefined), 'stay');
  for (const damaged of [{ ...saved, version: 99 }, { ...saved, rises: [1] }, 'x', null, 7, []])
    assert.is(expected(damaged), 'stay');
});

test('going back from what was tried is a swap too, and what was not even tried is none', () => {
  const swapsOf = (answer: (controller: Controller, point: (typeof points)[number], now: number) => void): number => {
    const controller = controllerOf();
    let asked = 0;
    for (let s = 0; s < 3600; s += 5) {
      const observation = observationOf(knobsAt(SMALL), s * 1000, { cameras: camerasAsking(s) });
      const { knobs, kind } = controller.decide(observation);
      if (kind === 'stay' || knobs.point.model === 'small') continue;
      asked++;
      answer(controller, points.find(({ model }) => model === knobs.point.model)!, s * 1000);
    }
    return asked;
  };
  const undone = swapsOf((controller, point, now) => controller.rolledBack(point, now));
  const refused = swapsOf((controller, point, now) => controller.refused(point, now));
  assert.is(undone, 3, 'three there, three back');
  assert.is(refused > 6, true, `${refused} that moved nothing`);
});

test('swaps of the last hour count after a restart, and as long as nothing was observed since', () => {
  const once = controllerOf({ maxSwitchesPerHour: 1 });
  assert.equal(modelsOf(live(once, knobsAt(SMALL), 600)), ['small', 'large']);
  const again = (history: unknown) =>
    new Controller({ points, budgets: { ...BUDGETS, maxSwitchesPerHour: 1 }, pinned: new Set(), cores: 2, history });
  const saved = JSON.parse(JSON.stringify(once.save()));
  assert.equal(JSON.parse(JSON.stringify(again(saved).save())).swaps, saved.swaps, 'a restart that observes nothing');
  const restarted = again(JSON.parse(JSON.stringify(again(saved).save())));
  assert.equal(modelsOf(live(restarted, knobsAt(SMALL), 1800, () => ({}), 600)), ['small']);
  assert.equal(modelsOf(live(restarted, knobsAt(SMALL), 1800, () => ({}), 2400)), ['small', 'large']);
});

test('a point that did harm is left alone after a restart; what could not be loaded is tried ten minutes after it', () => {
  const first = controllerOf();
  first.decide(observationOf(knobsAt(SMALL), 0));
  for (let times = 0; times < 4; times++) {
    first.rolledBack(LARGE, 0);
    first.failed(MIDDLE, 0);
  }
  const history = JSON.parse(JSON.stringify(first.save()));
  const next = new Controller({ points, budgets: BUDGETS, pinned: new Set(), cores: 2, history });
  const steps = live(next, knobsAt(SMALL), 5400, () => ({}));
  assert.equal(modelsOf(steps), ['small', 'middle', 'large']);
  const since = (model: string) => steps.find(({ knobs }) => knobs.point.model === model)!.s;
  assert.is(since('middle') >= 600 && since('middle') <= 700, true, `${since('middle')} s`);
  assert.is(since('large') >= 4800, true, `eight times ten minutes: ${since('large')} s`);
});

test('a clock that was set back at the restart lets swaps wait for an hour at most', () => {
  const first = controllerOf({ maxSwitchesPerHour: 1 });
  live(first, knobsAt(SMALL), 600);
  const history = JSON.parse(JSON.stringify(first.save()));
  const next = new Controller({
    points,
    budgets: { ...BUDGETS, maxSwitchesPerHour: 1 },
    pinned: new Set(),
    cores: 2,
    history: { ...history, swaps: { ...history.swaps, at: history.swaps.at + 1e12 } },
  });
  const steps = live(next, knobsAt(SMALL), 4200);
  const swap = steps.find(({ knobs }) => knobs.point.model === 'large')!.s;
  assert.is(swap >= 3000 && swap <= 3700, true, `${swap} s`);
});

test('a memory budget that nothing keeps is no reason to go to and fro, and is told in numbers', () => {
  const [one, two] = [
    pointOf('small', 0.8, 20, { intraOpThreads: 1, memoryBytes: 90e6 }),
    pointOf('small', 0.8, 22, { memoryBytes: 95e6 }),
  ];
  const controller = new Controller({
    points: [one!, two!],
    budgets: { ...BUDGETS, maxMemoryBytes: 50 * 2 ** 20 },
    pinned: new Set(),
    cores: 2,
  });
  // whatever stands takes a little more than what the other one would
  const steps = live(controller, knobsAt(two!), 1800, (s) => ({ serviceMs: 20, memoryBytes: 300e6 + 2e6 * (s % 3) }));
  const threads = steps
    .map(({ knobs }) => knobs.point.intraOpThreads)
    .filter((n, i, all) => i === 0 || n !== all[i - 1]);
  assert.equal(threads, [2]);
  assert.match(
    steps.at(-1)!.decision.reason,
    /^all processes together would have 2\d\d MiB of memory, of at most 50 MiB, and nothing helps now$/,
  );
});

test.run();
