import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Degradation } from '../../../../src/telemetry/alerts/adaptive/degradation.js';
import type { WatchedMetric } from '../../../../src/telemetry/alerts/adaptive/watched-metric.js';
import { gaussian, seeded } from '../../../seeded.js';

const MINUTE = 60_000;
const DAY = 1440;
/** A Monday, 0:00. */
const MONDAY = Date.UTC(2026, 0, 5);
const LATENCY: WatchedMetric = {
  metric: 'latency',
  code: 'degraded-latency',
  direction: 'up',
  least: 10,
  leastShare: 0.2,
  growth: false,
};

type Series = (minute: number) => number | null;

/** Minutes in which it begins and ends, of what is seen from `from` to `to`. */
function changes(degradation: Degradation, series: Series, from: number, to: number, was = false): string[] {
  const found: string[] = [];
  let is = was;
  for (let minute = from; minute < to; minute++) {
    const { isDegraded } = degradation.see(MONDAY + minute * MINUTE, series(minute));
    if (isDegraded !== is) found.push(`${isDegraded ? 'begins' : 'ends'} ${minute}`);
    is = isDegraded;
  }
  return found;
}

/** 100 by day and 60 by night, with a noise of 3. */
function usual(seed: number): (minute: number) => number {
  const random = seeded(seed);
  return (minute) => (minute % DAY >= 420 && minute % DAY < 1260 ? 100 : 60) + 3 * gaussian(random);
}

/** After so many usual days. */
function taught(
  seed: number,
  days: number,
  rule = LATENCY,
): { degradation: Degradation; normal: (m: number) => number } {
  const degradation = new Degradation(rule, DAY);
  const normal = usual(seed);
  assert.equal(changes(degradation, normal, 0, days * DAY), [], 'while learning');
  return { degradation, normal };
}

test('says nothing of what goes wrong on the first day', () => {
  const degradation = new Degradation(LATENCY, DAY);
  const normal = usual(1);
  assert.equal(
    changes(degradation, (minute) => normal(minute) + (minute > 600 && minute < 700 ? 200 : 0), 0, DAY),
    [],
  );
});

test('begins with the third minute that is off, and ends ten minutes after it is over', () => {
  const { degradation, normal } = taught(2, 5);
  const from = 5 * DAY + 600;
  const slow: Series = (minute) => normal(minute) + (minute >= from && minute < from + 60 ? 80 : 0);
  assert.equal(changes(degradation, slow, 5 * DAY, 6 * DAY), [`begins ${from + 2}`, `ends ${from + 69}`]);
});

test('a night as busy as a day is off, though no value is new', () => {
  const { degradation, normal } = taught(3, 7);
  const from = 7 * DAY + 120;
  const busy: Series = (minute) => (minute >= from && minute < from + 60 ? normal(720) : normal(minute));
  const found = changes(degradation, busy, 7 * DAY, 7 * DAY + 300);
  assert.is(found[0], `begins ${from + 2}`);
  assert.match(found[1]!, /^ends /);
  assert.is(found.length, 2);
});

test('what is better than usual, or off by less than matters, is no degradation', () => {
  const { degradation, normal } = taught(4, 5);
  assert.equal(
    changes(degradation, (minute) => normal(minute) - 50, 5 * DAY, 5 * DAY + 300),
    [],
  );
  const large = taught(4, 5, { ...LATENCY, least: 100 });
  assert.equal(
    changes(large.degradation, (minute) => large.normal(minute) + 90, 5 * DAY, 5 * DAY + 300),
    [],
  );
});

test('one value that is off, or two, is no degradation', () => {
  const { degradation, normal } = taught(5, 5);
  assert.equal(
    changes(degradation, (minute) => normal(minute) + (minute % 50 < 2 ? 500 : 0), 5 * DAY, 6 * DAY),
    [],
  );
});

test('what goes back and forth around the limit is one degradation', () => {
  const { degradation, normal } = taught(6, 5);
  const from = 5 * DAY + 600;
  const restless: Series = (minute) =>
    normal(minute) + (minute >= from && minute < from + 200 ? (minute % 8 < 5 ? 80 : 0) : 0);
  const found = changes(degradation, restless, 5 * DAY, 6 * DAY);
  assert.is(found.length, 2, found.join());
});

test('a job that runs every night is usual from the third night on', () => {
  const degradation = new Degradation(LATENCY, DAY);
  const normal = usual(7);
  const nightly: Series = (minute) => normal(minute) + (minute % DAY >= 200 && minute % DAY < 215 ? 40 : 0);
  assert.equal(changes(degradation, nightly, 0, 2 * DAY).length <= 2, true);
  assert.equal(changes(degradation, nightly, 3 * DAY, 14 * DAY), []);
  const larger: Series = (minute) => normal(minute) + (minute % DAY >= 200 && minute % DAY < 215 ? 150 : 0);
  assert.is(changes(degradation, larger, 14 * DAY, 15 * DAY).length, 2);
});

test('what drifts over weeks is followed', () => {
  const degradation = new Degradation(LATENCY, DAY);
  const normal = usual(8);
  assert.equal(
    changes(degradation, (minute) => normal(minute) * (1 + minute / (28 * DAY)), 0, 21 * DAY),
    [],
  );
});

test('what stays worse is told for hours, and is what is usual after some days', () => {
  const { degradation, normal } = taught(9, 7);
  const worse: Series = (minute) => normal(minute) + 60;
  const found = changes(degradation, worse, 7 * DAY, 21 * DAY);
  assert.is(found[0], `begins ${7 * DAY + 2}`);
  const ends = Number(/^ends (\d+)$/.exec(found[1] ?? '')?.[1]);
  assert.ok(ends > 7 * DAY + 240, found.join());
  const last = Number(found.at(-1)!.split(' ')[1]);
  assert.ok(last < 14 * DAY, found.join());
});

test('without a season it judges by what was lately', () => {
  const degradation = new Degradation(LATENCY, 120);
  const random = seeded(10);
  const flat: Series = (minute) => (minute < 600 ? 50 : 90) + 2 * gaussian(random);
  assert.equal(changes(degradation, flat, 0, 620), ['begins 602']);
});

test('readings that are missing or no numbers are nothing: what began ends after ten of them, and nothing begins', () => {
  const { degradation, normal } = taught(11, 5);
  const from = 5 * DAY + 600;
  const gone: Series = (minute) => (minute < from ? normal(minute) : minute < from + 5 ? normal(minute) + 80 : null);
  assert.equal(changes(degradation, gone, 5 * DAY, from + 100), [`begins ${from + 2}`, `ends ${from + 14}`]);
  assert.equal(degradation.see(MONDAY, Number.NaN), { isDegraded: false, value: null, expected: null });
  assert.equal(degradation.see(MONDAY, Number.POSITIVE_INFINITY).value, null);
  assert.equal(
    changes(degradation, (minute) => (minute % 2 === 0 ? null : normal(minute)), from + 100, 7 * DAY),
    [],
  );
});

test('a constant that stays one is never worse, and one that rises is', () => {
  const degradation = new Degradation({ ...LATENCY, least: 0, leastShare: 0 }, DAY);
  assert.equal(
    changes(degradation, (minute) => (minute < 3 * DAY ? 5 : 6), 0, 3 * DAY + 5),
    [`begins ${3 * DAY + 2}`],
  );
});

test('a clock that jumps begins nothing', () => {
  for (const jump of [-400 * DAY, -90, 90, 400 * DAY]) {
    const { degradation, normal } = taught(12, 5);
    const found = [];
    for (let i = 0; i < 600; i++) {
      // the device's day goes on, by a clock that is wrong
      const { isDegraded } = degradation.see(MONDAY + (5 * DAY + jump + i) * MINUTE, normal(5 * DAY + jump + i));
      if (isDegraded) found.push(i);
    }
    assert.equal(found, [], `${jump}`);
  }
});

test('a restart in the middle goes on: what holds holds, what is usual is known', () => {
  const { degradation, normal } = taught(13, 5);
  const from = 5 * DAY + 600;
  const slow: Series = (minute) => normal(minute) + (minute >= from && minute < from + 60 ? 80 : 0);
  changes(degradation, slow, 5 * DAY, from + 30);
  const again = new Degradation(LATENCY, DAY);
  again.load(degradation.state());
  assert.equal(changes(again, slow, from + 31, 6 * DAY, true), [`ends ${from + 69}`]);
  assert.throws(() => again.load(Float32Array.of(7)), /expected a state of version 1, got 7/);
});

test.run();
