import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DropListener,
  type Outbox,
  type OutboxBounds,
  type OutboxKind,
  type OutboxMessage,
  RESULT_LANE,
} from '../../../src/telemetry/mqtt/outbox.js';

export type MakeOutbox = (bounds: OutboxBounds, onDrop: DropListener) => Outbox;

export const message = (kind: OutboxKind, body: string): OutboxMessage => ({
  kind,
  topic: kind,
  body,
  bytes: Buffer.byteLength(body),
  connection: 0,
});

/** An outbox that keeps a list of what it dropped, and a way to take all the rest. */
export function observed(make: MakeOutbox, bounds: Partial<OutboxBounds> = {}) {
  const dropped: string[] = [];
  const outbox = make({ maxMessages: 10, maxBytes: 1000, ...bounds }, ({ body }, cause) =>
    dropped.push(`${body} ${cause}`),
  );
  const accept = (kind: OutboxKind, ...bodies: string[]): void => {
    for (const body of bodies) outbox.accept(message(kind, body));
  };
  const rest = (): string[] => {
    const bodies: string[] = [];
    for (let taken = outbox.next(); taken; taken = outbox.next()) {
      bodies.push(taken.body);
      outbox.acknowledge(taken);
    }
    return bodies;
  };
  return { outbox, dropped, accept, rest };
}

/** What every outbox keeps to. */
export function outboxContract(suite: Test, make: MakeOutbox): void {
  suite('metrics and events leave in the order in which they came, results before both', () => {
    const { outbox, accept, rest } = observed(make);
    accept('event', 'e1');
    accept('metrics', 'm1');
    accept('event', 'e2');
    accept('result', 'r1');
    assert.equal([outbox.length, outbox.bytes], [4, 8]);
    assert.equal(rest(), ['r1', 'e1', 'm1', 'e2']);
    assert.equal([outbox.length, outbox.bytes], [0, 0]);
    assert.is(outbox.next(), null);
  });

  suite('a message comes out as it went in', () => {
    const { outbox } = observed(make);
    outbox.accept({ kind: 'event', topic: 'edge/v1/a/b/event/north', body: '{"ts":1}', bytes: 8, connection: 3 });
    const { kind, topic, body, bytes, connection, attempts } = outbox.next()!;
    assert.equal([kind, topic, body, bytes, connection], ['event', 'edge/v1/a/b/event/north', '{"ts":1}', 8, 3]);
    assert.is(attempts, 1);
  });

  suite('a full outbox drops the oldest metrics first and events only when there are no metrics', () => {
    const { dropped, accept, rest } = observed(make, { maxMessages: 3 });
    accept('event', 'e1', 'e2', 'e3');
    accept('metrics', 'm1');
    assert.equal(dropped, ['m1 queue-full']);
    accept('event', 'e4');
    assert.equal(dropped, ['m1 queue-full', 'e1 queue-full']);
    assert.equal(rest(), ['e2', 'e3', 'e4']);
  });

  suite('bytes are bounded as well, as they are in UTF-8', () => {
    const { outbox, dropped, accept } = observed(make, { maxBytes: 10 });
    accept('event', '12345', 'äöü');
    assert.equal([outbox.bytes, dropped], [6, ['12345 queue-full']]);
    accept('event', 'x');
    assert.equal([outbox.bytes, dropped.length], [7, 1]);
  });

  suite('results have a bound of their own', () => {
    const { outbox, dropped, accept } = observed(make, { maxMessages: 2 });
    for (let i = 0; i <= RESULT_LANE; i++) accept('result', `r${i}`);
    assert.equal(dropped, ['r0 queue-full']);
    assert.is(outbox.length, RESULT_LANE);
  });

  suite('what was taken and not acknowledged waits again after a lost connection, in its old place', () => {
    const { outbox, dropped, accept, rest } = observed(make);
    accept('event', 'a');
    accept('metrics', 'b');
    accept('event', 'c', 'd');
    const [a, b, c] = [outbox.next()!, outbox.next()!, outbox.next()!];
    outbox.acknowledge(b);
    assert.is(outbox.length, 1);
    outbox.putBack();
    assert.equal([outbox.length, outbox.bytes], [3, 3]);
    assert.equal([a.attempts, c.attempts], [1, 1]);
    assert.is(outbox.next()!.attempts, 2);
    outbox.putBack();
    assert.equal(rest(), ['a', 'c', 'd']);
    assert.equal(dropped, []);
  });

  suite('what is put back into a full outbox is dropped like anything else', () => {
    const { outbox, dropped, accept, rest } = observed(make, { maxMessages: 2 });
    accept('metrics', 'm1');
    outbox.next();
    accept('event', 'e1', 'e2');
    outbox.putBack();
    assert.equal(dropped, ['m1 queue-full']);
    assert.equal(rest(), ['e1', 'e2']);
  });

  suite('a message that is given up is told with its cause, once, and does not come back', () => {
    const { outbox, dropped, accept, rest } = observed(make);
    accept('event', 'a', 'b');
    const a = outbox.next()!;
    outbox.drop(a, 'refused');
    outbox.drop(a, 'refused');
    outbox.putBack();
    assert.equal(dropped, ['a refused']);
    assert.equal(rest(), ['b']);
  });

  suite('a long life of accepting and taking keeps the order', () => {
    const { outbox, dropped, accept } = observed(make, { maxMessages: 50, maxBytes: 100_000 });
    for (let i = 0; i < 1000; i++) {
      accept('event', String(2 * i), String(2 * i + 1));
      const taken = outbox.next()!;
      assert.is(taken.body, String(i + dropped.length));
      outbox.acknowledge(taken);
    }
  });
}
