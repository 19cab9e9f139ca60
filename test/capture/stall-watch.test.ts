import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StallWatch } from '../../src/capture/stall-watch.js';

/** Looks every 500 ms from `from` on; the limit that had passed and when, null if none had by `to`. */
function stall(watch: StallWatch, from: number, to: number) {
  for (let now = from + 500; now <= to; now += 500) {
    const limitMs = watch.look(now);
    if (limitMs !== null) return { now, limitMs };
  }
  return null;
}

test('a reader is stalled when no frame came for the timeout', () => {
  const watch = new StallWatch(5000, 0);
  assert.is(watch.begin(1000), 500);
  assert.is(stall(watch, 1000, 4000), null);
  watch.frame(4000);
  assert.equal(stall(watch, 4000, 60_000), { now: 9000, limitMs: 5000 });
});

test('the first frame after stalls may take twice, then four times as long, until one comes', () => {
  const watch = new StallWatch(5000, 0);
  for (const limitMs of [5000, 10_000, 20_000, 20_000]) {
    assert.is(watch.begin(0), limitMs / 10);
    let passed: number | null = null;
    for (let now = limitMs / 10; passed === null; now += limitMs / 10) passed = watch.look(now);
    assert.is(passed, limitMs);
  }
  watch.frame(0);
  assert.is(watch.limitMs, 5000);
});

test('a slow source has three of its intervals', () => {
  assert.is(new StallWatch(5000, 4000).limitMs, 12_000);
  const announced = new StallWatch(5000, 0);
  announced.expectFps(25);
  assert.is(announced.limitMs, 5000);
  announced.expectFps(0.1);
  assert.is(announced.limitMs, 30_000);
});

test('time in which nobody could look is not the reader’s', () => {
  const watch = new StallWatch(5000, 0);
  watch.begin(0);
  assert.is(watch.look(500), null);
  assert.is(watch.look(60_500), null);
  assert.equal(stall(watch, 60_500, 90_000), { now: 64_500, limitMs: 5000 });
});

test('while data comes, a key frame may take longer than the timeout, but not for ever', () => {
  const watch = new StallWatch(5000, 0, 20_000);
  watch.begin(0);
  let passed: number | null = null;
  let now = 0;
  for (; passed === null; now += 500) {
    watch.waiting(now);
    passed = watch.look(now + 500);
  }
  assert.equal([now, passed], [20_000, 20_000]);
});

test('data that ceases while a key frame is awaited is a stall after the timeout', () => {
  const watch = new StallWatch(5000, 0, 20_000);
  watch.begin(0);
  assert.is(stall(watch, 0, 3000), null);
  watch.waiting(3000);
  assert.equal(stall(watch, 3000, 60_000), { now: 8000, limitMs: 5000 });
});

test('a wait for a key frame that is shorter than the timeout changes nothing', () => {
  const watch = new StallWatch(5000, 0, 1000);
  watch.begin(0);
  watch.waiting(0);
  assert.equal(stall(watch, 0, 60_000), { now: 5000, limitMs: 5000 });
});

test('it looks at least once a minute, however slow the source', () => {
  assert.is(new StallWatch(5000, 1e12).begin(0), 60_000);
});

test.run();
