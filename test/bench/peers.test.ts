import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agreement } from '../../bench/peers/agreement.js';
import { goals, type Row } from '../../bench/peers/goals.js';
import { answeredShare, answerTimes, type FrameLine, framesPerSecond, readResults } from '../../bench/peers/results.js';
import { UsageSampler } from '../../bench/peers/usage.js';
import { where } from '../optional.js';
import { eventually, temporaryFolder } from '../temporary.js';

const CAR = [10, 10, 50, 50, 0.9, 2];

const frame = (seq: number, detections: number[][], capturedAt = 1000, latencyMs = 5): FrameLine => ({
  seq,
  capturedAt,
  latencyMs,
  detections,
});

const row = (contender: string, values: Partial<Row>): Row => ({
  contender,
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

test('frames per second count from the first result to the last', () => {
  const lines = [frame(0, [], 1000, 10), frame(1, [], 1400, 110), frame(2, [], 1900, 110)];
  assert.equal(answerTimes(lines), [1010, 1510, 2010]);
  assert.is(framesPerSecond(answerTimes(lines)), 2);
  assert.is(framesPerSecond([1000]), null);
});

test('frames that a program dropped on the way lower its answered share', () => {
  assert.is(answeredShare([frame(3, []), frame(4, []), frame(6, [])]), 0.75);
  assert.is(answeredShare([]), null);
});

test('a results file with a line that is no result is refused with its number', () => {
  const file = join(temporaryFolder('peers'), 'results.jsonl');
  writeFileSync(file, `${JSON.stringify(frame(0, [CAR]))}\n{"type":"summary"}\n`);
  assert.throws(() => readResults(file), /line 2 of .* is not a frame's result/);
});

test('goals compare with the best rival of each column', () => {
  const ours = row('ours', { fps: 90, p50Ms: 10, agreement: 0.96 });
  const rivals = [row('a', { fps: 60, p50Ms: 8 }), row('b', { fps: 45, p50Ms: 30 })];
  const byName = new Map(goals(ours, rivals).map((goal) => [goal.name, goal]));
  assert.equal(byName.get("frames per second, of the best rival's"), {
    name: "frames per second, of the best rival's",
    value: 1.5,
    goal: '> 1',
    met: true,
  });
  assert.is(byName.get("latency p50, of the best rival's")!.met, false);
  assert.is(byName.get("peak RSS of all processes, of the best rival's")!.met, null);
  assert.is(byName.get("agreement of boxes with the naive script's (F1)")!.met, true);
});

test('without rivals, or without our own row, nothing but our agreement is judged', () => {
  assert.ok(goals(undefined, [row('a', { fps: 60 })]).every(({ met }) => met === null));
  assert.ok(goals(row('ours', { fps: 90 }), []).every(({ met }) => met === null));
});

const onLinux = where(process.platform === 'linux', '/proc', test);

onLinux('memory and CPU of a program include its children', async () => {
  const busy = 'for (const end = Date.now() + 3000; Date.now() < end; );';
  const code = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(busy)}])`;
  const child = spawn(process.execPath, ['-e', code], { detached: true });
  const usage = new UsageSampler(child.pid!);
  const began = Date.now();
  usage.start();
  try {
    await eventually('the child used CPU', () => (usage.cpuPer1000([began, Date.now()]) ?? 0) > 0);
    assert.ok(usage.peakRss! > 40e6, `two Node processes take ${usage.peakRss}`);
  } finally {
    usage.stop();
    process.kill(-child.pid!, 'SIGKILL');
  }
});

test.run();
