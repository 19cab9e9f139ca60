import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import type { Clock } from '../../../src/foundation/clock.js';
import { createLog } from '../../../src/foundation/log.js';
import { DeviceHealth } from '../../../src/runtime/health/device-health.js';
import { healthSockets } from '../../../src/runtime/health/health-place.js';
import { healthReportIn } from '../../../src/runtime/health/health-report.js';
import type { CameraStatus } from '../../../src/runtime/status.js';
import { temporaryFolder } from '../../temporary.js';

const test = suite('device health');
const folder = temporaryFolder('device-health');
const running = new AbortController().signal;

/** A program of one camera, whose clock and frames a test moves. */
function programIn(name: string, storeDir = join(folder, name)) {
  mkdirSync(storeDir, { recursive: true });
  const warnings: string[] = [];
  const log = createLog('warn', { write: (line) => void warnings.push(JSON.parse(line).msg) }, false);
  const seen = { now: 0, captured: 0, answered: 0, isServing: true };
  const clock: Clock = { now: () => seen.now, unixNow: () => 0 };
  const camera = () =>
    ({
      id: 'north',
      state: 'streaming',
      paused: null,
      captured: seen.captured,
      answered: { inferred: seen.answered },
      answeredFps: 10,
      estimatedF1: null,
    }) as unknown as CameraStatus;
  const health = new DeviceHealth(configSchema.parse({ store: { dir: storeDir } }), {
    isServing: () => seen.isServing,
    status: () => ({ cameras: [camera()], provider: 'cpu', uptimeS: 12.3 }),
    log,
    clock,
  });
  const ask = async (path = healthSockets(storeDir)[0]!) => healthReportIn(await text(createConnection(path)));
  return { health, seen, ask, warnings, storeDir };
}

test('answers that it starts, that it serves, and that it is stuck once frames got no answer for three minutes', async () => {
  const { health, seen, ask } = programIn('states');
  seen.isServing = false;
  await health.start(running);
  const line = '1 of 1 camera streaming, 10.0 answers/s, F1 not known yet, cpu';
  assert.equal(await ask(), { state: 'starting', inOrderS: null, pid: process.pid, uptimeS: 12, line });

  Object.assign(seen, { isServing: true, captured: 10, answered: 10 });
  assert.equal(await ask(), { state: 'serving', inOrderS: 0, pid: process.pid, uptimeS: 12, line });

  Object.assign(seen, { now: 179_000, captured: 1000 });
  assert.is((await ask())?.state, 'serving');
  seen.now = 180_000;
  assert.equal(await ask(), { state: 'stuck', inOrderS: 180, pid: process.pid, uptimeS: 12, line });

  seen.answered = 11;
  assert.is((await ask())?.state, 'serving');
  await health.stop();
});

test('a camera that delivers nothing is no reason to be stuck', async () => {
  const { health, seen, ask } = programIn('away');
  await health.start(running);
  await ask();
  seen.now = 3_600_000;
  assert.is((await ask())?.state, 'serving');
  await health.stop();
});

test('what a killed program left is taken over, and a stop leaves nothing', async () => {
  const { health, ask, storeDir } = programIn('left');
  const [socket] = healthSockets(storeDir);
  writeFileSync(socket!, '');
  await health.start(running);
  assert.is((await ask())?.state, 'serving');
  await health.stop();
  assert.is(existsSync(socket!), false);
});

test('whoever connects and neither reads nor goes away keeps no stop from ending', async () => {
  const { health, storeDir } = programIn('silent-asker');
  await health.start(running);
  const asker = createConnection({ path: healthSockets(storeDir)[0]!, allowHalfOpen: true });
  asker.on('error', () => undefined);
  await new Promise((resolve) => asker.once('connect', resolve));
  await health.stop();
  asker.destroy();
});

test('with a store whose path is too long for a socket it answers in the folder of temporary files', async () => {
  const { health, ask, storeDir, warnings } = programIn('long', join(folder, 'x'.repeat(100)));
  const sockets = healthSockets(storeDir);
  assert.is(sockets.length, 1);
  assert.match(sockets[0]!, /\/edge-optimizer-[0-9a-f]{12}\.sock$/);
  await health.start(running);
  assert.is((await ask(sockets[0]))?.state, 'serving');
  await health.stop();
  assert.is(existsSync(sockets[0]!), false);
  assert.equal(warnings, []);
});

test('where a file has the name of the store it answers in the folder of temporary files', async () => {
  const { health, ask } = programIn('unused');
  await health.stop();
  const storeDir = join(folder, 'a-file');
  writeFileSync(storeDir, '');
  chmodSync(storeDir, 0o600);
  const blocked = new DeviceHealth(configSchema.parse({ store: { dir: storeDir } }), {
    isServing: () => true,
    status: () => ({ cameras: [], provider: null, uptimeS: 0 }),
    log: createLog('silent'),
  });
  await blocked.start(running);
  assert.is(
    (await ask(healthSockets(storeDir)[1]))?.line,
    '0 of 0 cameras streaming, no answers yet, F1 not known yet, no detector',
  );
  await blocked.stop();
});

test.run();
