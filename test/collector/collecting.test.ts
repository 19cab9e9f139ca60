import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  deviceReply,
  devicesReply,
  fleetReply,
  gapsReply,
  historyReply,
  quarantineReply,
} from '../../src/collector/api/fleet-shapes.js';
import { Collecting } from '../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../src/config/config.js';
import { eventually, temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('collecting');
const config = configSchema.parse({});
const HEAD = { ts: 1_795_000_000_000, boot: '1f6b2c3d' };
const BIRTH = {
  ...HEAD,
  seq: 0,
  online: true,
  bdSeq: 7,
  version: '1',
  model: null,
  variant: null,
  provider: null,
  metrics: [],
};
const TRAFFIC = {
  camera: 'north',
  from: 1_794_999_700_000,
  intervalS: 300,
  coverage: 1,
  lines: {},
  zones: {},
  totals: {},
};

let files = 0;
async function collecting(http: Partial<typeof config.http> = {}) {
  const store = new SqliteFleetStore({ file: join(folder, `${++files}.sqlite`), durable: false });
  const one = new Collecting({
    store,
    mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
    clientId: 'x',
    topics: [],
    http: { ...config.http, port: 0, ...http },
    version: '1.2.3',
  });
  const stop = async (): Promise<void> => {
    await one.stop();
    await store.close();
  };
  try {
    const { broker, http: api } = await one.start();
    return { one, store, stop, broker, api: api!.replace(/\/fleet$/, '') };
  } catch (error) {
    await stop();
    throw error;
  }
}

const say = (client: MqttClient, topic: string, body: object) =>
  client.publishAsync(`edge/v1/demo/cabinet7/${topic}`, JSON.stringify(body), { qos: 1 });

test('a device hears that a message arrived once it is kept, and the API tells of it', async () => {
  const { stop, broker, api, store } = await collecting();
  const device = await connectAsync(broker);
  const asked: string[] = [];
  device.on('message', (topic) => asked.push(topic));
  await device.subscribeAsync('edge/v1/demo/cabinet7/cmd/+');
  // no birth yet
  await say(device, 'metrics', { ...HEAD, seq: 3, values: {} });
  assert.is(await store.deviceCount(), 1);
  await eventually('its birth is asked for', () => asked.includes('edge/v1/demo/cabinet7/cmd/rebirth'));
  await say(device, 'status', BIRTH);
  const numbered = { ...HEAD, stream: '5f0c1a9be271' };
  await say(device, 'traffic/north', { ...numbered, seq: 1, n: 1, ...TRAFFIC });
  await say(device, 'report/delivery', {
    ...numbered,
    seq: 2,
    n: 4,
    streams: [{ stream: '5f0c1a9be271', low: 4, next: 4 }],
    dropped: [{ stream: '5f0c1a9be271', kind: 'event', cause: 'too-old', from: 2, to: 2, count: 1 }],
  });
  await say(device, 'nonsense', {});

  const get = async (path: string) => {
    const reply = await fetch(`${api}${path}`);
    return { status: reply.status, body: (await reply.json()) as never };
  };
  const fleet = fleetReply.parse((await get('/fleet')).body);
  assert.equal([fleet.devices, fleet.counts.quarantined, fleet.broker.connected], [1, 1, true]);
  const { devices } = devicesReply.parse((await get('/fleet/devices?site=demo')).body);
  assert.equal(
    devices.map(({ device: name, version }) => [name, version]),
    [['cabinet7', '1']],
  );
  assert.equal(devicesReply.parse((await get('/fleet/devices?state=gone')).body).devices, []);
  const one = deviceReply.parse((await get('/fleet/devices/demo/cabinet7')).body);
  assert.equal([one.connections.length, one.streams[0]?.received], [1, 2]);
  const gaps = gapsReply.parse((await get('/fleet/devices/demo/cabinet7/gaps')).body);
  assert.equal([gaps.lost, gaps.toldDropped, gaps.streams[0]?.lost], [1, 1, [[3, 3]]]);
  const history = historyReply.parse((await get('/fleet/devices/demo/cabinet7/history?table=traffic')).body);
  assert.equal(
    history.rows.map(({ subject, message }) => [subject, message['coverage']]),
    [['north', 1]],
  );
  const { counts, messages } = quarantineReply.parse((await get('/fleet/quarantine')).body);
  assert.equal([counts, messages[0]?.topic], [{ 'unknown-kind': 1 }, 'edge/v1/demo/cabinet7/nonsense']);
  assert.is((await get('/fleet/devices/demo/nobody')).status, 404);
  assert.is((await get('/fleet/devices/demo/cabinet7/history?table=secrets')).status, 400);
  assert.is((await get('/fleet/devices/demo/cabinet7/history?table=events&since=soon')).status, 400);
  assert.ok('paths' in (await get('/openapi.json')).body);
  await device.endAsync();
  await stop();
});

test('beyond this machine it wants a token, and nobody without it is answered', async () => {
  await collecting({ host: '0.0.0.0' }).then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, 'http.host: expected a loopback address where there is no token'),
  );
  const { stop, api } = await collecting({ token: 'a-token-of-sixteen' });
  assert.is((await fetch(`${api}/fleet`)).status, 401);
  assert.is((await fetch(`${api}/fleet`, { headers: { authorization: 'Bearer a-token-of-sixteen' } })).status, 200);
  await stop();
});

test.run();
