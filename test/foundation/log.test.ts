import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog, type Log, maskCredentials, setLogLevel } from '../../src/foundation/log.js';
import { eventually } from '../temporary.js';

/** What `write` makes a log say, as text. */
async function said(write: (log: Log) => void, terminal = false): Promise<string> {
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  write(createLog('debug', destination, terminal));
  await eventually('a line', () => text.endsWith('\n'));
  return text;
}

async function fields(write: (log: Log) => void): Promise<Record<string, unknown>> {
  const { level, time, ...rest } = JSON.parse(await said(write));
  assert.is(typeof level, 'string');
  assert.is(new Date(time as string).toISOString(), time);
  return rest;
}

/** Keys of the one flat JSON object in `line`, in their order, those that stand twice twice. */
function keysOf(line: string): string[] {
  return [...line.matchAll(/[{,]"((?:[^"\\]|\\.)*)":/g)].map((match) => match[1]!);
}

test('fields and message are one JSON object on one line', async () => {
  assert.equal(await fields((log) => log.info({ camera: 'north', frames: 3, gone: null }, 'started')), {
    camera: 'north',
    frames: 3,
    gone: null,
    msg: 'started',
  });
});

test('a line says its level as a word and its time as ISO 8601 in UTC', async () => {
  const line = await said((log) => log.warn('full'));
  assert.match(line, /^\{"level":"warn","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","msg":"full"\}\n$/);
});

test('no key stands twice: what a line says replaces what its child logger holds', async () => {
  const line = await said((log) => {
    const camera = log.child({ camera: 'north', part: 'capture' }).child({ part: 'queue' });
    camera.info({ camera: 'south', n: 1 }, 'x');
  });
  assert.equal(keysOf(line), ['level', 'time', 'camera', 'part', 'n', 'msg']);
  assert.match(line, '"camera":"south","part":"queue"');
});

test('a field named as what every line has keeps its value under another name', async () => {
  const line = await said((log) => log.info({ level: 3, time: 'noon', msg: 'no' }, 'yes'));
  assert.equal(keysOf(line), ['level', 'time', 'level_', 'time_', 'msg_', 'msg']);
  assert.match(line, '"level_":3,"time_":"noon","msg_":"no","msg":"yes"');
});

test('children of one logger know nothing of each other', async () => {
  const line = await said((log) => {
    log.child({ camera: 'north' });
    log.child({ worker: 1 }).info('x');
  });
  assert.equal(keysOf(line), ['level', 'time', 'worker', 'msg']);
});

test('another level holds for children too, those of children and those to come', async () => {
  const line = await said((log) => {
    const camera = log.child({ camera: 'north' });
    const queue = camera.child({ part: 'queue' });
    setLogLevel(log, 'error');
    for (const each of [log, camera, queue, log.child({ camera: 'south' })]) each.info('no');
    setLogLevel(log, 'info');
    queue.info('yes');
  });
  assert.match(line, /^\{[^\n]*"part":"queue","msg":"yes"\}\n$/);
});

test('lines below the level are not written', async () => {
  const text = await said((log) => {
    log.level = 'warn';
    log.info('quiet');
    log.warn('loud');
  });
  assert.not.match(text, 'quiet');
  assert.match(text, 'loud');
});

test('values of secret keys are masked at any depth, in lists and in children', async () => {
  const secrets = {
    password: 'hunter2',
    mqtt: { passphrase: 'hunter2', login: [{ authToken: 'hunter2' }, { apiKey: 'hunter2' }] },
    headers: { Authorization: 'hunter2', cookie: 'hunter2' },
    key: 'hunter2',
    monkeys: 3,
  };
  assert.equal(await fields((log) => log.info(secrets, 'x')), {
    password: '***',
    mqtt: { passphrase: '***', login: [{ authToken: '***' }, { apiKey: '***' }] },
    headers: { Authorization: '***', cookie: '***' },
    key: '***',
    monkeys: 3,
    msg: 'x',
  });
  const child = await fields((log) => log.child({ token: 'hunter2', at: { url: 'rtsp://u:hunter2@h/' } }).info('x'));
  assert.equal(child, { token: '***', at: { url: 'rtsp://***@h/' }, msg: 'x' });
  assert.not.match(await said((log) => log.child({}).child({ secret: 'hunter2' }).info('%o', secrets)), 'hunter2');
});

test('credentials in addresses are masked in messages, their arguments, fields, lists and URL objects', async () => {
  const url = 'rtsp://admin:hunter2@192.0.2.1/x?token=hunter2&n=1';
  const logged = await fields((log) =>
    log.info({ url, deep: { list: [url] }, object: new URL(url) }, `${url} and %s`, url),
  );
  const shown = 'rtsp://***@192.0.2.1/x?token=***&n=1';
  assert.equal(logged, { url: shown, deep: { list: [shown] }, object: shown, msg: `${shown} and ${shown}` });
});

test('an error becomes its text and that of its causes, masked, without its stack', async () => {
  const cause = new Error('connect to mqtt://u:hunter2@h failed');
  const error = Object.assign(new Error('no broker', { cause }), { password: 'hunter2', stack: 'at hunter2' });
  const text = 'no broker: connect to mqtt://***@h failed';
  assert.equal(await fields((log) => log.error(error)), { msg: text });
  assert.equal(await fields((log) => log.error(error, 'lost')), { err: text, msg: 'lost' });
  assert.equal(await fields((log) => log.error({ err: error, all: [error] }, 'lost')), {
    err: text,
    all: [text],
    msg: 'lost',
  });
});

test('endless fields and bytes are cut short', async () => {
  const endless: Record<string, unknown> = {};
  endless['again'] = endless;
  const text = await said((log) => log.info({ endless, bytes: new Uint8Array(1000) }, 'x'));
  assert.match(text, '"bytes":"1000 bytes"');
  assert.ok(text.length < 300);
});

test('on a terminal a log line is one line, whatever is in it', async () => {
  const text = await said((log) => log.warn({ camera: 'north', deep: { a: [1, 2] } }, 'lost\u001b[2J\nagain'), true);
  assert.is(text.split('\n').length, 2);
  assert.match(text, 'WARN');
  assert.match(text, 'north');
  assert.match(text, 'lost [2J again');
});

test('on a terminal a field that would fill it is cut off; elsewhere it is whole', async () => {
  const write = (log: Log) => log.warn({ reason: 'x'.repeat(500), n: 1 }, 'lost');
  assert.match(await said(write, true), `"reason":"${'x'.repeat(119)}…"`);
  assert.match(await said(write), `"reason":"${'x'.repeat(500)}"`);
  assert.match(await said((log) => log.warn(new Error(`broken ${'y'.repeat(500)}`), 'lost'), true), /broken y{112}…/);
});

test('credentials are found in every form that cameras and brokers know', () => {
  const cases = [
    ['rtsp://user:pass@host/x', 'rtsp://***@host/x'],
    ['rtsp://user:p@ss@host/x', 'rtsp://***@host/x'],
    ['rtsp://user:p#s/s?@host/x', 'rtsp://***@host/x'],
    ['1rtsp://token@host', '1rtsp://***@host'],
    ['http://host/snapshot.cgi?user=admin&pass=abc', 'http://host/snapshot.cgi?user=admin&pass=***'],
    ['http://host/a?usr=admin&pwd=abc&n=1', 'http://host/a?usr=admin&pwd=***&n=1'],
    ['rtsp://host:554/user=admin_password=abc', 'rtsp://host:554/user=admin_password=***'],
    ['rtsp://host:554/user=admin&password=abc&channel=1', 'rtsp://host:554/user=admin&password=***&channel=1'],
    ['https://host/x?access_token=abc#top', 'https://host/x?access_token=***'],
    ['-headers "Authorization: Basic YTpi"', '-headers "Authorization: ***"'],
    ['a mqtt://u:p@h b wss://x:y@z c', 'a mqtt://***@h b wss://***@z c'],
  ];
  for (const [text, masked] of cases) assert.is(maskCredentials(text!), masked);
});

test('addresses without credentials stay as they are', () => {
  for (const text of [
    'rtsp://192.0.2.1:554/stream1',
    'http://host:8080/logo@2x.png',
    'sim://road?seed=1&traffic=mixed',
    'write to a@b.example',
    '/data/clips/road.mp4',
  ]) {
    assert.is(maskCredentials(text), text);
  }
});

test('long texts come to an end: their time grows with their length, not with its square', () => {
  for (const piece of ['a', '://a:', '&key', ' ://a', '://://']) {
    assert.is(maskCredentials(piece.repeat(50_000)).length, piece.length * 50_000);
  }
  assert.is(maskCredentials(`?pass=${'x'.repeat(1_000_000)}`), '?pass=***');
});

test.run();
