import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Collecting } from '../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { z } from '../../src/foundation/validate.js';
import { Commands } from '../../src/telemetry/commands/commands.js';
import { EVENT, mqttConfig, publisherAt } from '../telemetry/mqtt/capture-broker.js';
import { endingsOf, eventually, temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('missed-alert');
const endings = endingsOf(test);
const ALERT = { severity: 'warning', message: 'it is so', action: 'do something', since: 1_795_000_000_000 } as const;

/** A broker that loses what goes to one client at some topics, as one does whose queue is full. */
async function losingBroker(clientId: string) {
  const aedes = await Aedes.createBroker();
  const lossy = { url: '', loses: null as RegExp | null, lost: 0 };
  aedes.authorizeForward = (client, packet) => {
    if (client.id !== clientId || lossy.loses?.test(packet.topic) !== true) return packet;
    lossy.lost++;
    return null as never;
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  lossy.url = `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`;
  endings.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return lossy;
}

/** Waits until the store has it. */
async function sees(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`the collector does not see ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('begin and end of alerts that the broker lost within a lasting connection are known once the birth was asked for', async () => {
  const broker = await losingBroker('collector');
  const store = new SqliteFleetStore({ file: join(folder, 'fleet.sqlite'), durable: false });
  let skippedMs = 0;
  const collecting = new Collecting({
    store,
    mqtt: mqttConfig(broker.url),
    clientId: 'collector',
    topics: ['edge/#'],
    http: null,
    version: '1.2.3',
    now: () => Date.now() + skippedMs,
  });
  const scope = scopeOf({ site: 'demo', device: 'a' });
  const commands = new Commands({ scope });
  let asked = 0;
  commands.declare({
    name: 'rebirth',
    access: 'open',
    help: 'a birth',
    payload: z.object({}),
    handle: () => {
      asked++;
      publisher.rebirth();
      return {};
    },
  });
  const publisher = publisherAt(broker.url, {}, { scope, commands });
  endings.push(async () => {
    await publisher.stop();
    await collecting.stop();
    await store.close();
  });
  await collecting.start();
  await eventually('it is connected', () => collecting.state().broker.connected);
  publisher.start();
  publisher.alert('camera-lost', ALERT);
  const holding = async () => {
    const known = await store.known('demo', 'a');
    return known?.alerts.filter(({ holds }) => holds).map(({ code }) => code) ?? [];
  };
  await sees('an alert that holds', async () => (await holding()).length === 1);
  const { connections } = publisher.state();

  broker.loses = /\/alert\//;
  publisher.alert('camera-lost', null);
  publisher.alert('cpu-high', ALERT);
  await eventually('both were lost', () => broker.lost === 2);
  broker.loses = null;
  const kept = async () => (await store.history({ device: 1, table: 'events', from: 0, to: 1e15, limit: 9 })).length;
  publisher.event('north', EVENT);
  await sees('the gap', async () => (await kept()) === 1);
  assert.equal([await holding(), asked], [['camera-lost'], 0], 'what is missing may have been overtaken');
  skippedMs = 6000;
  publisher.event('north', EVENT);
  await eventually('it was asked for its birth', () => asked === 1);
  publisher.event('north', EVENT);
  await sees('what holds', async () => (await holding()).join() === 'cpu-high');
  assert.is(publisher.state().connections, connections, 'the connection lasted');
});

test.run();
