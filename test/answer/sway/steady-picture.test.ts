import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKS, emptySignature, GRID_HEIGHT, GRID_WIDTH } from '../../../src/answer/scene/grid.js';
import { SteadyPicture } from '../../../src/answer/sway/steady-picture.js';
import type { Frame } from '../../../src/frame/frame.js';
import { NO_SHIFT } from '../../../src/frame/scene-shift.js';
import { YUV_COLOURS, YUV_FORMATS } from '../../../src/kernels/yuv-colour.js';
import { HEIGHT, landscape, pictureOf, WIDTH } from './swaying.js';

const scene = landscape(3);

function frameOf(data: Uint8Array, change: Partial<Frame> = {}): Frame {
  const size = { width: WIDTH, height: HEIGHT, sourceWidth: WIDTH, sourceHeight: HEIGHT };
  const time = { seq: 0, capturedAt: 0, arrivedAt: 0, sceneMs: 0 };
  return { camera: 'c', ...size, ...time, damaged: false, data, release: () => undefined, ...change };
}

const shownAt = (right: number, down: number) => frameOf(pictureOf(scene, right, down));

/** The luma alone of such a picture, in full range. */
function planeAt(right: number, down: number): Frame {
  const rgb = pictureOf(scene, right, down);
  const data = new Uint8Array(WIDTH * HEIGHT * 1.5).fill(128);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data[i] = rgb[i * 3]!;
  return frameOf(data, { yuv: YUV_FORMATS.find((format) => YUV_COLOURS[format].lumaGain === 0)! });
}

for (const [kind, at] of [
  ['RGB24', shownAt],
  ['I420', planeAt],
] as const) {
  test(`a camera that sways has the signature of one that stands still: ${kind}`, () => {
    const picture = new SteadyPicture({ width: WIDTH, height: HEIGHT }, new Uint8Array(BLOCKS));
    const [first, later] = [emptySignature(), emptySignature()];
    picture.take(at(0, 0), first);
    assert.is(Math.max(...picture.masked), 0);
    for (let i = 0; i < 10; i++) picture.take(at(6.4, -3.7), later);
    let most = 0;
    for (let i = 0; i < BLOCKS; i++) {
      if (picture.masked[i] === 0) most = Math.max(most, Math.abs(first.luma[i]! - later.luma[i]!));
    }
    assert.ok(most < 3, `${most}`);
    const outside = picture.masked.reduce((sum, one) => sum + one, 0);
    assert.ok(outside > GRID_WIDTH && outside < BLOCKS / 6, `${outside}`);
  });
}

test('boxes go from the picture to the steady one and back', () => {
  const picture = new SteadyPicture({ width: WIDTH, height: HEIGHT }, new Uint8Array(BLOCKS));
  const signature = emptySignature();
  const boxes = { count: 1, data: Float32Array.of(10, 20, 30, 40, 0.9, 1) };
  picture.take(shownAt(0, 0), signature);
  assert.is(picture.steady(boxes), boxes);
  for (let i = 0; i < 10; i++) picture.take(shownAt(4, -2), signature);
  const steady = [...picture.steady(boxes).data].map((value) => Math.round(value * 10) / 10);
  assert.equal(steady, [6, 22, 26, 42, 0.9, 1]);
  assert.equal([...picture.asShown(picture.steady(boxes)).data].map(Math.round), [...boxes.data].map(Math.round));
});

test('a view that has gone too far, or is another, is one to be learned anew; masks stay', () => {
  const masked = new Uint8Array(BLOCKS);
  masked[700] = 1;
  const picture = new SteadyPicture({ width: WIDTH, height: HEIGHT }, masked);
  const signature = emptySignature();
  const takes = (x: number) => picture.take(shownAt(x, 0), signature);
  for (let x = 0; x < 38; x += 2) assert.is.not(takes(x), 'anew');
  assert.is(takes(40), 'anew');
  assert.equal(picture.shift, NO_SHIFT);
  assert.equal([...picture.masked], [...masked]);
  for (let i = 0; i < 120; i++) takes(40);
  const other = frameOf(pictureOf(landscape(21), 0, 0));
  const taken = Array.from({ length: 60 }, () => picture.take(other, signature));
  assert.is(taken.filter((one) => one === 'anew').length, 1);
});

test('what a mask blackens beside a block that sways is not taken for a change', () => {
  const masked = new Uint8Array(BLOCKS);
  for (let y = 10; y < 20; y++) masked.fill(1, y * GRID_WIDTH + 20, y * GRID_WIDTH + 30);
  const [across, down] = [WIDTH / GRID_WIDTH, HEIGHT / GRID_HEIGHT];
  const blackened = (right: number, below: number): Frame => {
    const data = pictureOf(scene, right, below);
    for (let y = 10 * down; y < 20 * down; y++) {
      data.fill(0, (y * WIDTH + 20 * across) * 3, (y * WIDTH + 30 * across) * 3);
    }
    return frameOf(data);
  };
  const picture = new SteadyPicture({ width: WIDTH, height: HEIGHT }, masked);
  const [first, later] = [emptySignature(), emptySignature()];
  picture.take(blackened(0, 0), first);
  assert.equal([...picture.masked], [...masked]);
  for (let i = 0; i < 10; i++) picture.take(blackened(6.4, -3.7), later);
  assert.is.not(picture.shift.x, 0);
  let most = 0;
  for (let i = 0; i < BLOCKS; i++) {
    if (picture.masked[i] === 0) most = Math.max(most, Math.abs(first.luma[i]! - later.luma[i]!));
  }
  assert.ok(most < 3, `${most}`);
  assert.is(
    masked.reduce((sum, one) => sum + one, 0),
    100,
  );
});

test('a damaged picture moves nothing', () => {
  const picture = new SteadyPicture({ width: WIDTH, height: HEIGHT }, new Uint8Array(BLOCKS));
  const signature = emptySignature();
  picture.take(shownAt(0, 0), signature);
  for (let i = 0; i < 20; i++) picture.take({ ...shownAt(9, 0), damaged: true }, signature);
  assert.equal(picture.shift, NO_SHIFT);
});

test('lines go along with a sway, come back of a drift within minutes, and never go farther than an eighth of the picture', () => {
  const picture = new SteadyPicture({ width: WIDTH, height: HEIGHT }, new Uint8Array(BLOCKS));
  const signature = emptySignature();
  const shows = (x: number, sceneMs: number) => picture.take({ ...shownAt(x, 0), sceneMs }, signature);
  for (let i = 0; i < 10; i++) shows(0, i * 40);
  for (let i = 10; i < 20; i++) shows(6, i * 40);
  assert.ok(Math.abs(picture.swayed.x - 6) < 0.2, `${picture.swayed.x}`);
  for (let i = 1; i < 60; i++) shows(6, 800 + i * 4000);
  assert.ok(Math.abs(picture.swayed.x) < 0.2, `${picture.swayed.x}`);
  let most = 0;
  for (let x = 6; x < 60; x += 1.5) {
    shows(x, 240_000 + x * 30);
    most = Math.max(most, picture.swayed.x);
  }
  assert.ok(most > 20 && most <= 0.12 * WIDTH, `${most}`);
});

test.run();
