import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { brokerAddress } from '../../../src/telemetry/mqtt/broker-address.js';
import { type EdgeNodeOptions, SparkplugEdgeNode } from '../../../src/telemetry/sparkplug/edge-node.js';
import type { NodeMetric } from '../../../src/telemetry/sparkplug/node-metrics.js';
import { decodePayload, encodePayload, type SparkplugPayload } from '../../../src/telemetry/sparkplug/payload.js';
import { REBIRTH } from '../../../src/telemetry/sparkplug/session.js';
import { eventually } from '../../temporary.js';

const test = suite('telemetry/sparkplug/edge-node');

const broker = new EmbeddedBroker(0, silentLog);
let url = '';
let host: MqttClient;
const heard: {
  readonly topic: string;
  readonly payload: SparkplugPayload;
  readonly qos: number;
  readonly retain: boolean;
}[] = [];

test.before(async () => {
  url = await broker.start();
  host = connect(url, { protocolVersion: 4, reconnectPeriod: 0 });
  await new Promise((resolve) => host.once('connect', resolve));
  await host.subscribeAsync(['spBv1.0/site1/+/dev1', 'spBv1.0/site1/+/dev1/+'], { qos: 1 });
  host.on('message', (topic, payload, { qos, retain }) => {
    if (!topic.includes('/NCMD/')) heard.push({ topic, payload: decodePayload(payload), qos, retain });
  });
});

test.after(async () => {
  await host.endAsync();
  await broker.stop();
});

test.before.each(() => {
  heard.length = 0;
});

const kinds = () => heard.map(({ topic }) => topic.split('/').slice(2).join('/'));

function node(changes: Partial<EdgeNodeOptions> = {}, sparkplug: object = {}) {
  const config = configSchema.parse({
    mqtt: { broker: url, reconnectMinMs: 50, reconnectMaxMs: 100, keepaliveS: 5 },
    sparkplug: { enabled: true, intervalMs: 60_000, ...sparkplug },
  });
  const state = { cpu: 10, north: true };
  const metrics = (): NodeMetric[] => [
    { device: null, name: 'machine_cpu', type: 'Double', series: 'machine_cpu', value: state.cpu },
    { device: 'north', name: 'latency_p50', type: 'Double', series: 'latency_p50.north', value: 4 },
  ];
  const edge = new SparkplugEdgeNode({
    config: config.sparkplug,
    mqtt: { ...config.mqtt, protocol: '3.1.1' },
    address: brokerAddress(config.mqtt, url),
    group: 'site1',
    node: 'dev1',
    clientId: `sparkplug-${Math.random()}`,
    metrics,
    living: () => new Set(state.north ? ['north'] : []),
    history: () => [],
    toldAt: null,
    log: silentLog,
    ...changes,
  });
  return { edge, state };
}

/** Between a client and the broker, so that a connection can break without a word. */
async function relayTo(port: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = () => {
    cut();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, close };
}

const stateOf = (online: boolean, timestamp: number) => JSON.stringify({ online, timestamp });

test('it is born, tells what changes, and dies before it disconnects on purpose', async () => {
  const { edge, state } = node();
  edge.start();
  await eventually('births', () => heard.length === 2);
  state.cpu = 20;
  edge.tell();
  await eventually('the messages', () => heard.length === 3);
  await edge.stop();
  await eventually('the messages', () => heard.length === 4);
  assert.equal(kinds(), ['NBIRTH/dev1', 'DBIRTH/dev1/north', 'NDATA/dev1', 'NDEATH/dev1']);
  assert.ok(heard.every(({ qos, retain }) => qos === 0 && !retain));
  const bdSeqs = [heard[0]!, heard[3]!].map(
    ({ payload }) => payload.metrics.find(({ name }) => name === 'bdSeq')!.value,
  );
  assert.equal(bdSeqs, [0, 0]);
});

test('a rebirth command brings the births again, and nothing else does', async () => {
  const { edge } = node();
  edge.start();
  await eventually('births', () => heard.length === 2);
  const send = (payload: Uint8Array) => host.publish('spBv1.0/site1/NCMD/dev1', Buffer.from(payload));
  const command = (name: string, value: boolean) =>
    encodePayload({ timestamp: 1, metrics: [{ name, timestamp: 1, dataType: 'Boolean', value }] }, () => 'Boolean');
  send(new Uint8Array([0xff, 1, 2, 3]));
  send(command('Node Control/Reboot', true));
  send(command(REBIRTH, false));
  send(command(REBIRTH, true));
  send(command(REBIRTH, true));
  await eventually('the messages', () => heard.length >= 4);
  await edge.stop();
  await eventually('the messages', () => kinds().at(-1) === 'NDEATH/dev1');
  assert.equal(kinds(), ['NBIRTH/dev1', 'DBIRTH/dev1/north', 'NBIRTH/dev1', 'DBIRTH/dev1/north', 'NDEATH/dev1']);
  assert.is(heard[2]!.payload.seq, 0);
});

test('tck-id-operational-behavior-data-commands-rebirth-action-1: from the request to the births no data is told', async () => {
  const { edge, state } = node();
  edge.start();
  await eventually('births', () => heard.length === 2);
  const metrics = [{ name: REBIRTH, timestamp: 1, dataType: 'Boolean' as const, value: true }];
  const request = Buffer.from(encodePayload({ timestamp: 1, metrics }, () => 'Boolean'));
  for (let i = 0; i < 50; i++) host.publish('spBv1.0/site1/NCMD/dev1', request);
  await host.publishAsync('spBv1.0/site1/NCMD/dev1', request, { qos: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  state.cpu = 30;
  edge.tell();
  await eventually('births', () => heard.length >= 4);
  assert.equal(kinds(), ['NBIRTH/dev1', 'DBIRTH/dev1/north', 'NBIRTH/dev1', 'DBIRTH/dev1/north']);
  assert.is(heard[2]!.payload.metrics.find(({ name }) => name === 'machine_cpu')!.value, 30);
  await edge.stop();
});

test('what happened before hosts ever heard of the device is told to a primary host that comes late', async () => {
  const topic = 'spBv1.0/STATE/late';
  const now = { ms: 1_700_000_000_000 };
  const ranges: object[] = [];
  const history: EdgeNodeOptions['history'] = (_series, range) => {
    ranges.push(range);
    return [];
  };
  const { edge } = node({ now: () => now.ms, history }, { primaryHost: 'late' });
  edge.start();
  now.ms += 7_200_000;
  await new Promise((resolve) => setTimeout(resolve, 200));
  await host.publishAsync(topic, stateOf(true, 1), { qos: 1, retain: true });
  await eventually('the history', () => ranges.length === 2);
  assert.equal(ranges[0], { from: 1_700_000_000_000, to: 1_700_007_200_000, stepMs: 60_000 });
  await edge.stop();
  await host.publishAsync(topic, '', { qos: 1, retain: true });
});

test('stopped while the broker is away it ends at once', async () => {
  const { edge } = node({ address: brokerAddress(configSchema.parse({}).mqtt, 'mqtt://127.0.0.1:1') });
  edge.start();
  edge.tell();
  await edge.stop();
  assert.not.ok(edge.isBorn);
  assert.is(edge.sent, 0);
});

test('a camera that is lost dies, and is born again when it is back', async () => {
  const { edge, state } = node();
  edge.start();
  await eventually('births', () => heard.length === 2);
  state.north = false;
  edge.tell();
  await eventually('the messages', () => heard.length === 3);
  assert.is(kinds()[2], 'DDEATH/dev1/north');
  state.north = true;
  edge.tell();
  await eventually('the messages', () => heard.length === 4);
  // the others know nothing of it: no births of the node, whose sequence goes on
  assert.equal([kinds()[3], heard[3]!.payload.seq], ['DBIRTH/dev1/north', 3]);
  await edge.stop();
});

test('a connection that breaks is told by the last will, and the next session has the next bdSeq', async () => {
  const relay = await relayTo(Number(new URL(url).port));
  const { edge } = node({ address: brokerAddress(configSchema.parse({}).mqtt, relay.url) });
  edge.start();
  await eventually('births', () => heard.length === 2);
  relay.cut();
  await eventually('the messages', () => heard.length === 5);
  assert.equal(kinds(), ['NBIRTH/dev1', 'DBIRTH/dev1/north', 'NDEATH/dev1', 'NBIRTH/dev1', 'DBIRTH/dev1/north']);
  const bdSeq = (index: number) => heard[index]!.payload.metrics.find(({ name }) => name === 'bdSeq')!.value;
  assert.equal([bdSeq(0), bdSeq(2), bdSeq(3)], [0, 0, 1]);
  await edge.stop();
  await relay.close();
});

test('with a primary host nothing is told until that is online, and it leaves when the host goes', async () => {
  const topic = 'spBv1.0/STATE/scada';
  await host.publishAsync(topic, stateOf(false, 100), { qos: 1, retain: true });
  const asked: string[] = [];
  const now = { ms: 1_700_000_000_000 };
  const { edge } = node(
    {
      now: () => now.ms,
      toldAt: now.ms - 3_600_000,
      history: (series, { from, stepMs }) => {
        asked.push(series);
        return [{ t: from, value: stepMs }];
      },
    },
    { primaryHost: 'scada' },
  );
  edge.start();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(heard, []);
  await host.publishAsync('spBv1.0/STATE/other', stateOf(true, 200), { qos: 1 });
  await host.publishAsync(topic, stateOf(true, 200), { qos: 1, retain: true });
  await eventually('the messages', () => heard.length === 4);
  assert.equal(kinds(), ['NBIRTH/dev1', 'DBIRTH/dev1/north', 'NDATA/dev1', 'DDATA/dev1/north']);
  assert.equal(asked, ['machine_cpu', 'latency_p50.north']);
  const { alias, ...historical } = heard[2]!.payload.metrics[0]!;
  // from a keep-alive before: what was told then may not have arrived
  assert.equal(historical, { timestamp: now.ms - 3_605_000, isHistorical: true, value: 60_000 });
  assert.is(alias, 1);
  await host.publishAsync(topic, stateOf(false, 150), { qos: 1 });
  await host.publishAsync(topic, stateOf(false, 300), { qos: 1, retain: true });
  await eventually('the messages', () => heard.length === 5);
  assert.is(kinds()[4], 'NDEATH/dev1');
  assert.not.ok(edge.isBorn);
  await host.publishAsync(topic, stateOf(true, 400), { qos: 1, retain: true });
  await eventually('the messages', () => heard.length >= 7);
  assert.is(heard[5]!.payload.metrics.find(({ name }) => name === 'bdSeq')!.value, 1);
  await edge.stop();
  await host.publishAsync(topic, '', { qos: 1, retain: true });
});

test.run();
