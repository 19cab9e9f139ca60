import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InferenceDemand } from '../../../../src/tune/control/demand/inference-demand.js';
import { knobsAt, observationOf, SMALL } from '../board.js';

process.env['TZ'] = 'Europe/Berlin';

/** Monday, a few weeks before summer time ends. */
const START = new Date(2026, 8, 28, 0, 0).getTime();
const HOUR_MS = 3_600_000;
const QUARTER_MS = 300_000;

/** Inferences a second on the road: a rush from seven to nine on workdays, by the clock on the wall. */
function onTheRoad(unixMs: number): number {
  const date = new Date(unixMs);
  const isWorkday = date.getDay() >= 1 && date.getDay() <= 5;
  return isWorkday && date.getHours() >= 7 && date.getHours() < 9 ? 6 : 1;
}

function see(
  demand: InferenceDemand,
  from: number,
  to: number,
  wanted: (unixMs: number, camera: string) => number | null,
  cameras = ['north'],
): void {
  for (let at = from; at < to; at += QUARTER_MS) {
    const loads = cameras.flatMap((camera) => {
      const wantedPerS = wanted(at, camera);
      return wantedPerS === null ? [] : [{ camera, framesPerS: 25, wantedPerS, inferredPerS: 1, vehicles: 1 }];
    });
    demand.see(observationOf(knobsAt(SMALL), at - START, { unixNow: at, cameras: loads }));
  }
}

const WEEK_MS = 168 * HOUR_MS;
const near = (actual: number, expected: number) =>
  assert.is(Math.abs(actual - expected) < 0.6, true, `${actual}, not ${expected}`);

test('after a week the rush is known before it comes', () => {
  const demand = new InferenceDemand();
  see(demand, START, START + WEEK_MS + 6.75 * HOUR_MS, onTheRoad);
  near(demand.of('north', 0), 1);
  assert.is(demand.of('north', 2700) > 4.5, true);
});

test('a holiday, a gap and a week of rain do not move what is usual', () => {
  const demand = new InferenceDemand();
  const isHoliday = (at: number) => Math.floor((at - START) / WEEK_MS) === 2;
  const isGap = (at: number) => Math.floor((at - START) / WEEK_MS) === 3;
  const monday = new Date(2026, 10, 2, 6, 30).getTime();
  see(demand, START, monday, (at) => (isGap(at) ? null : isHoliday(at) ? 1 : onTheRoad(at)));
  near(demand.of('north', HOUR_MS / 1000), 6);
});

test('the rush comes by the clock on the wall, also after the end of summer time', () => {
  const demand = new InferenceDemand();
  const monday = new Date(2026, 9, 26, 6, 30).getTime();
  see(demand, START, monday, onTheRoad);
  near(demand.of('north', 3600), 6);
  assert.is(demand.of('north', 3 * 3600) < 3, true);
});

test('a camera that is new borrows the ups and downs of the others', () => {
  const demand = new InferenceDemand();
  const end = START + WEEK_MS + 6.5 * HOUR_MS;
  see(demand, START, end - HOUR_MS, onTheRoad);
  see(demand, end - HOUR_MS, end, (at, camera) => onTheRoad(at) * (camera === 'new' ? 2 : 1), ['north', 'new']);
  const ratio = demand.of('new', 3600) / demand.of('new', 0);
  assert.is(ratio > 4, true, `${ratio} times as much in an hour`);
});

test('a day that is busier than usual is expected to stay so for a while', () => {
  const demand = new InferenceDemand();
  const noon = START + WEEK_MS + 12 * HOUR_MS;
  see(demand, START, noon, (at) => onTheRoad(at) * (at > noon - HOUR_MS ? 2 : 1));
  assert.is(demand.of('north', 600) > 1.6, true);
  near(demand.of('north', 4 * 3600), 1);
});

test('before anything is usual, the trend of the last minutes counts, within bounds', () => {
  const demand = new InferenceDemand();
  see(demand, START, START + HOUR_MS / 2, (at) => 1 + (at - START) / HOUR_MS);
  assert.is(demand.of('north', 300) > demand.of('north', 0), true);
  assert.is(demand.of('north', 36_000) <= demand.of('north', 0) * 1.5, true);
});

test('a clock that was never set teaches nothing, and a clock that is put right spoils nothing', () => {
  const demand = new InferenceDemand();
  see(demand, 0, WEEK_MS, () => 5);
  assert.is(demand.isLearnt, false);
  see(demand, START, START + 4 * HOUR_MS, onTheRoad);
  assert.is(demand.isLearnt, true);
});

test('what is usual outlasts a restart', () => {
  const demand = new InferenceDemand();
  see(demand, START, START + WEEK_MS, onTheRoad);
  const next = new InferenceDemand();
  next.restore(JSON.parse(JSON.stringify(demand.save())));
  const monday = START + WEEK_MS + 6.5 * HOUR_MS;
  see(next, monday, monday + 2 * QUARTER_MS, onTheRoad);
  near(next.of('north', 3600), 6);
});

test('of as many cameras as a device may have each is foretold, and of one more the one unseen longest is forgotten', () => {
  const demand = new InferenceDemand();
  see(demand, START, START + 4 * HOUR_MS, () => 1);
  const more = Array.from({ length: 63 }, (_, i) => `camera-${i}`);
  see(demand, START + 4 * HOUR_MS, START + 8 * HOUR_MS, () => 2, ['north', ...more]);
  for (const camera of ['north', ...more]) near(demand.of(camera, 300), 2);
  assert.is(Object.keys(demand.save()).length, 64);
  see(demand, START + 8 * HOUR_MS, START + 12 * HOUR_MS, () => 2, [...more, 'another']);
  const known = Object.keys(demand.save());
  assert.equal([known.length, known.includes('north'), known.includes('another')], [64, false, true]);
});

test.run();
