import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { argumentShape } from '../../../src/telemetry/performance/argument-shape.js';

const test = suite('telemetry/performance/argument-shape');

const SHAPES: readonly (readonly [string, readonly unknown[], string])[] = [
  ['nothing', [], ''],
  [
    'plain values',
    ['secret', 3, true, null, undefined, 5n, Symbol('x')],
    'string(6), number, boolean, null, undefined, bigint, …',
  ],
  ['pixels', [new Uint8Array(12), new DataView(new ArrayBuffer(8))], 'Uint8Array(12), DataView(8)'],
  ['a list', [[{ id: 1 }, { id: 2 }]], 'Array(2) of { id: number }'],
  ['an empty list', [[]], 'Array(0)'],
  ['a map and a set', [new Map([[1, 2]]), new Set()], 'Map(1), Set(0)'],
  ['nesting', [{ a: { b: { c: 1 } } }], '{ a: { b: { 1 keys } } }'],
  [
    'many keys',
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }],
    '{ a: number, b: number, c: number, d: number, e: number, f: number, … }',
  ],
  ['an instance', [new URL('https://user:pass@host/')], 'URL'],
  ['no prototype', [Object.assign(Object.create(null), { a: 1 })], '{ a: number }'],
  ['a function', [() => 1], 'function'],
];

for (const [what, values, shape] of SHAPES) {
  test(`${what}: ${shape === '' ? 'an empty text' : shape}`, () => {
    assert.is(argumentShape(values), shape);
  });
}

test('no getter is called, and a proxy that throws is an object', () => {
  let called = false;
  const lazy = {
    get value() {
      called = true;
      return 1;
    },
  };
  const trap = new Proxy(
    {},
    {
      get() {
        throw new Error('no');
      },
    },
  );
  assert.is(argumentShape([lazy, trap]), '{ value: getter }, object');
  assert.not.ok(called);
});

test.run();
