import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copyModel, type Model } from '../../../src/onnx/model.js';
import { inferKnownShapes } from '../../../src/onnx/shapes.js';
import { cutChannels } from '../../../src/optimize/prune/cut-channels.js';
import { filterGroups } from '../../../src/optimize/prune/filter-groups.js';
import { followChannels } from '../../../src/optimize/prune/follow-channels.js';
import { furthest, INPUT_DIMS, run, SmallModel } from './small-models.js';

/** Cuts out some channels of a layer, by their places, and all that is tied to them. */
function without(model: Model, layer: string, places: readonly number[]): Model {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, { dims }] of inferKnownShapes(model, INPUT_DIMS)) if (dims) shapes.set(name, dims);
  const followed = followChannels(model.graph, shapes);
  assert.ok(filterGroups(model.graph, followed).some(({ reason }) => reason === null));
  const lanes = followed.lanes.get(layer)!;
  return cutChannels(model, followed, new Set(places.map((place) => followed.channels.idOf(lanes[place]!))), shapes);
}

function weightDims(model: Model, layer: string): readonly number[] {
  const node = model.graph.producer(layer)!;
  return model.graph.constant(node.inputs[1]!)!.dims;
}

async function sameWithout(model: Model, layer: string, places: readonly number[]): Promise<Model> {
  const before = await run(model);
  const untouched = copyModel(model);
  const cut = without(model, layer, places);
  assert.is(furthest(before, await run(cut)) < 1e-5, true);
  assert.equal([...model.graph.initializers.keys()], [...untouched.graph.initializers.keys()]);
  return cut;
}

test('a filter that gives nothing can go from a plain chain', async () => {
  const small = new SmallModel();
  small.conv('head', small.relu(small.conv('first', 'image', 8, 3)), 4, 8);
  small.silence('first', [1, 6]);
  const cut = await sameWithout(small.done('head'), 'first', [1, 6]);
  assert.equal(weightDims(cut, 'first'), [6, 3, 3, 3]);
  assert.equal(weightDims(cut, 'head'), [4, 6, 3, 3]);
});

test('it can go from both sides of an addition', async () => {
  const small = new SmallModel();
  const first = small.relu(small.conv('first', 'image', 8, 3));
  const second = small.relu(small.conv('second', first, 8, 8));
  small.conv('head', small.node('Add', 'sum', [first, second]), 4, 8);
  small.silence('first', [2]);
  small.silence('second', [2]);
  const cut = await sameWithout(small.done('head'), 'first', [2]);
  assert.equal(weightDims(cut, 'second'), [7, 7, 3, 3]);
});

test('it can go from the second of two values that are joined, pooled and enlarged', async () => {
  const small = new SmallModel();
  const left = small.relu(small.conv('left', 'image', 8, 3));
  const right = small.relu(small.conv('right', 'image', 6, 3));
  const pooled = small.node('MaxPool', 'pooled', [right], {
    kernel_shape: { type: 'ints', value: [3, 3] },
    pads: { type: 'ints', value: [1, 1, 1, 1] },
  });
  const both = small.node('Concat', 'both', [left, right, pooled], { axis: { type: 'int', value: -3 } });
  const sizes = small.integers('sizes', 1, 20, 24, 20);
  small.conv('head', small.node('Resize', 'enlarged', [both, '', '', sizes]), 4, 20);
  small.silence('right', [4]);
  const cut = await sameWithout(small.done('head'), 'right', [4]);
  assert.equal(weightDims(cut, 'head'), [4, 18, 3, 3]);
});

test('it can go from before a depthwise layer', async () => {
  const small = new SmallModel();
  const first = small.relu(small.conv('first', 'image', 8, 3));
  small.conv('head', small.relu(small.conv('depthwise', first, 16, 8, 8)), 4, 16);
  small.silence('first', [3]);
  small.silence('depthwise', [6, 7]);
  const cut = await sameWithout(small.done('head'), 'first', [3]);
  assert.equal(weightDims(cut, 'depthwise'), [14, 1, 3, 3]);
});

test('it can go from between layers in groups, from every group', async () => {
  const small = new SmallModel();
  const first = small.relu(small.conv('first', 'image', 8, 3));
  small.conv('head', small.relu(small.conv('grouped', first, 12, 8, 2)), 4, 12);
  small.silence('first', [1, 5]);
  const cut = await sameWithout(small.done('head'), 'first', [1]);
  assert.equal(weightDims(cut, 'grouped'), [12, 3, 3, 3]);
});

test('it can go from one part of a split and from a slice', async () => {
  const small = new SmallModel();
  const first = small.relu(small.conv('first', 'image', 12, 3));
  const sizes = small.integers('sizes', 4, 8);
  small.node('Split', 'split', [first, sizes], { axis: { type: 'int', value: 1 } }, ['a', 'b']);
  const [from, to, axis] = [small.integers('from', 2), small.integers('to', -1), small.integers('axis', 1)];
  small.conv('one', 'a', 4, 4);
  small.conv('two', small.node('Slice', 'middle', ['b', from, to, axis]), 4, 5);
  small.silence('first', [0, 7]);
  const cut = await sameWithout(small.done('one', 'two'), 'first', [0, 7]);
  assert.equal(weightDims(cut, 'one'), [4, 3, 3, 3]);
  assert.equal(weightDims(cut, 'two'), [4, 4, 3, 3]);
});

test('it can go with its numbers in normalisations and in products with constants', async () => {
  const small = new SmallModel();
  const first = small.conv('first', 'image', 8, 3);
  const ones = new Float32Array(8).fill(1);
  const still = Float32Array.of(1, 2, 3, 4, 0, 1, 2, 3);
  small.floats('scale', [8]);
  small.floats('shift', [8], still);
  small.floats(
    'mean',
    [8],
    still.map((value) => value / 2),
  );
  small.floats('variance', [8], ones);
  const normal = small.relu(small.node('BatchNormalization', 'normal', [first, 'scale', 'shift', 'mean', 'variance']));
  small.conv('head', small.node('Mul', 'scaled', [small.floats('factors', [8, 1, 1]), normal]), 4, 8);
  small.silence('first', [4]);
  const cut = await sameWithout(small.done('head'), 'first', [4]);
  assert.equal(cut.graph.constant(cut.graph.producer('scaled')!.inputs[0]!)!.dims, [7, 1, 1]);
});

test('it can go from a transposed convolution and from rows of a matrix', async () => {
  const small = new SmallModel();
  const first = small.relu(small.conv('first', 'image', 8, 3));
  small.floats('up.w', [8, 6, 2, 2]);
  const up = small.node('ConvTranspose', 'up', [first, 'up.w', small.floats('up.b', [6])]);
  const pooled = small.node('GlobalAveragePool', 'pooled', [small.relu(up)]);
  const flat = small.node('Flatten', 'flat', [pooled]);
  small.node('Gemm', 'head', [flat, small.floats('head.w', [4, 6])], { transB: { type: 'int', value: 1 } });
  small.silence('first', [0]);
  const model = small.done('head');
  const cut = await sameWithout(model, 'first', [0]);
  assert.equal(weightDims(cut, 'up'), [7, 6, 2, 2]);
  const narrower = without(model, 'up', [1, 2]);
  assert.equal(weightDims(narrower, 'head'), [4, 4]);
  assert.is((await run(narrower)).length, 4);
});

test.run();
