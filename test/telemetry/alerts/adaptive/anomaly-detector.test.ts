import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AnomalyDetector, UNUSUAL_SCORE } from '../../../../src/telemetry/alerts/adaptive/anomaly-detector.js';
import { gaussian, seeded } from '../../../seeded.js';

const MINUTE = 60_000;
const DAY = 1440;
/** A Monday, 0:00. */
const MONDAY = Date.UTC(2026, 0, 5);

type Series = (minute: number) => number;

/** Of a noise of its own. */
function noisy(seed: number, level: Series, spread: number): Series {
  const random = seeded(seed);
  return (minute) => level(minute) + spread * gaussian(random);
}

/** Sees a value every `step` minutes, and gives the minutes of what is news. */
function news(detector: AnomalyDetector, series: Series, from: number, to: number, step = 5): number[] {
  const found: number[] = [];
  for (let minute = from; minute < to; minute += step) {
    if (detector.see(MONDAY + minute * MINUTE, series(minute)).news >= UNUSUAL_SCORE) found.push(minute);
  }
  return found;
}

const isDay = (minute: number): boolean => minute % DAY >= 420 && minute % DAY < 1260;

test('is quiet of the first values, whatever they are', () => {
  const detector = new AnomalyDetector();
  const random = seeded(1);
  for (let i = 0; i < 50; i++) assert.is(detector.see(MONDAY + i * MINUTE, 10 ** (20 * random())).score, 0);
});

test('finds a level that was never seen, at its first value', () => {
  const detector = new AnomalyDetector();
  const series = noisy(2, (minute) => (minute < 3 * DAY ? 40 : 60), 1);
  assert.equal(news(detector, series, 0, 3 * DAY + 60), [3 * DAY]);
});

test('an incident is news once, however long it lasts', () => {
  const detector = new AnomalyDetector();
  const series = noisy(3, (minute) => (minute >= 3 * DAY && minute < 3 * DAY + 400 ? 60 : 40), 1);
  assert.is(news(detector, series, 0, 3 * DAY + 500).length, 1);
});

test('knows the hours of the day: what is usual by day is unusual by night', () => {
  const detector = new AnomalyDetector();
  const usual = noisy(4, (minute) => (isDay(minute) ? 80 : 20), 2);
  news(detector, usual, 0, 14 * DAY);
  const midnight = 14 * DAY;
  assert.is(Math.round(detector.expectation(MONDAY + (midnight + 180) * MINUTE)!.value / 10), 2);
  assert.is(Math.round(detector.expectation(MONDAY + (midnight + 720) * MINUTE)!.value / 10), 8);
  const atNight = noisy(5, (minute) => (minute >= midnight + 120 ? 80 : 20), 2);
  const found = news(detector, atNight, midnight, midnight + 200);
  assert.ok(found.length > 0 && found[0]! <= midnight + 125, `${found}`);
});

test('knows the days of the week where they differ', () => {
  const detector = new AnomalyDetector();
  const isWeekend = (minute: number) => minute % (7 * DAY) >= 5 * DAY;
  news(
    detector,
    noisy(6, (minute) => (isDay(minute) && !isWeekend(minute) ? 80 : 20), 1),
    0,
    28 * DAY,
    10,
  );
  const noon = (day: number) => detector.expectation(MONDAY + ((28 + day) * DAY + 750) * MINUTE)!.value;
  assert.equal(
    [0, 4, 5, 6].map((day) => Math.round(noon(day) / 10)),
    [8, 8, 2, 2],
  );
});

test('without a season it expects what was lately', () => {
  const detector = new AnomalyDetector();
  news(
    detector,
    noisy(7, () => 50, 1),
    0,
    200,
  );
  const expected = detector.expectation(MONDAY + 200 * MINUTE)!;
  assert.ok(Math.abs(expected.value - 50) < 1);
  assert.ok(expected.spread > 0.4 && expected.spread < 1.5);
});

test('follows a drift: what it expects goes along, and hardly a value is unusual', () => {
  const detector = new AnomalyDetector();
  const series = noisy(8, (minute) => 100 + (20 * minute) / (14 * DAY), 2);
  const found = news(detector, series, 0, 14 * DAY);
  assert.ok(Math.abs(detector.expectation(MONDAY + 14 * DAY * MINUTE)!.value - 120) < 1);
  assert.ok(found.length <= 5, `${found}`);
});

test('says nothing of a constant, and something of its first change', () => {
  const detector = new AnomalyDetector();
  assert.equal(
    news(detector, (minute) => (minute < 2 * DAY ? 45 : 46), 0, 2 * DAY + 5),
    [2 * DAY],
  );
});

test('noise alone, of any scale, is hardly ever unusual', () => {
  for (const scale of [1e-6, 1, 1e9]) {
    const detector = new AnomalyDetector();
    const found = news(
      detector,
      noisy(9, () => 10 * scale, scale),
      0,
      14 * DAY,
    );
    assert.ok(found.length <= 2, `${scale}: ${found.length}`);
  }
});

test('a gap joins nothing: the values before it and after it make no shape', () => {
  const detector = new AnomalyDetector();
  const series = noisy(10, () => 50, 1);
  news(detector, series, 0, 3 * DAY);
  assert.equal(news(detector, series, 5 * DAY, 5 * DAY + 700), []);
});

test('a clock that is set back or forth is no anomaly', () => {
  for (const jump of [-3 * 365 * DAY, -10, 10 * 365 * DAY]) {
    const detector = new AnomalyDetector();
    const series = noisy(11, () => 50, 1);
    news(detector, series, 0, 3 * DAY);
    const found = [];
    for (let i = 0; i < 500; i++) {
      const { news: isNews } = detector.see(MONDAY + (3 * DAY + jump + i * 5) * MINUTE, series(i));
      if (isNews >= UNUSUAL_SCORE) found.push(i);
    }
    assert.equal(found, [], `${jump}`);
  }
});

test('goes on from its state as if nothing had happened', () => {
  const detector = new AnomalyDetector();
  const series = noisy(12, (minute) => (isDay(minute) ? 80 : 20), 2);
  news(detector, series, 0, 5 * DAY);
  const again = AnomalyDetector.from(detector.state());
  assert.is(again.seen, (5 * DAY) / 5);
  for (let minute = 5 * DAY; minute < 6 * DAY; minute += 5) {
    const value = minute < 5 * DAY + 700 ? series(minute) : 150;
    const [one, other] = [detector, again].map((each) => each.see(MONDAY + minute * MINUTE, value));
    assert.ok(Math.abs(one!.score - other!.score) < 0.01, `${minute}: ${one!.score} ${other!.score}`);
    assert.ok(Math.abs(one!.expected!.value - other!.expected!.value) < 0.01);
  }
});

test('a state has one size from the second day on, and goes on while it is still learning', () => {
  const detector = new AnomalyDetector();
  const series = noisy(13, () => 50, 1);
  news(detector, series, 0, 100);
  const early = AnomalyDetector.from(detector.state());
  assert.ok(early.state().length < detector.state().length + 1);
  news(detector, series, 100, 3 * DAY);
  const size = detector.state().length;
  news(detector, series, 3 * DAY, 9 * DAY);
  assert.is(detector.state().length, size);
  assert.is(size, 6547);
});

test('refuses a state that is none', () => {
  assert.throws(() => AnomalyDetector.from(new Float32Array()), /ends too early/);
  assert.throws(() => AnomalyDetector.from(Float32Array.of(99)), /expected a state of version 1, got 99/);
  const state = new AnomalyDetector().state();
  assert.throws(() => AnomalyDetector.from(state.subarray(0, state.length - 1)), /ends too early/);
  assert.throws(() => AnomalyDetector.from(Float32Array.of(...state, 1)), /damaged/);
  state[20] = Number.NaN;
  assert.throws(() => AnomalyDetector.from(state), /damaged/);
});

test.run();
