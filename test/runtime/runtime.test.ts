import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { summarizeRun } from '../../src/cli/summary.js';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { eventually, temporaryFolder } from '../temporary.js';

const dir = temporaryFolder('runtime');
const config = (cameras: object[], rest: object = {}) =>
  configSchema.parse({ cameras, http: { enabled: true, port: 0 }, store: { dir }, ...rest });
const sim = { id: 'sim', url: 'sim://road?traffic=rush&seed=2', pace: 'fast' };
const embedded = { mqtt: { broker: 'embedded', embeddedPort: 0 } };

function listens(broker: string): Promise<boolean> {
  const { hostname, port } = new URL(broker);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

// this process ends by itself only if nothing was left behind
for (const [when, wait] of [
  ['at once', async () => undefined],
  ['while the broker starts', () => new Promise((resolve) => setImmediate(resolve))],
  ['while the workers load', (runtime: Runtime) => eventually('it loads', () => runtime.status().workers.length > 0)],
] as const) {
  test(`a stop during the start, ${when}, releases everything`, async () => {
    const runtime = new Runtime(config([sim], embedded), silentLog);
    const started = runtime.start().then(
      () => true,
      () => true,
    );
    await wait(runtime);
    await Promise.all([runtime.stop('stopped'), runtime.stop('stopped again')]);
    assert.ok(await started);
    assert.equal(
      runtime.status().workers.filter(({ state }) => state !== 'closed'),
      [],
    );
    if (runtime.broker !== null) assert.is(await listens(runtime.broker), false);
  });
}

test('a camera that cannot be read is named with its reason while another is answered', async () => {
  let answered = 0;
  const runtime = new Runtime(config([sim, { id: 'gone', url: 'no/such/clip.mp4' }]), silentLog, {
    onResult: () => answered++,
  });
  await runtime.start();
  await eventually('answers', () => answered >= 5, 30_000);
  await runtime.stop('stopped');
  const status = runtime.status();
  assert.is(status.cameras[0]!.lastError, null);
  const { state, connectionQuality, lastError } = status.cameras[1]!;
  assert.equal([state, connectionQuality], ['ended', 'unusable']);
  assert.match(lastError!, /no\/such\/clip\.mp4/);
  const { captured, answering, dropped, unanswered } = summarizeRun(status, runtime.servingS());
  assert.is(
    Object.values(answering.origins).reduce((sum, count) => sum + count, 0),
    answered,
  );
  assert.equal(
    Object.entries(dropped).filter(([, count]) => count > 0),
    [],
  );
  assert.ok(unanswered >= 0 && unanswered <= 8, `${unanswered} of ${captured} frames vanished`);
});

test('where no camera can be read the start fails and says which', async () => {
  const runtime = new Runtime(config([{ id: 'gone', url: 'no/such/clip.mp4' }]), silentLog);
  const error = await runtime.start().catch((thrown: Error) => thrown);
  assert.match((error as Error).message, /no\/such\/clip\.mp4/);
  await runtime.stop('stopped');
});

test('the embedded broker takes another port where its own is taken', async () => {
  const first = new Runtime(config([sim], embedded), silentLog);
  const starting = first.start().catch(() => undefined);
  await eventually('a broker', () => first.broker !== null);
  const taken = Number(new URL(first.broker!).port);
  const apart = { store: { dir: temporaryFolder('runtime-second') } };
  const second = new Runtime(config([sim], { mqtt: { broker: 'embedded', embeddedPort: taken }, ...apart }), silentLog);
  const alsoStarting = second.start().catch(() => undefined);
  await eventually('another broker', () => second.broker !== null);
  assert.is.not(Number(new URL(second.broker!).port), taken);
  await Promise.all([first.stop('stopped'), second.stop('stopped'), starting, alsoStarting]);
});

test('shows no credentials in the address of its broker', async () => {
  const broker = 'mqtt://cabinet:hunter2@127.0.0.1:1';
  const runtime = new Runtime(config([sim], { mqtt: { broker } }), silentLog);
  const starting = runtime.start().catch(() => undefined);
  await eventually('an address', () => runtime.broker !== null);
  assert.is(runtime.broker, 'mqtt://***@127.0.0.1:1');
  await Promise.all([runtime.stop('stopped'), starting]);
});

test.run();
