import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { durationOf } from '../../src/foundation/duration.js';

test('lengths of time are read as people write them', () => {
  assert.equal(
    ['90s', '15m', '15min', '24h', '7d', '2w', '1y', '1h30m', '1.5h'].map(durationOf),
    [90_000, 900_000, 900_000, 86_400_000, 604_800_000, 1_209_600_000, 31_536_000_000, 5_400_000, 5_400_000],
  );
  assert.equal(['', '10', 'h', '-5m', '5 m', '5x', '1h30', 'm5'].map(durationOf), Array(8).fill(null));
});

test.run();
