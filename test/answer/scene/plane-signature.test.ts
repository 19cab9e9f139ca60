import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CELLS, emptySignature } from '../../../src/answer/scene/grid.js';
import { SignatureReader } from '../../../src/answer/scene/signature.js';
import { rgbFrame } from '../../../src/frame/rgb-frame.js';
import { YUV_FORMATS, yuvBytes } from '../../../src/kernels/yuv-colour.js';
import { testFrame } from '../../capture/frames.js';

/** Colours that change slowly, as a picture in I420. */
function picture(width: number, height: number): Uint8Array {
  const data = new Uint8Array(yuvBytes(width, height));
  for (let i = 0; i < width * height; i++) {
    data[i] = 60 + (120 * (i % width)) / width + (20 * Math.floor(i / width)) / height;
  }
  const half = (width * height) / 4;
  for (let i = 0; i < half; i++) {
    data[width * height + i] = 110 + (30 * (i % (width / 2))) / (width / 2);
    data[width * height + half + i] = 150 - (30 * i) / half;
  }
  return data;
}

test('what a picture looks like from afar is the same in I420 and in the RGB24 made of it', () => {
  for (const [width, height] of [
    [640, 360],
    [352, 288],
    [130, 74],
    [40, 20],
  ] as const) {
    for (const yuv of YUV_FORMATS) {
      const data = picture(width, height);
      const size = { width, height, sourceWidth: width, sourceHeight: height };
      const rgb = rgbFrame({ ...testFrame(0), ...size, yuv, data, release() {} });
      const reader = new SignatureReader(width, height);
      const [own, by] = [emptySignature(), emptySignature()];
      reader.read(data, own, yuv);
      reader.read(rgb.data, by);
      for (const [i, luma] of own.luma.entries()) {
        // the luma of BT.709 has other parts of red, green and blue than the one that is made of RGB24
        const most = yuv.startsWith('i420-bt601') ? 3 : 8;
        assert.ok(Math.abs(luma - by.luma[i]!) < most, `${width}x${height} ${yuv} block ${i}: ${luma}, ${by.luma[i]}`);
      }
      for (let i = 0; i < 2 * CELLS; i++) {
        const [a, b] = [own.chroma[i]!, by.chroma[i]!];
        assert.ok(Math.abs(a - b) < (width < 64 ? 8 : 4), `${width}x${height} ${yuv} cell ${i}: ${a}, ${b}`);
      }
    }
  }
});

test('a picture with too few bytes is refused', () => {
  const reader = new SignatureReader(64, 36);
  assert.throws(() => reader.read(new Uint8Array(5), emptySignature(), 'i420-bt601'), /picture of 3456 bytes, got 5/);
});

test.run();
