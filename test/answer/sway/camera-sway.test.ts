import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CameraSway } from '../../../src/answer/sway/camera-sway.js';
import { brightnessOf, type LumaPicture } from '../../../src/answer/tracking/luma-picture.js';
import { NO_SHIFT, type SceneShift } from '../../../src/frame/scene-shift.js';
import { seeded } from '../../seeded.js';
import { HEIGHT, landscape, pictureOf, WIDTH } from './swaying.js';

const scene = landscape(3);
const lumaOf = (data: Uint8Array) => brightnessOf({ width: WIDTH, height: HEIGHT, data });

/** Shows pictures shifted so far. @returns what was measured of the last */
function shown(sway: CameraSway, shifts: readonly (readonly [number, number])[], at = scene): SceneShift {
  let measured: SceneShift = NO_SHIFT;
  for (const [right, down] of shifts) measured = sway.measure(lumaOf(pictureOf(at, right, down)));
  return measured;
}

/** Pictures somewhere, until it is believed that the camera is away. */
const AWAY = (x: number, y: number) => new Array(9).fill([x, y]) as [number, number][];

test('a shift is measured to a tenth of a pixel, between pixels too, and followed', () => {
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  for (const [right, down] of [
    [2.5, -1.25],
    [4.75, 0.5],
    [1, 3.3],
    [-2.4, 5],
  ] as const) {
    const { x, y } = shown(sway, [[0, 0], ...AWAY(right, down)].slice(sway.sways ? 1 : 0) as [number, number][]);
    assert.ok(Math.abs(x - right) < 0.1 && Math.abs(y - down) < 0.1, `${right}, ${down}: ${x}, ${y}`);
  }
  assert.is(sway.lostFor, 0);
});

test('a gust by 14 pixels from one picture to the next is found', () => {
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  const { x, y } = shown(sway, [[0, 0], [0, 0], ...AWAY(14, -6)]);
  assert.ok(Math.abs(x - 14) < 0.15 && Math.abs(y + 6) < 0.15, `${x}, ${y}`);
});

test('a steady camera, however noisy and in whatever light, has no shift at all', () => {
  const random = seeded(5);
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  for (let i = 0; i < 40; i++) {
    const measured = shown(sway, [[0, 0]], (x, y) => scene(x, y) * (0.8 + i / 200) + (random() - 0.5) * 8);
    assert.equal(measured, NO_SHIFT);
  }
  assert.is(sway.sways, false);
});

test('vehicles that fill a third of the picture are not the camera', () => {
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  const lorry = landscape(8);
  for (let i = 0; i < 30; i++) {
    const way = i * 5;
    const measured = shown(sway, [[0, 0]], (x, y) =>
      y > 60 && y < 150 && x > way && x < way + 200 ? lorry(x - way, y) : scene(x, y),
    );
    assert.equal(measured, NO_SHIFT);
  }
});

test('what is not to be recognised is lost, and costs nothing for long', () => {
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  shown(sway, [[0, 0]]);
  shown(sway, AWAY(0, 0), landscape(77));
  assert.ok(sway.lostFor > 5);
  const dark = new CameraSway({ width: WIDTH, height: HEIGHT });
  const grey = lumaOf(new Uint8Array(WIDTH * HEIGHT * 3).fill(20));
  for (let i = 0; i < 60; i++) assert.equal(dark.measure(grey), NO_SHIFT);
  assert.ok(dark.lostFor > 50);
  dark.restart();
  assert.is(dark.lostFor, 0);
});

/** Shows one picture again and again until a shift is told, or so often. */
function until(sway: CameraSway, picture: LumaPicture, most: number): SceneShift {
  let measured: SceneShift = NO_SHIFT;
  for (let i = 0; i < most && measured.x === 0; i++) measured = sway.measure(picture);
  return measured;
}

test('a camera is held again after a night without anything to recognise', () => {
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  const grey = lumaOf(new Uint8Array(WIDTH * HEIGHT * 3).fill(20));
  for (let i = 0; i < 500; i++) sway.measure(grey);
  const [day, gust] = [lumaOf(pictureOf(scene, 0, 0)), lumaOf(pictureOf(scene, 4, -2))];
  for (let i = 0; i < 120; i++) sway.measure(day);
  assert.is(sway.lostFor, 0);
  const { x, y } = until(sway, gust, 600);
  assert.ok(Math.abs(x - 4) < 0.15 && Math.abs(y + 2) < 0.15, `${x}, ${y}`);
});

test('one that swayed when it was turned is held in its new view', () => {
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  shown(sway, [[0, 0], ...AWAY(5, 0)]);
  assert.is(sway.sways, true);
  const other = landscape(8);
  const [view, gust] = [lumaOf(pictureOf(other, 0, 0)), lumaOf(pictureOf(other, 3, 2))];
  for (let i = 0; i < 120; i++) sway.measure(view);
  assert.is(sway.lostFor, 0);
  const { x, y } = until(sway, gust, 600);
  assert.ok(Math.abs(x - 3) < 0.15 && Math.abs(y - 2) < 0.15, `${x}, ${y}`);
});

test('a jump that blurs its own picture is followed, and none of what is blurred is remembered', () => {
  const blurred = (x: number, y: number) => {
    let sum = 0;
    for (let k = -6; k <= 6; k++) sum += scene(x + k, y);
    return sum / 13;
  };
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  shown(sway, [[0, 0], ...AWAY(5, 2)]);
  for (const [right, down] of [
    [-4, -3],
    [6, 2],
    [-5, 3],
  ] as const) {
    const { x, y } = shown(sway, [[right, down]], blurred);
    assert.is(sway.lostFor, 0);
    assert.ok(Math.abs(x - right) < 1.5 && Math.abs(y - down) < 1.5, `${right}, ${down}: ${x}, ${y}`);
  }
  const { x, y } = shown(sway, [[5, 2]]);
  assert.ok(Math.abs(x - 5) < 0.1 && Math.abs(y - 2) < 0.1, `${x}, ${y}`);
});

test('a steady picture of which nothing but the coarse is to be seen does not make a camera sway', () => {
  const sway = new CameraSway({ width: WIDTH, height: HEIGHT });
  shown(sway, [[0, 0]]);
  const coarse = (x: number, y: number) => (scene(x - 6, y) + scene(x, y) + scene(x + 6, y)) / 3;
  for (let i = 0; i < 30; i++) assert.equal(shown(sway, [[0.4, 0.3]], coarse), NO_SHIFT);
});

test.run();
