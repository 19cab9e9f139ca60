import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Commands, MAX_RUNNING_COMMANDS } from '../../../src/telemetry/mqtt/commands.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a handler gets the payload and its answer comes back with the id', async () => {
  const commands = new Commands();
  commands.on('add', ({ a, b }) => ({ sum: Number(a) + Number(b) }));
  assert.equal(await commands.run('add', bytes('{"id":7,"a":1,"b":2}')), {
    command: 'add',
    id: 7,
    ok: true,
    result: { sum: 3 },
  });
});

test('an empty payload counts as an empty object', async () => {
  const commands = new Commands();
  commands.on('echo', (payload) => payload);
  assert.equal(await commands.run('echo', bytes('')), { command: 'echo', ok: true, result: {} });
});

test('payloads that are no object, too deep, too long or with a wrong id are refused before any handler', async () => {
  const commands = new Commands();
  commands.on('never', () => {
    throw new Error('the handler ran');
  });
  for (const [text, error] of [
    ['[]', /expected a JSON object/],
    ['"x"', /expected a JSON object/],
    ['{', /expected a JSON object/],
    ['{"id":{}}', /with id \(if any\)/],
    ['{"a":[[[[[[[[1]]]]]]]]}', /expected at most 8 levels of nesting, got 9/],
    [`{"a":"${'x'.repeat(17_000)}"}`, /expected at most 16384 bytes, got 17008/],
  ] as const) {
    const result = await commands.run('never', bytes(text));
    assert.is(result.ok, false);
    assert.match(result.error!, error);
  }
});

test('brackets inside texts are not nesting', async () => {
  const commands = new Commands();
  commands.on('echo', (payload) => payload);
  assert.is((await commands.run('echo', bytes('{"a":"[[[[[[[[[[\\"[["}'))).ok, true);
});

test('a command that takes too long or one too many at a time is answered with an error', async () => {
  const commands = new Commands(20);
  const awake = setInterval(() => {}, 1000); // the time limits of commands keep no process alive
  let release = (): void => {};
  const held = new Promise<Record<string, unknown>>((resolve) => {
    release = () => resolve({});
  });
  commands.on('hang', () => held);
  const running = Array.from({ length: MAX_RUNNING_COMMANDS }, () => commands.run('hang', bytes('')));
  assert.match((await commands.run('hang', bytes(''))).error!, /8 commands are running already/);
  assert.match((await running[0]!).error!, /no answer within 20 ms/);
  release();
  await Promise.all(running);
  commands.on('quick', () => ({}));
  assert.is((await commands.run('quick', bytes(''))).ok, true, 'the finished ones made room');
  clearInterval(awake);
});

test('a name is taken once, and must be able to stand in a topic', () => {
  const commands = new Commands();
  commands.on('a', () => ({}));
  assert.throws(() => commands.on('a', () => ({})), /has a handler already/);
  assert.throws(() => commands.on('a/b', () => ({})), RangeError);
});

test.run();
