import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Publisher } from '../../../src/telemetry/mqtt/publisher.js';
import { freePort } from '../../loopback.js';
import { has, needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { BIRTH, EVENT, listener, publisherAt, STATUS } from './capture-broker.js';
import { assertPublished } from './message-schemas.js';
import { kill, mosquitto } from './mosquitto-process.js';

const folder = temporaryFolder('refusing-brokers');
const mosquittoTest = needs('mosquitto', test);
const tlsTest = has('openssl') ? test : needs('openssl', test);

/** A device with as many metrics as a real one. */
const LONG_BIRTH = {
  ...BIRTH,
  metrics: Array.from({ length: 80 }, (_, n) => ({ name: `metric_${n}.north`, unit: 'frames/s' })),
};
const VALUES = Object.fromEntries(LONG_BIRTH.metrics.map(({ name }, n) => [name, n]));

/** An MQTT 3.1.1 broker that ends the connection of whoever publishes what it does not want. */
async function throwingOut(unwanted: (packet: AedesPublishPacket) => boolean) {
  const aedes = await Aedes.createBroker();
  aedes.authorizePublish = (_client, packet, done) =>
    done(unwanted(packet as AedesPublishPacket) ? new Error('unwanted') : null);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `mqtt://127.0.0.1:${port}`, close };
}

const births = (heard: Awaited<ReturnType<typeof listener>>) =>
  heard.of(STATUS).filter(({ json }) => json.online === true);

const connected = (publisher: Publisher) => eventually('connected', () => publisher.state().phase === 'connected');

test('a birth that is too large for a broker that only closes is followed by a shorter one, and metrics come in parts', async () => {
  const broker = await throwingOut(({ payload }) => payload.length > 1200);
  const heard = await listener(broker.url);
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', reconnectMaxMs: 60 as never }, { birth: LONG_BIRTH });
  publisher.event('north', EVENT);
  publisher.start();
  await eventually('birth', () => births(heard).length > 0);
  const { json: birth } = births(heard)[0]!;
  assert.equal([birth.omitted, birth.model], [['metrics'], 'roadside-n']);
  await eventually('event', () => heard.messages.some(({ topic }) => topic.endsWith('/event/north')));
  const reports = setInterval(() => publisher.metrics(VALUES), 50);
  const told = () => heard.messages.filter(({ topic }) => topic.endsWith('/metrics'));
  await eventually(
    'all metrics',
    () => Object.keys(Object.assign({}, ...told().map(({ json }) => json.values))).length === 80,
  );
  clearInterval(reports);
  assert.ok(told().length > 1);
  assert.equal(
    told().filter(({ json }) => json.full),
    [],
  );
  for (const message of heard.messages) if (message.text !== '') assertPublished(message);
  const { birthOmitted, dropped, refusals, connections } = publisher.state();
  assert.equal(birthOmitted, ['metrics']);
  assert.is(dropped.undeliverable, 1, 'the whole birth, which no other message was blamed for');
  assert.match(refusals.join('; '), /takes no message of \d+ bytes or more.*; the birth message lacks metrics/);
  assert.ok(connections <= 5, `${connections} connections`);
  await publisher.stop();
  await heard.end();
  await broker.close();
});

test('one event that breaks connections is found among others, which all arrive', async () => {
  const broker = await throwingOut(({ payload }) => payload.length > 1200);
  const heard = await listener(broker.url);
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', reconnectMaxMs: 60 as never });
  const counts = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`class-${n}`, n]));
  for (let frame = 0; frame < 20; frame++) {
    publisher.event('north', { ...EVENT, frame, ...(frame === 7 && { counts }) });
  }
  publisher.start();
  await eventually('given up', () => publisher.state().dropped.undeliverable === 1);
  const frames = () =>
    new Set(heard.messages.filter(({ json }) => json?.frame !== undefined).map(({ json }) => json.frame));
  await eventually('the others', () => frames().size === 19);
  assert.is(frames().has(7), false);
  assert.is(publisher.state().droppedTotal, 1);
  await publisher.stop();
  await heard.end();
  await broker.close();
});

test('a topic at which every message ends the connection is left alone, the others go on', async () => {
  const broker = await throwingOut(({ topic }) => topic.endsWith('/event/south'));
  const heard = await listener(broker.url);
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', reconnectMaxMs: 60 as never }, { birth: LONG_BIRTH });
  for (let frame = 0; frame < 6; frame++) publisher.event('south', { ...EVENT, frame });
  publisher.event('north', EVENT);
  publisher.start();
  await eventually('north', () => heard.messages.some(({ topic }) => topic.endsWith('/event/north')));
  const { dropped, refusals } = publisher.state();
  assert.equal([dropped.undeliverable, dropped.refused], [1, 5]);
  assert.match(refusals.join('; '), 'every message to edge/v1/site1/dev1/event/south: may this user publish there?');
  assert.is(publisher.state().birthOmitted?.length, 0);
  await publisher.stop();
  await heard.end();
  await broker.close();
});

mosquittoTest('a size that an MQTT 5 broker tells is kept to from the first birth on', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const broker = await mosquitto(folder, port, ['allow_anonymous true', 'max_packet_size 1200']);
  const heard = await listener(url);
  const publisher = publisherAt(url, {}, { birth: LONG_BIRTH });
  publisher.start();
  await eventually('birth', () => births(heard).length === 1);
  assert.equal(births(heard)[0]!.json.omitted, ['metrics']);
  publisher.metrics(VALUES);
  await eventually('metrics', () => heard.messages.some(({ json }) => 'metric_79.north' in (json?.values ?? {})));
  const { connections, dropped, birthOmitted } = publisher.state();
  assert.equal([connections, dropped['too-large'], birthOmitted], [1, 1, ['metrics']]);
  await publisher.stop();
  await heard.end();
  await kill(broker);
});

mosquittoTest(
  'a limit that the broker only tells when it is exceeded is learned, down to the smallest birth',
  async () => {
    const port = await freePort();
    const url = `mqtt://127.0.0.1:${port}`;
    const broker = await mosquitto(folder, port, ['allow_anonymous true', 'message_size_limit 165']);
    const heard = await listener(url);
    const publisher = publisherAt(url, { reconnectMaxMs: 60 as never }, { birth: LONG_BIRTH });
    publisher.start();
    await eventually('birth', () => births(heard).length === 1);
    assert.equal(births(heard)[0]!.json.omitted, ['metrics', 'version', 'model', 'variant', 'provider']);
    assertPublished(births(heard)[0]!);
    assert.match(
      publisher.state().refusals.join('; '),
      'the birth message lacks metrics, version, model, variant, provider',
    );
    await publisher.stop();
    await heard.end();
    await kill(broker);
  },
);

mosquittoTest('what access rules deny is told with the code and what to do', async () => {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const acl = join(folder, 'acl');
  writeFileSync(acl, 'topic write edge/v1/site1/dev1/event/+\n');
  const broker = await mosquitto(folder, port, ['allow_anonymous true', `acl_file ${acl}`]);
  const publisher = publisherAt(url);
  publisher.start();
  await eventually('refused', () => publisher.state().dropped.refused === 1);
  const { birthOmitted, refusals } = publisher.state();
  assert.is(birthOmitted, null);
  assert.match(
    refusals.join('; '),
    /refuses a message: not authorised \(code 135\); check mqtt\.username, and what the broker's access rules.*has no birth message/,
  );
  await publisher.stop();
  await kill(broker);
});

mosquittoTest('who may not connect without a password is told so in both versions', async () => {
  const port = await freePort();
  const broker = await mosquitto(folder, port, ['allow_anonymous false']);
  for (const [protocol, code] of [
    ['3.1.1', 5],
    ['5', 135],
  ] as const) {
    const publisher = publisherAt(`mqtt://127.0.0.1:${port}`, { protocol });
    publisher.start();
    await eventually('refused', () => publisher.state().problem?.kind === 'credentials-refused');
    assert.match(
      publisher.state().problem!.message,
      `refuses clients without a user name (not authorised (code ${code}))`,
    );
    await publisher.stop();
  }
  await kill(broker);
});

/** The packets in what came at once; each is whole, and of less than 16 kB. */
function packetsIn(data: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const [low = 0, high = 0] = [data[at + 1], data[at + 2]];
    const end = at + (low < 128 ? 2 + low : 3 + (low & 127) + high * 128);
    packets.push(data.subarray(at, end));
    at = end;
  }
  return packets;
}

test('a broker that retains nothing, takes no QoS 1 and one message at a time is served all the same', async () => {
  const packets: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      // retain available 0, maximum QoS 0, receive maximum 1, topic alias maximum 0, server keep alive 40, client id
      if (data[0] === 0x10)
        socket.write(
          Buffer.from([0x20, 21, 0, 0, 18, 0x25, 0, 0x24, 0, 0x21, 0, 1, 0x22, 0, 0, 0x13, 0, 40, 0x12, 0, 2, 97, 98]),
        );
      else packets.push(...packetsIn(data));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const publisher = publisherAt(`mqtt://127.0.0.1:${port}`, { protocol: '5' });
  publisher.event('north', EVENT);
  publisher.start();
  await connected(publisher);
  await eventually('both', () => Buffer.concat(packets).includes('/event/north'));
  const publishes = packets.flatMap((data) => (data[0]! >> 4 === 3 ? [data[0]! & 0x0f] : []));
  assert.equal([...new Set(publishes)], [0], 'neither retained nor QoS 1');
  assert.match(
    publisher.state().refusals.join('; '),
    'the broker retains nothing: who subscribes later hears no status',
  );
  await publisher.stop('stopped', 200);
  server.close();
});

for (const [code, what, will] of [
  [154, 'retained', { qos: 1, retain: false }],
  [155, 'of QoS 1', { qos: 0, retain: true }],
  [149, 'at all', null],
] as const) {
  test(`a broker that takes no last will ${what} is connected to with less of it`, async () => {
    const flags: number[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data: Buffer) => {
        if (data[0] !== 0x10) return;
        flags.push(data[data.indexOf('MQTT') + 5]!);
        socket.write(Buffer.from(flags.length === 1 ? [0x20, 3, 0, code, 0] : [0x20, 3, 0, 0, 0]));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const publisher = publisherAt(`mqtt://127.0.0.1:${port}`, { protocol: '5', reconnectMinMs: 60_000 });
    publisher.start();
    await connected(publisher);
    const [first, second] = flags.map((flag) =>
      (flag & 4) === 0 ? null : { qos: (flag >> 3) & 3, retain: (flag & 0x20) !== 0 },
    );
    assert.equal([first, second], [{ qos: 1, retain: true }, will]);
    assert.match(publisher.state().refusals.join('; '), 'the broker took no whole last will');
    await publisher.stop('stopped', 100);
    server.close();
  });
}

/** A server on loopback that answers every CONNECT by bytes of its own. */
async function answering(...bytes: readonly number[]) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.from(bytes)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `mqtt://127.0.0.1:${port}`, close: () => server.close() };
}

test('why a connection is refused is told in words, with what to do and what the broker says itself', async () => {
  const elsewhere = [...Buffer.from('b2:1883')];
  const moved = await answering(0x20, 13, 0, 156, 10, 0x1c, 0, 7, ...elsewhere);
  assert.match(
    await problemOf(moved.url, { protocol: '5' }),
    'refuses the connection (another server is to be used for now (code 156), in its words: the server is b2:1883); set mqtt.broker to it',
  );
  moved.close();
  const banned = await answering(0x20, 3, 0, 138, 0);
  assert.match(
    await problemOf(banned.url, { protocol: '5' }),
    'this client is banned (code 138)); remove the ban at the broker',
  );
  banned.close();
  const picky = await answering(0x20, 2, 0, 2);
  assert.match(
    await problemOf(picky.url, { protocol: '3.1.1' }),
    'refuses the client id edge-site1-dev1 (it does not accept the client id (code 2)); set mqtt.clientId',
  );
  picky.close();
});

/** A TLS server on loopback with a certificate of its own. @returns its port */
async function tlsServer(name: string, ...request: string[]) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...ec, '-keyout', key, '-out', cert, ...request], { stdio: 'ignore' });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, cert, close: () => server.close() };
}

async function problemOf(url: string, options: object = {}): Promise<string> {
  const publisher = publisherAt(url, options);
  publisher.start();
  await eventually('a problem', () => publisher.state().problem !== null);
  const { message } = publisher.state().problem!;
  await publisher.stop();
  return message;
}

tlsTest('why a certificate is not trusted is told with what to do', async () => {
  const good = await tlsServer('self', '-subj', '/CN=box', '-addext', 'subjectAltName=DNS:box.example,IP:127.0.0.1');
  const url = `mqtts://127.0.0.1:${good.port}`;
  assert.match(
    await problemOf(url),
    'its certificate is signed by itself: set mqtt.caFile to that very certificate (PEM)',
  );
  const named = await tlsServer('named', '-subj', '/CN=box', '-addext', 'subjectAltName=DNS:box.example');
  assert.match(
    await problemOf(`mqtts://127.0.0.1:${named.port}`, { caFile: named.cert }),
    'its certificate is for DNS:box.example, not for 127.0.0.1: write a name from the certificate into mqtt.broker',
  );
  const noPem = join(folder, 'no.pem');
  writeFileSync(noPem, 'no certificate');
  assert.match(await problemOf(url, { certFile: noPem, keyFile: noPem }), 'is no PEM file');
  good.close();
  named.close();
});

test('what listens there and is no broker with TLS, no broker at all, or another port is said to be so', async () => {
  const web = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const { port } = web.address() as { port: number };
  assert.match(await problemOf(`mqtt://127.0.0.1:${port}`), 'does not speak MQTT on this port');
  assert.match(await problemOf(`mqtts://127.0.0.1:${port}`), 'it does not speak TLS on this port');
  assert.match(
    await problemOf(`ws://127.0.0.1:${port}/mqtt`),
    'is a web server that answers with 400: check its path, which is often /mqtt',
  );
  web.close();
  assert.match(await problemOf('mqtt://no-such-host.invalid'), 'its name is not found: check mqtt.broker and the DNS');
});

test.run();
