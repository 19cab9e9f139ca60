import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cameraAvailability, longestOutages, programAvailability } from '../../src/report/day/availability.js';
import type { SeriesPoint } from '../../src/store/series/series-point.js';

const MINUTE = 60_000;
const DAY = { from: 0, to: 100 * MINUTE };

const readings = (at: (minute: number) => number | null, minutes = 130) => ({
  stepMs: MINUTE,
  points: Array.from({ length: minutes }, (_, minute): SeriesPoint | null => {
    const value = at(minute);
    return value === null ? null : { t: minute * MINUTE, min: value, mean: value, max: value, p95: value, count: 60 };
  }).filter((point) => point !== null),
});
const off = (minute: number): boolean => minute >= 10 && minute < 20;
const uptime = readings((minute) => (off(minute) ? null : minute * 60));

test('the program ran when it was read, and an outage says whether the machine was off too', () => {
  const on = readings((minute) => (off(minute) ? null : minute * 60));
  assert.equal(programAvailability(uptime, on, DAY, null), {
    share: 0.9,
    outages: [{ from: 10 * MINUTE, to: 20 * MINUTE, cause: 'program-off' }],
  });
  const restarted = readings((minute) => (off(minute) ? null : minute < 10 ? 9999 : (minute - 18) * 60));
  assert.is(programAvailability(uptime, restarted, DAY, null).outages[0]?.cause, 'machine-off');
});

test('a day without readings between days that have some was an outage; before the first nobody knows', () => {
  const nothing = readings(() => null);
  assert.equal(programAvailability(nothing, nothing, DAY, null), { share: null, outages: [] });
  assert.equal(programAvailability(nothing, nothing, DAY, { from: -1, to: DAY.to + 1 }), {
    share: 0,
    outages: [{ ...DAY, cause: 'program-off' }],
  });
});

test('a camera is gone by its own fault only while the program ran', () => {
  const program = programAvailability(uptime, uptime, DAY, null);
  const captured = readings((minute) => (off(minute) ? null : minute >= 20 && minute < 25 ? 0 : 15));
  assert.equal(cameraAvailability(captured, program, [], DAY, null), {
    share: 0.85,
    outages: [
      { from: 10 * MINUTE, to: 20 * MINUTE, cause: 'program-off' },
      { from: 20 * MINUTE, to: 25 * MINUTE, cause: 'camera-lost' },
    ],
  });
  const paused = cameraAvailability(captured, program, [{ from: 19 * MINUTE, to: 26 * MINUTE }], DAY, null);
  assert.is(paused.outages[1]?.cause, 'paused');
});

test('a camera that never delivered had no picture, where anybody could know', () => {
  const program = programAvailability(uptime, uptime, DAY, null);
  const never = readings(() => null);
  const unseen = cameraAvailability(never, program, [], DAY, null);
  assert.is(unseen.share, 0);
  assert.equal(
    unseen.outages.map(({ cause }) => cause),
    ['camera-lost', 'program-off', 'camera-lost'],
  );
  assert.equal(cameraAvailability(never, { share: null, outages: [] }, [], DAY, null), { share: null, outages: [] });
});

test('a camera that came later is judged from then on, and not at all before', () => {
  const program = programAvailability(uptime, uptime, DAY, null);
  const late = readings((minute) => (minute < 40 ? null : minute >= 70 && minute < 85 ? 0 : 15));
  assert.equal(cameraAvailability(late, program, [], DAY, 40 * MINUTE), {
    share: 0.75, // 45 of the 60 minutes that were left
    outages: [{ from: 70 * MINUTE, to: 85 * MINUTE, cause: 'camera-lost' }],
  });
  const never = readings(() => null);
  for (const since of [DAY.to, DAY.to + MINUTE])
    assert.equal(cameraAvailability(never, program, [], DAY, since), { share: null, outages: [] });
  // one that was there before is lost
  assert.is(cameraAvailability(never, program, [], DAY, DAY.from - MINUTE).share, 0);
});

test('of many outages the longest are told, in order', () => {
  const outage = (from: number, to: number) => ({ from, to, cause: 'camera-lost' as const });
  const all = [outage(0, 1), outage(2, 10), outage(11, 13)];
  assert.equal(longestOutages(all, 2), [all[1], all[2]]);
});

test.run();
