import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AuditBudget } from '../../../src/answer/audit/audit-budget.js';
import { CameraAudit, type CameraAuditOptions } from '../../../src/answer/audit/camera-audit.js';
import type { SceneAnswer } from '../../../src/answer/scene-answer.js';
import type { Detections } from '../../../src/frame/detections.js';
import type { Origin } from '../../../src/frame/frame-result.js';
import { NO_SHIFT } from '../../../src/frame/scene-shift.js';

const START = Date.UTC(2026, 5, 1, 12);

function auditOf(change: Partial<CameraAuditOptions> = {}): CameraAudit {
  return new CameraAudit({
    share: 1,
    floor: 0.95,
    reportThreshold: 0.35,
    budget: new AuditBudget(),
    localHour: () => 12,
    random: () => 0,
    ...change,
  });
}

/** So many cars side by side. */
function cars(count: number): Detections {
  const row = (i: number) => [100 * i, 100, 100 * i + 60, 140, 0.9, 0];
  return { count, data: Float32Array.from(Array.from({ length: count }, (_, i) => row(i)).flat()) };
}

const answerOf = (count: number, origin: Origin = 'propagated', ageMs = 200): SceneAnswer => ({
  detections: cars(count),
  trackIds: Int32Array.from({ length: count }, (_, i) => i + 1),
  origin,
  ageMs,
  confidence: 1,
  sceneId: null,
  swayed: NO_SHIFT,
});

/** Answers ten frames a second for a while, all of them audited: each says `said` cars where there are `there`. */
function run(audit: CameraAudit, seconds: number, said: number, there: number, from = 0): number {
  let ms = from;
  for (; ms < from + 1000 * seconds; ms += 100) {
    const answer = answerOf(said);
    audit.answered(answer, START + ms);
    const weight = audit.picks(answer, true, ms);
    if (weight > 0) audit.audited(answer, cars(there), weight, START + ms);
    audit.review(START + ms, ms);
  }
  return ms;
}

test('before anything is known the allowed loss is what the floor leaves, and no F1 is claimed', () => {
  assert.ok(Math.abs(auditOf({ floor: 0.97 }).allowedLoss - 0.03) < 1e-9);
  assert.ok(Math.abs(auditOf({ floor: 0.8 }).allowedLoss - 0.2) < 1e-9);
  const { estimatedF1, audits, state } = auditOf().report(START);
  assert.equal({ estimatedF1, audits, state }, { estimatedF1: null, audits: 0, state: 'learning' });
});

test('a floor of 1 allows no loss, before and after a review', () => {
  const audit = auditOf({ floor: 1 });
  assert.is(audit.allowedLoss, 0);
  const ms = run(audit, 20, 10, 10);
  assert.is(audit.allowedLoss, 0);
  assert.is(audit.report(START + ms).strictness, 1);
});

test('answers that are right: the estimate rises to 1, and more loss is allowed', () => {
  const audit = auditOf();
  const ms = run(audit, 600, 10, 10);
  const report = audit.report(START + ms);
  assert.ok(report.estimatedF1! > 0.99, `${report.estimatedF1}`);
  assert.ok(report.audits > 1000);
  assert.ok(audit.allowedLoss > 0.05, `${audit.allowedLoss}`);
});

test('answers that miss vehicles: less loss is allowed, and in the end none', () => {
  const audit = auditOf();
  const losses: number[] = [];
  let ms = 0;
  for (let minute = 0; minute < 10; minute++) {
    ms = run(audit, 60, 8, 10, ms);
    losses.push(audit.allowedLoss);
  }
  assert.ok(losses[0]! < 0.05, `${losses}`);
  assert.equal(
    losses,
    [...losses].sort((a, b) => b - a),
  );
  assert.is(losses.at(-1), 0);
  const report = audit.report(START + ms);
  assert.is(report.state, 'failing');
  assert.ok(Math.abs(report.estimatedF1! - 16 / 18) < 0.01, `${report.estimatedF1}`);
});

test('while the picture is frozen nothing is audited, counted or estimated', () => {
  const audit = auditOf();
  audit.isSuspended = true;
  run(audit, 60, 2, 2);
  assert.is(audit.report(START + 60_000).audits, 0);
  assert.is(audit.report(START + 60_000).estimatedF1, null);
  assert.is(audit.takeTotals().propagated, 0);
});

test('another model: what was measured does not hold any more', () => {
  const audit = auditOf();
  const ms = run(audit, 600, 10, 10);
  const relaxed = audit.allowedLoss;
  audit.renew(ms);
  assert.ok(audit.allowedLoss < relaxed);
  assert.ok(Math.abs(audit.allowedLoss - 0.05) < 1e-9);
});

test('audits only answers without inference, and only while a worker is idle', () => {
  const audit = auditOf();
  assert.is(audit.picks(answerOf(3, 'inferred', 0), true, 0), 0);
  assert.is(audit.picks(answerOf(3), false, 100), 0);
  assert.ok(audit.picks(answerOf(3), true, 200) > 0);
  assert.ok(audit.picks(answerOf(3, 'reused-disk'), true, 300) > 0);
});

test('without an audit share nothing is audited', () => {
  const audit = auditOf({ share: 0 });
  for (let ms = 0; ms < 10_000; ms += 100) assert.is(audit.picks(answerOf(3), true, ms), 0);
});

test('an answer that misses a vehicle is wrong enough to forget its scene, a right one is not', () => {
  const audit = auditOf();
  assert.is(audit.audited(answerOf(3, 'reused-memory'), cars(3), 1, START), false);
  assert.is(audit.audited(answerOf(2, 'reused-memory'), cars(3), 1, START), true);
});

test('counts what is to be stored, once', () => {
  const audit = auditOf();
  audit.answered(answerOf(3, 'inferred', 0), START);
  audit.answered(answerOf(3), START);
  audit.answered(answerOf(3, 'reused-memory'), START);
  audit.answered(answerOf(3, 'reused-disk'), START);
  audit.audited(answerOf(2), cars(3), 1, START);
  audit.audited(answerOf(3, 'reused-disk'), cars(3), 1, START);
  const tally = { truePositives: 1, falsePositives: 0, misses: 5, classAgrees: 1 };
  audit.scheduled({ origin: 'propagated', ageMs: 400, tally }, START);
  const once = {
    audits: 2,
    inferred: 1,
    reusedMemory: 1,
    reusedDisk: 1,
    propagated: 1,
    truePositives: 5,
    falsePositives: 0,
    misses: 1,
    propagatedErrors: 1,
    propagatedSize: 5,
    reuseAudits: 1,
    wrongReuses: 0,
  };
  assert.equal(audit.takeTotals(), once);
  assert.is(audit.takeTotals().audits, 0);
});

test('thinks once a second', () => {
  const audit = auditOf();
  audit.review(START, 0);
  const before = audit.allowedLoss;
  audit.answered(answerOf(3), START + 500);
  audit.audited(answerOf(10), cars(40), 1, START + 500);
  audit.review(START + 999, 999);
  assert.is(audit.allowedLoss, before);
  audit.review(START + 1000, 1000);
  assert.ok(audit.allowedLoss < before);
});

test.run();
