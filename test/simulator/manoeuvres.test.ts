import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrueAct } from '../../src/simulator/manoeuvres.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';

const SMALL = 'width=160&height=120&fps=5&noise=0';
const roadOf = (options: string) => new Road(parseSimulatorUrl(`sim://road?${options}&${SMALL}`), false);

/** What anybody did in the first minutes that can be seen, by vehicle. */
function actsOf(road: Road, frames: number): Map<number, TrueAct[]> {
  const all = new Map<number, TrueAct[]>();
  for (let index = 0; index < frames; index++) {
    const { ids, acts } = road.truth(index);
    for (const [row, own] of acts.entries()) if (own.length > 0) all.set(ids[row]!, [...own]);
  }
  return all;
}

const painted = (options: string) => new Road(parseSimulatorUrl(`sim://road?${options}&${SMALL}`));
const wild = painted('seed=601&traffic=mixed&wrongWay=2&stopping=3&uTurns=2&lorries=0.2&redRunners=0.3');

test('each kind of offence happens, as often as asked for or more', () => {
  const told = [...actsOf(wild, 900).values()].flat();
  for (const act of ['wrong-way', 'stopping', 'u-turn', 'wrong-lane', 'red-light']) {
    assert.ok(
      told.some((one) => one.act === act),
      act,
    );
  }
  for (const { act, fromMs, untilMs, redMs } of told) {
    assert.ok(untilMs === null || untilMs > fromMs);
    assert.is(redMs !== undefined, act === 'red-light');
    if (redMs !== undefined) assert.ok(redMs >= 0 && redMs < 24_000);
  }
});

test('without the options nobody breaks rules, but for those who cannot stop any more when it turns red', () => {
  for (const acts of actsOf(painted('seed=601&traffic=mixed'), 600).values()) {
    for (const { act, redMs } of acts) assert.ok(act === 'red-light' && redMs! < 3000, `${act} ${redMs}`);
  }
});

test('who drives on the wrong side goes up the picture where others come down it, or the other way round', () => {
  const { laneX } = wild.layout;
  let followed = 0;
  const ways = new Map<number, { isLeft: boolean; first: number; last: number }>();
  for (let index = 0; index < 900; index++) {
    const { ids, acts, data } = wild.truth(index);
    for (const [row, own] of acts.entries()) {
      if (!own.some(({ act }) => act === 'wrong-way')) continue;
      const [x1, , x2, y2] = [...data.subarray(row * 6, row * 6 + 4)] as [number, number, number, number];
      const way = ways.get(ids[row]!);
      if (way) way.last = y2;
      else ways.set(ids[row]!, { isLeft: isLeftOfMiddle((x1 + x2) / 2, y2), first: y2, last: y2 });
    }
  }
  for (const { isLeft, first, last } of ways.values()) {
    if (Math.abs(last - first) < 20) continue;
    assert.is(last < first, isLeft, 'those in the left lanes, which come nearer, drive away');
    followed++;
  }
  assert.ok(followed > 0 && laneX[0]! < 0);
});

/** Whether a foot in the picture is left of the centre line of the road. */
function isLeftOfMiddle(x: number, y: number): boolean {
  for (let z = 8; z < 160; z++) {
    const [middleX, middleY] = wild.pictureOf(0, z);
    if (middleY * wild.height <= y) return x < middleX * wild.width;
  }
  return false;
}

test('the signal is red first, then green, and yellow at the end of the minute', () => {
  const road = roadOf('seed=3&traffic=mixed');
  // the scene begins twenty seconds into the first cycle
  assert.equal(road.signal(0), { state: 'red', sinceMs: -20_000 });
  assert.equal(road.signal(5 * 5), { state: 'green', sinceMs: 4000 });
  assert.equal(road.signal(38 * 5), { state: 'yellow', sinceMs: 37_000 });
  assert.equal(road.signal(41 * 5), { state: 'red', sinceMs: 40_000 });
  assert.is(roadOf('seed=3&traffic=light').signal(0), null);
});

test.run();
