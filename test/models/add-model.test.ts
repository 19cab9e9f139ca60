import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerDetector } from '../../src/detect/host/worker-detector.js';
import { type AddModelOptions, addToRegistry, modelName } from '../../src/models/add-model.js';
import { readOnnxFacts } from '../../src/models/onnx-facts.js';
import { blankScenes } from '../../src/models/recognition/probe-scenes.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { constantModel, type Value } from '../fixtures/onnx-builder.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('add-model');
const createDetector = () => new WorkerDetector({ deadlineMs: 10_000, loadDeadlineMs: 20_000 });

/** A roadside model of two classes that always sees one car. */
function modelFile(name: string, input: Value = { name: 'images', dims: ['n', 3, 'h', 'w'] }): string {
  const file = join(folder, name);
  const data = Float32Array.of(2, 4, 12, 14, 0.8, 0.4);
  writeFileSync(file, constantModel(input, [{ name: 'detections', dims: [1, 1, 6], data }]));
  return file;
}

function add(dir: string, change: Partial<AddModelOptions>) {
  const model = { family: 'roadside', classes: ['car', 'bus'], width: 64, height: 32 } as const;
  return addToRegistry({
    modelsDir: join(folder, dir),
    file: modelFile('two.onnx'),
    model,
    scenes: blankScenes(),
    createDetector,
    ...change,
  });
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );
}

test('a model that runs is copied in with a manifest that the registry takes', async () => {
  const added = await add('works', {});
  assert.is(added.info.provider, 'cpu');
  const registry = await ModelRegistry.open(join(folder, 'works'));
  assert.equal(await registry.verify(), [{ model: 'two', variant: 'fp32-64x32', problem: null }]);
  const { manifest } = await registry.find('two');
  assert.equal(manifest.classes, ['car', 'bus']);
  assert.is(manifest.licence, 'unknown');
  assert.equal(readdirSync(join(folder, 'works')), ['two']);
});

test('a model whose outputs do not fit the family is refused with its shapes, and nothing is left behind', async () => {
  const model = { family: 'yolox', width: 64, height: 32 } as const;
  const error = await rejection(add('refused', { model }));
  assert.match(
    error.message,
    /a yolox model must give \[batch, 42, 5\+classes\].* detections \[1, 1, 6\]\. Is it a detector/,
  );
  assert.equal(readdirSync(join(folder, 'refused')), []);
});

test('a file that is no model is refused, and nothing is left behind', async () => {
  const file = join(folder, 'text.onnx');
  writeFileSync(file, 'this is no model');
  const error = await rejection(add('text', { file }));
  assert.is(error.name, 'ModelError');
  assert.match(error.message, /text.onnx is a text of 16 bytes \("this is no model"\): take the .onnx file itself/);
  assert.not.ok(existsSync(join(folder, 'text')));
});

/** YOLO-NAS as it is exported: boxes and scores of 84 anchors, a dozen of them on one car. */
function nasFile(name: string, score: number): string {
  const boxes = Float32Array.from({ length: 84 * 4 }, (_, i) => (i < 12 * 4 ? [8, 12, 40, 44][i % 4]! : 0));
  const scores = Float32Array.from({ length: 84 * 80 }, (_, i) => (i < 12 * 80 && i % 80 === 2 ? score : 0));
  const file = join(folder, name);
  const outputs = [
    { name: 'graph2_926', dims: [1, 84, 4], data: boxes },
    { name: 'graph2_934', dims: [1, 84, 80], data: scores },
  ];
  writeFileSync(file, constantModel({ name: 'input.1', dims: [1, 3, 64, 64] }, outputs));
  return file;
}

test('a model of which nothing is said is added as what its numbers show', async () => {
  const { manifest, seen, remarks } = await add('nothing-said', { file: nasFile('nas.onnx', 0.9), model: {} });
  assert.is(manifest.family, 'yolo-nas');
  assert.is(manifest.classes.length, 80);
  assert.equal(manifest.report, ['bicycle', 'car', 'motorcycle', 'bus', 'truck']);
  assert.equal(
    seen.map(({ scene, boxes }) => [scene.id, boxes.map(({ class: name }) => name)]),
    [
      ['noise', ['car']],
      ['grey', ['car']],
    ],
  );
  assert.match(remarks[0]!, /the very same numbers for all 2 pictures/);
});

test('how often the model has run is told while it is tried', async () => {
  const told: number[] = [];
  await add('counted', { file: nasFile('nas.onnx', 0.9), model: {}, onRun: (runs) => void told.push(runs) });
  // once for the shapes, then noise and grey
  assert.equal(told, [1, 2, 3]);
});

test('a family that fits the shapes and not the numbers is refused, with the one that does, and nothing is left behind', async () => {
  const error = await rejection(add('wrong-family', { file: nasFile('nas.onnx', 0.9), model: { family: 'detr' } }));
  assert.match(error.message, /^as family detr its numbers make no sense/);
  assert.match(error.message, /Its numbers fit family yolo-nas .*: models add .*nas\.onnx$/);
  assert.equal(readdirSync(join(folder, 'wrong-family')), []);
});

test('a model whose scores are all zero is refused, and added if that is wanted', async () => {
  const file = nasFile('silent.onnx', 0);
  assert.match((await rejection(add('silent', { file, model: {} }))).message, /^it never gives a score above 0/);
  const { remarks } = await add('silent', { file, model: { family: 'yolo-nas' }, force: true });
  assert.match(remarks.join(), /it will never report anything/);
  assert.equal(readdirSync(join(folder, 'silent')), ['silent']);
});

test('a dry run finds out the same and keeps nothing', async () => {
  const { manifest } = await add('dry', { file: nasFile('nas.onnx', 0.9), model: {}, dryRun: true });
  assert.is(manifest.family, 'yolo-nas');
  assert.equal(readdirSync(join(folder, 'dry')), []);
  // also one whose name is taken, as that of a model that is there already
  await add('dry', { file: nasFile('nas.onnx', 0.9), model: {} });
  assert.is(
    (await add('dry', { file: join(folder, 'dry/nas/nas.onnx'), model: {}, dryRun: true })).manifest.name,
    'nas',
  );
});

test('a name that is taken is refused, and what is there stays', async () => {
  mkdirSync(join(folder, 'taken', 'two'), { recursive: true });
  writeFileSync(join(folder, 'taken', 'two', 'model.json'), 'mine');
  assert.match((await rejection(add('taken', {}))).message, /there is a model two already/);
  assert.is(readFileSync(join(folder, 'taken', 'two', 'model.json'), 'utf8'), 'mine');
});

test('a name that would leave the models folder is refused', async () => {
  assert.match((await rejection(add('names', { name: '../evil' }))).message, /"\.\.\/evil" cannot be a model's name/);
});

test('a missing file is named', async () => {
  assert.match(
    (await rejection(add('missing', { file: join(folder, 'gone.onnx') }))).message,
    /cannot read .*gone\.onnx/,
  );
});

test('what the file says of its input is taken where nothing else is said', async () => {
  const file = modelFile('says.onnx', { name: 'x', type: 'uint8', dims: [1, 96, 160, 3] });
  assert.equal(readOnnxFacts(file).picture, {
    name: 'x',
    type: 'uint8',
    layout: 'nhwc',
    channels: 3,
    width: 160,
    height: 96,
    batch: 1,
  });
  const { manifest } = await add('says', { file, model: { family: 'roadside', classes: ['car', 'bus'] } });
  assert.equal(
    [manifest.input.type, manifest.input.layout, manifest.variants[0]!.id],
    ['uint8', 'nhwc', 'fp32-160x96'],
  );
});

test('a model without a name is called like its file', () => {
  assert.is(modelName('/a/b/My YOLO (v8).onnx'), 'My-YOLO-v8-');
  assert.is(modelName('yolox_s.onnx'), 'yolox_s');
});

test.run();
