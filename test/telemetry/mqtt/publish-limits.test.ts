import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PublishLimits } from '../../../src/telemetry/mqtt/publish-limits.js';

const LARGE = { topic: 'a/status', bytes: 5000 };
const SMALL = { topic: 'a/event', bytes: 300 };
const HOUR = 3_600_000;

function limits() {
  const clock = { at: 0 };
  return { clock, limits: new PublishLimits(() => clock.at) };
}

test('one message alone three times is what breaks connections: its size, where nothing as large was ever taken', () => {
  const { limits: learned } = limits();
  assert.is(learned.broke([LARGE, SMALL]), null);
  assert.is(learned.isCareful, true);
  assert.is(learned.broke([LARGE]), null);
  assert.is(learned.broke([LARGE]), null);
  assert.equal(learned.broke([LARGE]), LARGE);
  assert.equal(learned.learned, { bytes: 5000, topics: [] });
  assert.is(learned.forbids({ topic: 'a/other', bytes: 5000 }), 'size');
  assert.is(learned.forbids({ topic: 'a/status', bytes: 4999 }), null);
  assert.is(learned.safeBytes, 1000);
  learned.acknowledged({ topic: 'a/other', bytes: 1100 });
  assert.is(learned.safeBytes, 1100);
});

test('where larger ones were taken it is the topic, of which nothing is sent any more', () => {
  const { limits: learned } = limits();
  learned.acknowledged(LARGE);
  for (let n = 0; n < 3; n++) learned.broke([SMALL]);
  assert.equal(learned.learned, { bytes: null, topics: ['a/event'] });
  assert.is(learned.forbids({ topic: 'a/event', bytes: 1 }), 'topic');
  assert.is(learned.forbids(LARGE), null);
});

test('what looked like the size of its messages was the topic, where the smallest fails too', () => {
  const { limits: learned } = limits();
  for (let n = 0; n < 3; n++) learned.broke([LARGE]);
  for (let n = 0; n < 3; n++) learned.broke([{ topic: 'a/status', bytes: 150 }]);
  assert.equal(learned.learned, { bytes: null, topics: ['a/status'] });
});

test('one that goes through in between is not blamed, and messages go together again once all are clear', () => {
  const { limits: learned } = limits();
  learned.broke([LARGE, SMALL, SMALL]);
  learned.broke([LARGE]);
  learned.broke([LARGE]);
  learned.acknowledged(LARGE);
  assert.is(learned.broke([LARGE]), null);
  learned.acknowledged(LARGE);
  learned.acknowledged(SMALL);
  assert.is(learned.isCareful, true);
  learned.acknowledged(SMALL);
  assert.is(learned.isCareful, false);
});

test('a larger message than any before is suspect only after a connection was lost', () => {
  const { limits: learned } = limits();
  assert.is(learned.isSuspect(LARGE), false);
  learned.broke([]);
  assert.is(learned.isSuspect(LARGE), true);
  learned.acknowledged(LARGE);
  assert.is(learned.isSuspect(LARGE), false);
});

test('what was learned is forgotten after an hour: limits are raised', () => {
  const { clock, limits: learned } = limits();
  learned.tooLarge(LARGE);
  clock.at = HOUR - 1;
  assert.is(learned.forbids(LARGE), 'size');
  clock.at = HOUR;
  assert.is(learned.forbids(LARGE), null);
  assert.is(learned.safeBytes, Number.POSITIVE_INFINITY);
});

test('nobody is careful for ever about what never comes again', () => {
  const { limits: learned } = limits();
  learned.broke([SMALL, LARGE]);
  for (let n = 0; n < 101; n++) learned.acknowledged({ topic: 'a/metrics', bytes: 10 });
  assert.is(learned.isCareful, false);
});

test.run();
