import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeByPeople } from '../../../bench/truth/judge.js';
import type { Sequence, TrueBox, TrueFrame } from '../../../bench/truth/sequence.js';

const test = suite('answers against what people saw');

const car = (x: number, id: number | null = null, width = 20): TrueBox => [x, 0, x + width, 20, 'car', id];
const found = (x: number, track = 1, width = 20): number[] => [x, 0, x + width, 20, 0.9, 0, track];

function judged(frames: TrueFrame[], detections: number[][][], over: Partial<Sequence> = {}) {
  const sequence = {
    name: 'road',
    film: '',
    width: 320,
    height: 240,
    fps: 25,
    firstFrame: 1,
    ignore: [],
    leastIou: 0.5,
  };
  const answers = detections.map((rows, seq) => ({ seq, capturedAt: 0, latencyMs: 0, detections: rows }));
  return judgeByPeople(answers, { ...sequence, truth: frames, ...over });
}

test('each vehicle is found once, the best overlap first', () => {
  const { recall, precision, f1 } = judged(
    [{ frame: 1, boxes: [car(0), car(100)] }],
    [[found(0), found(2), found(200)]],
  );
  assert.equal([recall, Math.round(precision * 100), f1], [0.5, 33, 0.4]);
});

test('answers are counted from the film’s first picture, and a frame without one has no boxes', () => {
  const frames = [
    { frame: 10, boxes: [car(0)] },
    { frame: 11, boxes: [car(0)] },
  ];
  assert.is(judged(frames, [[found(0)]], { firstFrame: 10 }).recall, 0.5);
});

test('narrow truth is neither missed nor found', () => {
  const { recall, precision } = judged(
    [{ frame: 1, boxes: [car(0), car(100, null, 10), car(200, null, 10)] }],
    [[found(0), found(100, 2, 10)]],
  );
  assert.equal([recall, precision], [1, 1]);
});

test('what lies half in a region to be ignored is no false one, nor what touches a mask', () => {
  const boxes = [car(0)];
  const ignored = [found(0), found(100)];
  assert.is(judged([{ frame: 1, boxes, ignore: [[110, 0, 200, 20]] }], [ignored]).precision, 1);
  assert.is(judged([{ frame: 1, boxes, ignore: [[111, 0, 200, 20]] }], [ignored]).precision, 0.5);
  const touching = [found(0), found(15)];
  assert.is(judged([{ frame: 1, boxes }], [touching], { leastIou: 0.4 }).precision, 1);
  assert.is(judged([{ frame: 1, boxes }], [touching]).precision, 0.5);
});

test('a vehicle that is called otherwise than before is a switch; without names there is none to count', () => {
  const frames = [1, 2, 3].map((frame) => ({ frame, boxes: [car(0, 7)] }));
  assert.is(judged(frames, [[found(0, 1)], [found(0, 1)], [found(0, 2)]]).idSwitches, 1);
  assert.is(judged([{ frame: 1, boxes: [car(0)] }], [[found(0)]]).idSwitches, null);
  // 0 is no name: a second box on one vehicle has no track
  assert.is(judged(frames, [[found(0, 1)], [found(0, 0)], [found(0, 1)]]).idSwitches, 0);
});

test.run();
