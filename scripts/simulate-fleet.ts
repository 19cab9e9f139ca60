import { parseArgs } from 'node:util';
import { connectAsync } from 'mqtt';
import { maskUserinfo } from '../src/foundation/userinfo.js';
import { simulatedFleet } from './fleet/simulated-fleet.js';
import { writeTruth } from './fleet/truth-file.js';

const USAGE = `node dist/scripts/simulate-fleet.js --broker mqtt://HOST:1883 [options]

Publishes what many devices send in some hours: births, events, counts, alerts, outages with what is told afterwards, restarts, lost
and doubled messages, clocks that are wrong.

  --devices N    default 20
  --hours H      of each device; default 1
  --seed N       the same for the same seed; default 1
  --speed X      times as fast as it really would be; 0: as fast as the broker takes it; default 0
  --truth FILE   what a receiver must know afterwards, a line of JSON per device; fleet-differences.js compares
  --username NAME  with the password in MQTT_PASSWORD
`;

/** Unacknowledged at a time. */
const IN_FLIGHT = 200;

const { values } = parseArgs({
  options: {
    broker: { type: 'string' },
    devices: { type: 'string', default: '20' },
    hours: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '0' },
    truth: { type: 'string' },
    username: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || values.broker === undefined) {
  process.stderr.write(values.help ? USAGE : `--broker is missing\n\n${USAGE}`);
  process.exit(values.help ? 0 : 2);
}
const devices = wanted('devices', 1, 100_000);
const hours = wanted('hours', 0.01, 240);
const speed = wanted('speed', 0, 1e6);
const from = speed === 0 ? Date.now() - hours * 3_600_000 : Date.now();
const { messages, truths } = simulatedFleet({ devices, hours, seed: wanted('seed', 0, 1e9), from });
if (values.truth !== undefined) writeTruth(values.truth, truths);
const client = await connectAsync(values.broker, {
  clientId: `simulated-fleet-${process.pid}`,
  ...(values.username !== undefined && { username: values.username, password: process.env['MQTT_PASSWORD'] ?? '' }),
}).catch((error: Error) => {
  process.stderr.write(`no broker at ${maskUserinfo(values.broker!)}: ${error.message || 'nobody listens there'}\n`);
  process.exit(2);
});
const startedAt = performance.now();
const onTheirWay = new Set<Promise<unknown>>();
for (const { at, topic, payload, qos, retain } of messages) {
  const waitMs = speed === 0 ? 0 : (at - from) / speed - (performance.now() - startedAt);
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  const sent = client.publishAsync(topic, payload, { qos, retain });
  onTheirWay.add(sent);
  void sent.finally(() => onTheirWay.delete(sent));
  if (onTheirWay.size >= IN_FLIGHT) await Promise.race(onTheirWay);
}
await Promise.all(onTheirWay);
await client.endAsync();
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(`${messages.length} messages of ${devices} devices in ${seconds.toFixed(1)} s\n`);

function wanted(name: 'devices' | 'hours' | 'seed' | 'speed', least: number, most: number): number {
  const value = Number(values[name]);
  if (value >= least && value <= most && values[name].trim() !== '') return value;
  process.stderr.write(`--${name}: expected a number from ${least} to ${most}, got ${values[name]}\n`);
  process.exit(2);
}
