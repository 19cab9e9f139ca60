import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernels } from '../../src/kernels/kernels.js';
import { plainResize } from '../../src/kernels/plain/resize.js';
import { compiledResize } from '../../src/kernels/resize.js';
import type { ResizePlan } from '../../src/kernels/resize-plan.js';
import { areaTaps, linearTaps } from '../../src/kernels/taps.js';
import { seeded } from '../seeded.js';

const MIB = 2 ** 20;
const kernels = compileKernels(8 * MIB);

interface Sizes {
  readonly from: readonly [width: number, height: number];
  readonly to: readonly [width: number, height: number];
  readonly taps: typeof linearTaps;
  /** Pixels of the target's row beside the picture. */
  readonly beside: number;
}

function planOf({ from, to, taps, beside }: Sizes): ResizePlan {
  const [sourceWidth, sourceHeight] = from;
  const columns = taps(sourceWidth, to[0]);
  return { sourceWidth, sourceHeight, columns, rows: taps(sourceHeight, to[1]), stride: (to[0] + beside) * 3 };
}

function noise(bytes: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length: bytes }, () => {
    const value = random();
    // extremes are where sums overflow
    return value < 0.2 ? 0 : value > 0.8 ? 255 : random() * 256;
  });
}

function assertEqual(sizes: Sizes, random: () => number): void {
  const plan = planOf(sizes);
  const picture = noise(sizes.from[0] * sizes.from[1] * 3, random);
  const height = sizes.to[1];
  const [expected, found] = [
    new Uint8Array(plan.stride * height).fill(7),
    new Uint8Array(plan.stride * height).fill(7),
  ];
  plainResize(plan)(picture, expected);
  compiledResize(plan, kernels)(picture, found);
  const at = found.findIndex((byte, i) => byte !== expected[i]);
  assert.is(at, -1, `${JSON.stringify(sizes)}: byte ${at} is ${found[at]}, not ${expected[at]}`);
}

test('the sizes of cameras and models give what plain TypeScript gives, byte for byte', () => {
  const random = seeded(1);
  for (const [from, to, taps] of [
    [[640, 360], [416, 234], linearTaps],
    [[640, 480], [341, 256], linearTaps],
    [[352, 288], [313, 256], linearTaps],
    [[1280, 720], [416, 234], areaTaps],
  ] as const) {
    assertEqual({ from, to, taps, beside: 0 }, random);
    assertEqual({ from, to, taps, beside: 3 }, random);
  }
});

test('three hundred random sizes, ratios and margins do too', () => {
  const random = seeded(2);
  const whole = (most: number) => 1 + Math.floor(random() * most);
  for (let i = 0; i < 300; i++) {
    const from = [whole(90), whole(60)] as const;
    const taps = random() < 0.5 ? linearTaps : areaTaps;
    // averages are taken for pictures that get smaller
    const most = taps === areaTaps ? from : [120, 80];
    assertEqual({ from, to: [whole(most[0]!), whole(most[1]!)], taps, beside: Math.floor(random() * 5) }, random);
  }
});

test('pictures in the memory of the kernels are worked on where they are, and nothing beside them is written', () => {
  const plan = planOf({ from: [64, 36], to: [40, 22], taps: linearTaps, beside: 2 });
  const picture = noise(64 * 36 * 3, seeded(3));
  const [source, target] = [kernels.memory.allocate(picture.length)!, kernels.memory.allocate(plan.stride * 22)!];
  source.set(picture);
  target.fill(7);
  const behind = new Uint8Array(target.buffer, target.byteOffset + target.length, 16).fill(9);
  const expected = new Uint8Array(target.length).fill(7);
  plainResize(plan)(picture, expected);
  compiledResize(plan, kernels)(source, target);
  assert.equal(target, expected);
  assert.ok(behind.every((byte) => byte === 9));
  kernels.memory.free(source);
  kernels.memory.free(target);
});

test('a picture too large for the memory is resized all the same', () => {
  const small = compileKernels(65_536);
  const plan = planOf({ from: [200, 200], to: [100, 100], taps: linearTaps, beside: 0 });
  const picture = noise(200 * 200 * 3, seeded(4));
  const [expected, found] = [new Uint8Array(30_000), new Uint8Array(30_000)];
  plainResize(plan)(picture, expected);
  compiledResize(plan, small)(picture, found);
  assert.equal(found, expected);
});

test.run();
