import { createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { Aedes } from 'aedes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from '../../../src/foundation/log.js';
import type { Publisher } from '../../../src/telemetry/mqtt/publisher.js';
import { freePort } from '../../loopback.js';
import { needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { listener, publisherAt, STATUS } from './capture-broker.js';
import { kill, mosquitto } from './mosquitto-process.js';

const folder = temporaryFolder('twins');
const mosquittoTest = needs('mosquitto', test);

/** A machine may be busy with other things. */
const PATIENCE_MS = 60_000;

const SHARED =
  'another client has the client id edge-site1-dev1 too, and the broker throws out each for the other: give each device its own `device`, or mqtt.clientId where that is set';
const STEPS_BACK = '; this one, which started later, steps back and tries only every few minutes';

/** Two devices from one memory card at one broker: the first is there when the second is switched on. */
async function twins(url: string, protocol: '5' | '3.1.1', log = createLog('silent')): Promise<[Publisher, Publisher]> {
  // as slow as a real device would be, so that each connection is there for a moment; a step back is 20 to 33 s
  const options = { protocol, reconnectMinMs: 200, reconnectMaxMs: 2_666 } as const;
  const first = publisherAt(url, options, { log });
  first.start();
  await eventually('the first is there', () => first.state().phase === 'connected');
  // made only now: who is the later one is decided when a publisher is made, not when it starts
  const later = publisherAt(url, options, { log });
  later.start();
  return [first, later];
}

for (const protocol of ['5', '3.1.1'] as const) {
  mosquittoTest(`of two devices with one client id the later steps back, with MQTT ${protocol}`, async () => {
    const port = await freePort();
    const url = `mqtt://127.0.0.1:${port}`;
    const broker = await mosquitto(folder, port, ['allow_anonymous true']);
    const lines: string[] = [];
    const destination = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
    const [first, later] = await twins(url, protocol, createLog('info', destination));
    await eventually('stepped back', () => later.state().clientIdShared === SHARED + STEPS_BACK, PATIENCE_MS);
    await eventually('waits', () => later.state().phase === 'waiting');
    assert.is(later.state().problem?.kind, 'session-taken-over');
    await eventually('the first is there', () => first.state().phase === 'connected');
    const { connections } = first.state();
    const heard = await listener(url);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal([first.state().phase, first.state().connections], ['connected', connections], 'undisturbed');
    assert.equal(
      [heard.of(STATUS).at(-1)!.json.online, heard.of(STATUS).at(-1)!.json.bdSeq],
      [true, first.state().bdSeq],
    );
    assert.ok(lines.some((line) => line.includes('steps back')));
    // where its connections were too short to hear of the later one, it does when that one comes again
    await eventually('the first knows too', () => first.state().clientIdShared === SHARED, PATIENCE_MS);
    await Promise.all([first, later].map((one) => one.stop('stopped', 300)));
    await heard.end();
    await kill(broker);
  });
}

test('two devices with one client id are recognised where neither may hear its own status, and come more and more rarely', async () => {
  const aedes = await Aedes.createBroker();
  aedes.authorizeSubscribe = (_client, subscription, done) =>
    done(null, subscription.topic === STATUS ? null : subscription);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const options = { protocol: '3.1.1', reconnectMinMs: 60, reconnectMaxMs: 120 } as const;
  const pair = [publisherAt(`mqtt://127.0.0.1:${port}`, options), publisherAt(`mqtt://127.0.0.1:${port}`, options)];
  for (const one of pair) one.start();
  await eventually('recognised', () =>
    pair.some((one) => one.state().clientIdShared?.startsWith('another client probably has the client id') === true),
  );
  await Promise.all(pair.map((one) => one.stop('stopped', 300)));
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => aedes.close(() => resolve()));
  server.close();
});

test('a broker that says that another client took over is believed at the second time', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.from([0x20, 3, 0, 0, 0, 0xe0, 1, 142])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const publisher = publisherAt(`mqtt://127.0.0.1:${port}`, { protocol: '5' });
  publisher.start();
  await eventually('twice', () => publisher.state().takenOver === 2);
  assert.match(publisher.state().clientIdShared ?? '', /^another client has the client id edge-site1-dev1 too/);
  await publisher.stop();
  server.close();
});

test.run();
