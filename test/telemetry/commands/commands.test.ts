import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from '../../../src/foundation/validate.js';
import { Commands, MAX_RUNNING_COMMANDS } from '../../../src/telemetry/commands/commands.js';
import { sealCommand } from '../../../src/telemetry/commands/envelope.js';
import { MemoryJournal } from '../../../src/telemetry/commands/journal.js';
import { adding, commandTo, message, NOW, newKey, SCOPE, signedMessage } from './signing.js';

const anything = z.looseObject({});

function open(name: string, handle: (body: Record<string, unknown>) => Record<string, unknown> | Promise<never>) {
  return {
    name,
    access: 'open',
    help: '',
    payload: anything,
    handle: (body: unknown) => handle(body as never),
  } as const;
}

test('an open command gets its payload without the id, and its answer comes back with it', async () => {
  const commands = new Commands({ scope: SCOPE });
  commands.declare(open('add', ({ a, b }) => ({ sum: Number(a) + Number(b) })));
  assert.equal(await commands.receive(message('add', '{"id":7,"a":1,"b":2}')), {
    command: 'add',
    id: 7,
    ok: true,
    result: { sum: 3 },
  });
});

test('an empty payload counts as an empty object', async () => {
  const commands = new Commands({ scope: SCOPE });
  commands.declare(open('echo', (payload) => payload));
  assert.equal(await commands.receive(message('echo', '')), { command: 'echo', ok: true, result: {} });
});

test('payloads that are no object, too deep, too long, no UTF-8 or with a wrong id are refused before any handler', async () => {
  const commands = new Commands({ scope: SCOPE });
  commands.declare(
    open('never', () => {
      throw new Error('the handler ran');
    }),
  );
  for (const [payload, refused, error] of [
    ['[]', 'malformed', /expected a JSON object/],
    ['"x"', 'malformed', /expected a JSON object/],
    ['null', 'malformed', /expected a JSON object/],
    ['{', 'malformed', /expected a JSON object/],
    ['{"id":{}}', 'malformed', /id: expected a text of 1 to 64/],
    ['{"a":[[[[[[[[1]]]]]]]]}', 'malformed', /expected at most 8 levels of nesting, got 9/],
    [`{"a":"${'x'.repeat(33_000)}"}`, 'oversized', /expected at most 32768 bytes, got 33008/],
  ] as const) {
    const result = await commands.receive(message('never', payload));
    assert.equal([result!.ok, result!.refused], [false, refused]);
    assert.match(result!.error!, error);
  }
  const result = await commands.receive(message('never', '', { payload: Buffer.from([0x7b, 0xff, 0x7d]) }));
  assert.equal(result, { command: 'never', ok: false, error: 'payload: expected UTF-8', refused: 'malformed' });
});

test('brackets inside texts are not nesting', async () => {
  const commands = new Commands({ scope: SCOPE });
  commands.declare(open('echo', (payload) => payload));
  assert.is((await commands.receive(message('echo', '{"a":"[[[[[[[[[[\\"[["}')))!.ok, true);
});

test('a command that takes too long or one too many at a time is answered with an error', async () => {
  const key = newKey();
  const commands = new Commands({ scope: SCOPE, keys: [key], timeoutMs: 20, now: () => NOW });
  const awake = setInterval(() => {}, 1000); // the time limits of commands keep no process alive
  let release = (): void => {};
  const held = new Promise<never>((resolve) => {
    release = () => resolve({} as never);
  });
  commands.declare(open('hang', () => held));
  commands.declare(open('quick', () => ({})));
  const running = Array.from({ length: MAX_RUNNING_COMMANDS }, () => commands.receive(message('hang', '')));
  const tooMany = await commands.receive(signedMessage(key, commandTo('quick')));
  assert.match(tooMany!.error!, /8 commands are running already/);
  assert.is(tooMany!.refused, 'busy');
  assert.match((await running[0]!)!.error!, /no answer within 20 ms/);
  release();
  await Promise.all(running);
  assert.is((await commands.receive(signedMessage(key, commandTo('quick'))))!.ok, true, 'the finished ones made room');
  clearInterval(awake);
});

test('a name is taken once, and must be able to stand in a topic', () => {
  const commands = new Commands({ scope: SCOPE });
  commands.declare(open('a', () => ({})));
  assert.throws(() => commands.declare(open('a', () => ({}))), /has a handler already/);
  assert.throws(() => commands.declare(open('a/b', () => ({}))), RangeError);
  commands.onNews('a', () => {});
  assert.throws(() => commands.onNews('a', () => {}), /has a listener already/);
  assert.throws(() => commands.onNews('#', () => {}), RangeError);
});

test('a signed command is carried out, and its handler knows who signed it', async () => {
  const [key, other] = [newKey(), newKey()];
  const { commands, calls } = adding({ keys: [other, key] });
  const command = commandTo('add', { a: 1, b: 2 }, { id: 'x' });
  const result = await commands.receive(signedMessage(key, command));
  assert.equal(result, { command: 'add', id: 'x', ok: true, result: { sum: 3 } });
  assert.equal(calls, [{ by: key.id, toSite: false, signed: sealCommand(command, key) }]);
});

test('a command for the whole site is obeyed on the topic of the site only', async () => {
  const key = newKey();
  const { commands, calls } = adding({ keys: [key] });
  const forAll = (): ReturnType<typeof commandTo> => commandTo('add', { a: 1, b: 2 }, { device: '_site' });
  const first = forAll();
  const refused = async (...given: Parameters<typeof signedMessage>) =>
    (await commands.receive(signedMessage(...given)))?.refused;
  assert.is((await commands.receive(signedMessage(key, first, { toSite: true })))!.ok, true);
  assert.is(await refused(key, forAll()), 'wrong-device');
  assert.is(await refused(key, commandTo('add', { a: 1, b: 2 }), { toSite: true }), 'wrong-device');
  assert.is((await commands.receive(message('ping', '', { toSite: true })))!.refused, 'unsigned');
  assert.equal(calls, [{ by: key.id, toSite: true, signed: sealCommand(first, key) }]);
});

test('every cause of a refusal is told and counted, and nothing is carried out', async () => {
  const [key, stranger] = [newKey(), newKey()];
  let ms = 0;
  const { commands, calls } = adding({ keys: [key], clock: () => (ms += 1000) });
  const good = commandTo('add', { a: 1, b: 2 });
  const sealed = sealCommand(good, key);
  const over = (change: object) => signedMessage(key, commandTo('add', { a: 1, b: 2 }, change));
  const cases = [
    ['unsigned', message('add', { a: 1, b: 2 })],
    ['unknown-command', message('reboot', {})],
    ['unknown-command', signedMessage(key, commandTo('reboot'))],
    ['unknown-key', signedMessage(stranger, good)],
    ['wrong-signature', message('add', { ...sealed, command: sealed.command.replace('"a":1', '"a":9') })],
    ['wrong-signature', message('add', { ...sealCommand(good, stranger), key: key.id })],
    // the same 64 bytes, written otherwise
    ['wrong-signature', message('add', { ...sealed, signature: sealed.signature.replace(/[AQgw]==$/, nextLetter) })],
    ['wrong-name', { ...signedMessage(key, good), name: 'ping' }],
    ['wrong-device', over({ device: 'dev2' })],
    ['wrong-device', over({ site: 'site2' })],
    ['not-yet-valid', over({ issuedAt: NOW + 31_000, expiresAt: NOW + 60_000 })],
    ['expired', over({ issuedAt: NOW - 60_000, expiresAt: NOW })],
    ['malformed', over({ expiresAt: NOW + 3_600_001 })],
    ['malformed', over({ expiresAt: NOW })],
    ['malformed', over({ nonce: 'short' })],
    ['malformed', over({ extra: 1 })],
    ['malformed', message('add', { ...sealed, signature: 'x' })],
    ['malformed', message('add', { command: sealed.command })],
    ['invalid', signedMessage(key, commandTo('add', { a: 1 }))],
    ['invalid', signedMessage(key, commandTo('add', { a: 1, b: 2, c: 3 }))],
  ] as const;
  const expected: Record<string, number> = {};
  for (const [cause, incoming] of cases) {
    const result = await commands.receive(incoming);
    assert.equal([result?.ok, result?.refused], [false, cause], JSON.stringify(result));
    expected[cause] = (expected[cause] ?? 0) + 1;
  }
  assert.is(await commands.receive({ ...signedMessage(key, good), retained: true }), null);
  const refused = Object.entries(commands.counts().refused).filter(([, count]) => count > 0);
  assert.equal(Object.fromEntries(refused), { ...expected, retained: 1 });
  assert.equal(calls, []);
});

test('half a surrogate pair is signed by nobody', async () => {
  const key = newKey();
  const { commands } = adding({ keys: [key] });
  const sealed = sealCommand(commandTo('add', { a: 1, b: 2 }, { id: '\ufffd' }), key);
  const payload = JSON.stringify({ ...sealed, command: sealed.command.replace('\ufffd', '\ud800') });
  assert.is((await commands.receive(message('add', payload)))!.refused, 'wrong-signature');
});

test('without a key only open commands are obeyed, signed or not it is said what is missing', async () => {
  const { commands, calls } = adding();
  assert.is((await commands.receive(message('ping', '')))!.ok, true);
  for (const incoming of [message('add', { a: 1, b: 2 }), signedMessage(newKey(), commandTo('add', { a: 1, b: 2 }))]) {
    const result = await commands.receive(incoming);
    assert.is(result!.refused, 'no-key');
    assert.match(result!.error!, /knows no key: `edge-optimizer command keygen` makes one, commands.publicKeys takes/);
  }
  assert.equal([calls, commands.hearsSite], [[], false]);
});

test('a device whose clock is wrong says what its clock says', async () => {
  const key = newKey();
  const { commands } = adding({ keys: [key], now: () => 12_000 });
  const result = await commands.receive(signedMessage(key, commandTo('add', { a: 1, b: 2 })));
  assert.is(
    result!.error,
    'it is valid from 2023-11-14T22:13:20.000Z, and the clock of this device says 1970-01-01T00:00:12.000Z: set whichever clock is wrong',
  );
});

test('the very same message is refused, the same command signed anew gets the stored result and is not done again', async () => {
  const key = newKey();
  const journal = new MemoryJournal();
  const first = adding({ keys: [key], journal });
  const once = signedMessage(key, commandTo('add', { a: 1, b: 2 }, { id: 5 }));
  const again = (): ReturnType<typeof signedMessage> => signedMessage(key, commandTo('add', { a: 1, b: 2 }, { id: 5 }));
  assert.equal((await first.commands.receive(once))!.result, { sum: 3 });
  assert.is((await first.commands.receive(once))!.refused, 'replayed');
  const answer = { command: 'add', id: 5, ok: true, result: { sum: 3 }, repeated: true };
  assert.equal(await first.commands.receive(again()), answer);
  // another run of the program on the same journal
  const second = adding({ keys: [key], journal });
  assert.is((await second.commands.receive(once))!.refused, 'replayed');
  assert.equal(await second.commands.receive(again()), answer);
  const other = await second.commands.receive(signedMessage(key, commandTo('add', { a: 2, b: 2 }, { id: 5 })));
  assert.is(other!.refused, 'id-reused');
  assert.equal(
    (await second.commands.receive(signedMessage(key, commandTo('add', { a: 2, b: 2 }, { id: '5' }))))!.result,
    {
      sum: 4,
    },
  );
  assert.equal([first.calls.length, second.calls.length, second.commands.counts().repeated], [1, 1, 1]);
});

test('a command that was under way when the program ended is not done again', async () => {
  const key = newKey();
  const journal = new MemoryJournal();
  const command = commandTo('add', { a: 1, b: 2 }, { id: 'x' });
  const { name, id, nonce, body } = command;
  journal.begin({ by: key.id, id, nonce, name, toSite: false, body, at: NOW, result: null });
  const { commands, calls } = adding({ keys: [key], journal });
  const result = await commands.receive(signedMessage(key, commandTo('add', { a: 1, b: 2 }, { id: 'x' })));
  assert.match(result!.error!, /it began at 2023-11-14T22:13:20.000Z, and the program ended before it was done/);
  assert.equal(calls, []);
});

test('the same id twice while it is being carried out is done once and answered twice', async () => {
  const key = newKey();
  const commands = new Commands({ scope: SCOPE, keys: [key], now: () => NOW });
  let calls = 0;
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  commands.declare(
    open('slow', (async () => {
      calls++;
      await held;
      return { calls };
    }) as never),
  );
  const both = [1, 2].map(() => commands.receive(signedMessage(key, commandTo('slow', {}, { id: 'x' }))));
  release();
  const answers = await Promise.all(both);
  assert.equal(
    answers.map((answer) => [answer!.result, answer!.repeated]),
    [
      [{ calls: 1 }, undefined],
      [{ calls: 1 }, true],
    ],
  );
});

test('a flood is not looked at, few of its messages are answered, and it passes', async () => {
  const key = newKey();
  let ms = 0;
  const { commands } = adding({ keys: [key], clock: () => ms });
  const good = signedMessage(key, commandTo('add', { a: 1, b: 2 }));
  const forged = message('add', { ...sealCommand(commandTo('add'), key), signature: `${'A'.repeat(86)}==` });
  let answered = 0;
  for (let i = 0; i < 1000; i++) if (await commands.receive(forged)) answered++;
  const { refused } = commands.counts();
  assert.equal([refused['wrong-signature'], refused['too-many'], refused.flood], [30, 70, 900]);
  assert.is(answered, 20);
  ms = 200;
  assert.equal((await commands.receive(good))!.result, { sum: 3 });
});

test('devices of a site hear each other by its key, which commands nothing', async () => {
  const siteKey = newKey();
  const [a, b] = [adding({ siteKey }), adding({ siteKey })];
  const heard: unknown[] = [];
  b.commands.onNews('invalidate', (body) => heard.push(body));
  const news = a.commands.news('invalidate', { tags: ['x'] })!;
  const incoming = message('invalidate', { ts: 1, seq: 2, ...news }, { toSite: true });
  assert.is(await b.commands.receive(incoming), null);
  assert.is(await b.commands.receive(incoming), null);
  assert.equal(heard, [{ tags: ['x'] }]);
  assert.is(b.commands.counts().refused.replayed, 1);
  const asCommand = signedMessage(siteKey, commandTo('add', { a: 1, b: 2 }, { device: '_site' }), { toSite: true });
  assert.is((await b.commands.receive(asCommand))!.refused, 'no-key');
  assert.is((await b.commands.receive(signedMessage(siteKey, commandTo('add', { a: 1, b: 2 }))))!.refused, 'no-key');
  assert.is(
    (await b.commands.receive(message('invalidate', { tags: ['y'] }, { toSite: true })))!.refused,
    'unknown-command',
  );
  assert.equal([heard.length, b.calls], [1, []]);
  assert.is(adding().commands.news('invalidate', { tags: ['x'] }), null);
});

/** The last letter of a base64 text and the next one differ in bits that say nothing. */
function nextLetter(end: string): string {
  return `${String.fromCharCode(end.charCodeAt(0) + 1)}==`;
}

test.run();
