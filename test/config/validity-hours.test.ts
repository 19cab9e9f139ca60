import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isWithin, validityHours } from '../../src/config/validity-hours.js';

/** A local time of the week that begins on Sunday the 22nd of November 2026. */
const at = (day: number, time: string) => new Date(`2026-11-${22 + day}T${time}:00`);
const [SUNDAY, MONDAY, FRIDAY, SATURDAY] = [0, 1, 5, 6];

test('hours and days bound when it holds: the first minute is in, the last is not', () => {
  const hours = validityHours('07:00-19:00 mon-fri')!;
  assert.ok(isWithin(hours, at(MONDAY, '07:00')));
  assert.ok(isWithin(hours, at(FRIDAY, '18:59')));
  for (const out of [at(MONDAY, '06:59'), at(MONDAY, '19:00'), at(SATURDAY, '12:00'), at(SUNDAY, '12:00')]) {
    assert.not.ok(isWithin(hours, out), String(out));
  }
});

test('several spans, days alone, hours alone, and days over the weekend', () => {
  const rush = validityHours('07:00-09:00,16:00-19:00')!;
  assert.equal(
    ['08:00', '12:00', '16:00'].map((time) => isWithin(rush, at(SUNDAY, time))),
    [true, false, true],
  );
  const weekend = validityHours('sat,sun')!;
  assert.equal(
    [SATURDAY, SUNDAY, MONDAY].map((day) => isWithin(weekend, at(day, '00:00'))),
    [true, true, false],
  );
  const around = validityHours('00:00-24:00 fri-mon')!;
  assert.equal(
    [FRIDAY, SATURDAY, SUNDAY, MONDAY, 3].map((day) => isWithin(around, at(day, '23:59'))),
    [true, true, true, true, false],
  );
});

test('a span over midnight belongs to the day on which it begins', () => {
  const night = validityHours('22:00-06:00 fri')!;
  assert.ok(isWithin(night, at(FRIDAY, '23:00')));
  assert.ok(isWithin(night, at(SATURDAY, '05:59')));
  assert.not.ok(isWithin(night, at(FRIDAY, '05:00')));
  assert.not.ok(isWithin(night, at(SATURDAY, '22:30')));
});

test('what is no hours is told from what is', () => {
  for (const text of [
    '',
    'always',
    '7-19',
    '07:00',
    '07:00-07:00',
    '25:00-26:00',
    '07:60-08:00',
    '07:00-19:00 mon fri',
    'mon-',
    'mon-fri-sat',
  ]) {
    assert.is(validityHours(text), null, text);
  }
});

test.run();
