import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  DeliveryState,
  DurableKind,
  Lane,
  Outbox,
  OutboxBounds,
  OutboxMessage,
} from '../../../src/telemetry/mqtt/outbox.js';

/** An outbox whose messages can be taken as soon as they are accepted. */
export type MakeOutbox = (bounds: OutboxBounds) => Outbox;

export const message = (kind: DurableKind, body: string, connection = 0): OutboxMessage => ({
  kind,
  topic: kind,
  body,
  bytes: Buffer.byteLength(body),
  connection,
});

/** An outbox that keeps a list of what it dropped, and a way to take all the rest. */
export function observed(make: MakeOutbox, bounds: Partial<OutboxBounds> = {}) {
  const dropped: string[] = [];
  const outbox = make({ maxMessages: 10, maxBytes: 1000, ...bounds });
  outbox.listen({ dropped: ({ kind }, cause) => dropped.push(`${kind} ${cause}`), ready: () => undefined });
  const accept = (kind: DurableKind, ...bodies: string[]): void => {
    for (const body of bodies) outbox.accept(message(kind, body));
  };
  const rest = (lane: Lane = 'backlog'): string[] => {
    const bodies: string[] = [];
    for (let taken = outbox.next(lane); taken; taken = outbox.next(lane)) {
      bodies.push(taken.body);
      outbox.acknowledge(taken);
    }
    return bodies;
  };
  return { outbox, dropped, accept, rest };
}

/** What is told now, by the report that tells it. */
export function told(outbox: Outbox): DeliveryState {
  let state: DeliveryState | null = null;
  outbox.tell((now) => {
    state = now;
    const body = JSON.stringify(now);
    return { kind: 'report', topic: 'x/report/delivery', body, bytes: Buffer.byteLength(body), connection: 0 };
  });
  return state!;
}

/** What every outbox keeps to, whether its medium works or not. */
export function outboxContract(suite: Test, make: MakeOutbox): void {
  suite('messages of all kinds leave in the order in which they came, numbered from 1', () => {
    const { outbox, accept } = observed(make);
    accept('event', 'e1');
    accept('traffic', 't1');
    accept('alert', 'a1');
    accept('event', 'e2');
    assert.equal([outbox.length, outbox.bytes], [4, 8]);
    const taken = [1, 2, 3, 4].map(() => outbox.next('backlog')!);
    assert.equal(
      taken.map(({ n, body }) => [n, body]),
      [
        [1, 'e1'],
        [2, 't1'],
        [3, 'a1'],
        [4, 'e2'],
      ],
    );
    assert.is(new Set(taken.map(({ stream }) => stream)).size, 1);
    assert.is(outbox.next('backlog'), null);
    assert.equal([outbox.length, outbox.bytes], [0, 0]);
  });

  suite('a message comes out as it went in', () => {
    const { outbox } = observed(make);
    outbox.accept({ kind: 'event', topic: 'edge/v1/a/b/event/north', body: '{"ts":1}', bytes: 8, connection: 0 });
    const { kind, topic, body, bytes, connection, attempts } = outbox.next('backlog')!;
    assert.equal([kind, topic, body, bytes, connection], ['event', 'edge/v1/a/b/event/north', '{"ts":1}', 8, 0]);
    assert.is(attempts, 1);
  });

  suite('what is accepted during a connection does not wait behind the backlog, until that connection is gone', () => {
    const { outbox, accept, rest } = observed(make);
    accept('event', 'b1', 'b2');
    for (const body of ['l1', 'l2', 'l3']) outbox.accept(message('event', body, 1));
    const first = outbox.next('live')!;
    assert.equal([first.body, first.n], ['l1', 3]);
    outbox.acknowledge(first);
    assert.is(outbox.next('live')!.body, 'l2');
    assert.is(outbox.next('backlog')!.body, 'b1');
    outbox.putBack();
    assert.is(outbox.next('live'), null);
    assert.equal(rest(), ['b1', 'b2', 'l2', 'l3']);
  });

  suite('what was taken and not acknowledged waits again after a lost connection, in its old place and with its number', () => {
    const { outbox, dropped, accept, rest } = observed(make);
    accept('event', 'a', 'b', 'c', 'd');
    const [a, b, c] = [outbox.next('backlog')!, outbox.next('backlog')!, outbox.next('backlog')!];
    outbox.acknowledge(b);
    assert.is(outbox.length, 1);
    outbox.putBack();
    assert.equal([outbox.length, outbox.bytes], [3, 3]);
    assert.equal([a.n, c.n], [1, 3]);
    const again = outbox.next('backlog')!;
    assert.equal([again.body, again.n, again.attempts], ['a', 1, 2]);
    outbox.putBack();
    assert.equal(rest(), ['a', 'c', 'd']);
    assert.equal(dropped, []);
  });

  suite('a message that is given up is told with its cause, once, and does not come back', () => {
    const { outbox, dropped, accept, rest } = observed(make);
    accept('event', 'a', 'b');
    const a = outbox.next('backlog')!;
    outbox.drop(a, 'refused');
    outbox.drop(a, 'refused');
    outbox.putBack();
    assert.equal(dropped, ['event refused']);
    assert.equal(rest(), ['b']);
  });

  suite('what was given up is told afterwards by kind, cause and numbers, and how far the stream is', () => {
    const { outbox, accept } = observed(make);
    accept('event', 'a', 'b', 'c');
    accept('traffic', 't');
    const [a, b, c, t] = [1, 2, 3, 4].map(() => outbox.next('backlog')!);
    outbox.drop(a!, 'refused');
    outbox.acknowledge(b!);
    outbox.drop(c!, 'refused');
    outbox.drop(t!, 'undeliverable');
    accept('event', 'd');
    assert.is(outbox.hasUntold, true);
    const state = told(outbox);
    const { stream } = a!;
    assert.equal(state.streams, [{ stream, low: 5, next: 6 }]);
    assert.equal(state.dropped, [
      { stream, kind: 'event', cause: 'refused', from: 1, to: 3, count: 2 },
      { stream, kind: 'traffic', cause: 'undeliverable', from: 4, to: 4, count: 1 },
    ]);
    assert.is(outbox.hasUntold, false);
  });

  suite('what a report told is untold again where the report itself is given up', () => {
    const { outbox, accept } = observed(make);
    accept('event', 'a');
    const a = outbox.next('backlog')!;
    outbox.drop(a, 'refused');
    told(outbox);
    const report = outbox.next('backlog')!;
    assert.is(report.n, 2);
    outbox.drop(report, 'too-large');
    assert.is(outbox.hasUntold, true);
    const stream = a.stream;
    assert.equal(told(outbox).dropped, [
      { stream, kind: 'event', cause: 'refused', from: 1, to: 1, count: 1 },
      { stream, kind: 'report', cause: 'too-large', from: 2, to: 2, count: 1 },
    ]);
  });

  suite('of each topic the newest is known', () => {
    const { outbox, accept } = observed(make);
    accept('report', 'old', 'new');
    const old = outbox.next('backlog')!;
    assert.is(outbox.isNewest(old), false);
    assert.is(outbox.isNewest(outbox.next('backlog')!), true);
  });
}

/** What an outbox keeps to besides whose bounds are those of the bodies. */
export function boundedContract(suite: Test, make: MakeOutbox): void {
  suite('a full outbox drops the oldest events first, then traffic and summaries, alerts and reports last', () => {
    const { dropped, accept, rest } = observed(make, { maxBytes: 60 });
    const ten = (letter: string): string => letter.repeat(10);
    accept('alert', ten('a'));
    accept('traffic', ten('t'));
    accept('event', ten('e'), ten('f'));
    accept('report', ten('r'));
    accept('summary', ten('s'));
    assert.equal(dropped, []);
    accept('event', ten('g'));
    assert.equal(dropped, ['event queue-full']);
    accept('alert', ten('b'), ten('c'), ten('d'), ten('h'));
    assert.equal(dropped.slice(1), [
      'event queue-full',
      'event queue-full',
      'traffic queue-full',
      'summary queue-full',
    ]);
    accept('alert', ten('i'));
    assert.is(dropped.at(-1), 'alert queue-full');
    assert.equal(rest(), [ten('r'), ten('b'), ten('c'), ten('d'), ten('h'), ten('i')]);
  });

  suite('bytes are bounded as they are in UTF-8', () => {
    const { outbox, dropped, accept } = observed(make, { maxBytes: 10 });
    accept('event', '12345', 'äöü');
    assert.equal([outbox.bytes, dropped], [6, ['event queue-full']]);
    accept('event', 'x');
    assert.equal([outbox.bytes, dropped.length], [7, 1]);
  });

  suite('a long life of accepting and taking keeps the order and loses nothing but what is dropped', () => {
    const { outbox, dropped, accept } = observed(make, { maxMessages: 50, maxBytes: 200 });
    for (let i = 0; i < 1000; i++) {
      accept('event', String(2 * i), String(2 * i + 1));
      const taken = outbox.next('backlog')!;
      assert.is(taken.body, String(i + dropped.length));
      assert.is(taken.n, i + dropped.length + 1);
      outbox.acknowledge(taken);
    }
  });
}
