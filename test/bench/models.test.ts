import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bestPeer, bestPruned, goals, type Outcome, prunedNote, type Result } from '../../bench/models/goals.js';
import { KeptModels } from '../../bench/models/kept-models.js';
import { findPython } from '../../bench/models/peer.js';
import { labelledClasses, roadFrames } from '../../bench/models/pictures.js';
import { missingAtStart, type Serving, servingGoal } from '../../bench/models/serving.js';
import { speedOf } from '../../bench/models/speed.js';
import { run } from '../../bench/models.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { encodeJpeg } from '../../src/media/image.js';
import { readModel } from '../../src/onnx/model-file.js';
import { temporaryFolder } from '../temporary.js';

const result = (contender: string, values: Partial<Result> = {}): Result => ({
  model: 'roadside-n',
  contender,
  kind: 'made',
  frameX: 1,
  detectX: 1,
  inferX: 1,
  ap50Share: 1,
  ap5095Share: 1,
  claimed: null,
  ...values,
});

const pruned = (contender: string, frameX: number, ap50Share: number | null): Result =>
  result(contender, { kind: 'pruned', frameX, ap50Share });

const peer = (contender: string, inferX: number, ap50Share: number): Result =>
  result(contender, { kind: 'peer', inferX, ap50Share });

const outcome = (results: readonly Result[], change: Partial<Outcome> = {}): Outcome => ({
  results,
  noise: [],
  onGpu: [],
  ...change,
});

const met = (results: readonly Result[], change: Partial<Outcome> = {}) =>
  goals(['roadside-n'], outcome(results, change)).map((goal) => goal.met);

test('int8 is judged by its inference and its AP50, fused int8 by bytes to boxes and by whole frames', () => {
  const int8 = result('int8', { inferX: 2.1, ap50Share: 0.989 });
  const fused = result('int8-fused', { detectX: 2.7, frameX: 2.5, ap50Share: 0.995 });
  assert.equal(
    goals(['roadside-n'], outcome([int8, fused]))
      .slice(0, 5)
      .map(({ value, met }) => [value, met]),
    [
      [2.1, true],
      [0.989, false],
      [2.7, true],
      [2.5, false],
      [0.995, true],
    ],
  );
});

test('nothing is judged of what was not measured, and nothing at all of a model without goals', () => {
  assert.ok(met([]).every((one) => one === null));
  assert.equal(goals(['yolox-nano'], outcome([result('int8', { model: 'yolox-nano' })])), []);
});

test('a model without labels to compare with has no goal of accuracy met or missed', () => {
  const [speed, ap50] = met([result('int8', { inferX: 3, ap50Share: null })]);
  assert.is(speed, true);
  assert.is(ap50, null);
});

test('the best pruned model is the fastest that kept 0.98 of the AP50', () => {
  const results = [pruned('a', 1.2, 0.99), pruned('b', 1.4, 0.98), pruned('c', 2, 0.979), pruned('d', 3, null)];
  assert.is(bestPruned([...results, result('int8', { frameX: 9 })])!.contender, 'b');
  assert.is(bestPruned(results.slice(2)), null);
});

test('a reader is told what pruning is worth beside int8 alone', () => {
  const int8 = result('int8', { frameX: 2 });
  assert.is(
    prunedNote('roadside-n', [int8, pruned('pruned-10-int8', 2.25, 0.984)]),
    "roadside-n, structured pruning: best speed at >= 0.98 of AP50: pruned-10-int8, 2.25 × fp32's frames at 0.984; int8 without pruning 2.00 ×",
  );
  assert.match(prunedNote('roadside-n', [pruned('pruned-30', 2, 0.9)])!, /none has it$/);
  assert.is(prunedNote('roadside-n', [int8]), null);
});

test("the peer's best is the fastest of those that are about as accurate as its most accurate one", () => {
  const peers = [peer('MinMax', 2, 0.995), peer('Entropy', 2.2, 0.993), peer('Percentile', 3, 0.9)];
  assert.is(bestPeer(peers)!.contender, 'Entropy');
  assert.is(bestPeer([]), null);
});

test('against the peer a difference within noise is none', () => {
  const noise = [{ model: 'roadside-n', ap50: 0.008, ap5095: 0.004 }];
  const against = (inferX: number, ap50Share: number, ap5095Share: number) =>
    met([result('int8', { inferX, ap50Share, ap5095Share }), peer('MinMax', 2, 0.995)], { noise }).slice(5, 8);
  assert.equal(against(1.97, 0.988, 0.997), [true, true, true]);
  assert.equal(against(1.9, 0.986, 0.995), [false, false, false]);
});

test('what is shipped must keep what its manifest claims, each variant of it', () => {
  const shipped = (ap50Share: number) => result('shipped', { kind: 'shipped', claimed: 0.99, ap50Share });
  assert.is(met([shipped(0.985)])[8], true);
  assert.is(met([shipped(0.985), shipped(0.97)])[8], false);
});

test('a runtime beside the workshop may drop no frame, and the workshop must have been at work', () => {
  const serving = (dropped: number): Serving => ({
    captured: 1200,
    dropped,
    droppedAtStart: 2,
    p95Ms: 12,
  });
  const met = (dropped: number, throughout: boolean) =>
    servingGoal({ alone: serving(0), beside: serving(dropped), throughout }).met;
  assert.equal([met(0, true), met(1, true), met(0, false), servingGoal(null).met], [true, false, null, null]);
});

test('frames dropped in the first second of serving are told from later ones', () => {
  const answer = (camera: string, seq: number, capturedAt: number) => ({ camera, seq, capturedAt });
  const late = [answer('a', 0, 5000), answer('a', 3, 5200), answer('a', 20, 6300), answer('b', 1, 5100)];
  assert.is(missingAtStart(late), 3, 'seq 1 and 2 of a, seq 0 of b; not what is missing before the frame of 6300');
  assert.is(missingAtStart([]), 0);
});

test('each accelerator that was at hand is judged by itself', () => {
  const onGpu = [
    { model: 'roadside-n', provider: 'cuda', fusedX: 6 },
    { model: 'roadside-n', provider: 'webgpu', fusedX: 4 },
  ];
  assert.equal(
    goals(['roadside-n'], outcome([], { onGpu }))
      .slice(9)
      .map((goal) => goal.met),
    [true, false],
  );
});

test('speed is compared round by round', () => {
  const rounds = (...ms: number[]) => ms.map((frameMs) => ({ frameMs, detectMs: frameMs / 2, inferMs: frameMs / 4 }));
  // the machine was half as fast in the second round
  const speed = speedOf(rounds(2, 4, 2), rounds(6, 12, 5));
  assert.is(speed.frameMs, 2);
  assert.is(speed.detectMs, 1);
  assert.is(speed.inferX, 3);
});

test('of a picture only the classes are judged that its source looked for', () => {
  assert.equal(labelledClasses('/somewhere/nepal_00001.jpg'), ['car', 'truck', 'bus', 'motorcycle']);
  assert.equal(labelledClasses('duc_00188.jpg')?.at(-1), 'bicycle');
  assert.is(labelledClasses('bdd_00028.jpg'), null);
});

test('a model that is kept is made again only where what it is made of has changed', async () => {
  const folder = temporaryFolder('kept-models');
  let made = 0;
  const make = async () => {
    made++;
    return { model: readModel(join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx')), notes: ['a note'] };
  };
  await new KeptModels(folder, ['parent', '128']).get('n.int8', make);
  const again = await new KeptModels(folder, ['parent', '128']).get('n.int8', make);
  assert.is(made, 1);
  assert.equal(again.notes, ['a note']);
  await new KeptModels(folder, ['parent', '64']).get('n.int8', make);
  assert.is(made, 2);
});

test("a Python without ONNX Runtime's quantizer is told what to install", async () => {
  const failure = await findPython(join(PROJECT_ROOT, 'no-such-python')).catch((error: Error) => error.message);
  assert.match(failure as string, /pip install onnx onnxruntime .* --python or EDGE_PYTHON$/);
});

test('variants are made of pictures of a folder, and measured on others', async () => {
  const folder = temporaryFolder('models-bench');
  mkdirSync(join(folder, 'images'));
  mkdirSync(join(folder, 'labels'));
  for (const [i, { data, width, height }] of roadFrames(6).entries()) {
    writeFileSync(join(folder, `images/${i}.jpg`), await encodeJpeg(data, width, height, 90));
    writeFileSync(join(folder, `labels/${i}.txt`), '0 0.5 0.5 0.1 0.1\n');
  }
  const pictures = ['--calibration', folder, '--eval', folder];
  const report = await run(['--quick', '--rounds', '1', '--models', 'roadside-n', '--only', 'fused', ...pictures]);
  assert.equal(
    report.rows.map((row) => row['contender']),
    ['roadside-n fp32', 'roadside-n fp32-fused', 'roadside-n int8-fused'],
  );
  for (const row of report.rows) {
    assert.ok((row['frameMs'] as number) > (row['inferMs'] as number), JSON.stringify(row));
    assert.is(typeof row['ap50'], 'number');
  }
  assert.is(report.rows[1]!['f1'], 1);
});

test.run();
