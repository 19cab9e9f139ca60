import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlace, isTowards } from '../../src/simulator/layout.js';
import { type Driver, Manoeuvres, type TrueAct } from '../../src/simulator/manoeuvres.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { NEAR_Z } from '../../src/simulator/sprite.js';
import { Traffic } from '../../src/simulator/traffic.js';
import { CAR, createShapes } from '../../src/simulator/vehicles.js';

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

test('who would turn round and finds no gap for so long that it is given up drives on, at the place too', () => {
  const { layout } = wild;
  const manoeuvres = new Manoeuvres(layout, parseSimulatorUrl('sim://road?uTurns=1'), 165);
  const car = { length: 4, classIndex: 0 };
  const inner = layout.lanesPerDirection - 1;
  const turns = { kind: 'turns', at: 100, toLane: inner + 1, radius: 3, stage: 'comes', since: 1, angle: 0 } as const;
  const waits: Driver = { lane: inner, front: 100, speed: 0, shape: car, manoeuvre: { ...turns } };
  const comes: Driver = { lane: inner + 1, front: 20, speed: 12, shape: car, manoeuvre: null };
  const step = (now: number) => manoeuvres.step(waits, now, [waits, comes], () => true);
  assert.is(step(30_000), null);
  assert.is(waits.manoeuvre?.kind, 'turns');
  assert.is(step(50_000), null);
  assert.is(waits.manoeuvre, null);
  // at 199 s of this road somebody gives up so
  assert.is(roadOf('seed=1175&traffic=mixed&uTurns=6&red=55').signal(1000)?.state, 'green');
});

test('who turns round at the stop line while the signal is red passes no red light, and the turn has its end', () => {
  const options = parseSimulatorUrl('sim://road?seed=601&traffic=mixed&uTurns=1&red=55');
  const { layout, haze } = createPlace(options);
  const traffic = new Traffic(layout, createShapes(), options, haze.end);
  traffic.seek(20_000);
  const car = traffic.vehicles.find(({ lane, shape }) => !isTowards(layout, lane) && shape.classIndex === CAR)!;
  const line = layout.stopAway - NEAR_Z + 1.4;
  const toLane = layout.lanesPerDirection - 2;
  Object.assign(car, { front: line - 0.1, speed: 4.5 });
  car.manoeuvre = { kind: 'turns', at: line - 0.1, toLane, radius: 3, stage: 'turns', since: 1, angle: 0 };
  car.acts.push({ act: 'u-turn', fromMs: 20_000, untilMs: null });
  traffic.seek(23_000);
  assert.equal(
    car.acts.map(({ act, untilMs }) => [act, untilMs !== null]),
    [['u-turn', true]],
  );
});

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
