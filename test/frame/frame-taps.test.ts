import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Frame } from '../../src/frame/frame.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { FrameTaps } from '../../src/frame/frame-taps.js';
import { PrivacyMask } from '../../src/frame/privacy-mask.js';

const result = {} as FrameResult;

function frameOf(camera: string): Frame & { readonly releases: () => number } {
  let releases = 0;
  return {
    camera,
    seq: 7,
    capturedAt: 1,
    arrivedAt: 2,
    sceneMs: 3,
    width: 2,
    height: 1,
    sourceWidth: 4,
    sourceHeight: 2,
    damaged: false,
    data: new Uint8Array(6),
    release: () => void releases++,
    releases: () => releases,
  };
}

function tapFor(...cameras: string[]) {
  const taken: Frame[] = [];
  return { taken, wants: (camera: string) => cameras.includes(camera), take: (frame: Frame) => void taken.push(frame) };
}

test('a frame that two want is given back when the second is done', () => {
  const taps = new FrameTaps();
  const [preview, diary] = [tapFor('north'), tapFor('north')];
  taps.add(preview);
  taps.add(diary);
  const frame = frameOf('north');
  taps.offer(frame, result);
  assert.is(preview.taken[0]!.data, frame.data);
  assert.is(diary.taken[0]!.seq, 7);
  preview.taken[0]!.release();
  assert.is(frame.releases(), 0);
  diary.taken[0]!.release();
  assert.is(frame.releases(), 1);
});

test('one who releases twice does not take the pixels from under another', () => {
  const taps = new FrameTaps();
  const [first, second] = [tapFor('north'), tapFor('north')];
  taps.add(first);
  taps.add(second);
  const frame = frameOf('north');
  taps.offer(frame, result);
  first.taken[0]!.release();
  first.taken[0]!.release();
  assert.is(frame.releases(), 0);
  second.taken[0]!.release();
  assert.is(frame.releases(), 1);
});

test('only those who want a camera get its frames', () => {
  const taps = new FrameTaps();
  const [north, south] = [tapFor('north'), tapFor('south')];
  taps.add(north);
  taps.add(south);
  assert.ok(taps.wants('south'));
  taps.offer(frameOf('south'), result);
  assert.is(north.taken.length, 0);
  assert.is(south.taken.length, 1);
});

test('a frame that nobody wants any more is given back at once', () => {
  const taps = new FrameTaps();
  const frame = frameOf('north');
  assert.is(taps.wants('north'), false);
  taps.offer(frame, result);
  assert.is(frame.releases(), 1);
});

test('what nobody may see of a camera is black for everybody who is handed its frames', () => {
  const left = [
    [0, 0],
    [0.4, 0],
    [0.4, 1],
    [0, 1],
  ] as [number, number][];
  const taps = new FrameTaps(new Map([['north', new PrivacyMask([left])]]));
  const [north, south] = [tapFor('north'), tapFor('south')];
  taps.add(north);
  taps.add(south);
  for (const camera of ['north', 'south']) {
    const frame = frameOf(camera);
    frame.data.fill(9);
    taps.offer(frame, result);
  }
  assert.equal([...north.taken[0]!.data], [0, 0, 0, 9, 9, 9]);
  assert.equal([...south.taken[0]!.data], [9, 9, 9, 9, 9, 9]);
});

test.run();
