import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HoursOfDay } from '../../../src/answer/audit/hours-of-day.js';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 5, 1, 12);
const INDIA_MS = 5.5 * HOUR_MS;

const utc = (at: number) => new Date(at).getUTCHours();
const india = (at: number) => utc(at + INDIA_MS);
const past = {
  audits: 10,
  inferred: 100,
  reusedMemory: 400,
  reusedDisk: 0,
  propagated: 500,
  truePositives: 90,
  falsePositives: 10,
  misses: 10,
  propagatedErrors: 5,
  propagatedSize: 50,
  reuseAudits: 4,
  wrongReuses: 1,
};
const audit = (errors: number, size: number) => ({ propagated: true, errors, size, wrong: false });

test('too little experience says nothing about what is usual', () => {
  const hours = new HoursOfDay(utc);
  hours.record(audit(5, 99), NOON);
  assert.is(hours.usualLoss(NOON), null);
  hours.record(audit(0, 1), NOON);
  assert.is(hours.usualLoss(NOON), 0.05);
});

test('a stored hour counts half after a week', () => {
  const hours = new HoursOfDay(utc);
  hours.seed({ ...past, hour: NOON / HOUR_MS - 7 * 24 }, NOON);
  assert.equal(hours.table()[12], { hour: 12, audits: 5, f1: 0.9, propagationF1: 0.9, wrongReuseRatio: 0.25 });
});

test('a stored hour of the future, from a clock that was wrong, is left out', () => {
  const hours = new HoursOfDay(utc);
  hours.seed({ ...past, hour: NOON / HOUR_MS + 1 }, NOON);
  assert.is(hours.table()[13]!.audits, 0);
});

test('where local hours begin at half past, a stored hour belongs to the one that begins in it', () => {
  const hours = new HoursOfDay(india);
  hours.seed({ ...past, hour: NOON / HOUR_MS - 24 }, NOON);
  assert.is(hours.table()[18]!.audits > 9, true);
});

test('what an hour of day holds is a day older each time it comes', () => {
  const hours = new HoursOfDay(utc);
  hours.record(audit(10, 100), NOON);
  for (let day = 1; day <= 7; day++) {
    hours.usualLoss(NOON + day * 24 * HOUR_MS - HOUR_MS);
    hours.usualLoss(NOON + day * 24 * HOUR_MS);
  }
  assert.ok(Math.abs(hours.table()[12]!.audits - 0.5) < 1e-9);
});

test('propagated and reused answers of an hour are told apart', () => {
  const hours = new HoursOfDay(utc);
  hours.record({ propagated: true, errors: 1, size: 20, wrong: false }, NOON);
  hours.record({ propagated: false, errors: 0, size: 20, wrong: false }, NOON);
  hours.record({ propagated: false, errors: 4, size: 20, wrong: true }, NOON);
  const { audits, propagationF1, wrongReuseRatio } = hours.table()[12]!;
  assert.equal({ audits, propagationF1, wrongReuseRatio }, { audits: 3, propagationF1: 0.95, wrongReuseRatio: 0.5 });
});

test('without any error a little loss is expected all the same', () => {
  const hours = new HoursOfDay(utc);
  hours.record(audit(0, 10_000), NOON);
  assert.is(hours.usualLoss(NOON), 0.002);
});

test.run();
