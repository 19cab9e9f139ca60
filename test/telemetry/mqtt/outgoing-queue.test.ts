import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  OutgoingQueue,
  type QueuedKind,
  type QueuedMessage,
  RESULT_LANE,
} from '../../../src/telemetry/mqtt/outgoing-queue.js';

const message = (kind: QueuedKind, body: string): QueuedMessage => ({ kind, topic: kind, body });

function queueOf(maxMessages: number, maxBytes = 1000) {
  const dropped: string[] = [];
  const queue = new OutgoingQueue<QueuedMessage>(maxMessages, maxBytes, (m) => dropped.push(m.body));
  const rest = (): string[] => {
    const bodies: string[] = [];
    for (let m = queue.shift(); m; m = queue.shift()) bodies.push(m.body);
    return bodies;
  };
  return { queue, dropped, rest };
}

test('metrics and events leave in the order in which they came, results before both', () => {
  const { queue, rest } = queueOf(10);
  queue.push(message('event', 'e1'));
  queue.push(message('metrics', 'm1'));
  queue.push(message('event', 'e2'));
  queue.push(message('result', 'r1'));
  assert.is(queue.length, 4);
  assert.is(queue.bytes, 8);
  assert.equal(rest(), ['r1', 'e1', 'm1', 'e2']);
  assert.is(queue.bytes, 0);
});

test('a full queue drops the oldest metrics first and events only when there are no metrics', () => {
  const { queue, dropped, rest } = queueOf(3);
  for (const body of ['e1', 'e2', 'e3']) queue.push(message('event', body));
  queue.push(message('metrics', 'm1'));
  assert.equal(dropped, ['m1']);
  queue.push(message('event', 'e4'));
  assert.equal(dropped, ['m1', 'e1']);
  assert.equal(rest(), ['e2', 'e3', 'e4']);
});

test('bytes are bounded as well', () => {
  const { queue, dropped } = queueOf(100, 10);
  queue.push(message('event', '12345'));
  queue.push(message('event', '67890'));
  queue.push(message('event', 'x'));
  assert.equal(dropped, ['12345']);
  assert.is(queue.bytes, 6);
});

test('results have a bound of their own', () => {
  const { queue, dropped } = queueOf(2);
  for (let i = 0; i <= RESULT_LANE; i++) queue.push(message('result', `r${i}`));
  assert.equal(dropped, ['r0']);
  assert.is(queue.length, RESULT_LANE);
});

test('what is put back leaves first, in its old order', () => {
  const { queue, rest } = queueOf(10);
  for (const body of ['a', 'b', 'c']) queue.push(message('event', body));
  const taken = [queue.shift()!, queue.shift()!];
  queue.unshift([...taken, message('metrics', 'm')]);
  assert.equal(rest(), ['a', 'b', 'm', 'c']);
});

test('a long life of pushing and taking keeps the order', () => {
  const { queue, dropped } = queueOf(50);
  for (let i = 0; i < 1000; i++) {
    queue.push(message('event', String(2 * i)));
    queue.push(message('event', String(2 * i + 1)));
    assert.is(queue.shift()!.body, String(i + dropped.length));
  }
});

test.run();
