import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RestartPolicy } from '../../../src/detect/host/restart-policy.js';

test('a worker is started again at once', () => {
  assert.equal(new RestartPolicy(5, 60_000, 30_000).next(1000), { delayMs: 0, healthy: true });
});

test('the sixth end within 60 s is unhealthy and waits for the slow retry', () => {
  const policy = new RestartPolicy(5, 60_000, 30_000);
  const decisions = [0, 1, 2, 3, 4, 5].map((at) => policy.next(at));
  assert.equal(
    decisions.map((d) => d.healthy),
    [true, true, true, true, true, false],
  );
  assert.is(decisions[5]?.delayMs, 30_000);
});

test('restarts older than 60 s no longer count', () => {
  const policy = new RestartPolicy(2, 60_000, 30_000);
  assert.is(policy.next(0).healthy, true);
  assert.is(policy.next(30_000).healthy, true);
  assert.is(policy.next(59_999).healthy, false);
  assert.is(policy.next(60_000).healthy, true);
  assert.is(policy.next(60_001).healthy, false);
});

test('a worker that dies at every start is started at most 5 + 2 times a minute', () => {
  const policy = new RestartPolicy(5, 60_000, 30_000);
  let now = 0;
  let starts = 0;
  while (now < 3_600_000) {
    now += policy.next(now).delayMs + 100;
    starts++;
  }
  assert.ok(starts <= 60 * 7, `${starts} starts in an hour`);
});

test.run();
