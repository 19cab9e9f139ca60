import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type FeedingCamera, WatchdogFeed } from '../../../src/runtime/systemd/watchdog-feed.js';

const test = suite('watchdog feed');

function camera(captured: number, inferred: number, more: Partial<FeedingCamera> = {}): FeedingCamera {
  const answered = { inferred, propagated: 0, 'reused-memory': 0, 'reused-disk': 0 };
  return { id: 'north', state: 'streaming', paused: null, captured, answered, ...more };
}

/** Fed at 0 with ten frames, all answered. */
function fed(): WatchdogFeed {
  const feed = new WatchdogFeed(90_000);
  assert.is(feed.look(0, [camera(10, 10)]), true);
  return feed;
}

test('is fed at its pace while frames are answered', () => {
  const feed = fed();
  assert.is(feed.look(89_999, [camera(100, 100)]), false);
  assert.is(feed.look(90_000, [camera(101, 101)]), true);
});

test('is not fed while frames come and get no answer', () => {
  const feed = fed();
  assert.is(feed.look(90_000, [camera(100, 10)]), false);
  assert.is(feed.look(170_000, [camera(180, 10)]), false);
});

test('a feed that was withheld follows with the first answer', () => {
  const feed = fed();
  assert.is(feed.look(90_000, [camera(100, 10)]), false);
  assert.is(feed.look(108_000, [camera(118, 11)]), true);
});

test('is fed while no camera delivers: a camera that is away is no reason to end the program', () => {
  assert.is(fed().look(90_000, [camera(10, 10, { state: 'reconnecting' })]), true);
  assert.is(fed().look(90_000, []), true);
});

test('is fed while a slow camera has nothing new', () => {
  assert.is(fed().look(90_000, [camera(10, 10)]), true);
});

test('is fed while a camera is paused by command, whose frames get no answer on purpose', () => {
  const paused = { since: 0, until: null, by: 'k1' };
  assert.is(fed().look(90_000, [camera(100, 10, { paused })]), true);
});

test('one camera that is answered is enough', () => {
  const feed = fed();
  assert.is(feed.look(90_000, [camera(100, 10), camera(50, 50, { id: 'south' })]), true);
});

test('frames before the first feed want an answer as well', () => {
  const feed = new WatchdogFeed(90_000);
  assert.is(feed.look(0, [camera(5, 0)]), false);
  assert.is(feed.look(1, [camera(6, 1)]), true);
});

test.run();
