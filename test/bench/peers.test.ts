import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FrameLine } from '../../bench/harness/results.js';
import { agreement } from '../../bench/peers/agreement.js';
import { goals, type Row } from '../../bench/peers/goals.js';
import { progressRate } from '../../bench/peers/neighbour.js';

const CAR = [10, 10, 50, 50, 0.9, 2];

const frame = (seq: number, detections: number[][], capturedAt = 1000, latencyMs = 5): FrameLine => ({
  seq,
  capturedAt,
  latencyMs,
  detections,
});

const row = (contender: string, values: Partial<Row>): Row => ({
  contender,
  beside: 'nothing',
  fps: null,
  p50Ms: null,
  p95Ms: null,
  cpuPer1000: null,
  peakRssMiB: null,
  agreement: null,
  peakPssMiB: null,
  fastP50Ms: null,
  fastP95Ms: null,
  pacedCpuPer1000: null,
  fpsSpread: null,
  pacedFps: null,
  pacedAnswered: null,
  messagesPerFrame: null,
  ...values,
});

test('the same boxes agree fully, whatever number each program gives its first frame', () => {
  assert.is(agreement([frame(0, [CAR]), frame(1, [])], [frame(7, [CAR]), frame(8, [])]), 1);
});

test('a box of another class, one moved too far and a missing frame are disagreements', () => {
  const reference = [frame(0, [CAR]), frame(1, [CAR]), frame(2, [CAR]), frame(3, [CAR])];
  const other = [frame(0, [[10, 10, 50, 50, 0.9, 7]]), frame(1, [[40, 40, 80, 80, 0.9, 2]]), frame(3, [CAR])];
  // one pair among 4 + 3 boxes
  assert.is(agreement(reference, other), 2 / 7);
});

test('boxes scored under 0.35 do not count on either side', () => {
  const weak = [100, 100, 150, 150, 0.34, 2];
  assert.is(agreement([frame(0, [CAR, weak])], [frame(0, [CAR])]), 1);
  assert.is(agreement([frame(0, [CAR])], [frame(0, [CAR, weak])]), 1);
});

test('two boxes over one of the reference make one pair only', () => {
  const close = [12, 10, 52, 50, 0.8, 2];
  assert.is(agreement([frame(0, [CAR])], [frame(0, [CAR, close])]), 2 / 3);
});

test('goals compare with the best rival of each column', () => {
  const ours = row('ours', { fps: 90, p50Ms: 10, agreement: 0.96 });
  const rivals = [row('a', { fps: 60, p50Ms: 8 }), row('b', { fps: 45, p50Ms: 30 })];
  const byName = new Map(goals('nothing', ours, rivals).map((goal) => [goal.name, goal]));
  assert.equal(byName.get("beside nothing: frames per second, of the best rival's"), {
    name: "beside nothing: frames per second, of the best rival's",
    value: 1.5,
    goal: '> 1',
    met: true,
  });
  assert.is(byName.get("beside nothing: latency p50, of the best rival's")!.met, false);
  assert.is(byName.get("beside nothing: peak RSS of all processes, of the best rival's")!.met, null);
  assert.is(byName.get("beside nothing: agreement of boxes with the naive script's (F1)")!.met, true);
});

test('without rivals, or without our own row, nothing but our agreement is judged', () => {
  assert.ok(goals('nothing', undefined, [row('a', { fps: 60 })]).every(({ met }) => met === null));
  assert.ok(goals('nothing', row('ours', { fps: 90 }), []).every(({ met }) => met === null));
});

test('beside a neighbour, ours must not be first by starving it', () => {
  const rivals = [row('a', { pacedNeighbourFps: 100 }), row('b', { pacedNeighbourFps: 60 })];
  const judged = (pacedNeighbourFps: number) =>
    goals('neighbour', row('ours', { pacedNeighbourFps }), rivals).find(({ name }) => name.includes('own rate'))!;
  assert.is(judged(96).met, true);
  assert.is(judged(70).met, false);
  assert.is(judged(70).value, 0.7);
  assert.not.ok(goals('nothing', row('ours', {}), rivals).some(({ name }) => name.includes('own rate')));
});

test("the neighbour's rate is that of the time asked for", () => {
  const progress = [0, 1, 2, 3, 4].map((second) => ({ at: second * 1000, pictures: second < 2 ? 0 : second * 50 }));
  assert.is(progressRate(progress, 2000, 4000), 50);
  assert.is(progressRate(progress, 2500, 3500), null);
  assert.is(progressRate(progress, Number.NaN, Number.NaN), null);
});

test.run();
