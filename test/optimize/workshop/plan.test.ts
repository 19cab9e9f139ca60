import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { classesToKeep, otherSizes, recipesFor, sizeProblem, variantId } from '../../../src/optimize/workshop/plan.js';

const DYNAMIC = { width: 'dynamic', height: 'dynamic', multipleOf: 32 } as const;
const FIXED = { width: 416, height: 416, multipleOf: 1 } as const;
const STANDARD = { width: 416, height: 256 };
const namesOf = (...args: Parameters<typeof recipesFor>): string[] => recipesFor(...args).map(({ name }) => name);

test('every target has variants of its own', () => {
  assert.equal(namesOf('cpu', null), ['fp32-fused', 'int8', 'int8-fused', 'pruned-int8-fused']);
  assert.equal(namesOf('cuda', null), ['fp32-fused', 'fp16', 'fp16-fused']);
  assert.equal(namesOf('tensorrt', null), ['int8-tensorrt']);
});

test('a variant of two kinds is made only where both were asked for', () => {
  assert.equal(namesOf('cpu', ['int8']), ['int8']);
  assert.equal(namesOf('cpu', ['fused']), ['fp32-fused']);
  assert.equal(namesOf('cpu', ['int8', 'fused']), ['fp32-fused', 'int8', 'int8-fused']);
});

test('a model of dynamic size is offered at the usual sizes, but not twice at its own', () => {
  assert.equal(
    otherSizes(DYNAMIC, STANDARD, null).map((size) => variantId('fp32', size)),
    ['fp32-320x192', 'fp32-512x320', 'fp32-640x384'],
  );
});

test('of the sizes that were asked for, none comes twice', () => {
  const twice = [{ width: 640, height: 384 }, STANDARD, { width: 640, height: 384 }];
  assert.equal(otherSizes(DYNAMIC, STANDARD, twice), [{ width: 640, height: 384 }]);
});

test('a model of one size has no others', () => {
  assert.equal(otherSizes(FIXED, { width: 416, height: 416 }, null), []);
});

test('a size that the model cannot take is named with what it needs', () => {
  assert.is(sizeProblem({ width: 640, height: 384 }, DYNAMIC), null);
  assert.is(
    sizeProblem({ width: 640, height: 360 }, DYNAMIC),
    '640x360 does not fit the model: its width must be a multiple of 32, its height a multiple of 32',
  );
  assert.match(sizeProblem({ width: 320, height: 320 }, FIXED)!, /its width must be 416, its height 416/);
});

test('classes nobody asked for are cut where they are most of them', () => {
  const many = ['person', 'bicycle', 'car', 'boat', 'bird', 'cat'];
  assert.equal(classesToKeep(many, ['car', 'bicycle'], null), [1, 2]);
});

test('a few classes that are not reported stay, unless it is asked for', () => {
  const few = ['car', 'truck', 'person'];
  assert.is(classesToKeep(few, ['car', 'truck'], null), null);
  assert.equal(classesToKeep(few, ['car', 'truck'], ['car', 'truck']), [0, 1]);
});

test('a model that reports all its classes keeps them', () => {
  assert.is(classesToKeep(['car', 'bus'], undefined, null), null);
  assert.is(classesToKeep(['car', 'bus'], ['bus', 'car'], null), null);
});

test.run();
