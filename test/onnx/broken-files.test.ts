import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModelError } from '../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { decodeModel } from '../../src/onnx/decode.js';
import { encodeModel } from '../../src/onnx/encode.js';
import { makeNode } from '../../src/onnx/graph.js';
import type { Model } from '../../src/onnx/model.js';
import { readModel, writeModel } from '../../src/onnx/model-file.js';
import { inferShapes } from '../../src/onnx/shapes.js';
import { float32Tensor, int64Tensor } from '../../src/onnx/tensor.js';
import { sortTopologically } from '../../src/onnx/topology.js';
import { temporaryFolder } from '../temporary.js';
import { noise } from './every-value.js';
import { smallModel } from './small-model.js';

const ROADSIDE = join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx');
const folder = join(temporaryFolder('broken-models'), 'models');
mkdirSync(folder);

const x = { name: 'x', type: 'float32', dims: [4] } as const;
const y = { name: 'y', type: 'float32', dims: [4] } as const;
const relu = makeNode('Relu', 'relu', ['x'], ['y']);
const add = makeNode('Add', 'add', ['x', 'c'], ['y']);

type Parts = Partial<Parameters<typeof smallModel>[0]>;

/** The file of a model that nobody would write, read. */
function reading(parts: Parts | Model): () => unknown {
  const model = 'graph' in parts ? parts : smallModel({ inputs: [x], outputs: [y], nodes: [relu], ...parts });
  const file = join(folder, 'broken.onnx');
  return () => {
    writeFileSync(file, Buffer.concat(encodeModel(model)));
    return readModel(file);
  };
}

function refused(read: () => unknown, because: RegExp): void {
  assert.throws(read, (error: { code: string; message: string; cause?: Error }) => {
    assert.is(error.code, 'E_MODEL');
    assert.match(error.cause?.message ?? error.message, because);
    return true;
  });
}

test('a graph that goes in a circle', () => {
  const nodes = [
    makeNode('Add', 'a', ['x', 'v'], ['u']),
    makeNode('Relu', 'b', ['u'], ['v']),
    makeNode('Relu', 'c', ['v'], ['y']),
  ];
  refused(reading({ nodes }), /^the graph has a cycle through nodes a and b$/);
  refused(reading({ nodes: [makeNode('Relu', 'self', ['y'], ['y'])] }), /cycle through nodes self and self/);
});

test('a value that nobody writes, within and as an output', () => {
  refused(
    reading({ nodes: [makeNode('Relu', 'a', ['lost'], ['y'])] }),
    /^node a \(Relu\) reads lost, which nothing writes$/,
  );
  refused(reading({ nodes: [makeNode('Relu', 'a', ['x'], ['z'])] }), /^output y of the graph is written by no node$/);
});

test('a value that two write: two nodes, a node and a constant, a node and an input', () => {
  refused(reading({ nodes: [relu, { ...relu, name: 'again' }] }), /^value y is written by two nodes, relu and again$/);
  refused(
    reading({ constants: { y: float32Tensor([4], [1, 2, 3, 4]) } }),
    /^node relu \(Relu\) writes y, which is a constant already$/,
  );
  refused(
    reading({ nodes: [makeNode('Relu', 'a', ['x'], ['x'])], outputs: [x] }),
    /writes x, which is an input already/,
  );
});

test('a graph of nothing, or without outputs', () => {
  refused(reading({ nodes: [] }), /^the graph is empty: it has no nodes$/);
  refused(reading({ outputs: [] }), /^the graph has no outputs$/);
});

test('no version of the operators, or one that cannot be', () => {
  const model = smallModel({ inputs: [x], outputs: [y], nodes: [relu] });
  refused(reading({ ...model, opsets: new Map() }), /does not say which version of the ONNX operators/);
  refused(reading({ ...model, opsets: new Map([['', 1_000_000]]) }), /operator set 1000000: the file is damaged/);
});

test('shapes that no tensor of the file has: negative, huge, or of other length than its bytes', () => {
  const constant = (dims: number[]) => ({ nodes: [add], constants: { c: { ...float32Tensor([], [1]), dims } } });
  refused(reading(constant([-4])), /^tensor c has shape \[-4\]: the file is damaged$/);
  refused(reading(constant([-2, -2])), /^tensor c has shape \[-2, -2\]: the file is damaged$/);
  refused(
    reading(constant([2 ** 40, 2 ** 20])),
    /^tensor c has shape \[1099511627776, 1048576\]: the file is damaged$/,
  );
  refused(reading(constant([1000, 1000])), /^tensor c of float32 \[1000, 1000\] has 4 bytes: the file is damaged$/);
});

test('inputs of negative or absurd size; -1 is an open size', () => {
  const input = (dim: number) => reading({ inputs: [{ ...x, dims: [dim] }] });
  refused(input(-7), /^x of the graph has a dimension of -7: the file is damaged$/);
  refused(input(2 ** 50), /has a dimension of 1125899906842624/);
  assert.equal((input(-1)() as Model).graph.inputs[0]!.dims, ['']);
});

test('a constant that lies in another file which ends too early, is missing, or lies outside', async () => {
  const model = smallModel({
    inputs: [x],
    outputs: [y],
    constants: { c: float32Tensor([1024], noise(1024)) },
    nodes: [add],
  });
  const file = join(folder, 'outer.onnx');
  const read = () => readModel(file);
  await writeModel(file, model, { maxBytes: 1000 });
  truncateSync(`${file}.data`, 100);
  refused(read, /^tensor c: bytes 0 to 4096 are not in outer.onnx.data, of 100 bytes$/);
  const elsewhere = (location: string, offset = 0) =>
    writeFileSync(file, Buffer.concat(encodeModel(model, new Map([['c', { location, offset }]]))));
  writeFileSync(join(folder, '../outside.data'), new Uint8Array(4096));
  elsewhere('../outside.data');
  refused(read, /^tensor c lies in ..\/outside.data, outside the model's folder$/);
  mkdirSync(join(folder, 'link'));
  symlinkSync('/dev', join(folder, 'link/dev'));
  elsewhere('link/dev/zero');
  refused(read, /outside the model's folder/);
  elsewhere('missing.data');
  refused(read, /^tensor c lies in missing.data, which cannot be read$/);
  elsewhere('');
  refused(read, /^tensor c lies in another file, and does not say which$/);
  elsewhere('outer.onnx.data', -8);
  refused(read, /^tensor c: bytes -8 to 4088 are not in outer.onnx.data, of 100 bytes$/);
});

test('a constant in another file of other length than its shape says', () => {
  const tensor = { ...float32Tensor([1024], noise(1024)), dims: [2 ** 30] };
  const model = smallModel({ inputs: [x], outputs: [y], constants: { c: tensor }, nodes: [add] });
  const bytes = Buffer.concat(encodeModel(model, new Map([['c', { location: 'a.data', offset: 0 }]])));
  refused(() => decodeModel(bytes), /^tensor c has 4294967296 bytes, and 4096 in another file: the file is damaged$/);
});

test('shape arithmetic that asks for more than there is memory for is a number, not an allocation', () => {
  const model = smallModel({
    inputs: [x],
    outputs: [],
    constants: {
      huge: int64Tensor([2 ** 30, 2 ** 20]),
      zero: int64Tensor([0], []),
      many: int64Tensor([2 ** 45], []),
      one: int64Tensor([1], []),
    },
    nodes: [makeNode('ConstantOfShape', 'a', ['huge'], ['b']), makeNode('Range', 'c', ['zero', 'many', 'one'], ['d'])],
  });
  const shapes = inferShapes(model, new Map());
  assert.equal(shapes.get('b')!.dims, [2 ** 30, 2 ** 20]);
  assert.equal(shapes.get('d')!.dims, [2 ** 45]);
});

/** Whole numbers below a bound, the same on every machine. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('300 damaged copies of roadside-n are read or refused, and their shapes found or refused', () => {
  const whole = readFileSync(ROADSIDE);
  // nodes come first in the file and most of the rest is weights, which may be anything
  const structure = whole.indexOf('s1.0.fused.weight', whole.lastIndexOf('detections', 100_000));
  assert.ok(structure > 1000);
  let [read, turnedAway, sized] = [0, 0, 0];
  for (let seed = 0; seed < 300; seed++) {
    const roll = dice(seed);
    const bytes = Buffer.from(whole);
    const reach = seed % 10 === 0 ? bytes.length : structure;
    for (let i = roll(8); i >= 0; i--) bytes[roll(reach)] = roll(256);
    const damaged = seed % 7 === 0 ? bytes.subarray(0, roll(bytes.length)) : bytes;
    try {
      const model = decodeModel(damaged);
      sortTopologically(model.graph);
      read++;
      inferShapes(model, new Map([[model.graph.inputs[0]?.name ?? '', [1, 3, 64, 96]]]));
      sized++;
    } catch (error) {
      assert.instance(error, ModelError, String((error as Error).stack));
      turnedAway++;
    }
  }
  assert.ok(read > 20 && turnedAway > 150 && sized > 5, `${read} read, ${turnedAway} refused, ${sized} with shapes`);
});

test.run();
