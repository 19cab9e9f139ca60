import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { type Captured, listener } from '../telemetry/mqtt/capture-broker.js';
import { assertPublished, schemaOf } from '../telemetry/mqtt/message-schemas.js';
import { eventually, temporaryFolder } from '../temporary.js';

const DEVICE = 'edge/v1/demo/cabinet';

/** Messages by kind, commands to the device left out. */
const fromDevice = (messages: readonly Captured[]): Captured[] =>
  messages.filter(({ topic }) => schemaOf(topic) !== 'command');

test('every message of a whole run keeps to its published schema and has the next number', async () => {
  // a broker of its own, so that the listener is there before the first message
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const config = configSchema.parse({
    device: 'cabinet',
    cameras: [{ id: 'sim', url: 'sim://road?traffic=rush&seed=3', pace: 'fast' }],
    mqtt: { broker: url },
    http: { enabled: false },
    store: { dir: temporaryFolder('runtime-messages') },
    // a summary comes at every quarter of an hour of the clock, in whichever runs cross it
    publish: { metricsIntervalMs: 200, summaryMetrics: [] },
  });
  const runtime = new Runtime(config, silentLog);
  await runtime.start();
  const births = () => heard.of(`${DEVICE}/status`).filter(({ json }) => json.online);
  const metrics = () => heard.of(`${DEVICE}/metrics`);
  await eventually('events', () => heard.of(`${DEVICE}/event/sim`).length >= 2, 60_000);
  await eventually('full metrics and changes', () => {
    const kinds = new Set(metrics().map(({ json }) => json.full));
    return kinds.has(true) && kinds.has(undefined) && 'frames_inferred.sim' in metrics().at(-1)!.json.values;
  });
  await heard.client.publishAsync(`${DEVICE}/cmd/ping`, '{"id":"a"}', { qos: 1 });
  await eventually('an answer', () => heard.of(`${DEVICE}/cmd/ping/result`).length === 1);
  const [accuracy] = heard.of(`${DEVICE}/report/accuracy`);
  assert.equal(
    accuracy?.json.cameras.map(({ camera }: { camera: string }) => camera),
    ['sim'],
  );
  await runtime.stop('stopped');
  await eventually('the farewell', () => heard.messages.some(({ json }) => json?.reason === 'stopped'));

  const messages = fromDevice(heard.messages);
  for (const message of messages) assertPublished(message);
  assert.equal([...new Set(messages.map(({ topic }) => schemaOf(topic)))].sort(), [
    'alert',
    'command-result',
    'event',
    'metrics',
    'metrics-full',
    'report-accuracy',
    'status',
  ]);
  // births: without a model, where the connection was quicker, and with it
  assert.ok(births().length <= 2, `${births().length} births, ${metrics().length} metrics`);
  assert.is(births().at(-1)!.json.model, 'roadside-n');
  const told = new Set(
    births()
      .at(-1)!
      .json.metrics.map(({ name }: { name: string }) => name),
  );
  for (const { json } of metrics()) for (const name of Object.keys(json.values)) assert.ok(told.has(name), name);
  assert.equal(missingNumbers(messages), []);
  await heard.end();
  await broker.stop();
});

/**
 * Numbers that do not come as often as the ones after them, whatever the order in which the broker hands out messages
 * of different QoS. Clearing the alerts of an earlier run takes the first numbers; an empty payload cannot carry them.
 */
function missingNumbers(messages: readonly Captured[]): number[] {
  const times: number[] = [];
  const cleared = messages.filter(({ text }) => text === '').map((_, index) => index + 1);
  for (const seq of [...cleared, ...messages.flatMap(({ json }) => json?.seq ?? [])])
    times[seq] = (times[seq] ?? 0) + 1;
  return times.flatMap((_, seq) => (seq > 0 && (times[seq - 1] ?? 0) < times[seq]! ? [seq - 1] : []));
}

test.run();
