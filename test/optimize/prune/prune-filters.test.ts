import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Attribute } from '../../../src/onnx/graph.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { Refusal } from '../../../src/onnx/refusal.js';
import { float32Tensor, floatsOf, type Tensor } from '../../../src/onnx/tensor.js';
import { GraphSession } from '../../../src/optimize/graph-session.js';
import { pruneFilters } from '../../../src/optimize/prune/prune-filters.js';
import type { ModelInputs } from '../../../src/pictures/model-inputs.js';
import { needsModel, ROADSIDE_FILE } from '../../detect/roadside-request.js';
import { furthest, INPUT_DIMS, pictures, run, SmallModel } from './small-models.js';

/** Sixteen filters, of which the last eight double the first eight; a layer on them, and a head. */
function doubled(): SmallModel {
  const small = new SmallModel();
  small.conv('first', 'image', 16, 3);
  for (const name of ['first.w', 'first.b']) {
    const tensor = small.graph.constant(name)!;
    const values = floatsOf(tensor).slice();
    values.copyWithin(values.length / 2, 0, values.length / 2);
    for (let i = values.length / 2; i < values.length; i++) values[i]! *= 2;
    small.floats(name, [...tensor.dims], values);
  }
  small.conv('head', small.relu(small.conv('second', small.relu('first'), 8, 16)), 5, 8);
  return small;
}

test('filters that double others are removed, and what they did is made up for', async () => {
  const model = doubled().done('head');
  const { model: pruned, removed } = await pruneFilters(model, {
    ratio: 0.33,
    inputs: pictures(12),
    inputDims: INPUT_DIMS,
  });
  assert.equal(removed, [{ node: 'first', before: 16, after: 8 }]);
  const [before, after] = [await run(model, 40), await run(pruned, 40)];
  const largest = Math.max(...before.map(Math.abs));
  assert.is(furthest(before, after) < 0.005 * largest, true, `${furthest(before, after)} of ${largest}`);
});

test('layers of every kind that read fewer channels are fitted to what they gave', async () => {
  const small = new SmallModel();
  const pairs = (value: number): Attribute => ({ type: 'ints', value: [value, value] });
  const first = small.relu(small.conv('first', 'image', 32, 3));
  small.silence(
    'first',
    [...Array(16).keys()].map((i) => i * 2),
  );
  small.floats('depthwise.w', [32, 1, 3, 3]);
  const depthwise = small.node('Conv', 'depthwise', [first, 'depthwise.w'], {
    group: { type: 'int', value: 32 },
    strides: pairs(2),
    auto_pad: { type: 'string', value: 'SAME_UPPER' },
  });
  small.floats('wide.w', [8, 16, 2, 3]);
  const wide = small.node('Conv', 'wide', [small.relu(depthwise), 'wide.w'], {
    group: { type: 'int', value: 2 },
    dilations: pairs(2),
    pads: { type: 'ints', value: [0, 1, 2, 3] },
  });
  const flat = small.node('Flatten', 'flat', [small.node('GlobalAveragePool', 'pooled', [small.relu(wide)])]);
  small.node('Gemm', 'head', [flat, small.floats('head.w', [8, 4])]);
  const model = small.done('head');
  const told: string[] = [];
  const { model: pruned, removed } = await pruneFilters(model, {
    ratio: 0.33,
    inputs: pictures(24),
    inputDims: INPUT_DIMS,
    onProgress: (_done, _total, what) => told.push(what),
  });
  assert.equal(
    removed.map(({ node, after }) => `${node} ${after}`),
    ['first 16', 'depthwise 16'],
  );
  assert.equal([...new Set(told)].slice(-3), ['fitting depthwise', 'fitting wide', 'fitting head']);
  const [before, after] = [await run(model, 30), await run(pruned, 30)];
  assert.is(furthest(before, after) < 1e-3 * Math.max(...before.map(Math.abs)), true);
});

test('the model that was given stays as it was', async () => {
  const model = doubled().done('head');
  const before = await run(model);
  await pruneFilters(model, { ratio: 0.33, inputs: pictures(4), inputDims: INPUT_DIMS });
  assert.equal(await run(model), before);
});

test('what keeps its filters is named with the reason', async () => {
  const { notes } = await pruneFilters(doubled().done('head'), {
    ratio: 0.33,
    inputs: pictures(4),
    inputDims: INPUT_DIMS,
  });
  assert.equal(notes, [
    'head (Conv) keeps its filters: they are output head of the graph',
    '8 of 24 removable filters removed (33.3 %)',
  ]);
});

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

test('a model with nothing to remove is refused', async () => {
  const small = new SmallModel();
  const model = small.done(small.conv('head', 'image', 32, 3));
  const error = await rejection(pruneFilters(model, { ratio: 0.2, inputs: pictures(2), inputDims: INPUT_DIMS }));
  assert.instance(error, Refusal);
  assert.match(error.message, 'head (Conv) keeps its filters: they are output head of the graph');
});

test('a ratio that is none is refused before any work', async () => {
  const model = doubled().done('head');
  for (const ratio of [0, 1, Number.NaN]) {
    const error = await rejection(pruneFilters(model, { ratio, inputs: pictures(2), inputDims: INPUT_DIMS }));
    assert.match(error.message, `ratio must be above 0 and below 1, got ${ratio}`);
  }
});

test('a ratio that is too little for any layer is refused', async () => {
  const model = doubled().done('head');
  const error = await rejection(pruneFilters(model, { ratio: 0.01, inputs: pictures(2), inputDims: INPUT_DIMS }));
  assert.match(error.message, 'ratio 0.01 is too little');
});

test('frames of another size than the model is pruned for are refused', async () => {
  const model = doubled().done('head');
  const inputDims = new Map([['image', [1, 3, 8, 8]]]);
  const error = await rejection(pruneFilters(model, { ratio: 0.3, inputs: pictures(2), inputDims }));
  assert.match(error.message, 'frames give input image as [1,3,12,10]');
});

test('it says how far it is, and stops when it is told to', async () => {
  const abort = new AbortController();
  const told: string[] = [];
  const error = await rejection(
    pruneFilters(doubled().done('head'), {
      ratio: 0.33,
      inputs: pictures(4),
      inputDims: INPUT_DIMS,
      signal: abort.signal,
      onProgress(done, total, what) {
        told.push(`${done}/${total} ${what}`);
        if (what === 'fitting second') abort.abort();
      },
    }),
  );
  assert.is(error.name, 'AbortError');
  assert.is(told[0], '1/8 where the detector sees something');
  assert.is(told.at(-1), '1/8 fitting second');
});

needsModel(test)('roadside-n without 4 % of its filters gives nearly the same at any size', async () => {
  const model = readModel(ROADSIDE_FILE!);
  const { model: pruned, removed } = await pruneFilters(model, {
    ratio: 0.04,
    inputs: streets(4),
    inputDims: new Map([['images', STREET_DIMS]]),
  });
  assert.ok(removed.length > 0);
  const [before, after] = await Promise.all([model, pruned].map((each) => GraphSession.open(each)));
  for (const dims of [STREET_DIMS, [2, 3, 128, 64]]) {
    const images = new Map([['images', street(dims, 99)]]);
    const was = floatsOf((await before!.run(images)).get('detections')!);
    const is = floatsOf((await after!.run(images)).get('detections')!);
    const drift = was.reduce((sum, value, i) => sum + Math.abs(value - is[i]!), 0) / was.length;
    assert.is(drift < 1, true, `${drift} pixels and scores, on average`);
  }
  await Promise.all([before!.close(), after!.close()]);
});

const STREET_DIMS = [1, 3, 96, 160];

function streets(count: number): ModelInputs {
  return { count, read: async (index) => new Map([['images', street(STREET_DIMS, index)]]) };
}

/** Grey waves with a dark block. */
function street(dims: readonly number[], index: number): Tensor {
  const [batch, channels, height, width] = dims as [number, number, number, number];
  const values = new Float32Array(batch * channels * height * width);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    const dark = Math.abs(x - ((index * 37) % width)) < 20 && Math.abs(y - ((index * 23) % height)) < 12;
    values[i] = dark ? 30 : 128 + 60 * Math.sin((x + index * 9) / 7) * Math.cos((y - index * 5) / 11);
  }
  return float32Tensor(dims, values);
}

test.run();
