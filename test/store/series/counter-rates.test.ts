import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CounterRates } from '../../../src/store/series/counter-rates.js';

test('a counter is what it grows by per second, from its second reading on', () => {
  const rates = new CounterRates();
  assert.is(rates.rate('frames', 1_000_000, 0), null, 'no spike after a restart');
  assert.is(rates.rate('frames', 1_000_025, 1000), 25);
  assert.is(rates.rate('frames', 1_000_025, 2000), 0);
  assert.is(rates.rate('frames', 1_000_050, 4500), 10);
  assert.is(rates.rate('drops', 7, 4500), null, 'each counter for itself');
});

test('a counter that began anew has no rate until its next reading', () => {
  const rates = new CounterRates();
  rates.rate('frames', 500, 0);
  assert.is(rates.rate('frames', 3, 1000), null);
  assert.is(rates.rate('frames', 5, 2000), 2);
});

test('a counter without a reading, or with none for more than 10 s, has a gap', () => {
  const rates = new CounterRates();
  rates.rate('frames', 500, 0);
  assert.is(rates.rate('frames', null, 1000), null);
  assert.is(rates.rate('frames', 600, 2000), null);
  assert.is(rates.rate('frames', 610, 12_000), 1);
  assert.is(rates.rate('frames', 700, 22_001), null);
  assert.is(rates.rate('frames', 700, 22_001), null, 'no time between two readings');
});

test.run();
