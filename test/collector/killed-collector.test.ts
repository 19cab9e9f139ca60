import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SentMessage } from '../../scripts/fleet/sent-message.js';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
import type { CollectorState } from '../../src/collector/collector.js';
import { freePort } from '../loopback.js';
import { has } from '../optional.js';
import { kill, mosquitto } from '../telemetry/mqtt/mosquitto-process.js';
import { endingsOf, endWithTests, temporaryFolder } from '../temporary.js';
import { assertTruth } from './fleet-truth.js';

const folder = temporaryFolder('collector-killed');
const CHILD = fileURLToPath(new URL('./collector-child.js', import.meta.url));
const endings = endingsOf(test);
const POINTS = ['before', 'midway', 'committed', 'acknowledged'].flatMap((point) =>
  [1, 2, 3].map((commit) => [point, commit] as const),
);

/** A broker that keeps what comes for a collector that is away. */
async function broker(): Promise<string> {
  const port = await freePort();
  if (has('mosquitto')) {
    const child = await mosquitto(folder, port, [
      'allow_anonymous true',
      'max_queued_messages 0',
      'max_inflight_messages 200',
    ]);
    endings.push(() => kill(child));
    return `mqtt://127.0.0.1:${port}`;
  }
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => aedes.handle(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  endings.push(async () => {
    aedes.close();
    server.close();
  });
  return `mqtt://127.0.0.1:${port}`;
}

/** A collector that dies where it is told to. */
function collectorAt(url: string, file: string, point: string, commit: number): ChildProcess {
  return endWithTests(
    fork(CHILD, [url, file, point, String(commit)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
}

async function publishAll(client: MqttClient, messages: readonly SentMessage[]): Promise<void> {
  // the first waits for all before it: what one device sends stays in its order
  await Promise.all(
    messages.map(({ topic, payload, qos, retain }) => client.publishAsync(topic, payload, { qos, retain })),
  );
}

const stateOf = async (child: ChildProcess): Promise<CollectorState> => {
  const answer = once(child, 'message');
  child.send('state');
  const [{ state }] = (await answer) as [{ state: CollectorState }];
  return state;
};

test('a collector that is killed at a dozen points of its work has everything once that the broker was told it has', async () => {
  const url = await broker();
  const file = join(folder, 'fleet.sqlite');
  const publisher = await connectAsync(url, { clientId: 'fleet' });
  endings.push(() => publisher.endAsync(true));
  const fleet = simulatedFleet({ devices: 2, hours: 2, seed: 3, from: Date.now() - 7_200_000 });
  // what is sent at QoS 0 nobody keeps for whoever is away
  const messages = fleet.messages.filter(({ qos }) => qos === 1);
  let sent = 0;
  let killed = 0;
  const sendMore = async (count: number): Promise<void> => {
    const some = messages.slice(sent, sent + count);
    sent += some.length;
    await publishAll(publisher, some);
  };
  for (const [point, commit] of POINTS) {
    const child = collectorAt(url, file, point, commit);
    let isGone = false;
    const gone = once(child, 'exit');
    void gone.then(() => (isGone = true));
    // what waited for it may be the end of it before it has said a word
    await Promise.race([once(child, 'message'), gone]);
    // the publishers go on, whatever becomes of it
    while (!isGone && sent < messages.length) await sendMore(2);
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [, signal] = (await gone) as [number | null, string];
    clearTimeout(timer);
    assert.is(signal, 'SIGKILL');
    killed++;
  }
  assert.is(killed, 12);
  await sendMore(messages.length);
  const last = collectorAt(url, file, 'never', 0);
  await once(last, 'message');
  let heard = -1;
  for (
    let state = await stateOf(last);
    state.counts.received !== heard || state.waiting > 0;
    state = await stateOf(last)
  ) {
    heard = state.counts.received;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const { counts } = await stateOf(last);
  const ended = once(last, 'exit');
  last.send('stop');
  await ended;
  assert.is(counts.quarantined, 0);
  assertTruth(file, fleet.truths, false);
});

test.run();
