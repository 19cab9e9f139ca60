import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TailRarity } from '../../../../src/telemetry/alerts/adaptive/tail-rarity.js';
import { seeded } from '../../../seeded.js';

function after(count: number, magnitude: (u: number) => number): TailRarity {
  const random = seeded(3);
  const rarity = new TailRarity();
  for (let i = 0; i < count; i++) rarity.add(magnitude(random()));
  return rarity;
}

test('nothing is rare before fifty magnitudes were seen', () => {
  const rarity = new TailRarity();
  for (let i = 0; i < 49; i++) rarity.add(1);
  assert.is(rarity.decades(1000), 0);
  rarity.add(1);
  assert.ok(rarity.decades(1000) > 2);
});

test('a magnitude that one in a thousand exceeds is about three decades rare, in any unit', () => {
  // a power law with exponent 2: one in a thousand exceeds 31.6
  for (const unit of [1e-9, 1, 1e9]) {
    const rarity = after(20_000, (u) => unit * (1 - u) ** -0.5);
    assert.ok(Math.abs(rarity.decades(31.6 * unit) - 3) < 0.4, `${rarity.decades(31.6 * unit)}`);
  }
});

test('the same factor is rarer where the tail is light', () => {
  const light = after(5000, (u) => 1 + u);
  const heavy = after(5000, (u) => (1 - u) ** -1);
  assert.ok(light.decades(20) > 10);
  assert.ok(heavy.decades(200) < 3);
});

test('what never differed makes the first difference very rare', () => {
  assert.ok(after(500, () => 0).decades(1e-6) > 10);
});

test.run();
