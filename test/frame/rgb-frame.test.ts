import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Frame } from '../../src/frame/frame.js';
import { FrameTaps } from '../../src/frame/frame-taps.js';
import { PrivacyMask } from '../../src/frame/privacy-mask.js';
import { rgbFrame } from '../../src/frame/rgb-frame.js';
import { testFrame } from '../capture/frames.js';

const SIZE = { width: 4, height: 2, sourceWidth: 4, sourceHeight: 2 };
/** Red in the numbers of BT.601 with black at 16: luma 81, U 90, V 240. */
const red = () => ({
  ...testFrame(3),
  ...SIZE,
  yuv: 'i420-bt601' as const,
  data: Uint8Array.of(...Array(8).fill(81), 90, 90, 240, 240),
});

const isRed = (data: Uint8Array, at: number) => data[at]! > 250 && data[at + 1]! < 5 && data[at + 2]! < 5;

test('a frame in I420 comes as RGB24 in pixels of its own, and is released', () => {
  const frame = red();
  const { data, yuv, width, height, seq } = rgbFrame(frame);
  assert.equal([width, height, seq, yuv, data.length], [4, 2, 3, undefined, 24]);
  for (let at = 0; at < 24; at += 3) assert.ok(isRed(data, at), `${data.subarray(at, at + 3)}`);
  assert.is(frame.released, 1);
});

test('one that nobody looks into is released as it was, once', () => {
  const frame = red();
  const taps = new FrameTaps();
  taps.add({ wants: () => true, take: (taken) => taken.release() });
  taps.offer(frame, {} as never);
  assert.is(frame.released, 1);
  const looked = red();
  const rgb = rgbFrame(looked);
  assert.is(rgb.data, rgb.data);
  rgb.release();
  assert.is(looked.released, 1);
});

test('one in RGB24 comes as it is', () => {
  const frame = testFrame(0);
  assert.is(rgbFrame(frame), frame);
  assert.is(frame.released, 0);
});

test('who taps frames gets RGB24, with what nobody may see blackened', () => {
  const seen: Frame[] = [];
  const left = new PrivacyMask([
    [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ],
  ]);
  const taps = new FrameTaps(new Map([['cam1', left]]));
  taps.add({ wants: () => true, take: (frame) => void seen.push(frame) });
  const frame = red();
  taps.offer(frame, {} as never);
  assert.equal([frame.released, seen[0]!.yuv], [0, undefined]);
  assert.equal([...seen[0]!.data.subarray(0, 6)], [0, 0, 0, 0, 0, 0]);
  assert.ok(isRed(seen[0]!.data, 6) && isRed(seen[0]!.data, 9));
  assert.is(frame.released, 1, 'once it is turned');
});

test('who takes frames as the camera made them gets them black where they are masked, beside those who want RGB24', () => {
  const [asMade, inRgb]: [Frame[], Frame[]] = [[], []];
  // of four pixels that share a colour one column is covered
  const edge = new PrivacyMask([
    [
      [0, 0],
      [0.25, 0],
      [0.25, 1],
      [0, 1],
    ],
  ]);
  const taps = new FrameTaps(new Map([['cam1', edge]]));
  taps.add({ wants: () => true, take: (frame) => void inRgb.push(frame) });
  taps.add({ takesYuv: true, wants: () => true, take: (frame) => void asMade.push(frame) });
  const frame = red();
  taps.offer(frame, {} as never);
  assert.is(asMade[0]!.data, frame.data);
  assert.equal([...frame.data], [16, 81, 81, 81, 16, 81, 81, 81, 128, 90, 128, 240]);
  const { data } = inRgb[0]!;
  assert.equal([...data.subarray(0, 3)], [0, 0, 0]);
  assert.ok(data[3] === data[4] && data[4] === data[5], 'beside the edge it is grey');
  assert.ok(isRed(data, 6) && isRed(data, 9));
  assert.is(frame.released, 0);
  asMade[0]!.release();
  assert.is(frame.released, 1);
});

test.run();
