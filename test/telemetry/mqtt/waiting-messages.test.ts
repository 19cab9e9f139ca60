import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DrainPace } from '../../../src/telemetry/mqtt/drain-pace.js';
import { LiveQueue } from '../../../src/telemetry/mqtt/live-queue.js';
import { MemoryOutbox } from '../../../src/telemetry/mqtt/memory-outbox.js';
import { WaitingMessages } from '../../../src/telemetry/mqtt/waiting-messages.js';

const WINDOW = 20;

test('the end of a backlog shows although live messages are waiting all the time', () => {
  const bounds = { maxMessages: 100, maxBytes: 10_000 };
  let now = 0;
  const waiting = new WaitingMessages({
    outbox: new MemoryOutbox(bounds),
    live: new LiveQueue(bounds, () => undefined),
    pace: new DrainPace(20),
    clock: () => now,
  });
  const accept = (connection: number) =>
    waiting.accept({ kind: 'event', topic: 'event/north', body: '{"a":1}', bytes: 7, connection });
  accept(0);
  accept(0);
  waiting.opened();
  const numbers: number[] = [];
  let shown = 0;
  for (let step = 0; step < 200; step++) {
    now += 50;
    // two come where one goes
    accept(1);
    accept(1);
    const message = waiting.next(WINDOW)!;
    if (message.connection === 0) numbers.push(message.number!.n);
    message.acknowledged();
    if (waiting.takeDrained()) shown++;
  }
  assert.equal(numbers, [1, 2]);
  assert.is(shown, 1, 'once');
});

test.run();
