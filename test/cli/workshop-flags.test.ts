import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseKept, parseOnly, parseSizes, parseTarget, parseVariantName } from '../../src/cli/workshop-flags.js';

test('the target is the processor at hand unless it is named', () => {
  assert.is(parseTarget(undefined, 'x64'), 'cpu');
  assert.is(parseTarget(undefined, 'arm64'), 'arm');
  assert.is(parseTarget('cuda', 'x64'), 'cuda');
  assert.throws(
    () => parseTarget('cudo'),
    /--target: expected cpu, cuda, tensorrt, arm, got "cudo"; did you mean cuda\?/,
  );
});

test('kinds are those that the target knows', () => {
  assert.is(parseOnly(undefined, 'cpu'), null);
  assert.equal(parseOnly('fused, int8', 'cpu'), ['int8', 'fused']);
  assert.throws(() => parseOnly('fp16', 'cpu'), /got "fp16" is not made for cpu/);
  assert.throws(() => parseOnly('int9', 'cpu'), /got "int9"; did you mean int8\?/);
});

test('sizes are pairs of numbers', () => {
  assert.equal(parseSizes('416x256,640x384'), [
    { width: 416, height: 256 },
    { width: 640, height: 384 },
  ]);
  assert.throws(() => parseSizes('416'), /--sizes: expected sizes like 416x256,640x384, got "416"/);
});

test('classes to keep are classes of the model', () => {
  assert.equal(parseKept('car, bus', ['car', 'bus', 'person']), ['car', 'bus']);
  assert.throws(() => parseKept('cars', ['car', 'bus']), /the model has no class "cars"; did you mean car\?/);
});

test('a variant is named behind its model', () => {
  assert.equal(parseVariantName('a:b'), { name: 'a', variant: 'b' });
  assert.equal(parseVariantName('a'), { name: 'a', variant: undefined });
});

test.run();
