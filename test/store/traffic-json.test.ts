import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lineTally, noCounts, type TrafficInterval } from '../../src/store/traffic-counts.js';
import { trafficFigures, trafficInSteps } from '../../src/store/traffic-json.js';

const test = suite('store/traffic-json');

const MINUTE = 60_000;
/** A full hour. */
const HOUR = 1_700_006_400_000;

/** Minutes after the hour at which it begins, and its length. */
function interval(minute: number, minutes: number, cars: number): TrafficInterval {
  const counts = noCounts();
  lineTally(counts, 'gate', 'away').car = cars;
  const from = HOUR + minute * MINUTE;
  return {
    camera: 'north',
    from,
    intervalS: minutes * 60,
    part: 1,
    coveredMs: minutes * MINUTE,
    leftOut: 0,
    counts,
  };
}

const told = (intervals: readonly TrafficInterval[], stepMs: number | null) =>
  trafficInSteps(intervals, stepMs).map((step) => {
    const { coverage, lines } = trafficFigures(step);
    return [(step.from - HOUR) / MINUTE, step.intervalS / 60, coverage, lines?.gate?.away?.car];
  });

test('a step that is no whole number of intervals becomes the next longer one, so that each interval is in one step wholly', () => {
  const five = [interval(0, 5, 1), interval(5, 5, 2), interval(10, 5, 4), interval(15, 5, 8)];
  const tens = [
    [0, 10, 1, 3],
    [10, 10, 1, 12],
  ];
  assert.equal(told(five, 7 * MINUTE), tens);
  assert.equal(told(five, 10 * MINUTE), tens);
});

test('a step that is shorter than the intervals shows them as they were counted, and days take hours', () => {
  assert.equal(told([interval(0, 5, 1), interval(5, 5, 2)], MINUTE), [
    [0, 5, 1, 1],
    [5, 5, 1, 2],
  ]);
  const [hours] = told([interval(0, 60, 5), interval(60, 60, 6)], 90 * MINUTE);
  assert.equal(hours, [0, 120, 1, 11]);
});

test('parts of an interval are one, and lengths that changed meanwhile meet in a longer step', () => {
  const [one, two] = [interval(0, 5, 1), { ...interval(0, 5, 2), part: 2, coveredMs: 0 }];
  assert.equal(told([one!, two!], null), [[0, 5, 1, 3]]);
  const mixed = [...Array.from({ length: 30 }, (_, i) => interval(i, 1, 1)), interval(30, 15, 3), interval(45, 15, 4)];
  assert.equal(told(mixed, 60 * MINUTE), [[0, 60, 1, 37]]);
});

test.run();
