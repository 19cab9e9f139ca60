import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Letterbox } from '../../src/detect/letterbox.js';
import { rgbFrame } from '../../src/frame/rgb-frame.js';
import { testFrame } from '../capture/frames.js';

/** A smooth picture with an edge in it: RGB24. */
function picture(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3;
      data[i] = (255 * x) / width;
      data[i + 1] = (255 * y) / height;
      data[i + 2] = x > width / 2 ? 220 : 30;
    }
  }
  return data;
}

async function bySharp(data: Uint8Array, width: number, height: number, toWidth: number, toHeight: number) {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return image.resize(toWidth, toHeight, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false }).raw().toBuffer();
}

/** Mean absolute difference over the content, which lies at the top left of `out`. */
function difference(out: Uint8Array, letterbox: Letterbox, expected: Uint8Array): number {
  const { contentWidth, contentHeight, inputWidth } = letterbox;
  let sum = 0;
  for (let y = 0; y < contentHeight; y++) {
    for (let i = 0; i < contentWidth * 3; i++) {
      sum += Math.abs(out[y * inputWidth * 3 + i]! - expected[y * contentWidth * 3 + i]!);
    }
  }
  return sum / (contentWidth * contentHeight * 3);
}

function apply(letterbox: Letterbox, frame: Uint8Array): Uint8Array {
  const out = new Uint8Array(letterbox.inputWidth * letterbox.inputHeight * 3).fill(1);
  letterbox.apply(frame, out);
  return out;
}

test('a 640x360 frame fills the width of a 416x256 input and leaves 22 rows of grey below', () => {
  const letterbox = new Letterbox(640, 360, 416, 256);
  assert.is(letterbox.contentWidth, 416);
  assert.is(letterbox.contentHeight, 234);
  const out = apply(letterbox, new Uint8Array(640 * 360 * 3).fill(200));
  assert.ok(out.subarray(0, 416 * 234 * 3).every((byte) => byte === 200));
  assert.ok(out.subarray(416 * 234 * 3).every((byte) => byte === 114));
});

test('a frame taller than the input gets its grey on the right', () => {
  const out = apply(new Letterbox(100, 200, 64, 64), new Uint8Array(100 * 200 * 3).fill(9));
  assert.equal([...out.subarray(31 * 3, 33 * 3)], [9, 9, 9, 114, 114, 114]);
  assert.equal([...out.subarray(63 * 64 * 3 + 31 * 3, 63 * 64 * 3 + 33 * 3)], [9, 9, 9, 114, 114, 114]);
});

test('a frame of the size of the input is copied byte by byte', () => {
  const frame = picture(416, 256);
  assert.equal(apply(new Letterbox(416, 256, 416, 256), frame), frame);
});

test('a frame that only needs padding is copied row by row', () => {
  const out = apply(new Letterbox(1, 2, 2, 2), Uint8Array.of(1, 2, 3, 4, 5, 6));
  assert.equal([...out], [1, 2, 3, 114, 114, 114, 4, 5, 6, 114, 114, 114]);
});

test('enlarging two pixels by two puts a quarter of each neighbour between them', () => {
  const out = apply(new Letterbox(2, 1, 4, 2), Uint8Array.of(0, 100, 200, 100, 200, 0));
  assert.equal([...out.subarray(0, 12)], [0, 100, 200, 25, 125, 150, 75, 175, 50, 100, 200, 0]);
  assert.equal(out.subarray(12), out.subarray(0, 12));
});

test('one pixel can be enlarged', () => {
  assert.ok(apply(new Letterbox(1, 1, 8, 8), Uint8Array.of(7, 7, 7)).every((byte) => byte === 7));
});

test('shrinking by four takes the mean of every four by four pixels', () => {
  const frame = new Uint8Array(8 * 4 * 3);
  for (let i = 0; i < frame.length; i++) frame[i] = Math.floor(i / 3) % 8 < 4 ? (Math.floor(i / 3) % 2) * 100 : 80;
  assert.equal([...apply(new Letterbox(8, 4, 2, 1), frame)], [50, 50, 50, 80, 80, 80]);
});

for (const [width, height, inputWidth, inputHeight, limit] of [
  [640, 360, 416, 256, 1],
  [638, 359, 416, 256, 1],
  [320, 240, 640, 384, 1],
  [1280, 720, 416, 256, 1.5],
  [1277, 717, 416, 256, 1.5],
] as const) {
  test(`${width}x${height} into ${inputWidth}x${inputHeight} differs from sharp's linear kernel by less than ${limit} on average`, async () => {
    const frame = picture(width, height);
    const letterbox = new Letterbox(width, height, inputWidth, inputHeight);
    const expected = await bySharp(frame, width, height, letterbox.contentWidth, letterbox.contentHeight);
    const found = difference(apply(letterbox, frame), letterbox, expected);
    assert.ok(found < limit, `${found}`);
  });
}

test('white stays white, at every ratio and alignment', () => {
  for (const [width, height] of [
    [640, 360],
    [333, 217],
    [1920, 1080],
    [417, 257],
    [3, 1000],
  ] as const) {
    const letterbox = new Letterbox(width, height, 416, 256);
    const out = apply(letterbox, new Uint8Array(width * height * 3).fill(255));
    const { contentWidth, contentHeight } = letterbox;
    for (let y = 0; y < contentHeight; y++) {
      const row = out.subarray(y * 416 * 3, (y * 416 + contentWidth) * 3);
      assert.ok(
        row.every((byte) => byte === 255),
        `${width}x${height}, row ${y}`,
      );
    }
  }
});

test('a frame at an odd address in memory gives the same picture', () => {
  const frame = picture(640, 360);
  const odd = new Uint8Array(frame.length + 1).subarray(1);
  odd.set(frame);
  for (const inputWidth of [416, 128]) {
    const letterbox = new Letterbox(640, 360, inputWidth, 256);
    assert.equal(apply(letterbox, odd), apply(letterbox, frame));
  }
});

test('boxes come back in pixels of the source, clipped to it', () => {
  const rows = Float32Array.of(41.6, 23.4, 208, 117, 0.5, 2, -3, 200, 500, 256, 0.25, 1);
  new Letterbox(640, 360, 416, 256).unmap(rows, 2, 1280, 720);
  assert.equal([...rows.map(Math.round)], [128, 72, 640, 360, 1, 2, 0, 615, 1280, 720, 0, 1]);
});

test('buffers that are too small are refused with both sizes', () => {
  const letterbox = new Letterbox(64, 64, 32, 32);
  assert.throws(() => letterbox.apply(new Uint8Array(10), new Uint8Array(32 * 32 * 3)), /got 10 and 3072 bytes/);
});

test('a frame in I420 gives the colours of the RGB24 made of it, within two levels, resized, averaged and only padded', () => {
  for (const [width, height] of [
    [640, 360],
    [1280, 720],
    [416, 234],
  ] as const) {
    const yuv = 'i420-bt709';
    const data = new Uint8Array(width * height * 1.5).map((_, i) =>
      // no colour that RGB does not have
      i < width * height ? 120 + 40 * Math.sin(i / 97) : 128 + 12 * Math.cos(i / 1013),
    );
    const size = { width, height, sourceWidth: width, sourceHeight: height };
    const rgb = rgbFrame({ ...testFrame(0), ...size, yuv, data, release() {} });
    const letterbox = new Letterbox(width, height, 416, 256);
    const [own, by] = [new Uint8Array(416 * 256 * 3), new Uint8Array(416 * 256 * 3)];
    letterbox.apply(data, own, yuv);
    letterbox.apply(rgb.data, by);
    const at = own.findIndex((byte, i) => Math.abs(byte - by[i]!) > 2);
    assert.is(at, -1, `${width}x${height}, byte ${at}: ${own[at]}, not ${by[at]}`);
  }
});

test.run();
