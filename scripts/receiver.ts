import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { connect, type MqttClient } from 'mqtt';
import { DeviceCheck, type DeviceVerdict, isSound } from './receiver/device-check.js';
import { Journal, type JournalEntry } from './receiver/journal.js';

/*
 * The reference receiver: hears what devices send, drops doubles, and proves from the numbers that nothing is missing
 * (docs/mqtt/delivery.md). Its session at the broker is a lasting one: what comes while it is away waits there.
 */

const USAGE = `node dist/scripts/receiver.js --broker mqtt://HOST:1883 [options]

Checks that every numbered message of every device arrives once, in order, or is told as given up.

  --topic FILTER      default edge/v1/#; one device: edge/v1/SITE/DEVICE/#
  --state FILE        what was received, kept over restarts; default: memory
  --client-id ID      default edge-receiver; one receiver each
  --username NAME     with the password in MQTT_PASSWORD
  --ca-file PEM       of the authority that signed the broker's certificate (mqtts://)
  --from-start        everything that the devices ever sent is heard: numbers before the first one heard are missing
  --seconds S         ends after so long; default: on Ctrl-C
  --print             prints each new message, doubles left out: TOPIC PAYLOAD
  --json              the result as one JSON line

Exit code 0: nothing is missing; 1: something is, came out of order, or nothing numbered came; 2: wrong options, no broker, or a
state that cannot be written.
`;

const { values } = options();
if (values.help || values.broker === undefined) {
  process.stderr.write(values.help ? USAGE : `--broker is missing\n\n${USAGE}`);
  process.exit(values.help ? 0 : 2);
}
const check = new DeviceCheck(values['from-start']);
const journal = values.state
  ? Journal.open(values.state, ({ topic, payload, retained }) => check.take(topic, payload, retained))
  : null;
const client = opened(values.broker);
// what is not written down is not acknowledged
client.handleMessage = (packet, done) => {
  if (packet.cmd === 'publish')
    received({ topic: packet.topic, payload: packet.payload.toString(), retained: packet.retain });
  done();
};
let subscribed = false;
client.on('connect', () => {
  client.subscribe(values.topic, { qos: 1 }, (error, granted) => {
    if (error || granted?.some(({ qos }) => qos >= 128)) fail(`the broker refuses ${values.topic}`);
    subscribed = true;
  });
});
client.on('error', (error) => {
  if (!subscribed)
    fail(`no broker at ${values.broker!.replace(/\/\/[^@/]*@/, '//***@')}: ${error.message || 'nobody listens there'}`);
});
process.once('SIGINT', finish);
process.once('SIGTERM', finish);
const seconds = values.seconds === undefined ? null : Number(values.seconds);
if (seconds !== null) setTimeout(finish, seconds * 1000);

function options() {
  try {
    const parsed = parseArgs({
      options: {
        broker: { type: 'string' },
        topic: { type: 'string', default: 'edge/v1/#' },
        state: { type: 'string' },
        'client-id': { type: 'string', default: 'edge-receiver' },
        username: { type: 'string' },
        'ca-file': { type: 'string' },
        'from-start': { type: 'boolean', default: false },
        seconds: { type: 'string' },
        print: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { seconds: given } = parsed.values;
    if (given !== undefined && !(Number(given) > 0))
      throw new Error(`--seconds: expected a number above 0, got ${given}`);
    return parsed;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function opened(broker: string): MqttClient {
  const { username } = values;
  try {
    return connect(broker, {
      clientId: values['client-id'],
      clean: false,
      ...(username !== undefined && { username, password: process.env['MQTT_PASSWORD'] ?? '' }),
      ...(values['ca-file'] !== undefined && { ca: readFileSync(values['ca-file']) }),
    });
  } catch (error) {
    fail((error as Error).message);
  }
}

function received(message: JournalEntry): void {
  const { topic, payload, retained } = message;
  const verdict = check.take(topic, payload, retained);
  if (verdict === 'new') journal?.write(message);
  if (verdict !== 'double' && values.print) process.stdout.write(`${topic} ${payload}\n`);
}

function finish(): void {
  client.end(true);
  journal?.close();
  const verdicts = check.verdicts();
  // nothing proves nothing: a wrong --topic must not look like a sound device
  const sound = verdicts.length > 0 && verdicts.every(isSound);
  process.stdout.write(values.json ? `${JSON.stringify({ sound, streams: verdicts })}\n` : told(verdicts));
  process.exit(sound ? 0 : 1);
}

function told(verdicts: readonly DeviceVerdict[]): string {
  if (verdicts.length === 0) return 'no numbered message came: is --topic right, and is there a device?\n';
  return verdicts.map((verdict) => `${lines(verdict).join('\n')}\n`).join('');
}

function lines(verdict: DeviceVerdict): string[] {
  const { device, stream, received: count, doubles, outOfOrder, first, low, waiting, lostCount, lost, ended } = verdict;
  const head = `${device} ${stream}: ${isSound(verdict) ? 'complete' : 'NOT COMPLETE'}`;
  const found = [
    `${head}, ${count} received from number ${first} on, ${doubles} doubles dropped${ended ? `; ended: ${ended}` : ''}`,
  ];
  for (const [what, given] of Object.entries(verdict.dropped)) found.push(`  told as given up: ${given} ${what}`);
  if (lostCount > 0)
    found.push(`  missing: ${lostCount}, among ${lost.map(([a, b]) => (a === b ? a : `${a}-${b}`)).join(', ')}`);
  if (outOfOrder > 0) found.push(`  out of order: ${outOfOrder}`);
  if (waiting > 0) found.push(`  still to come: ${waiting}`);
  if (low === null)
    found.push('  the device has not told yet how far it is (report/delivery): its end cannot be proved');
  return found;
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
