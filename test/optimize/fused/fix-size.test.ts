import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeModel } from '../../../src/onnx/encode.js';
import { makeNode } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { Refusal } from '../../../src/onnx/refusal.js';
import { float32Tensor, floatsOf, int64Tensor } from '../../../src/onnx/tensor.js';
import { fixSize } from '../../../src/optimize/fused/fix-size.js';
import { GraphSession } from '../../../src/optimize/graph-session.js';
import { needsModel, ROADSIDE_FILE } from '../../detect/roadside-request.js';
import { noise } from '../../onnx/every-value.js';
import { int, smallModel } from '../../onnx/small-model.js';

/** Pixels as rows, [batch, 3, height × width], plus the width of the picture. */
function model(change: { dims?: readonly (number | string)[] } = {}): Model {
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: change.dims ?? ['n', 3, 'h', 'w'] }],
    outputs: [{ name: 'out', type: 'float32', dims: null }],
    constants: { two: int64Tensor([2]), three: int64Tensor([3]), start: int64Tensor([0]), rest: int64Tensor([-1]) },
    nodes: [
      makeNode('Shape', 'shape', ['images'], ['size']),
      makeNode('Slice', 'front', ['size', 'start', 'two'], ['batchAndChannels']),
      makeNode('Concat', 'target', ['batchAndChannels', 'rest'], ['rows'], { axis: int(0) }),
      makeNode('Reshape', 'flatten', ['images', 'rows'], ['flat']),
      makeNode('Gather', 'side', ['size', 'three'], ['width'], { axis: int(0) }),
      makeNode('Cast', 'number', ['width'], ['number'], { to: int(1) }),
      makeNode('Add', 'add', ['flat', 'number'], ['out']),
    ],
  });
}

async function run(from: Model, dims: readonly number[]): Promise<{ dims: readonly number[]; values: number[] }> {
  const session = await GraphSession.open(from);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const results = await session.run(new Map([['images', float32Tensor(dims, noise(count))]]));
  await session.close();
  const [out] = results.values();
  return { dims: out!.dims, values: [...floatsOf(out!)] };
}

test('what is made of the size alone becomes constant, and the batch stays free', async () => {
  const { model: fixed, folded } = await fixSize(model(), { width: 8, height: 4 });
  assert.equal(
    fixed.graph.nodes.map(({ op }) => op),
    ['Reshape', 'Add'],
  );
  assert.is(folded, 5);
  assert.equal(fixed.graph.inputs[0]!.dims, ['n', 3, 4, 8]);
  for (const batch of [1, 3]) {
    const dims = [batch, 3, 4, 8];
    assert.equal(await run(fixed, dims), await run(model(), dims));
  }
});

test('a model of fixed batch keeps it', async () => {
  const { model: fixed } = await fixSize(model({ dims: [2, 3, 'h', 'w'] }), { width: 8, height: 4 });
  assert.equal(fixed.graph.inputs[0]!.dims, [2, 3, 4, 8]);
  assert.equal(await run(fixed, [2, 3, 4, 8]), await run(model(), [2, 3, 4, 8]));
});

test('a model of no picture is refused, and no model is changed', async () => {
  const error = await fixSize(model({ dims: ['n', 1, 'h', 'w'] }), { width: 8, height: 4 }).catch((e: Error) => e);
  assert.instance(error, Refusal);
  const from = model();
  const before = Buffer.concat(encodeModel(from));
  await fixSize(from, { width: 8, height: 4 });
  assert.ok(before.equals(Buffer.concat(encodeModel(from))));
});

needsModel(test)('roadside-n of one size gives the same rows for any batch', async () => {
  const raw = readModel(ROADSIDE_FILE!);
  const { model: fixed } = await fixSize(raw, { width: 160, height: 96 });
  assert.not.ok(fixed.graph.nodes.some(({ op }) => op === 'Shape' || op === 'Range'));
  for (const batch of [1, 2]) {
    const dims = [batch, 3, 96, 160];
    assert.equal(await run(fixed, dims), await run(raw, dims));
  }
});

test.run();
