import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { makeNode } from '../../../src/onnx/graph.js';
import { type Model, opsetOf } from '../../../src/onnx/model.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { Refusal } from '../../../src/onnx/refusal.js';
import { float32Tensor } from '../../../src/onnx/tensor.js';
import { type Int8Options, quantizeInt8 } from '../../../src/optimize/int8/quantize.js';
import {
  answer,
  compiledOperators,
  conv,
  convWeights,
  handBuilt,
  operators,
  pictures,
  signalToNoise,
} from './hand-built.js';

const ROADSIDE = join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx');
const ROADSIDE_INPUTS = pictures(3, [1, 3, 64, 96]);

/** How like its parent's a candidate's answers are, as a score. */
function likeness(parent: Model, inputs: Int8Options['inputs']): Int8Options['score'] {
  return async (model) =>
    1 - 1 / Math.max(1, signalToNoise(await answer(parent, inputs, 1), await answer(model, inputs, 1)));
}

function chain(): Model {
  const relu = makeNode('Relu', 'relu', ['x'], ['a']);
  const nodes = [conv('first', 'images', 'x'), relu, conv('middle', 'a', 'y'), conv('last', 'y', 'out')];
  return handBuilt(nodes, convWeights({ first: [3, 8], middle: [8, 8], last: [8, 4] }));
}

function options(change: Partial<Int8Options> = {}): Int8Options {
  return { inputs: pictures(3), scheme: 'cpu', score: async () => 1, inputRange: [0, 255], ...change };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

test('roadside-n in int8: close to its parent, all but the last layers in int8 kernels', async () => {
  const parent = readModel(ROADSIDE);
  const before = operators(parent);
  const seen: string[] = [];
  const { model, method, scores, sensitivity } = await quantizeInt8(parent, {
    inputs: ROADSIDE_INPUTS,
    scheme: 'cpu',
    inputRange: [0, 255],
    score: likeness(parent, ROADSIDE_INPUTS),
    onProgress: (done, total, what) => {
      assert.ok(done >= 0 && done <= total);
      seen.push(what);
    },
  });
  assert.ok(signalToNoise(await answer(parent, ROADSIDE_INPUTS, 2), await answer(model, ROADSIDE_INPUTS, 2)) > 30);
  for (const name of ['min-max', 'percentile', 'entropy', 'mse', 'weights equalized', 'chosen'])
    assert.type(scores[name], 'number');
  assert.ok(method in scores);
  const compiled = await compiledOperators(model);
  const inFloat = sensitivity.filter(({ keptInFloat }) => keptInFloat);
  assert.is(compiled['QLinearConv'], 33 - inFloat.length);
  for (const layer of ['/pc.0/Conv', '/pr.2/Conv']) assert.ok(sensitivity.some(({ node }) => node === layer));
  assert.is(sensitivity.length, 33);
  assert.ok(sensitivity.every(({ sqnrDb }) => sqnrDb > 10));
  assert.is(sensitivity.filter(({ scoreWithout }) => scoreWithout !== null).length, 10);
  assert.is(seen.at(-1), 'done');
  assert.equal(operators(parent), before);
});

test('the last layers stay in float, with a reason', async () => {
  const { sensitivity } = await quantizeInt8(chain(), options());
  assert.equal(
    sensitivity.map(({ node, keptInFloat }) => [node, keptInFloat]),
    [
      ['first', false],
      ['middle', false],
      ['last', true],
    ],
  );
  assert.is(sensitivity[2]!.reason, 'it computes boxes or scores');
});

test('a layer that harms is kept in float', async () => {
  const inInt8 = (model: Model) => model.graph.initializers.has('middle_w_int8');
  const score = async (model: Model) => (inInt8(model) ? 0.9 : 0.99);
  const { model, sensitivity } = await quantizeInt8(chain(), options({ score }));
  assert.not.ok(inInt8(model));
  const { scoreWithout, keptInFloat, reason } = sensitivity[1]!;
  assert.equal([scoreWithout, keptInFloat, reason], [0.99, true, 'it costs too much accuracy in int8']);
});

test('the method with the best score is taken', async () => {
  let asked = 0;
  const { method, scores } = await quantizeInt8(chain(), options({ score: async () => (++asked === 3 ? 0.99 : 0.9) }));
  assert.is(method, 'entropy');
  assert.is(scores['chosen'], 0.99);
});

test('a layer that cannot be quantized stays in float and says why', async () => {
  const model = chain();
  const [first] = model.graph.nodes;
  model.graph.replace(first!, { ...first!, inputs: ['images', 'computed', 'first_b'] });
  model.graph.add(makeNode('Abs', 'abs', ['first_w'], ['computed']));
  const { sensitivity } = await quantizeInt8(model, options());
  assert.equal(
    [sensitivity[0]!.keptInFloat, sensitivity[0]!.reason, sensitivity[0]!.sqnrDb],
    [true, 'its weights are computed, not constant', Number.POSITIVE_INFINITY],
  );
});

test('numbers that are not finite keep the layers around them in float', async () => {
  const model = chain();
  const at = model.graph.nodes.findIndex(({ name }) => name === 'middle');
  model.graph.replace(model.graph.nodes[at]!, conv('middle', 'broken', 'y'));
  model.graph.add(makeNode('Log', 'log', ['a'], ['broken']));
  const { sensitivity } = await quantizeInt8(model, options());
  assert.is(sensitivity[1]!.reason, 'its numbers are not finite on some pictures');
});

test('a model of an old operator set is converted first', async () => {
  const old = { ...chain(), opsets: new Map([['', 11]]) };
  const { model } = await quantizeInt8(old, options());
  assert.is(opsetOf(model), 17);
  assert.is(opsetOf(old), 11);
});

test('a model without layers is refused', async () => {
  const model = handBuilt([makeNode('Relu', 'relu', ['images'], ['out'])], {});
  const error = await rejection(quantizeInt8(model, options()));
  assert.instance(error, Refusal);
});

test('a model of half floats is refused, and the first layer named', async () => {
  const model = chain();
  for (const name of ['first_w', 'middle_w', 'last_w']) {
    const { dims, bytes } = model.graph.constant(name)!;
    model.graph.setInitializer(name, { type: 'float16', dims, bytes: bytes.subarray(bytes.length / 2) });
  }
  const error = (await rejection(quantizeInt8(model, options()))) as Refusal;
  assert.instance(error, Refusal);
  assert.match(error.message, /its weights are float16 \(node first, Conv\)/);
});

test('a model that is quantized already is refused', async () => {
  const { model } = await quantizeInt8(chain(), options());
  assert.instance(await rejection(quantizeInt8(model, options())), Refusal);
});

test('without pictures to calibrate with it refuses', async () => {
  assert.instance(await rejection(quantizeInt8(chain(), options({ inputs: pictures(0) }))), Refusal);
});

test('an abort ends the work between two pictures, with its own reason', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const inputs = pictures(50);
  let read = 0;
  const counted = {
    count: inputs.count,
    read: async (index: number) => {
      if (++read === 5) controller.abort(reason);
      return inputs.read(index);
    },
  };
  const error = await rejection(quantizeInt8(chain(), options({ inputs: counted, signal: controller.signal })));
  assert.is(error, reason);
  assert.ok(read < 8);
});

test('an abort while scoring ends the work', async () => {
  const controller = new AbortController();
  let scored = 0;
  const score = async () => {
    scored++;
    controller.abort();
    return 1;
  };
  const error = await rejection(quantizeInt8(chain(), options({ score, signal: controller.signal })));
  assert.is((error as Error).name, 'AbortError');
  assert.is(scored, 1);
});

test('a picture that cannot be quantized without loss is noted', async () => {
  const model = chain();
  model.graph.replace(model.graph.nodes[0]!, conv('first', 'centred', 'x'));
  model.graph.add(makeNode('Sub', 'centre', ['images', 'mean'], ['centred']));
  model.graph.setInitializer('mean', float32Tensor([], [127.5]));
  const { notes } = await quantizeInt8(model, options());
  assert.match(notes[0]!, /quantized with loss/);
});

test.run();
