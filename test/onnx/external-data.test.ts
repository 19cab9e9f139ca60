import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { makeNode } from '../../src/onnx/graph.js';
import { readModel, writeModel } from '../../src/onnx/model-file.js';
import { float32Tensor } from '../../src/onnx/tensor.js';
import { GraphSession } from '../../src/optimize/graph-session.js';
import { temporaryFolder } from '../temporary.js';
import { noise } from './every-value.js';
import { smallModel } from './small-model.js';

const ROADSIDE = join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx');
const folder = temporaryFolder('external-data');

async function detections(source: string): Promise<Uint8Array> {
  const session = await GraphSession.open(source);
  const outputs = await session.run(new Map([['images', float32Tensor([1, 3, 64, 96], noise(3 * 64 * 96))]]));
  await session.close();
  return outputs.get('detections')!.bytes;
}

test('a model that is too large for one file gets its constants beside it, and ONNX Runtime finds them', async () => {
  const file = join(folder, 'large.onnx');
  await writeModel(file, readModel(ROADSIDE), { maxBytes: 1_000_000 });
  assert.ok(statSync(file).size < 100_000);
  assert.is(statSync(`${file}.data`).size % 4096, 0);
  assert.equal(await detections(file), await detections(ROADSIDE));
});

test('what was written into two files is read again as the same constants', async () => {
  const file = join(folder, 'two.onnx');
  const model = readModel(ROADSIDE);
  await writeModel(file, model, { maxBytes: 1_000_000 });
  const again = readModel(file);
  assert.equal([...again.graph.initializers.keys()].sort(), [...model.graph.initializers.keys()].sort());
  for (const [name, tensor] of model.graph.initializers) {
    assert.ok(Buffer.compare(again.graph.constant(name)!.bytes, tensor.bytes) === 0, name);
  }
});

test('a model that fits stays one file', async () => {
  const file = join(folder, 'small.onnx');
  await writeModel(file, readModel(ROADSIDE));
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('small')),
    ['small.onnx'],
  );
  assert.ok(readFileSync(file).length > 1_000_000);
});

test('thousands of constants are written and read again', async () => {
  const count = 3000;
  const names = Array.from({ length: count }, (_, i) => `c${i}`);
  const model = smallModel({
    inputs: [{ name: 'x', type: 'float32', dims: [1] }],
    outputs: [{ name: 'y', type: 'float32', dims: [1] }],
    constants: Object.fromEntries(names.map((name, i) => [name, float32Tensor([1], [i])])),
    nodes: [makeNode('Sum', 'sum', ['x', ...names], ['y'])],
  });
  const file = join(folder, 'many.onnx');
  await writeModel(file, model);
  assert.is(readModel(file).graph.initializers.size, count);
});

test.run();
