import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CountSeries, hourlyCounts } from '../../bench/forecast/hourly-counts.js';
import { HOUR_MS, HOURS_OF_WEEK } from '../../src/forecast/hourly-series.js';
import { PlaceWatch, WATCHED_WEEKS } from '../../src/forecast/place-watch.js';
import { unusualCameras } from '../../src/forecast/unusual-cause.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { seeded } from '../seeded.js';

const FOLDER = join(PROJECT_ROOT, '../shared/data/traffic');
const onRealRoads = existsSync(FOLDER) ? test : test.skip;
const all = existsSync(FOLDER) ? hourlyCounts(FOLDER, 'series') : [];
const seriesOf = (name: string): CountSeries => all.find((series) => series.name.startsWith(name))!;

/** The series tell local time as if it were UTC. */
const hourOfWeek = (at: number): number => (Math.floor(at / HOUR_MS) + 3 * 24) % HOURS_OF_WEEK;
const counted = ({ values }: CountSeries, index: number) => (Number.isNaN(values[index]!) ? null : values[index]!);

/** A watch that knows what was before an hour of a series. */
function watchBefore(series: CountSeries, index: number): PlaceWatch {
  const watch = new PlaceWatch({ hourOfWeek });
  for (let at = Math.max(0, index - WATCHED_WEEKS * HOURS_OF_WEEK); at < index; at++) {
    watch.learn(series.from + at * HOUR_MS, counted(series, at));
  }
  return watch;
}

/** Hours of a series, each changed; what was said, as `less 2018-07-04T04`, when it began. */
function saidOf(watch: PlaceWatch, series: CountSeries, begin: number, hours: number, share = 1): string[] {
  const said: string[] = [];
  for (let index = begin; index < begin + hours; index++) {
    const before = watch.state.said;
    const value = counted(series, index);
    const state = watch.see(series.from + index * HOUR_MS, value === null ? null : Math.round(share * value));
    if (state.said !== null && before === null) {
      said.push(`${state.said} ${new Date(series.from + index * HOUR_MS).toISOString().slice(0, 13)}`);
    }
  }
  return said;
}

const indexOf = ({ from }: CountSeries, time: string): number => (Date.parse(`${time}Z`) - from) / HOUR_MS;

onRealRoads('a week of a real lane as it was says nothing, and its closure is found within three hours', () => {
  const lane = seriesOf('pems');
  const begin = lane.values.length - HOURS_OF_WEEK;
  assert.equal(saidOf(watchBefore(lane, begin), lane, begin, HOURS_OF_WEEK), []);
  const morning = indexOf(lane, '2016-03-30T07:00');
  assert.is(saidOf(watchBefore(lane, morning), lane, morning, 3, 0.1).length, 1);
});

onRealRoads('of two lanes the closed one is told apart from a closed road', () => {
  const lane = seriesOf('pems');
  const random = seeded(4);
  const beside = { ...lane, values: lane.values.map((value) => Math.round(value * (0.85 + 0.1 * random()))) };
  const morning = indexOf(lane, '2016-03-30T07:00');
  const causes = (shares: readonly [number, number]) => {
    const lanes = ([lane, beside] as const).map((series, index) => {
      const watch = watchBefore(series, morning);
      saidOf(watch, series, morning, 4, shares[index]!);
      return { camera: 'north', place: `lane-${index}`, direction: 'in', state: watch.state, last: watch.last };
    });
    return unusualCameras(lanes, new Map()).map(({ cause, places }) => [cause, places.length]);
  };
  assert.equal(causes([0.1, 1]), [['lane', 1]]);
  assert.equal(causes([0.1, 0.1]), [['upstream', 2]]);
  assert.equal(causes([1, 1]), []);
});

onRealRoads('a holiday of a motorway is told once, in the morning, and is over the day after', () => {
  const motorway = seriesOf('Metro');
  const begin = indexOf(motorway, '2018-07-03T06:00');
  const watch = watchBefore(motorway, begin);
  assert.equal(saidOf(watch, motorway, begin, 54), ['less 2018-07-04T04']);
  assert.is(watch.state.said, null);
});

onRealRoads('a closure of two days is said all the time: it is not learned meanwhile', () => {
  const motorway = seriesOf('Metro');
  const begin = indexOf(motorway, '2018-06-19T09:00');
  const watch = watchBefore(motorway, begin);
  assert.is(saidOf(watch, motorway, begin, 48, 0.1).length, 1);
  assert.is(watch.state.said, 'less');
});

test('with fewer than three weeks of counts nothing is said, and it is said why', () => {
  const watch = new PlaceWatch({ hourOfWeek });
  for (let hour = 0; hour < 240; hour++) watch.learn(hour * HOUR_MS, 200);
  assert.is(watch.see(240 * HOUR_MS, 0).said, null);
  assert.is(watch.obstacle, '10 days of counts, at least 21 days are needed');
});

test('hours that are left out were not seen, and one that was before is ignored', () => {
  const watch = new PlaceWatch({ hourOfWeek });
  watch.learn(0, 5);
  watch.learn(50 * HOUR_MS, 5);
  watch.learn(3 * HOUR_MS, 5);
  assert.match(watch.obstacle!, /^0 days/);
});

test.run();
