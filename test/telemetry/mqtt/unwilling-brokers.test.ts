import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog, type Log } from '../../../src/foundation/log.js';
import { brokerAddress } from '../../../src/telemetry/mqtt/broker-address.js';
import { readSecrets } from '../../../src/telemetry/mqtt/broker-secrets.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { EVENT, mqttConfig, publisherAt, STATUS } from './capture-broker.js';

/** A TCP server that answers the first packet of each connection by what `answer` gives for the MQTT version asked for. */
async function unwilling(
  answer: (level: number, socket: Socket) => number[] | 'close' | 'silence',
): Promise<{ url: string; levels: number[]; received: () => number; close(): Promise<void> }> {
  const levels: number[] = [];
  const sockets = new Set<Socket>();
  let received = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let first = true;
    socket.on('data', (data: Buffer) => {
      received += data.length;
      if (!first) return;
      first = false;
      const level = data[data.indexOf('MQTT') + 4]!;
      levels.push(level);
      const reply = answer(level, socket);
      if (reply === 'close') socket.destroy();
      else if (reply !== 'silence') socket.write(Buffer.from(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  const { port } = server.address() as { port: number };
  return { url: `mqtt://127.0.0.1:${port}`, levels, received: () => received, close };
}

/** A log and what it wrote, one line each. */
function capturedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog('info', destination), lines };
}

const ACCEPTED = [0x20, 2, 0, 0];
const ACCEPTED_5 = [0x20, 3, 0, 0, 0];

test('a broker that refuses version 5 is asked with 3.1.1 at once, and again at the next connection', async () => {
  const broker = await unwilling((level) => (level === 5 ? [0x20, 2, 0, 1] : ACCEPTED));
  const publisher = publisherAt(broker.url, { reconnectMinMs: 60_000, reconnectMaxMs: 60_000 });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  assert.equal(broker.levels, [5, 4]);
  assert.is(publisher.state().protocol, '3.1.1');
  await publisher.stop('stopped', 100);
  await broker.close();
});

test('a broker that closes the connection at version 5 is asked with the versions in turn', async () => {
  const broker = await unwilling((level) => (level === 5 ? 'close' : ACCEPTED));
  const publisher = publisherAt(broker.url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  assert.equal(broker.levels, [5, 4]);
  await publisher.stop('stopped', 100);
  await broker.close();
});

test('version 5 stays in use where it is accepted, and a fixed version is never changed', async () => {
  const five = await unwilling(() => ACCEPTED_5);
  const publisher = publisherAt(five.url);
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  assert.is(publisher.state().protocol, '5');
  await publisher.stop('stopped', 100);
  await five.close();

  const old = await unwilling((level) => (level === 5 ? [0x20, 2, 0, 1] : ACCEPTED));
  const fixed = publisherAt(old.url, { protocol: '5' });
  fixed.start();
  await eventually('three attempts', () => old.levels.length >= 3);
  assert.equal(new Set(old.levels), new Set([5]));
  assert.is(fixed.state().problem?.kind, 'version-refused');
  assert.match(
    fixed.state().problem!.message,
    'does not speak MQTT 5 (it does not speak this version of MQTT (code 1)); mqtt.protocol chooses another version',
  );
  await fixed.stop();
  await old.close();
});

test('refused credentials are reported once with what to check, without the password, and tried again', async () => {
  const broker = await unwilling(() => [0x20, 2, 0, 5]);
  const { log, lines } = capturedLog();
  const withSecret = broker.url.replace('mqtt://', 'mqtt://user1:geheim@');
  const publisher = publisherAt(withSecret, { protocol: '3.1.1' }, { log });
  publisher.start();
  await eventually('three attempts', () => broker.levels.length >= 3);
  const { problem, broker: label } = publisher.state();
  assert.is(problem?.kind, 'credentials-refused');
  assert.match(problem!.message, 'refuses user user1');
  assert.match(problem!.message, 'check mqtt.username and EDGE_MQTT_PASSWORD');
  assert.match(label, 'mqtt://***@127.0.0.1');
  assert.is(lines.length, 1, 'repetitions are no news');
  assert.not.match(JSON.stringify([lines, publisher.state()]), 'geheim');
  await publisher.stop();
  await broker.close();
});

test('a broker that never acknowledges takes no more memory than the bounds', async () => {
  const broker = await unwilling(() => ACCEPTED);
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', queueMessages: 100 });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  for (let i = 0; i < 20_000; i++) publisher.event('north', { ...EVENT, frame: i });
  await eventually('window full', () => publisher.state().inFlight === 16);
  const { inFlight, queued, dropped, sent } = publisher.state();
  assert.equal([inFlight, queued, sent], [16, 100, 0]);
  assert.is(dropped['queue-full'], 20_000 - 15 - 100, 'the birth is one of the 16 on their way');
  const before = Date.now();
  await publisher.stop('stopped', 300);
  assert.ok(Date.now() - before < 5000, 'stop is bounded');
  assert.is(publisher.state().queued, 0);
  await broker.close();
});

test('what a version 5 broker can take is kept to: messages on their way, and their size', async () => {
  const two = await unwilling(() => [0x20, 6, 0, 0, 3, 0x21, 0, 2]);
  const publisher = publisherAt(two.url);
  publisher.start();
  for (let i = 0; i < 10; i++) publisher.event('north', EVENT);
  await eventually('connected', () => publisher.state().phase === 'connected');
  assert.equal([publisher.state().inFlight, publisher.state().queued], [2, 9]);
  await publisher.stop('stopped', 100);
  await two.close();

  const small = await unwilling(() => [0x20, 8, 0, 0, 5, 0x27, 0, 0, 0, 100]);
  const { log, lines } = capturedLog();
  const cramped = publisherAt(small.url, {}, { log });
  cramped.event('north', EVENT);
  cramped.start();
  await eventually('dropped', () => cramped.state().dropped['too-large'] === 3);
  assert.is(cramped.state().inFlight, 0, 'neither the birth, nor the event, nor the report that tells of its loss');
  assert.is(lines.filter((line) => /larger than the broker takes/.test(line)).length, 1, 'told once a connection');
  await cramped.stop('stopped', 100);
  await small.close();
});

test('how much waited for the broker, and how long it takes, is said at the connection', async () => {
  const broker = await unwilling(() => ACCEPTED);
  const { log, lines } = capturedLog();
  const publisher = publisherAt(broker.url, { protocol: '3.1.1' }, { log, drainPerSecond: 1 });
  for (let frame = 0; frame < 150; frame++) publisher.event('north', { ...EVENT, frame });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  const said = 'MQTT: 150 messages that waited for the broker follow behind live ones, for about 3 min';
  assert.is(lines.filter((line) => line.includes(said)).length, 1);
  await publisher.stop('stopped', 100);
  await broker.close();
});

test('a connection without any acknowledgement for a keep-alive is given up and made again', async () => {
  const broker = await unwilling(() => ACCEPTED);
  let clock = 0;
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', keepaliveS: 4 }, { clock: () => clock });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  clock += 5000;
  await eventually('second connection', () => publisher.state().connections === 2);
  await publisher.stop('stopped', 100);
  await broker.close();
});

test('a broker that ends every connection costs the birth, never what must arrive', async () => {
  // closes as soon as anything follows the CONNECT
  const broker = await unwilling((_level, socket) => {
    socket.on('data', () => socket.destroy());
    return ACCEPTED;
  });
  const publisher = publisherAt(broker.url, { protocol: '3.1.1' });
  publisher.event('north', EVENT);
  publisher.start();
  // one connection with both, three with the birth alone, six with shorter ones, the others with the event
  await eventually('many connections', () => publisher.state().connections === 18);
  const { dropped, queued, inFlight, refusals, birthOmitted } = publisher.state();
  assert.is(dropped.undeliverable, 3, 'births');
  assert.is(queued + inFlight, 1, 'the event');
  assert.match(refusals.join('; '), `every message to ${STATUS}: may this user publish there?`);
  assert.is(birthOmitted, null);
  await publisher.stop('stopped', 100);
  await broker.close();
});

test('a broker that says nothing is a timeout, one that is not there cannot be reached, a missing file is named', async () => {
  const silent = await unwilling(() => 'silence');
  const waiting = publisherAt(silent.url, { connectTimeoutMs: 100 as never });
  waiting.start();
  await eventually('timeout', () => waiting.state().problem?.kind === 'timeout');
  await waiting.stop();
  await silent.close();

  const gone = publisherAt(silent.url);
  gone.start();
  await eventually('unreachable', () => gone.state().problem?.kind === 'unreachable');
  assert.match(gone.state().problem!.message, 'nobody listens there: check address and port');
  await gone.stop();

  const nameless = publisherAt('mqtts://127.0.0.1:1', { caFile: '/does/not/exist.pem' });
  nameless.start();
  await eventually('files', () => nameless.state().problem?.kind === 'files');
  assert.match(nameless.state().problem!.message, 'mqtt.caFile cannot be read from /does/not/exist.pem');
  await nameless.stop();
});

test('a renewed password file is used at the next attempt, and what is said without a file needs none', async () => {
  const file = join(temporaryFolder('broker-secrets'), 'password');
  const config = mqttConfig('mqtt://127.0.0.1', { username: 'edge', passwordFile: file, password: 'old' });
  const address = brokerAddress(config);
  writeFileSync(file, 'old\n');
  assert.equal(await readSecrets(config, address), { username: 'edge', password: 'old' });
  writeFileSync(file, 'new\n');
  assert.equal(await readSecrets(config, address), { username: 'edge', password: 'new' });
  assert.equal(await readSecrets({ ...config, passwordFile: '/dev/null' }, address), {
    username: 'edge',
    password: 'old',
  });
  const inUrl = mqttConfig('mqtt://u:geheim@127.0.0.1', { certFile: 'unused', keyFile: 'unused' });
  assert.equal(await readSecrets(inUrl, brokerAddress(inUrl)), { username: 'u', password: 'geheim' });
});

test('an endless packet from the broker ends the connection before it fills memory', async () => {
  const chunk = Buffer.alloc(300_000);
  const broker = await unwilling((_level, socket) => {
    setTimeout(() => {
      socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
      for (let i = 0; i < 20; i++) socket.write(chunk);
    }, 50);
    return ACCEPTED;
  });
  const publisher = publisherAt(broker.url, { protocol: '3.1.1' });
  publisher.start();
  await eventually('ended', () => /packet of more than 1000000 bytes/.test(publisher.state().problem?.message ?? ''));
  await publisher.stop('stopped', 100);
  await broker.close();
});

test('an address that is no broker is refused, a good one taken apart', () => {
  assert.throws(() => brokerAddress(mqttConfig('http://host')), /mqtt:\/\/, mqtts:\/\/, ws:\/\/ or wss:\/\//);
  assert.throws(() => brokerAddress(mqttConfig('mqtt://u:geheim@host:99999')), /got mqtt:\/\/\*\*\*@host:99999/);
  const { host, port, protocol, tls } = brokerAddress(mqttConfig('mqtts://[::1]'));
  assert.equal({ host, port, protocol, tls }, { host: '::1', port: 8883, protocol: 'mqtts', tls: true });
});

test.run();
