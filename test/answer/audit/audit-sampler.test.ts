import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AuditBudget } from '../../../src/answer/audit/audit-budget.js';
import { AuditSampler } from '../../../src/answer/audit/audit-sampler.js';
import { seeded } from '../../seeded.js';

const FRAME_MS = 40;

function sampler(share = 0.02, budget = new AuditBudget()) {
  const it = new AuditSampler({ share, budget, random: seeded(1) });
  it.know(1000, 0.001);
  return it;
}

/** Frames of which every tenth is inferred; after three of four of these the detector is busy for two frames. Audits per age. */
function auditsByAge(it: AuditSampler, frames: number): number[] {
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < frames; i++) {
    const age = i % 10;
    const idle = age > 2 || Math.floor(i / 10) % 4 === 0;
    if (age > 0 && it.offer('propagated', age * FRAME_MS, idle, i * FRAME_MS) > 0) counts[age]!++;
  }
  return counts;
}

test('the configured share of the frames is audited', () => {
  const it = sampler();
  let audits = 0;
  for (let i = 0; i < 10_000; i++) if (it.offer('propagated', 80, true, i * FRAME_MS) > 0) audits++;
  assert.is(audits, 200);
});

test('there is one audit in every block of frames, so never a long time without', () => {
  const it = sampler();
  let last = -50;
  let longest = 0;
  for (let i = 0; i < 10_000; i++) {
    if (it.offer('propagated', 80, true, i * FRAME_MS) === 0) continue;
    longest = Math.max(longest, i - last);
    last = i;
  }
  assert.ok(longest <= 100);
});

test('no share, no audit', () => {
  const it = sampler(0);
  for (let i = 0; i < 1000; i++) assert.is(it.offer('propagated', 80, true, i), 0);
});

test('a busy detector is never asked', () => {
  const it = sampler(1);
  for (let i = 0; i < 100; i++) assert.is(it.offer('propagated', 80, false, i), 0);
  assert.is(it.counters.taken, 0);
  assert.is(it.counters.postponed, 2);
  assert.is(it.counters.lost, 98);
});

test('an audit that was due while the detector was busy is made up for by a frame of the same age', () => {
  const it = sampler(0.001);
  for (let i = 0; it.counters.postponed === 0; i++) it.offer('propagated', 100, false, i);
  const taken = [25, 50, 199, 200, 1000].map((age) => {
    const before = it.counters.taken;
    for (let i = 0; i < 15; i++) it.offer('propagated', age, true, 1000 + i);
    return it.counters.taken - before;
  });
  assert.equal(taken, [0, 0, 1, 0, 0]);
});

test('an audit is not made up for after half a minute', () => {
  const it = sampler(0.01);
  for (let i = 0; i < 100; i++) it.offer('propagated', 100, false, i);
  for (let i = 0; i < 50; i++) it.offer('propagated', 100, true, 40_000 + i);
  assert.is(it.counters.lost, 1);
});

test('frames that follow an inference are audited as often as others though the detector is often busy then', () => {
  const counts = auditsByAge(sampler(0.02, new AuditBudget({ idleShare: 1, keptMs: 1e9 })), 100_000);
  const early = (counts[1]! + counts[2]!) / 2;
  const late = counts.slice(3).reduce((sum, count) => sum + count) / 7;
  // a quarter as often, were it not made up for
  assert.ok(early / late > 0.8 && early / late < 1.2, `${counts}`);
});

test('more is audited while little is known, and each of those weighs less', () => {
  const it = sampler();
  assert.is(it.shareAt(0), 0.02);
  it.know(0, null);
  assert.is(it.shareAt(0), 0.04);
  it.know(1000, 0.03);
  assert.ok(Math.abs(it.shareAt(0) - 0.03) < 1e-12);
  // an empty road: no box to compare, however often
  it.know(1000, null);
  assert.is(it.shareAt(0), 0.02);
  it.know(0, null);
  const weights = new Set<number>();
  for (let i = 0; i < 100; i++) weights.add(it.offer('reused-disk', 80, true, i));
  assert.equal([...weights].sort(), [0, 0.5]);
});

test('a change of light or model is news for a minute or two', () => {
  const it = sampler();
  it.renew(0);
  assert.is(it.shareAt(0), 0.04);
  assert.is(it.shareAt(60_000), 0.03);
  assert.ok(it.shareAt(600_000) < 0.0201);
});

test('audits take no more than their share of the idle time', () => {
  const budget = new AuditBudget({ idleShare: 0.25, keptMs: 100 });
  const it = sampler(1, budget);
  let audits = 0;
  for (let now = 0; now < 100_000; now += 10) {
    if (it.offer('propagated', 80, true, now) === 0) continue;
    audits++;
    budget.spent(50);
  }
  // 25 s of 100 s, and what a start has
  assert.ok(audits >= 500 && audits <= 503, `${audits}`);
});

test('while the detector is busy no time for audits is earned', () => {
  const budget = new AuditBudget({ idleShare: 0.25, keptMs: 100 });
  budget.spent(100);
  budget.observe(false, 0);
  budget.observe(true, 10_000);
  assert.is(budget.allows, false);
  budget.observe(true, 10_010);
  assert.is(budget.allows, true);
});

test.run();
