import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryOutbox } from '../../../src/telemetry/mqtt/memory-outbox.js';
import { type MakeOutbox, observed, outboxContract } from './outbox-contract.js';

const make: MakeOutbox = (bounds, onDrop) => new MemoryOutbox(bounds, onDrop);

outboxContract(test, make);

test('memory keeps nothing over the end: what is under way and what waits is dropped', () => {
  const { outbox, dropped, accept } = observed(make);
  accept('event', 'a', 'b');
  outbox.next();
  outbox.close();
  assert.equal(dropped, ['a stopped', 'b stopped']);
  assert.is(outbox.length, 0);
});

test.run();
