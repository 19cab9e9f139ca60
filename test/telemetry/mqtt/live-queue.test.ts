import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LiveBounds, LiveQueue, RESULT_LANE } from '../../../src/telemetry/mqtt/live-queue.js';
import type { LiveKind } from '../../../src/telemetry/mqtt/outbox.js';

function observed(bounds: Partial<LiveBounds> = {}) {
  const dropped: string[] = [];
  const queue = new LiveQueue({ maxMessages: 10, maxBytes: 1000, ...bounds }, ({ body }, cause) =>
    dropped.push(`${body} ${cause}`),
  );
  const accept = (kind: LiveKind, ...bodies: string[]): void => {
    for (const body of bodies) queue.accept({ kind, topic: kind, body, bytes: Buffer.byteLength(body), connection: 1 });
  };
  const rest = (): string[] => {
    const bodies: string[] = [];
    for (let taken = queue.next(); taken; taken = queue.next()) {
      bodies.push(taken.body);
      queue.acknowledge(taken);
    }
    return bodies;
  };
  return { queue, dropped, accept, rest };
}

test('results leave first, the others in the order in which they came', () => {
  const { queue, accept, rest } = observed();
  accept('site', 's1');
  accept('metrics', 'm1');
  accept('result', 'r1');
  assert.equal([queue.length, queue.bytes], [3, 6]);
  assert.equal(rest(), ['r1', 's1', 'm1']);
  assert.equal([queue.length, queue.bytes], [0, 0]);
});

test('a full queue drops the oldest metrics first', () => {
  const { dropped, accept, rest } = observed({ maxMessages: 2 });
  accept('site', 's1');
  accept('metrics', 'm1');
  accept('site', 's2', 's3');
  assert.equal(dropped, ['m1 queue-full', 's1 queue-full']);
  assert.equal(rest(), ['s2', 's3']);
});

test('results have a bound of their own', () => {
  const { queue, dropped, accept } = observed({ maxMessages: 2 });
  for (let i = 0; i <= RESULT_LANE; i++) accept('result', `r${i}`);
  assert.equal(dropped, ['r0 queue-full']);
  assert.is(queue.length, RESULT_LANE);
});

test('metrics do not outlive their connection, results and what the site is told do', () => {
  const { queue, dropped, accept, rest } = observed();
  accept('metrics', 'm1', 'm2');
  accept('site', 's1');
  accept('result', 'r1');
  assert.is(queue.next()!.attempts, 1);
  queue.putBack();
  assert.equal(dropped, ['m1 outdated', 'm2 outdated']);
  const again = queue.next()!;
  assert.equal([again.body, again.attempts], ['r1', 2]);
  assert.equal(rest(), ['s1']);
  assert.is(queue.bytes, 0);
});

test('a message that is given up is told with its cause, once', () => {
  const { queue, dropped, accept } = observed();
  accept('site', 's1');
  const taken = queue.next()!;
  queue.drop(taken, 'refused');
  queue.drop(taken, 'refused');
  queue.putBack();
  assert.equal(dropped, ['s1 refused']);
  assert.is(queue.next(), null);
});

test('what waits at the end is dropped as stopped', () => {
  const { queue, dropped, accept } = observed();
  accept('site', 's1', 's2');
  queue.next();
  queue.close();
  assert.equal(dropped, ['s1 stopped', 's2 stopped']);
});

test.run();
