import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { endWithTests, eventually, temporaryFolder } from '../temporary.js';
import { clip } from './clip.js';
import { bareEnvironment, besidesTheMachine, startEdgeOptimizer } from './command-line.js';
import { LINUX, leftOf, MARK } from './left-processes.js';

const folder = temporaryFolder('signals');
/** A machine may be busy with other things. */
const PATIENCE_MS = 60_000;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const sources = ['--source', 'sim://road?traffic=rush', ...clip(folder)];

/** Starts a run, sends it `signal` once `moment` has come, and waits for its end and that of all its processes. */
async function stop(signal: NodeJS.Signals, moment: (mark: string) => Promise<void>) {
  const mark = randomUUID();
  const args = ['run', ...sources, '--no-http', '--broker', 'embedded', '--log-level', 'warn'];
  const env = { [MARK]: mark, EDGE_STORE_DIR: join(folder, mark), EDGE_MQTT_EMBEDDED_PORT: '0' };
  const { child, ended } = startEdgeOptimizer(args, env);
  await moment(mark);
  child.kill(signal);
  const { code, stderr } = await ended;
  await eventually(`nothing is left of a run that got ${signal}`, () => leftOf(mark).length === 0, PATIENCE_MS);
  return { code, endedBy: child.signalCode, stderr: besidesTheMachine(stderr) };
}

// one handler takes all three: every moment is tried with one of them, some with another
const MOMENTS_MS = { SIGTERM: [0, 50, 200, 500, 1000], SIGINT: [0, 500], SIGHUP: [200, 1000] } as const;

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} ends a run cleanly from its first moment on, and leaves no process behind`, async () => {
    for (const ms of MOMENTS_MS[signal]) {
      const { code, endedBy, stderr } = await stop(signal, () => pause(ms));
      // before its first line of code has run, the system ends it: nothing was begun then
      assert.ok(code === 0 || endedBy === signal, `exit code ${code} of ${signal} after ${ms} ms: ${stderr}`);
      assert.is(stderr, '', `${signal} after ${ms} ms`);
    }
  });

  test(`${signal} while the model is loaded is exit code 0`, async () => {
    const { code, stderr } = await stop(signal, (mark) =>
      eventually('there is a worker', () => !LINUX || leftOf(mark).length >= 2, PATIENCE_MS),
    );
    assert.is(code, 0);
    assert.is(stderr, '');
  });
}

test('a second signal ends it at once, with 128 + its number, and its processes with it', async () => {
  const mark = randomUUID();
  // a worker that says nothing, and stays when it is asked to go: a clean stop waits for it
  const worker = ['sh', '-c', 'trap "" TERM; sleep 60 3>&-; sleep 60 3>&-'];
  const env = { [MARK]: mark, EDGE_DETECTOR_COMMAND: JSON.stringify(worker) };
  const { child, ended } = startEdgeOptimizer(['run', '--source', 'sim://road', '--no-http', '--json'], env);
  await eventually('the worker was started', () => !LINUX || leftOf(mark).length >= 2, PATIENCE_MS);
  // which of them comes second is the kernel's business
  child.kill('SIGHUP');
  child.kill('SIGTERM');
  const { code } = await ended;
  assert.ok(code === 128 + 1 || code === 128 + 15, `exit code ${code}`);
  await eventually('nothing of the run is left', () => leftOf(mark).length === 0, PATIENCE_MS);
});

test('the set-up passes a signal on to what it has started, and ends after it', async () => {
  const script = `
    import { runChild } from ${JSON.stringify(join(PROJECT_ROOT, 'scripts/child.mjs'))};
    const work = 'trap "exit 9" HUP; echo there; sleep 60 & wait';
    const end = await runChild('sh', ['-c', work], { stdio: ['ignore', 1, 2] });
    console.log(JSON.stringify(end));`;
  const mark = randomUUID();
  const child = endWithTests(
    spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...bareEnvironment(), [MARK]: mark },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await eventually('its child runs', () => stdout === 'there\n', PATIENCE_MS);
  child.kill('SIGHUP');
  assert.is(await ended, 129);
  assert.is(stdout, 'there\n');
  await eventually('nothing of it is left', () => leftOf(mark).length === 0, PATIENCE_MS);
});

test.run();
