import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_RETAINED, RetainedMessages } from '../../../src/telemetry/mqtt/retained-messages.js';

test('only the latest state of a topic is kept, and it is told again to a new connection', () => {
  const messages = new RetainedMessages();
  messages.set('hot', '{"a":1}');
  messages.set('hot', '{"a":2}');
  assert.is(messages.next()!.body, '{"a":2}');
  assert.is(messages.next(), null);
  messages.reborn();
  const again = messages.next()!;
  messages.set('hot', null);
  messages.acknowledged(again);
  const cleared = messages.next()!;
  assert.is(cleared.body, null);
  messages.acknowledged(cleared);
  messages.reborn();
  assert.is(messages.next(), null);
});

test('what stands at some topics is told once more to the same connection, and what was cleared there is not', () => {
  const messages = new RetainedMessages();
  for (const topic of ['alert/hot', 'alert/over', 'alert/new', 'report/daily']) messages.set(topic, '{}');
  messages.set('alert/over', null);
  for (let left = 3; left > 0; left--) messages.next();
  assert.equal(
    messages.again((topic) => topic.startsWith('alert/')).map(({ topic }) => topic),
    ['alert/hot', 'alert/new'],
  );
  const next = [messages.next(), messages.next(), messages.next(), messages.next()];
  assert.equal(
    next.map((message) => message?.topic),
    ['alert/hot', 'alert/new', 'report/daily', undefined],
  );
});

test('there is a bound on topics', () => {
  const messages = new RetainedMessages();
  for (let i = 0; i < MAX_RETAINED; i++) assert.is(messages.set(`a${i}`, '{}'), true);
  assert.is(messages.set('one-more', '{}'), false);
  assert.is(messages.set('a0', null), true);
});

test.run();
