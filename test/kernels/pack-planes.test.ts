import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernels } from '../../src/kernels/kernels.js';
import { compiledPackRows, packPlanes, plainPackRows } from '../../src/kernels/pack-planes.js';
import { seeded } from '../seeded.js';

const kernels = compileKernels(4 * 2 ** 20);

test('rows of any length from anywhere in the memory are those that plain TypeScript packs, and nothing beside them is written', () => {
  const random = seeded(5);
  const whole = (most: number) => 1 + Math.floor(random() * most);
  const source = kernels.memory.allocate(60_000)!;
  source.set(Uint8Array.from(source, () => random() * 256));
  for (let round = 0; round < 60; round++) {
    const planes = Array.from({ length: whole(3) }, () => {
      const [bytes, rows] = [whole(90), whole(20)];
      return { from: whole(20_000), stride: bytes + whole(1500), bytes, rows };
    });
    const length = planes.reduce((sum, { bytes, rows }) => sum + bytes * rows, 0);
    const [expected, found] = [new Uint8Array(length), new Uint8Array(length + 1).fill(7)];
    plainPackRows(source, planes, expected);
    assert.ok(compiledPackRows(source, planes, found.subarray(0, length), kernels));
    assert.equal([found.subarray(0, length), found[length]], [expected, 7]);
  }
});

test('what lies elsewhere is packed all the same', () => {
  const source = Buffer.from(Uint8Array.from({ length: 12 }, (_, at) => at));
  const to = new Uint8Array(4);
  const planes = [{ from: 1, stride: 4, bytes: 2, rows: 2 }];
  assert.is(compiledPackRows(source, planes, to, kernels), false);
  packPlanes(source, planes, to);
  assert.equal([...to], [1, 2, 5, 6]);
});

test.run();
