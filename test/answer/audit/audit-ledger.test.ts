import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tally } from '../../../src/answer/audit/agreement.js';
import { AuditLedger } from '../../../src/answer/audit/audit-ledger.js';
import { seeded } from '../../seeded.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR_MS = 3_600_000;
const FRAME_MS = 40;
const BOXES = 8;

const localHour = (at: number) => new Date(at).getUTCHours();
const ledger = () => new AuditLedger({ localHour });
const tally = (truePositives: number, falsePositives = 0, misses = 0): Tally => ({
  truePositives,
  falsePositives,
  misses,
  classAgrees: truePositives,
});

interface Road {
  readonly frames: number;
  readonly interval: number;
  /** Of a frame at an age in ms. */
  readonly loss: (ageMs: number) => number;
  readonly random: () => number;
  readonly auditShare?: number;
}

/** Frames with 8 vehicles, each lost (a miss and a false box) with the chance that makes up the loss; gives the true F1. */
function drive(it: AuditLedger, { frames, interval, loss, random, auditShare = 0.02 }: Road): number {
  let errors = 0;
  for (let i = 0; i < frames; i++) {
    const now = NOON + i * FRAME_MS;
    const ageMs = i % interval === 0 ? interval * FRAME_MS : (i % interval) * FRAME_MS;
    let lost = 0;
    for (let box = 0; box < BOXES; box++) if (random() < loss(ageMs)) lost++;
    const found = tally(BOXES - lost, lost, lost);
    if (i % interval === 0) {
      it.answered('inferred', 0, BOXES, now);
      if (i > 0) it.record({ origin: 'propagated', ageMs, tally: found, kind: 'scheduled' }, now);
      continue;
    }
    errors += 2 * lost;
    it.answered('propagated', ageMs, BOXES, now);
    if (random() < auditShare) it.record({ origin: 'propagated', ageMs, tally: found, kind: 'random' }, now);
  }
  return 1 - errors / (2 * BOXES * frames);
}

const CURVES: Record<string, (ageMs: number) => number> = {
  'slow and straight': (age) => (0.02 * age) / 400,
  'fast and bent': (age) => 0.08 * (age / 400) ** 1.6,
  'at once and flat': (age) => 0.04 * (age / 400) ** 0.4,
  none: () => 0,
};

for (const [name, loss] of Object.entries(CURVES)) {
  test(`after 20 s the estimate is within 0.03 of the truth: loss ${name}`, () => {
    const random = seeded(7);
    let covered = 0;
    for (let run = 0; run < 50; run++) {
      const it = ledger();
      const truth = drive(it, { frames: 500, interval: 12, loss, random });
      const { estimatedF1, estimatedF1Low, estimatedF1High } = it.estimate(NOON + 20_000);
      assert.ok(Math.abs(estimatedF1! - truth) < 0.03, `${estimatedF1} for ${truth}`);
      if (estimatedF1Low! <= truth && truth <= estimatedF1High!) covered++;
    }
    // without any loss the truth is 1, which the interval only comes near to
    assert.ok(covered >= 45 || name === 'none', `${covered} of 50 intervals hold the truth`);
  });
}

test('with many audits they outweigh a model that is three times too pessimistic', () => {
  const it = ledger();
  const random = seeded(3);
  const truth = drive(it, { frames: 50_000, interval: 12, loss: (age) => (age >= 480 ? 0.15 : 0.02), random });
  assert.ok(Math.abs(it.estimate(NOON + 50_000 * FRAME_MS).estimatedF1! - truth) < 0.004);
});

test('shorter intervals show in the estimate before there are new audits', () => {
  const it = ledger();
  const random = seeded(3);
  const loss = (age: number) => 0.1 * (age / 400);
  drive(it, { frames: 5000, interval: 12, loss, random });
  const before = it.estimate(NOON + 200_000).estimatedF1!;
  for (let i = 5000; i < 12_500; i++) {
    const origin = i % 4 === 0 ? 'inferred' : 'propagated';
    it.answered(origin, (i % 4) * FRAME_MS, BOXES, NOON + i * FRAME_MS);
  }
  const after = it.estimate(NOON + 500_000).estimatedF1!;
  assert.ok(before < 0.96 && after > 0.98, `${before} ${after}`);
});

test('while nothing was answered nothing is known', () => {
  assert.equal(ledger().estimate(NOON), {
    estimatedF1: null,
    estimatedF1Low: null,
    estimatedF1High: null,
    propagationF1: null,
    wrongReuseRatio: null,
    effectiveAudits: 0,
  });
});

test('answers without any evidence are unknown, not right', () => {
  const it = ledger();
  it.answered('inferred', 0, 3, NOON);
  it.answered('propagated', 40, 3, NOON);
  assert.is(it.estimate(NOON).estimatedF1, null);
});

test('inferring everything is an F1 of 1', () => {
  const it = ledger();
  for (let frame = 0; frame < 10; frame++) it.answered('inferred', 0, 3, NOON);
  const { estimatedF1, estimatedF1Low, propagationF1 } = it.estimate(NOON);
  assert.equal([estimatedF1, estimatedF1Low, propagationF1], [1, 1, null]);
});

test('too few boxes to tell are no F1 at all, however well empty answers agree', () => {
  const it = ledger();
  const { estimatedF1, estimatedF1Low, estimatedF1High, propagationF1 } = after(it, 370, 0);
  assert.equal([estimatedF1, estimatedF1Low, estimatedF1High, propagationF1], [null, null, null, null]);
  assert.is(after(it, 9, 1).estimatedF1, null);
  const known = after(it, 150, 1);
  assert.ok(known.estimatedF1! < 1 && known.estimatedF1Low! < known.estimatedF1!);
});

test('a road that has been empty for long has no F1, and has one again with its first vehicles', () => {
  const it = ledger();
  assert.is.not(after(it, 200, 2).estimatedF1, null);
  const quiet = NOON + 30 * 60_000;
  assert.is(after(it, 200, 0, quiet).estimatedF1, null);
  assert.is.not(after(it, 20, 1, quiet + 1000).estimatedF1, null);
});

/** So many answers of so many boxes each, every fifth of which was compared and is right. */
function after(it: AuditLedger, answers: number, boxes: number, at = NOON) {
  for (let i = 0; i < answers; i++) {
    it.answered('propagated', 200, boxes, at);
    if (i % 5 > 0) continue;
    it.record({ origin: 'propagated', ageMs: 200, tally: tally(boxes), kind: 'scheduled' }, at);
  }
  return it.estimate(at);
}

test('an audited reuse is wrong if it missed anything or has an F1 below 0.9', () => {
  const it = ledger();
  const outcomes = [tally(5), tally(20, 1), tally(20, 0, 1), tally(2, 2), tally(0)];
  for (const outcome of outcomes) {
    it.record({ origin: 'reused-memory', ageMs: 5000, tally: outcome, kind: 'random' }, NOON);
  }
  assert.is(it.estimate(NOON).wrongReuseRatio, 0.4);
});

test('a vehicle on a road that was answered as empty counts', () => {
  const it = ledger();
  for (let i = 0; i < 1000; i++) {
    it.answered(i % 2 === 0 ? 'inferred' : 'reused-memory', 1000, i % 2 === 0 ? 1 : 0, NOON);
    if (i % 10 === 1) it.record({ origin: 'reused-memory', ageMs: 1000, tally: tally(0, 0, 1), kind: 'random' }, NOON);
  }
  // 500 vehicles missed, 500 found: 2/3
  const { estimatedF1, estimatedF1Low } = it.estimate(NOON);
  assert.ok(estimatedF1! < 0.85 && estimatedF1Low! < 0.8, `${estimatedF1} ${estimatedF1Low}`);
});

test('what was measured fades: errors of the morning say little in the evening', () => {
  const it = ledger();
  for (let i = 0; i < 100; i++)
    it.record({ origin: 'propagated', ageMs: 200, tally: tally(5, 5, 5), kind: 'random' }, NOON);
  const evening = NOON + 8 * HOUR_MS;
  for (let i = 0; i < 100; i++) {
    it.answered('propagated', 200, 5, evening);
    it.record({ origin: 'propagated', ageMs: 200, tally: tally(5), kind: 'random' }, evening);
  }
  assert.ok(it.estimate(evening).propagationF1! > 0.97);
});

test('with another model nothing measured before holds', () => {
  const it = ledger();
  drive(it, { frames: 2000, interval: 12, loss: (age) => age / 2000, random: seeded(1) });
  it.forget('model');
  assert.is(it.estimate(NOON + 80_000).effectiveAudits, 0);
  assert.is(it.hoursOfDay()[12]!.audits, 0);
});

test('the hour of the day is kept apart, in local time', () => {
  const it = ledger();
  it.record({ origin: 'propagated', ageMs: 200, tally: tally(5, 0, 1), kind: 'random' }, NOON);
  it.record({ origin: 'propagated', ageMs: 200, tally: tally(3, 1, 1), kind: 'random' }, NOON + HOUR_MS);
  const table = it.hoursOfDay();
  const known = { audits: 1, wrongReuseRatio: null };
  assert.equal(table[12], { ...known, hour: 12, f1: 10 / 11, propagationF1: 10 / 11 });
  assert.equal(table[13], { ...known, hour: 13, f1: 0.75, propagationF1: 0.75 });
  assert.equal(table[14], { hour: 14, audits: 0, f1: null, propagationF1: null, wrongReuseRatio: null });
});

test('after a restart the night is expected to be what nights were', () => {
  const midnight = NOON + 12 * HOUR_MS;
  const boxes = { truePositives: 400, falsePositives: 100, misses: 100, propagatedErrors: 200, propagatedSize: 1000 };
  const frames = { inferred: 100, reusedMemory: 0, reusedDisk: 0, propagated: 900 };
  const past = { audits: 50, ...frames, ...boxes, reuseAudits: 0, wrongReuses: 0 };
  const it = ledger();
  const hour = midnight / HOUR_MS;
  it.seed([{ ...past, hour: hour - 24 }], midnight);
  it.seed([{ ...past, hour: hour - 24 + 5, falsePositives: 0, misses: 0 }], midnight);
  it.answered('propagated', 300, 5, midnight);
  const { estimatedF1, estimatedF1Low } = it.estimate(midnight);
  assert.ok(Math.abs(estimatedF1! - 0.82) < 0.01, `${estimatedF1}`);
  assert.is(estimatedF1Low, 0);
});

test('counts for the store are taken once', () => {
  const it = ledger();
  it.answered('inferred', 0, 2, NOON);
  it.answered('reused-disk', 900, 2, NOON);
  it.record({ origin: 'reused-disk', ageMs: 900, tally: tally(1, 0, 1), kind: 'random' }, NOON);
  it.record({ origin: 'propagated', ageMs: 900, tally: tally(1, 0, 1), kind: 'scheduled' }, NOON);
  assert.equal(it.takeTotals(), {
    audits: 1,
    inferred: 1,
    reusedMemory: 0,
    reusedDisk: 1,
    propagated: 0,
    truePositives: 1,
    falsePositives: 0,
    misses: 1,
    propagatedErrors: 0,
    propagatedSize: 0,
    reuseAudits: 1,
    wrongReuses: 1,
  });
  assert.is(it.takeTotals().audits, 0);
});

test('a clock that is set back breaks nothing', () => {
  const it = ledger();
  drive(it, { frames: 500, interval: 12, loss: () => 0.02, random: seeded(1) });
  it.answered('propagated', 200, 8, NOON - 50 * HOUR_MS);
  const { estimatedF1 } = it.estimate(NOON - 50 * HOUR_MS + 5000);
  assert.ok(estimatedF1! > 0.9 && estimatedF1! < 1);
});

test.run();
