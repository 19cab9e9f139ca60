import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DrainPace } from '../../../src/telemetry/mqtt/drain-pace.js';

test('so many messages a second leave, however often somebody asks', () => {
  const pace = new DrainPace(20);
  pace.reset(0);
  let sent = 0;
  for (let now = 0; now < 10_000; now += 3) {
    if (pace.waitMs(now) > 0) continue;
    pace.took(now);
    sent++;
  }
  assert.is(sent, 200);
});

test('a pause is not made up for by a burst', () => {
  const pace = new DrainPace(20);
  pace.reset(0);
  let sent = 0;
  while (pace.waitMs(60_000) === 0) {
    pace.took(60_000);
    sent++;
  }
  assert.is(sent, 3);
});

test('a backlog is starved when live traffic left it no turn for a second', () => {
  const pace = new DrainPace(20);
  pace.reset(0);
  assert.is(pace.isStarved(1000), false);
  assert.is(pace.isStarved(1001), true);
  pace.took(1001);
  assert.is(pace.isStarved(1002), false);
});

test.run();
