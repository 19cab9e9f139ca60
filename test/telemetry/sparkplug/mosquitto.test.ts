import { createConnection, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { brokerAddress } from '../../../src/telemetry/mqtt/broker-address.js';
import { SparkplugEdgeNode } from '../../../src/telemetry/sparkplug/edge-node.js';
import { decodePayload } from '../../../src/telemetry/sparkplug/payload.js';
import { freePort } from '../../loopback.js';
import { needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { listener } from '../mqtt/capture-broker.js';
import { kill, mosquitto } from '../mqtt/mosquitto-process.js';

/* Requirements on the connection with MQTT 5, read from its bytes: a broker of 3.1.1 is in edge-node.test.ts. */
const test = suite('telemetry/sparkplug/mosquitto');
const mosquittoTest = needs('mosquitto', test);

const folder = temporaryFolder('sparkplug-mosquitto');

/** Passes everything on, and keeps what the client says. */
async function recorder(port: number) {
  const said: Buffer[] = [];
  const server = createServer((near) => {
    const far = createConnection(port, '127.0.0.1');
    near.on('data', (chunk) => said.push(chunk));
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
  });
  const own = await freePort();
  await new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `mqtt://127.0.0.1:${own}`, said: () => Buffer.concat(said), close };
}

mosquittoTest(
  'tck-id-principles-persistence-clean-session-50, tck-id-payloads-ndeath-will-message-qos, -retain, -publisher-disconnect-mqtt50: a clean start with a will of QoS 1, and a DISCONNECT with will',
  async () => {
    const port = await freePort();
    const broker = await mosquitto(folder, port, ['allow_anonymous true']);
    const record = await recorder(port);
    const host = await listener(`mqtt://127.0.0.1:${port}`);
    const deaths: unknown[] = [];
    await host.client.subscribeAsync('spBv1.0/#', { qos: 1 });
    host.client.on('message', (topic, payload) => {
      if (topic === 'spBv1.0/site1/NDEATH/dev1') deaths.push(decodePayload(payload).metrics[0]!.value);
    });
    const { mqtt, sparkplug } = configSchema.parse({ mqtt: { broker: record.url }, sparkplug: { enabled: true } });
    const edge = new SparkplugEdgeNode({
      config: sparkplug,
      mqtt,
      address: brokerAddress(mqtt, record.url),
      group: 'site1',
      node: 'dev1',
      clientId: 'dev1-sparkplug',
      metrics: () => [{ device: null, name: 'machine_cpu', type: 'Double', series: null, value: 1 }],
      living: () => new Set(),
      history: () => [],
      toldAt: null,
      log: silentLog,
    });
    edge.start();
    await eventually('births', () => edge.sent === 1);
    await edge.stop();
    await eventually('deaths', () => deaths.length === 2);
    // its own NDEATH, and that of the broker: hosts know by bdSeq that it is the same
    assert.equal(deaths, [0, 0]);
    const said = record.said();
    const at = said.indexOf('MQTT') + 4;
    // version; will of QoS 1, not retained, clean start; then keep-alive, and one property: the largest packet, no session expiry
    assert.equal([...said.subarray(at, at + 2)], [5, 0b0000_1110]);
    assert.equal([...said.subarray(at + 4, at + 6)], [5, 0x27]);
    assert.equal([...said.subarray(said.lastIndexOf(0xe0))].slice(2, 3), [4]);
    await host.end();
    await record.close();
    await kill(broker);
  },
);

mosquittoTest('births that are larger than the broker takes are not sent, but told in the log', async () => {
  const port = await freePort();
  const broker = await mosquitto(folder, port, ['allow_anonymous true', 'max_packet_size 500']);
  const url = `mqtt://127.0.0.1:${port}`;
  const { mqtt, sparkplug } = configSchema.parse({ mqtt: { broker: url }, sparkplug: { enabled: true } });
  const warned: string[] = [];
  const edge = new SparkplugEdgeNode({
    config: sparkplug,
    mqtt,
    address: brokerAddress(mqtt, url),
    group: 'site1',
    node: 'dev1',
    clientId: 'dev1-sparkplug',
    metrics: () =>
      Array.from({ length: 50 }, (_, i) => ({
        device: null,
        name: `metric_${i}`,
        type: 'Double' as const,
        series: null,
        value: i,
      })),
    living: () => new Set(),
    history: () => [],
    toldAt: null,
    log: { ...silentLog, warn: (text: string) => void warned.push(text) } as never,
  });
  edge.start();
  await eventually('the warning', () => warned.length > 0);
  assert.match(
    warned[0]!,
    /^Sparkplug: the broker takes packets of 500 bytes at most, and spBv1\.0\/site1\/NBIRTH\/dev1 has \d+, which are not sent: raise the broker's max_packet_size$/,
  );
  await edge.stop();
  await kill(broker);
});

test.run();
