import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CommonShift } from '../../../src/answer/sway/common-shift.js';
import { NO_SHIFT, type SceneShift, shiftDown, shiftRight } from '../../../src/frame/scene-shift.js';
import { seeded } from '../../seeded.js';

const random = seeded(12);
const PLACES = 40;

/** Places all over a picture that have gone so far. @param others so many of them on vehicles, which go elsewhere together */
function placesAt({ shift, others = 0 }: { shift: SceneShift; others?: number }): CommonShift {
  const common = new CommonShift(640, PLACES);
  for (let i = 0; i < PLACES; i++) {
    const [right, below] = [(i % 8) * 80 - 280, Math.floor(i / 8) * 70 - 140];
    [common.right[i], common.below[i]] = [right, below];
    const noise = (): number => 0.2 * (random() - 0.5);
    const own = i < others ? 5 : 0;
    common.foundX[i] = shiftRight(shift, right, below) + noise() + own;
    common.foundY[i] = shiftDown(shift, right, below) + noise();
  }
  return common;
}

test('what is turned, has grown and lies elsewhere is told, whatever vehicles do', () => {
  const shift = { x: 3, y: -2, turn: 0.002, growth: -0.001 };
  const common = placesAt({ shift, others: 12 });
  const found = common.fit({ ...NO_SHIFT, x: 2.5, y: -1.8 }, 1, true)!;
  assert.ok(Math.abs(found.x - 3) < 0.1 && Math.abs(found.y + 2) < 0.1, `${found.x}, ${found.y}`);
  assert.ok(Math.abs(found.turn - 0.002) < 2e-4 && Math.abs(found.growth + 0.001) < 2e-4);
  assert.is(common.agrees(0), false);
  assert.is(common.agrees(39), true);
});

test('a large turn is found from near it, and not taken for one place after the other that moved', () => {
  const shift = { x: 1, y: 1, turn: 0.02, growth: 0.01 };
  assert.is(placesAt({ shift }).fit(NO_SHIFT, 1, true), null);
  const found = placesAt({ shift }).fit({ ...shift, turn: 0.019 }, 1, true)!;
  assert.ok(Math.abs(found.turn - 0.02) < 2e-4);
});

test('too few places, too few that agree, and turns that no mast makes are nothing', () => {
  const few = placesAt({ shift: NO_SHIFT });
  few.foundX.fill(Number.NaN, 5);
  assert.is(few.fit(NO_SHIFT, 1, true), null);
  assert.is(placesAt({ shift: NO_SHIFT, others: 18 }).fit(NO_SHIFT, 1, true), null);
  const turned = { ...NO_SHIFT, turn: 0.06 };
  assert.is(placesAt({ shift: turned }).fit(turned, 1, true), null);
});

test('places that lie close together say where it is, and not how it is turned', () => {
  const shift = { x: 3, y: -2, turn: 0, growth: 0 };
  const common = placesAt({ shift });
  for (let i = 0; i < PLACES; i++) {
    common.right[i]! /= 20;
    common.below[i]! /= 20;
  }
  const found = common.fit(NO_SHIFT, 4, true)!;
  assert.equal([found.turn, found.growth], [0, 0]);
  assert.ok(Math.abs(found.x - 3) < 0.1);
});

test.run();
