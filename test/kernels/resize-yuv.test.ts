import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernels } from '../../src/kernels/kernels.js';
import { plainYuvResize } from '../../src/kernels/plain/resize-yuv.js';
import type { ResizePlan } from '../../src/kernels/resize-plan.js';
import { compiledYuvResize, createYuvResize } from '../../src/kernels/resize-yuv.js';
import { areaTaps, linearTaps } from '../../src/kernels/taps.js';
import { YUV_COLOURS, YUV_FORMATS, yuvBytes } from '../../src/kernels/yuv-colour.js';
import { seeded } from '../seeded.js';

const kernels = compileKernels(8 * 2 ** 20);

function planOf(
  from: readonly [number, number],
  to: readonly [number, number],
  taps = linearTaps,
  beside = 0,
): ResizePlan {
  const [sourceWidth, sourceHeight] = from;
  return {
    sourceWidth,
    sourceHeight,
    columns: taps(sourceWidth, to[0]),
    rows: taps(sourceHeight, to[1]),
    stride: (to[0] + beside) * 3,
  };
}

function noise(bytes: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length: bytes }, () => {
    const value = random();
    return value < 0.2 ? 0 : value > 0.8 ? 255 : random() * 256;
  });
}

test('two hundred random sizes, ratios, margins and colours give what plain TypeScript gives, byte for byte', () => {
  const random = seeded(11);
  const whole = (most: number) => 1 + Math.floor(random() * most);
  for (let i = 0; i < 200; i++) {
    const from = [2 * whole(45), 2 * whole(30)] as const;
    const taps = random() < 0.5 ? linearTaps : areaTaps;
    const most = taps === areaTaps ? from : ([120, 80] as const);
    const to = [whole(most[0]), whole(most[1])] as const;
    const plan = planOf(from, to, taps, Math.floor(random() * 5));
    const colour = YUV_COLOURS[YUV_FORMATS[i % 4]!];
    const picture = noise(yuvBytes(...from), random);
    const size = plan.stride * to[1];
    const [expected, found] = [new Uint8Array(size).fill(7), new Uint8Array(size).fill(7)];
    plainYuvResize(plan, colour)(picture, expected);
    compiledYuvResize(plan, colour, kernels)(picture, found);
    const at = found.findIndex((byte, k) => byte !== expected[k]);
    assert.is(at, -1, `${from} to ${to}: byte ${at} is ${found[at]}, not ${expected[at]}`);
  }
});

test('every colour is what its matrix says, to the whole level below', () => {
  const factors = {
    'i420-bt601': [16, 255 / 219, 1.596027, 0.391762, 0.812968, 2.017232],
    'i420-bt601-full': [0, 1, 1.402, 0.344136, 0.714136, 1.772],
    'i420-bt709': [16, 255 / 219, 1.792741, 0.213249, 0.532909, 2.112402],
    'i420-bt709-full': [0, 1, 1.5748, 0.187324, 0.468124, 1.8556],
  } as const;
  const plan = planOf([2, 2], [2, 2]);
  const out = new Uint8Array(12);
  for (const format of YUV_FORMATS) {
    const [black, gain, rv, gu, gv, bu] = factors[format];
    const resize = createYuvResize(plan, format);
    for (let luma = 0; luma < 256; luma += 15) {
      for (let u = 0; u < 256; u += 17) {
        for (let v = 0; v < 256; v += 17) {
          resize(Uint8Array.of(luma, luma, luma, luma, u, v), out);
          const y = (luma - black) * gain;
          const wanted = [y + rv * (v - 128), y - gu * (u - 128) - gv * (v - 128), y + bu * (u - 128)];
          for (const [i, value] of wanted.entries()) {
            const clipped = Math.min(255, Math.max(0, value));
            assert.ok(
              out[i]! < clipped + 0.1 && out[i]! > clipped - 1.1,
              `${format} ${luma},${u},${v}: ${out[i]}, not ${clipped}`,
            );
          }
        }
      }
    }
  }
});

test('a picture with an odd side is refused', () => {
  assert.throws(() => createYuvResize(planOf([3, 2], [2, 2]), 'i420-bt601'), /even sides .* 3x2/);
});

test.run();
