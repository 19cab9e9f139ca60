import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unusualAlert } from '../../src/forecast/alerts.js';
import { unusualCameras, type WatchedPlace } from '../../src/forecast/unusual-cause.js';
import { type JudgedHour, judgeHour, type PlaceState, USUAL } from '../../src/forecast/unusual-traffic.js';

const HOUR = 3_600_000;
const TEN = Date.UTC(2026, 10, 26, 10);
const NONE = new Map<string, string>();

/** Hours of which 200 were expected, 160 to 245 of them nine times in ten. */
function day(counts: readonly (number | null)[], bounds = { expected: 200, low: 160, high: 245 }): JudgedHour[] {
  return counts.map((counted, index) => ({ at: TEN + index * HOUR, counted, ...bounds }));
}

const judged = (hours: readonly JudgedHour[], from: PlaceState = USUAL) => hours.reduce(judgeHour, from);
const said = (...counts: (number | null)[]) => judged(day(counts)).said;

test('two hours far outside the bounds are said, one is not, and however many that are a little outside are not', () => {
  assert.is(said(5), null);
  assert.is(said(5, 4), 'less');
  assert.is(said(5, 200, 4), null);
  assert.is(said(...Array.from({ length: 24 }, () => 150)), null);
  assert.is(said(420, 430), 'more');
  assert.is(judged(day([190, 5, 4])).since, TEN + HOUR);
});

test('what speaks for it is the number of half widths beyond the bounds, three an hour at most', () => {
  // square roots: 14.16 expected, 12.66 the lower bound, 10.02 counted: 2.774 half widths, less one
  const { less, more, since } = judged(day([100]));
  assert.ok(Math.abs(less - 1.774) < 0.001, `${less}`);
  assert.equal([more, since], [0, TEN]);
  assert.is(judged(day([0])).less, 2);
});

test('it is over after two usual hours, not after one', () => {
  assert.is(said(5, 4, 200), 'less');
  assert.is(said(5, 4, 200, 6, 200), 'less');
  assert.equal(judged(day([5, 4, 200, 190])), USUAL);
});

test('an empty hour of a night in which few come says neither that a lane is closed nor that it is open', () => {
  const night = { expected: 2, low: 0, high: 6 };
  assert.is(judged(day([0, 0, 0, 0, 0, 0, 0, 0], night)).said, null);
  const closed = judged(day([5, 4]));
  assert.is(judged(day([0, 0, 0, 1, 0], night), closed).said, 'less');
});

test('an hour that was not seen says nothing; after half a day of them nothing is known', () => {
  assert.is(said(5, null, 4), 'less');
  const closed = judged(day([5, 4]));
  assert.is(judged(day(Array.from({ length: 11 }, () => null)), closed).said, 'less');
  assert.equal(judged(day(Array.from({ length: 12 }, () => null)), closed), USUAL);
  const unbounded = [5, 4, 3].map((counted) => ({ at: TEN, counted, expected: 200, low: null, high: null }));
  assert.is(judged(unbounded).said, null);
});

function place(name: string, ...counts: (number | null)[]): WatchedPlace {
  const [camera, line] = name.split(' ') as [string, string];
  const hours = day(counts);
  return { camera, place: line, direction: 'in', state: judged(hours), last: hours.at(-1)! };
}
const causes = (places: readonly WatchedPlace[], faults: ReadonlyMap<string, string> = NONE) =>
  unusualCameras(places, faults).map(({ camera, cause }) => `${camera}: ${cause}`);

test('one line with far less beside others as usual is a closed lane, all of a camera something upstream', () => {
  const other = place('south a', 200, 210);
  assert.equal(causes([place('north a', 5, 4), place('north b', 200, 210), other]), ['north: lane']);
  assert.equal(causes([place('north a', 5, 4), place('north b', 9, 4), other]), ['north: upstream']);
  // the second lane fell one hour later: it is less by now
  assert.equal(causes([place('north a', 5, 4), place('north b', 200, 30), other]), ['north: upstream']);
  // what was on the closed lane is on the other one
  assert.equal(causes([place('north a', 5, 4), place('north b', 420, 430), other]), ['north: lane']);
  assert.equal(causes([place('north a', 420, 430), other]), ['north: crowd']);
  assert.equal(causes([place('north a', 200), other]), []);
});

test('a camera whose picture cannot be believed is named as such, and says nothing about the others', () => {
  const places = [place('north a', 5, 4), place('south a', 5, 4), place('east a', 200, 200)];
  const faults = new Map([['north', 'shifted: 30 % to the right']]);
  assert.equal(causes(places, faults), ['north: camera', 'south: upstream']);
  const { message } = unusualAlert(unusualCameras(places.slice(0, 1), faults))!;
  assert.match(message, /shifted: 30 % to the right; mend the camera first/);
});

test('far less at nearly all cameras is one thing, told in one sentence as what needs nobody', () => {
  const places = ['a', 'b', 'c', 'd', 'e'].map((camera) => place(`${camera} gate`, 5, 4));
  assert.is(new Set(unusualCameras(places, NONE).map(({ cause }) => cause)).size, 1);
  const alert = unusualAlert(unusualCameras(places, NONE))!;
  assert.is(alert.severity, 'info');
  assert.is(
    alert.message,
    'far fewer vehicles than usual since 2026-11-26T10:00Z at nearly all cameras (a, b, c, d, e), at a 4 in the last hour, 160 to 245 expected; likely a holiday or a closure of the area; nothing is to be done where one is known',
  );
  assert.equal(causes([...places.slice(0, 2), place('f gate', 200, 200)]), ['a: upstream', 'b: upstream']);
});

test('the alert says what was expected, counted, since when and why, and stays short with many cameras', () => {
  const alert = unusualAlert(
    unusualCameras([place('north a', 5, 4), place('north b', 200, 200), place('south a', 200, 200)], NONE),
  )!;
  assert.is(
    alert.message,
    'north: far fewer vehicles than usual since 2026-11-26T10:00Z at a (in): 4 in the last hour, 160 to 245 expected; the rest of the camera is as usual: likely a closed lane or direction; look at the live view',
  );
  assert.equal([alert.severity, alert.value, alert.expected], ['warning', 4, 200]);
  const many = Array.from({ length: 9 }, (_, index) => [place(`c${index} a`, 5, 4), place(`c${index} b`, 200, 200)]);
  const { message } = unusualAlert(unusualCameras(many.flat(), NONE))!;
  assert.ok(message.length <= 1000 && message.endsWith('also at c3, c4, c5, c6, c7, c8'), message);
  assert.is(unusualAlert([]), null);
});

test.run();
