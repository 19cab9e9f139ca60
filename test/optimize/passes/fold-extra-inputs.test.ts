import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeNode, type Value } from '../../../src/onnx/graph.js';
import { integersOf } from '../../../src/onnx/tensor.js';
import { foldExtraInputs } from '../../../src/optimize/passes/fold-extra-inputs.js';
import { smallModel } from '../../onnx/small-model.js';

const picture: Value = { name: 'images', type: 'float32', dims: ['n', 3, 'h', 'w'] };

function folded(input: Value, values: readonly (number | 'width' | 'height')[]) {
  const model = smallModel({
    inputs: [picture, input],
    outputs: [{ ...input, name: 'out' }],
    nodes: [makeNode('Identity', 'id', [input.name], ['out'])],
  });
  const extra = [{ name: input.name, values }];
  return foldExtraInputs(model, { width: 640, height: 384, extra }).graph;
}

test('an input besides the picture becomes the constant that it is for one picture', () => {
  const graph = folded({ name: 'orig_target_sizes', type: 'int64', dims: ['n', 2] }, ['width', 'height']);
  assert.equal(
    graph.inputs.map(({ name }) => name),
    ['images'],
  );
  const constant = graph.constant('orig_target_sizes')!;
  assert.equal(
    [constant.dims, integersOf(constant)],
    [
      [1, 2],
      [640, 384],
    ],
  );
});

test('a mask becomes one of the input’s size, a list one of its own length', () => {
  const mask = folded({ name: 'pixel_mask', type: 'int64', dims: ['n', 'h', 'w'] }, [1]).constant('pixel_mask')!;
  assert.equal(mask.dims, [1, 384, 640]);
  assert.ok(integersOf(mask).every((value) => value === 1));
  assert.equal(folded({ name: 'a', type: 'float32', dims: ['k'] }, [1, 2]).constant('a')!.dims, [2]);
});

test('a type that is not filled is refused by the name of its input', () => {
  assert.throws(() => folded({ name: 'odd', type: 'bool', dims: [1] }, [1]), /input odd is bool, which is not filled/);
});

test('a model that takes the picture alone stays what it is', () => {
  const model = smallModel({ inputs: [picture], outputs: [], nodes: [makeNode('Relu', 'r', ['images'], ['y'])] });
  assert.is(foldExtraInputs(model, { width: 64, height: 64 }), model);
});

test.run();
