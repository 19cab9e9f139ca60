import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diaryMetrics } from '../../../src/pictures/diary/metrics.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';

test('what a diary keeps comes out by name, and where there is none there is no reading', () => {
  const counts = { frames: 7, bytes: 100_000, offered: 12, kept: 9, replaced: 2, alike: 1, busy: 1, failed: 1 };
  const metrics = new Metrics();
  metrics.register(diaryMetrics(() => counts));
  assert.equal(metrics.snapshot(), {
    diary_frames: 7,
    diary_size: 131_072,
    'diary_offers.kept': 9,
    'diary_offers.alike': 1,
    'diary_offers.busy': 1,
    'diary_offers.failed': 1,
  });
  const without = new Metrics();
  without.register(diaryMetrics(() => null));
  assert.equal(without.snapshot(), { diary_frames: null, diary_size: null });
});

test.run();
