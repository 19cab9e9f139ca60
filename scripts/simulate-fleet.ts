import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { connectAsync } from 'mqtt';
import { explain } from '../src/foundation/errors.js';
import { maskUserinfo } from '../src/foundation/userinfo.js';
import { type CommandKey, parsePublicKey } from '../src/telemetry/commands/keys.js';
import { TEMPERS, type Temper } from './fleet/answering-device.js';
import { answerCommands } from './fleet/answering-run.js';
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

or, in the place of a day, devices that are there and obey what is signed with the key of a fleet:

  --answer FILE  the public key; they know report and set
  --minutes M    then they leave; Ctrl-C as well; default 60
  --away X       share of them that is away at first, for --away-for seconds (60); default 0
  --failing X, --unwell X, --silent X, --late X, --doubling X
                 shares of those that cannot do it, raise an alert behind it, do not answer, answer 4 s later, answer twice; default 0
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
    answer: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    away: { type: 'string', default: '0' },
    'away-for': { type: 'string', default: '60' },
    failing: { type: 'string', default: '0' },
    unwell: { type: 'string', default: '0' },
    silent: { type: 'string', default: '0' },
    late: { type: 'string', default: '0' },
    doubling: { type: 'string', default: '0' },
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
const seed = wanted('seed', 0, 1e9);
const key = values.answer === undefined ? null : publicKeyIn(values.answer);
const answering = {
  ...{ away: share('away'), awayS: wanted('away-for', 0, 1e6), minutes: wanted('minutes', 0.01, 1e5) },
  shares: Object.fromEntries(TEMPERS.filter((one) => one !== 'fine').map((one) => [one, share(one)])),
};
const { messages, truths } =
  key === null ? simulatedFleet({ devices, hours, seed, from }) : { messages: [], truths: [] };
if (values.truth !== undefined) writeTruth(values.truth, truths);
const client = await connectAsync(values.broker, {
  clientId: `simulated-fleet-${process.pid}`,
  ...(values.username !== undefined && { username: values.username, password: process.env['MQTT_PASSWORD'] ?? '' }),
}).catch((error: Error) => {
  process.stderr.write(`no broker at ${maskUserinfo(values.broker!)}: ${error.message || 'nobody listens there'}\n`);
  process.exit(2);
});
if (key !== null) {
  const onLine = (line: string): void => void process.stdout.write(`${line}\n`);
  const isOnce = await answerCommands(client, { devices, seed, key, ...answering, onLine });
  await client.endAsync();
  process.exit(isOnce ? 0 : 1);
}
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

function wanted(
  name: 'devices' | 'hours' | 'seed' | 'speed' | 'minutes' | 'away-for',
  least: number,
  most: number,
): number {
  return numberIn(name, values[name], least, most);
}

function share(name: 'away' | Exclude<Temper, 'fine'>): number {
  return numberIn(name, values[name], 0, 1);
}

function numberIn(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (value >= least && value <= most && text.trim() !== '') return value;
  process.stderr.write(`--${name}: expected a number from ${least} to ${most}, got ${text}\n`);
  process.exit(2);
}

function publicKeyIn(file: string): CommandKey {
  try {
    return parsePublicKey(readFileSync(file, 'utf8').trim());
  } catch (error) {
    process.stderr.write(`--answer: ${file}: ${explain(error)}\n`);
    process.exit(2);
  }
}
