import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHANGED, DOUBTED } from '../../../src/answer/scene/block-background.js';
import { maskBlocks } from '../../../src/answer/scene/block-mask.js';
import { BLOCKS, type Signature } from '../../../src/answer/scene/grid.js';
import { boxes, changed, pixelsOf, signatureOf, simulated, Watcher, withBox } from '../pictures.js';

const empty = simulated('traffic=empty&trees=0&fps=10');
const still = pixelsOf(empty, 0);
const SMALL = [303, 204, 317, 214] as const;

const seen: Signature[] = [];
/** The empty road at a tenth of a second. */
const emptyAt = (index: number) => (seen[index] ??= signatureOf(pixelsOf(empty, index)));

/** A watcher that has seen the empty road for 10 s; the sensor's noise is in every picture. */
function acquainted(masked: Uint8Array = new Uint8Array(BLOCKS)): Watcher {
  const watcher = new Watcher(masked);
  for (let i = 0; i < 100; i++) watcher.see(emptyAt(i), boxes(), i % 10 === 0);
  return watcher;
}

/** The brightness of the road where the small box goes. */
const road = still[(209 * 640 + 310) * 3]!;

test('noise and slow light change nothing for half a minute', () => {
  const watcher = acquainted();
  let alarms = 0;
  for (let i = 100; i < 400; i++) if (watcher.see(emptyAt(i)) > 0) alarms++;
  assert.is(alarms, 0);
  assert.is(watcher.background.voting, BLOCKS);
});

test('a step of the exposure changes nothing', () => {
  const watcher = acquainted();
  for (const [gain, offset] of [
    [1.1, 0],
    [0.6, 0],
    [0.8, 25],
  ] as const) {
    assert.is(watcher.see(signatureOf(changed(still, (was) => was * gain + offset))), 0, `${gain} ${offset}`);
  }
});

test('a step that cuts off what was bright counts only there', () => {
  assert.ok(acquainted().see(signatureOf(changed(still, (was) => was * 1.3))) < BLOCKS / 50);
});

test('a vehicle of 14 x 10 pixels is noticed in its first picture, and so when the exposure steps with it', () => {
  const watcher = acquainted();
  const entering = withBox(still, SMALL, road - 45);
  assert.ok(watcher.see(signatureOf(entering)) > 0);
  for (let i = 0; i < BLOCKS; i++) {
    const x = (i % 64) * 10;
    const y = Math.floor(i / 64) * 10;
    if (watcher.marks[i] === CHANGED) assert.ok(x >= 290 && x < 320 && y >= 200 && y < 220, `block at ${x},${y}`);
  }
  assert.ok(watcher.see(signatureOf(changed(entering, (was) => was * 1.1))) > 0);
});

test('vehicles that drive in are noticed within two pictures', () => {
  const busy = simulated('traffic=mixed&trees=0&fps=10');
  const watcher = new Watcher();
  const firstSeen = new Map<number, number>();
  const delays = new Map<number, number>();
  for (let i = 0; i < 500; i++) {
    const truth = busy.truth(i);
    const pixels = signatureOf(pixelsOf(busy, i));
    watcher.see(pixels, truth, i % 10 === 0);
    for (let k = 0; k < truth.count; k++) {
      const id = truth.ids[k]!;
      if (!firstSeen.has(id)) firstSeen.set(id, i);
      if (!delays.has(id) && touches(watcher.marks, truth.data.subarray(k * 6))) delays.set(id, i - firstSeen.get(id)!);
    }
  }
  const entered = [...firstSeen].filter(([, at]) => at > 20 && at < 490).map(([id]) => id);
  assert.ok(entered.length >= 20, `${entered.length} vehicles`);
  const late = entered.filter((id) => !((delays.get(id) ?? 99) <= 1));
  assert.ok(late.length <= entered.length / 8, `${late.length} of ${entered.length} late`);
});

function touches(marks: Uint8Array, [x1, y1, x2, y2]: Float32Array): boolean {
  for (let y = Math.floor(y1! / 10); y < y2! / 10; y++) {
    for (let x = Math.floor(x1! / 10); x < x2! / 10; x++) if (marks[y * 64 + x] === CHANGED) return true;
  }
  return false;
}

test('trees that sway are learned, a vehicle beside them is still noticed', () => {
  const windy = simulated('traffic=empty&trees=1&fps=10');
  const watcher = new Watcher();
  const alarms = [0, 0];
  for (let i = 0; i < 1200; i++) {
    const picture = signatureOf(pixelsOf(windy, i));
    const count = watcher.see(picture, boxes(), watcher.background.changes(picture, i * 100 + 100, watcher.marks) > 0);
    if (count > 0) alarms[i < 300 ? 0 : i >= 900 ? 1 : 2]!++;
  }
  assert.ok(alarms[0]! > 0, 'the trees are noticed at first');
  assert.ok(alarms[1]! * 3 <= alarms[0]!, `${alarms[0]} then ${alarms[1]} pictures`);
  assert.ok(watcher.see(signatureOf(withBox(pixelsOf(windy, 1200), SMALL, road - 45))) > 0);
});

test('a block that flickers for no vehicle loses its vote', () => {
  const watcher = acquainted();
  const clock = [20, 20, 30, 30];
  const levels = [0, 255, 90, 170, 40, 220, 130];
  const shown = levels.map((level) => signatureOf(withBox(still, clock, level)));
  for (let i = 0; i < 400; i++) watcher.see(shown[(i * 5 + (i >> 3)) % 7]!, boxes(), i % 4 === 0);
  assert.is(watcher.background.voting, BLOCKS - 1);
  assert.is(watcher.see(signatureOf(withBox(still, clock, 255))), 0);
});

test('blocks under a mask have no vote, in part masked ones neither', () => {
  const masked = maskBlocks([
    [
      [0.45, 0.5],
      [0.51, 0.5],
      [0.51, 0.6],
      [0.45, 0.6],
    ],
  ]);
  assert.is(
    masked.reduce((sum, v) => sum + v, 0),
    5 * 4,
  );
  const watcher = acquainted(masked);
  assert.is(watcher.see(signatureOf(withBox(still, SMALL, road - 45))), 0);
  assert.ok(watcher.see(signatureOf(withBox(still, [403, 204, 417, 214], road - 45))) > 0);
});

test('a vehicle that stops for five minutes under its box hides nothing when it has left', () => {
  const watcher = acquainted();
  const big = [280, 180, 340, 230] as const;
  const stopped = signatureOf(withBox(still, big, 40));
  for (let i = 0; i < 3000; i++) watcher.see(stopped, boxes(big), i % 10 === 0);
  assert.is(watcher.see(signatureOf(still)), 0, 'the road is as before');
  assert.ok(watcher.see(signatureOf(withBox(still, SMALL, road - 45))) > 0);
});

test('what an inference did not call a vehicle is no change while it stays, nor when it goes', () => {
  const watcher = acquainted();
  const bin = signatureOf(withBox(still, [300, 200, 330, 230], 40));
  assert.ok(watcher.see(bin, boxes(), true) > 0);
  for (let i = 0; i < 300; i++) assert.is(watcher.see(bin), 0);
  assert.is(watcher.see(signatureOf(still)), 0);
  assert.ok(watcher.see(signatureOf(withBox(still, [300, 200, 330, 230], 200))) > 0, 'another thing in its place');
});

test('around a change without a vehicle the next changes are doubted for 300 ms', () => {
  const watcher = acquainted();
  assert.ok(watcher.see(signatureOf(withBox(still, [300, 200, 320, 220], 30)), boxes(), true) > 0);
  const moved = signatureOf(withBox(still, [310, 200, 330, 220], 30));
  assert.is(watcher.see(moved), 0);
  assert.ok(watcher.marks.includes(DOUBTED));
  assert.ok(watcher.see(signatureOf(withBox(still, [500, 200, 520, 220], 30))) > 0, 'elsewhere nothing is doubted');
  watcher.see(moved);
  assert.ok(watcher.see(moved) > 0);
});

test('a lesson is taken back where a vehicle is found a second later', () => {
  const watcher = acquainted();
  const before = [...watcher.background.tolerances];
  const vehicle = [300, 200, 330, 230] as const;
  for (const level of [30, 200]) watcher.see(signatureOf(withBox(still, vehicle, level)), boxes(), true);
  const block = 21 * 64 + 31;
  watcher.see(signatureOf(withBox(still, vehicle, 200)));
  assert.ok(watcher.background.tolerances[block]! > before[block]! * 1.1);
  watcher.see(signatureOf(withBox(still, vehicle, 200)), boxes(vehicle), true);
  assert.ok(watcher.background.tolerances[block]! < before[block]! * 1.1);
});

test('a wide smooth glare in the dark counts for less than a tenth of the blocks that it brightens', () => {
  const watcher = new Watcher();
  const dark = (i: number) => changed(pixelsOf(empty, i), (was) => was * 0.35);
  for (let i = 0; i < 30; i++) watcher.see(signatureOf(dark(i)));
  const glow = (x: number, y: number) => 60 * Math.exp(-((x - 320) ** 2 + (y - 180) ** 2) / (2 * 80 ** 2));
  const count = watcher.see(signatureOf(changed(dark(30), (was, x, y) => was + glow(x, y))));
  let brightened = 0;
  for (let i = 0; i < BLOCKS; i++) if (glow((i % 64) * 10 + 5, Math.floor(i / 64) * 10 + 5) > 8) brightened++;
  assert.ok(brightened > 600 && count < brightened / 10, `${count} of ${brightened}`);
});

test('two pictures are told apart by a parked car, and not by the light', () => {
  const { background } = acquainted();
  const into = new Uint8Array(BLOCKS);
  const now = emptyAt(50);
  const parked = (level: number, gain: number) =>
    signatureOf(changed(withBox(still, [400, 200, 440, 230], level), (was) => was * gain));
  assert.is(background.differs(now, signatureOf(changed(still, (was) => was * 0.7)), into), 0);
  assert.ok(background.differs(now, parked(60, 1), into) >= 8);
  assert.is(background.differs(parked(60, 1), parked(60, 1.1), into), 0);
});

test('a red car as bright as the road is told by its colour', () => {
  const { background } = acquainted();
  const into = new Uint8Array(BLOCKS);
  const red = still.slice();
  for (let y = 204; y < 228; y++) {
    for (let x = 404; x < 436; x++) {
      const o = (y * 640 + x) * 3;
      red[o] = red[o]! + 70;
      red[o + 1] = red[o + 1]! - 30;
      red[o + 2] = red[o + 2]! - 30;
    }
  }
  assert.ok(background.differs(signatureOf(still), signatureOf(red), into) > 0);
});

test.run();
