import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';

const SMALL = 'width=160&height=120&fps=10';
const road = new Road(parseSimulatorUrl(`sim://road?seed=3&traffic=rush&${SMALL}`));

function digest(of: Road, index: number): string {
  const out = new Uint8Array(of.width * of.height * 3);
  of.render(index, out);
  return createHash('sha1').update(out).digest('hex');
}

test('the same options and index give the same frame, in whatever order frames are asked for', () => {
  const other = new Road(parseSimulatorUrl(`sim://road?seed=3&traffic=rush&${SMALL}`));
  const late = digest(road, 400);
  const early = digest(road, 7);
  assert.is(digest(other, 7), early);
  assert.is(digest(other, 400), late);
  assert.is(digest(road, 7), early);
});

test('another seed gives another road', () => {
  const other = new Road(parseSimulatorUrl(`sim://road?seed=4&traffic=rush&${SMALL}`));
  assert.is.not(digest(other, 7), digest(road, 7));
});

test('rain, night and a still, noiseless day can be drawn', () => {
  const still = new Road(parseSimulatorUrl(`sim://road?traffic=empty&noise=0&drift=0&trees=0&${SMALL}`));
  assert.is(digest(still, 0), digest(still, 1), 'nothing changes on an empty road without noise');
  for (const weather of ['rain=1', 'night=1']) {
    const wet = new Road(parseSimulatorUrl(`sim://road?traffic=empty&${weather}&${SMALL}`));
    assert.is.not(digest(wet, 0), digest(still, 0));
  }
});

test('noise is another one in each frame, up to the last pixel of a picture whose bytes are no multiple of four', () => {
  const odd = new Road(parseSimulatorUrl('sim://road?traffic=empty&noise=20&drift=0&trees=0&width=161&height=121'));
  const out = new Uint8Array(161 * 121 * 3);
  const seen = new Set<number>();
  for (let index = 0; index < 40; index++) {
    odd.render(index, out);
    seen.add(out.at(-1)!);
  }
  assert.ok(seen.size > 10, `${seen.size} values`);
});

test('a buffer that is too small for the frame is refused', () => {
  assert.throws(() => road.render(0, new Uint8Array(10)), /expected a buffer of 57600 bytes, got 10/);
});

test('truth boxes lie inside the picture, with a class, an id and a visible share each', () => {
  let seen = 0;
  for (let index = 0; index < 600; index += 50) {
    const truth = road.truth(index);
    assert.is(truth.data.length, truth.count * 6);
    assert.is(new Set(truth.ids).size, truth.count);
    for (let i = 0; i < truth.count; i++) {
      const [x1, y1, x2, y2, score, kind] = truth.data.subarray(i * 6, i * 6 + 6);
      assert.ok(x1! >= 0 && y1! >= 0 && x2! <= 160 && y2! <= 120 && x1! < x2! && y1! < y2!);
      assert.is(score, 1);
      assert.ok([0, 1, 2, 3].includes(kind!));
      assert.ok(truth.visible[i]! >= 0.05 && truth.visible[i]! <= 1);
      seen++;
    }
  }
  assert.ok(seen > 50);
});

test('a truth box reaches as far as the pixels that its vehicle changes', () => {
  const url = 'sim://road?seed=9&traffic=light&noise=0&drift=0&trees=0&width=320&height=180&fps=10';
  const light = new Road(parseSimulatorUrl(url));
  const bare = new Uint8Array(320 * 180 * 3);
  const out = new Uint8Array(bare.length);
  // The same place on an empty road.
  light.render(firstEmpty(light), bare);
  let compared = 0;
  for (let index = 0; index < 3000; index += 10) {
    const truth = light.truth(index);
    for (let i = 0; i < truth.count; i++) {
      const [x1, y1, x2, y2] = truth.data.subarray(i * 6, i * 6 + 4) as unknown as [number, number, number, number];
      if (truth.visible[i]! < 0.99 || y1 < 70 || y2 > 175 || x1 < 5 || x2 > 315 || crowded(truth.data, i)) continue;
      light.render(index, out);
      const [left, top, right] = changedBounds(bare, out, x1 - 8, y1 - 8, x2 + 8, y2);
      assert.ok(Math.abs(top - y1) < 2.5, `top ${top} of a box from ${y1}`);
      assert.ok(left < x1 + 2 && right > x2 - 2, `${left}..${right} of a box ${x1}..${x2}`);
      compared++;
    }
  }
  assert.ok(compared > 5, `${compared} lone vehicles`);
});

function firstEmpty(of: Road): number {
  for (let index = 0; ; index += 10) if (of.truth(index).count === 0) return index;
}

function crowded(rows: Float32Array, i: number): boolean {
  for (let o = 0; o < rows.length; o += 6) {
    if (o === i * 6) continue;
    const across = Math.min(rows[o + 2]!, rows[i * 6 + 2]!) - Math.max(rows[o]!, rows[i * 6]!);
    const down = Math.min(rows[o + 3]!, rows[i * 6 + 3]!) - Math.max(rows[o + 1]!, rows[i * 6 + 1]!);
    if (across > -20 && down > -20) return true;
  }
  return false;
}

function changedBounds(
  a: Uint8Array,
  b: Uint8Array,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): [number, number, number] {
  let [left, top, right] = [320, 180, 0];
  for (let y = Math.max(0, Math.floor(y1)); y < Math.min(180, y2); y++) {
    for (let x = Math.max(0, Math.floor(x1)); x < Math.min(320, x2); x++) {
      const o = (y * 320 + x) * 3;
      if (Math.abs(a[o]! - b[o]!) + Math.abs(a[o + 1]! - b[o + 1]!) + Math.abs(a[o + 2]! - b[o + 2]!) < 30) continue;
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x + 1);
    }
  }
  return [left, top, right];
}

test('a vehicle keeps its number and moves a little from frame to frame', () => {
  let followed = 0;
  for (let index = 100; index < 140; index++) {
    const before = road.truth(index);
    const after = road.truth(index + 1);
    for (let i = 0; i < before.count; i++) {
      const j = after.ids.indexOf(before.ids[i]!);
      if (j < 0 || before.visible[i]! < 0.9 || after.visible[j]! < 0.9) continue;
      assert.ok(Math.abs(after.data[j * 6 + 3]! - before.data[i * 6 + 3]!) < 20);
      followed++;
    }
  }
  assert.ok(followed > 50);
});

test('in the rush hour vehicles stop and drive on', () => {
  const lowest = new Map<number, number>();
  let standing = 0;
  let moving = 0;
  for (let index = 0; index < 900; index += 5) {
    const truth = road.truth(index);
    for (let i = 0; i < truth.count; i++) {
      const bottom = truth.data[i * 6 + 3]!;
      const before = lowest.get(truth.ids[i]!);
      if (before !== undefined && Math.abs(bottom - before) < 0.01 && bottom < 119) standing++;
      else moving++;
      lowest.set(truth.ids[i]!, bottom);
    }
  }
  assert.ok(standing > 50, `${standing} standing`);
  assert.ok(moving > 200, `${moving} moving`);
});

test('light traffic leaves the road empty again and again', () => {
  const light = new Road(parseSimulatorUrl(`sim://road?seed=2&traffic=light&${SMALL}`));
  let changes = 0;
  let was = false;
  for (let index = 0; index < 4800; index += 10) {
    const empty = light.truth(index).count === 0;
    if (empty && !was) changes++;
    was = empty;
  }
  assert.ok(changes >= 3, `${changes} times empty in 8 minutes`);
});

test('no near vehicle vanishes in the middle of the picture, also when a chapter of traffic ends', () => {
  // Chapters last 240 s and the first frame is 20 s into one.
  for (let index = 2100; index < 2300; index++) {
    const before = road.truth(index);
    const after = road.truth(index + 1);
    for (let i = 0; i < before.count; i++) {
      const bottom = before.data[i * 6 + 3]!;
      if (before.visible[i]! < 0.5 || bottom > 105 || before.data[i * 6 + 2]! - before.data[i * 6]! < 12) continue;
      assert.ok(bottom < 40 || near(after.data, bottom), `frame ${index}: a vehicle at ${bottom} is gone`);
    }
  }
});

function near(rows: Float32Array, bottom: number): boolean {
  for (let o = 0; o < rows.length; o += 6) if (Math.abs(rows[o + 3]! - bottom) < 12) return true;
  return false;
}

test('a frame a million frames on is found without drawing those before it', () => {
  const other = new Road(parseSimulatorUrl(`sim://road?seed=3&traffic=rush&${SMALL}`));
  other.truth(999_900);
  assert.equal(other.truth(1_000_000), road.truth(1_000_000));
});

test.run();
