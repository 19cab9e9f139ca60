import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DailyPeaks } from '../../../../src/telemetry/alerts/adaptive/daily-peaks.js';

const MINUTE = 60_000;
const DAY = 1440;

/** Days with the same distance for a quarter of an hour from 3:00 on, and 1 else. */
function after(distances: readonly number[]): DailyPeaks {
  const peaks = new DailyPeaks();
  for (const [day, distance] of distances.entries()) {
    for (let minute = 0; minute < DAY; minute++) {
      peaks.add((day * DAY + minute) * MINUTE, minute >= 180 && minute < 195 ? distance : 1);
    }
  }
  return peaks;
}

test('what happened once is not usual, what happens daily is, around that time', () => {
  assert.is(after([50]).usual(185 * MINUTE), 0);
  assert.is(after([1, 1, 1, 50]).usual(185 * MINUTE), 1);
  const daily = after([50, 40, 45, 60]);
  assert.equal(
    [150, 170, 185, 200, 211].map((minute) => daily.usual((9 * DAY + minute) * MINUTE)),
    [1, 45, 45, 45, 1],
  );
});

test.run();
