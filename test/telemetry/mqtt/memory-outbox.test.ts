import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryOutbox } from '../../../src/telemetry/mqtt/memory-outbox.js';
import { boundedContract, type MakeOutbox, observed, outboxContract } from './outbox-contract.js';

const make: MakeOutbox = (bounds) => new MemoryOutbox(bounds);

outboxContract(test, make);
boundedContract(test, make);

test('memory is bounded in messages as well', () => {
  const { dropped, accept, rest } = observed(make, { maxMessages: 3 });
  accept('event', 'a', 'b', 'c', 'd');
  assert.equal(dropped, ['event queue-full']);
  assert.equal(rest(), ['b', 'c', 'd']);
});

test('memory keeps nothing over the end: what is under way and what waits is dropped', () => {
  const { outbox, dropped, accept } = observed(make);
  accept('event', 'a', 'b');
  outbox.next('backlog');
  outbox.close();
  assert.equal(dropped, ['event stopped', 'event stopped']);
  assert.is(outbox.length, 0);
});

test('the stream of a memory says that it ends with the program', () => {
  const { outbox, accept } = observed(make);
  accept('event', 'a');
  assert.match(outbox.next('backlog')!.stream, /^mem-[0-9a-f]{8}$/);
  assert.is(outbox.isPersistent, false);
});

test.run();
