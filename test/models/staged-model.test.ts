import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerDetector } from '../../src/detect/host/worker-detector.js';
import { explain } from '../../src/foundation/errors.js';
import { addToRegistry } from '../../src/models/add-model.js';
import { blankScenes } from '../../src/models/recognition/probe-scenes.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { discardUnfinished, StagedModel } from '../../src/models/staged-model.js';
import { encodeModel } from '../../src/onnx/encode.js';
import { makeNode } from '../../src/onnx/graph.js';
import { float32Tensor } from '../../src/onnx/tensor.js';
import { smallModel } from '../onnx/small-model.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('staged-model');
const createDetector = () => new WorkerDetector({ deadlineMs: 10_000, loadDeadlineMs: 20_000 });
const row = [2, 4, 12, 14, 0.8, 0.4];

/** A roadside model whose one box, and 1000 numbers more, lie in files beside it. */
function split(name: string, boxes = `${name}.data`, rest = boxes): string {
  const model = smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 32, 64] }],
    outputs: [{ name: 'detections', type: 'float32', dims: [1, 1, 6] }],
    constants: { boxes: float32Tensor([1, 1, 6], row), rest: float32Tensor([1000], new Float32Array(1000)) },
    nodes: [makeNode('Identity', 'id', ['boxes'], ['detections']), makeNode('Relu', 'r', ['rest'], ['unused'])],
  });
  const places = new Map([
    ['boxes', { location: boxes, offset: 0 }],
    ['rest', { location: rest, offset: boxes === rest ? 4096 : 0 }],
  ]);
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat(encodeModel(model, places)));
  return file;
}

/** The bytes that `split` expects beside it. */
function data(): Buffer {
  const bytes = Buffer.alloc(8096);
  for (const [i, value] of row.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes;
}

function add(dir: string, file: string) {
  const model = { family: 'roadside', classes: ['car', 'bus'] } as const;
  return addToRegistry({ modelsDir: join(folder, dir), file, model, createDetector, scenes: blankScenes() });
}

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it did not fail',
    (error: unknown) => explain(error),
  );

test('files with weights are copied beside the model, under their names, with their sums', async () => {
  const file = split('apart.onnx', 'apart.onnx.data', 'more/rest.bin');
  writeFileSync(join(folder, 'apart.onnx.data'), data());
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'more/rest.bin'), new Uint8Array(4000));
  const { manifest } = await add('apart', file);
  assert.equal(readdirSync(join(folder, 'apart/apart')), ['apart.onnx', 'apart.onnx.data', 'model.json', 'more']);
  assert.equal(
    manifest.variants[0]!.externalData?.map(({ file: name, bytes }) => [name, bytes]),
    [
      ['apart.onnx.data', 8096],
      ['more/rest.bin', 4000],
    ],
  );
});

test('they are verified, and a worker does not load a model whose weights were changed', async () => {
  const file = split('changed.onnx');
  writeFileSync(join(folder, 'changed.onnx.data'), data());
  const { folder: added } = await add('changed', file);
  const registry = await ModelRegistry.open(join(folder, 'changed'));
  assert.is((await registry.verify())[0]!.problem, null);
  const bytes = data();
  bytes[8000] = 1;
  writeFileSync(join(added, 'changed.onnx.data'), bytes);
  assert.match((await registry.verify())[0]!.problem!, /^changed.onnx.data has sha256 [0-9a-f]{64}, expected/);
  truncateSync(join(added, 'changed.onnx.data'), 4000);
  assert.is((await registry.verify())[0]!.problem, 'changed.onnx.data has 4000 bytes, expected 8096');
});

test('a file with weights that is missing or cut short is named, and nothing is left behind', async () => {
  const file = split('alone.onnx');
  assert.match(
    await failure(add('alone', file)),
    /some of the model's weights lie in alone.onnx.data, which is not in .*: put it there under this very name/,
  );
  writeFileSync(join(folder, 'alone.onnx.data'), new Uint8Array(100));
  assert.match(
    await failure(add('alone', file)),
    /alone.onnx.data is cut short: it has 100 bytes, the model needs 8096/,
  );
  assert.equal(readdirSync(join(folder, 'alone')), []);
});

test('a model may name no files but those beside it', async () => {
  for (const location of [
    '../secret',
    '/etc/hostname',
    'a/../../b',
    '..\\b',
    'model.json',
    './model.json',
    'evil.onnx',
    '',
  ]) {
    const message = await failure(add('evil', split('evil.onnx', location)));
    assert.match(
      message,
      /says that some of its weights lie in ".*", which (leads out|is the name|is no name)/,
      location,
    );
  }
  assert.not.ok(existsSync(join(folder, 'evil')));
});

test('a folder of models that cannot be made or written is told in one sentence', async () => {
  const file = split('plain.onnx');
  writeFileSync(join(folder, 'plain.onnx.data'), data());
  writeFileSync(join(folder, 'occupied'), '');
  const message = await failure(add('occupied', file));
  assert.match(
    message,
    /^cannot write into the models folder .*occupied: .*occupied is a file, not a folder: move it away/,
  );
  assert.not.match(message, /ENOTDIR|EEXIST|\n/);
  symlinkSync(join(folder, 'nowhere/at/all'), join(folder, 'dangling'));
  assert.match(await failure(add('dangling', file)), /^cannot write into the models folder .*dangling/);
});

const unprivileged = process.getuid?.() === 0 ? test.skip : test;
unprivileged('a file that may not be read, and a folder that may not be written, say so', async () => {
  const file = split('secret.onnx');
  writeFileSync(join(folder, 'secret.onnx.data'), data());
  const locked = join(folder, 'locked');
  mkdirSync(locked, { mode: 0o500 });
  assert.match(await failure(add('locked', file)), /^cannot write into the models folder .*may not be written/);
  chmodSync(file, 0);
  assert.match(await failure(add('unread', file)), /^cannot read .*secret.onnx: this user .* may not: chmod a\+r/);
});

test('what is copied has the bytes and the sum of the source', async () => {
  const source = join(folder, 'bytes.onnx');
  writeFileSync(source, 'abc');
  const staged = await StagedModel.copy(join(folder, 'bytes'), source, []);
  assert.equal(staged.facts, {
    bytes: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
  assert.is(readFileSync(staged.file, 'utf8'), 'abc');
  await staged.discard();
  assert.equal(readdirSync(join(folder, 'bytes')), []);
});

test('what is not kept can be removed when the process ends; what another process adds stays', async () => {
  const dir = join(folder, 'stopped');
  mkdirSync(join(dir, '.adding-1-other'), { recursive: true });
  const source = join(folder, 'stopped.onnx');
  writeFileSync(source, 'abc');
  await StagedModel.copy(dir, source, []);
  discardUnfinished(dir);
  assert.equal(readdirSync(dir), ['.adding-1-other']);
  discardUnfinished(join(folder, 'not there'));
});

test.run();
