import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dateAfter, dayAt, hoursOf, localDay, localTime, weekdayOf, weekOf } from '../../src/report/day/local-day.js';

const HOUR = 3_600_000;
const lengthOf = (date: string, timeZone: string): number => {
  const { from, to } = localDay(date, timeZone);
  return (to - from) / HOUR;
};

test('a day is that of the place, 23 and 25 hours long where clocks are changed', () => {
  assert.equal(localDay('2026-11-27', 'Europe/Madrid'), {
    date: '2026-11-27',
    timeZone: 'Europe/Madrid',
    from: Date.parse('2026-11-26T23:00Z'),
    to: Date.parse('2026-11-27T23:00Z'),
  });
  assert.is(lengthOf('2026-03-29', 'Europe/Madrid'), 23);
  assert.is(lengthOf('2026-10-25', 'Europe/Madrid'), 25);
  assert.is(lengthOf('2026-10-25', 'Etc/UTC'), 24);
  // half an hour, in the one place that does it
  assert.is(lengthOf('2026-04-05', 'Australia/Lord_Howe'), 24.5);
});

test('where midnight is left out the day begins at one', () => {
  const { from, to } = localDay('2026-09-06', 'America/Santiago');
  assert.is(new Date(from).toISOString(), '2026-09-06T04:00:00.000Z');
  assert.is(localTime(from, 'America/Santiago'), '01:00');
  assert.is((to - from) / HOUR, 23);
  // and where it comes twice, with the last of the evening
  assert.is(lengthOf('2026-04-04', 'America/Santiago'), 25);
  assert.is(localDay('2026-04-04', 'America/Santiago').to, localDay('2026-04-05', 'America/Santiago').from);
});

test('the hour that comes twice is two hours of the day, and one that is left out none', () => {
  const autumn = hoursOf(localDay('2026-10-25', 'Europe/Madrid')).map((at) => localTime(at, 'Europe/Madrid'));
  assert.equal(autumn.slice(0, 5), ['00:00', '01:00', '02:00', '02:00', '03:00']);
  const spring = hoursOf(localDay('2026-03-29', 'Europe/Madrid')).map((at) => localTime(at, 'Europe/Madrid'));
  assert.equal(spring.slice(0, 4), ['00:00', '01:00', '03:00', '04:00']);
  assert.equal([autumn.length, spring.length], [25, 23]);
});

test('days and weeks follow each other, whatever the year', () => {
  assert.is(dateAfter('2026-12-31', 1), '2027-01-01');
  assert.is(dateAfter('2024-03-01', -1), '2024-02-29');
  assert.is(weekdayOf('2026-11-27'), 4);
  assert.equal(['2026-11-27', '2025-12-29', '2027-01-03', '2026-01-01'].map(weekOf), [
    '2026-W48',
    '2026-W01',
    '2026-W53',
    '2026-W01',
  ]);
  assert.is(dayAt(Date.parse('2026-11-26T23:30Z'), 'Europe/Madrid').date, '2026-11-27');
});

test('what is no day or no time zone is refused', () => {
  assert.throws(() => localDay('2026-02-30', 'Etc/UTC'), /a day like 2026-11-27 is expected, got 2026-02-30/);
  assert.throws(() => localDay('yesterday', 'Etc/UTC'), /a day like/);
  assert.throws(() => localDay('2026-02-28', 'Europe/Nowhere'));
});

test.run();
