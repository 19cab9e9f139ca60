import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridOf, joined, stepOfTime } from '../../src/dashboard/measures/grid.js';
import { headrooms } from '../../src/dashboard/measures/headroom.js';
import { heldSpans } from '../../src/dashboard/measures/held-spans.js';
import { restartsIn } from '../../src/dashboard/measures/restarts.js';
import { DROPPED, LATE, mergedTimes, slowSteps, usualOutside } from '../../src/dashboard/measures/slow-times.js';
import { causesAmong } from '../../src/dashboard/measures/suspects.js';

const MINUTE = 60_000;
const point = (t: number, min: number, max: number) => ({ t, min, mean: (min + max) / 2, max, p95: max, count: 60 });
const steps = (text: string, values: Readonly<Record<string, number>>) =>
  Float64Array.from(text, (letter) => values[letter]!);

test('a grid begins at a multiple of its step and holds the last moment', () => {
  const grid = gridOf(90_000, 300_000, MINUTE);
  assert.equal(grid, { from: MINUTE, stepMs: MINUTE, steps: 4 });
  assert.equal(
    [59_999, 60_000, 299_999].map((t) => stepOfTime(grid, t)),
    [-1, 0, 3],
  );
});

test('several series make one of what was read', () => {
  const [a, b] = [Float64Array.of(1, Number.NaN, 3), Float64Array.of(3, Number.NaN, Number.NaN)];
  assert.equal([...joined([a, b], 'sum', 3)], [4, Number.NaN, 3]);
  assert.equal([...joined([a, b], 'max', 3)], [3, Number.NaN, 3]);
  assert.equal([...joined([a, b], 'mean', 3)], [2, Number.NaN, 3]);
});

test('a restart is where the time since the start falls, with the pause before it', () => {
  const t = 100 * MINUTE;
  const went = [point(t, 3000, 3059), point(t + MINUTE, 3060, 3119)];
  assert.equal(restartsIn(went, MINUTE), []);
  const after = point(t + 10 * MINUTE, 0, 20);
  const [restart] = restartsIn([...went, after], MINUTE);
  assert.equal(restart, { stoppedAt: t + 2 * MINUTE, startedAt: t + 11 * MINUTE - 20_000 });
  // within one step: the run before and the one after
  const both = [point(t, 3000, 3059), point(t + MINUTE, 0, 3090), point(t + 2 * MINUTE, 15, 74)];
  const [quick] = restartsIn(both, MINUTE);
  assert.equal(quick, { stoppedAt: t + 3 * MINUTE - 74_000, startedAt: t + 3 * MINUTE - 74_000 });
});

test('what held for a while with short pauses is one stretch, with its share', () => {
  const grid = gridOf(0, 10 * MINUTE, MINUTE);
  const shares = steps('0ab0a0000a', { '0': 0, a: 1, b: 0.5 });
  assert.equal(heldSpans(shares, grid, 2 * MINUTE), [
    { from: MINUTE, to: 5 * MINUTE, share: 2.5 / 4 },
    { from: 9 * MINUTE, to: 10 * MINUTE, share: 1 },
  ]);
  assert.equal(heldSpans(Float64Array.of(Number.NaN, 0), gridOf(0, 2 * MINUTE, MINUTE), 0), []);
});

test('a slow time is worse than usual by half, long enough, and goes on over a moment in between', () => {
  const values = steps('nnnnnnnnsssnsssnnnnnnnsnnnnn', { n: 100, s: 300 });
  const found = slowSteps(values, 'latency', LATE, { first: 0, least: 3, bridged: 1 });
  assert.equal(
    found.map(({ start, end, usual }) => [start, end, usual]),
    [[8, 15, 100]],
  );
  assert.equal(
    slowSteps(values, 'latency', LATE, { first: 16, least: 3, bridged: 1 }),
    [],
    'before it only tells what is usual',
  );
  // of what is small a multiple says nothing
  assert.equal(
    slowSteps(steps('nnnnsssnnn', { n: 5, s: 12 }), 'latency', LATE, { first: 0, least: 3, bridged: 0 }),
    [],
  );
  const drops = slowSteps(steps('nnnnsssnnn', { n: 0, s: 0.2 }), 'drops', DROPPED, { first: 0, least: 3, bridged: 0 });
  assert.is(drops.length, 1);
  assert.is(mergedTimes([...drops, { ...drops[0]!, start: 5, end: 9 }]).at(-1)!.end, 9);
  assert.is(usualOutside(Float64Array.of(1, 9, 1), [{ start: 1, end: 2 }]), 1);
});

test('of what was not as usual, what says most comes first; what nothing tells of is no cause', () => {
  const found = causesAmong([
    { suspect: 'processor', was: 97, usual: 60 },
    { suspect: 'heat', was: 0.9, usual: 0 },
    { suspect: 'clock', was: 1200, usual: 2400 },
    { suspect: 'steal', was: null, usual: null },
    { suspect: 'disk', was: 1, usual: 1 },
    { suspect: 'demand', was: 9, usual: 8 },
  ]);
  assert.equal(
    found.map(({ suspect }) => suspect),
    ['heat', 'clock', 'processor'],
  );
  const others = causesAmong([
    { suspect: 'others', was: 180, usual: 10 },
    { suspect: 'workers', was: 1, usual: 2 },
    { suspect: 'demand', was: 16, usual: 8 },
    { suspect: 'steal', was: 25, usual: 0 },
    { suspect: 'memory', was: 40, usual: 0 },
    { suspect: 'swap', was: 50, usual: 2 },
    { suspect: 'quota', was: 0.5, usual: 0 },
  ]);
  assert.is(others.length, 7);
  assert.ok(others.every(({ weight }) => weight > 0 && weight <= 1));
});

test('head-room says what is left, and where nothing tells that', () => {
  const readings = {
    processor: 95,
    workers: 80,
    memory: 40,
    swap: null,
    disk: 99,
    temperature: 79,
    throttleAt: 85,
    wear: null,
  };
  assert.equal(
    headrooms(readings).map(({ of, state }) => `${of} ${state}`),
    [
      'processor exhausted',
      'workers low',
      'memory ample',
      'swap unknown',
      'disk exhausted',
      'heat low',
      'wear unknown',
    ],
  );
  const heat = (temperature: number | null) =>
    headrooms({ ...readings, temperature }).find(({ of }) => of === 'heat')!.state;
  assert.equal([heat(84), heat(60), heat(null)], ['exhausted', 'ample', 'unknown']);
});

test.run();
