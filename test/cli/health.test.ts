import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { healthSockets } from '../../src/runtime/health/health-place.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizer, jsonLines, startEdgeOptimizer } from './command-line.js';
import { edgeOptimizerHere } from './in-process.js';

const test = suite('health');
const folder = temporaryFolder('health');

test('where none runs, it says so and ends with 1', async () => {
  const { code, stdout } = await edgeOptimizerHere(['health'], { EDGE_STORE_DIR: folder });
  assert.is(code, 1);
  assert.is(
    stdout,
    `not healthy: no program that keeps its data in ${folder} is running (store.dir): --config FILE names the site's configuration\n`,
  );
});

test('a site file that is not there is a reason not to be healthy', async () => {
  const { code, stdout } = await edgeOptimizerHere(['health', '--config', join(folder, 'none.yaml'), '--json']);
  assert.is(code, 1);
  assert.equal(jsonLines(stdout), [
    { healthy: false, state: 'none', problem: `${join(folder, 'none.yaml')}: no such file` },
  ]);
});

test('a program that runs without HTTP is healthy, and not any more once it was stopped', async () => {
  const env = { EDGE_STORE_DIR: join(folder, 'store') };
  const args = ['run', '--source', 'sim://road?traffic=light', '--broker', 'off', '--no-http', '--duration', '200'];
  const { child, ended } = startEdgeOptimizer(args, env);
  let answer = await edgeOptimizerHere(['health', '--json'], env);
  for (const until = Date.now() + 120_000; answer.code !== 0 && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    answer = await edgeOptimizerHere(['health', '--json'], env);
  }
  const { healthy, state, problem, pid } = jsonLines(answer.stdout)[0]!;
  assert.equal({ healthy, state, problem, pid }, { healthy: true, state: 'serving', problem: null, pid: child.pid });
  const told = await edgeOptimizer(['health'], env);
  assert.match(told.stdout, /^healthy: 1 of 1 camera streaming, /);

  child.kill('SIGSTOP');
  const stopped = await edgeOptimizerHere(['health', '--timeout', '0.2'], env);
  assert.equal(stopped, {
    code: 1,
    stdout: 'not healthy: the program did not answer within 0.2 s: its main thread is busy, or hangs\n',
    stderr: '',
  });
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  assert.is((await ended).code, 0);
  assert.is((await edgeOptimizerHere(['health'], env)).code, 1);
});

test('whoever answers something else there is not taken for the program', async () => {
  const [socket] = healthSockets(folder);
  const server = createServer((asker) => asker.end('hello\n'));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const { code, stdout } = await edgeOptimizerHere(['health'], { EDGE_STORE_DIR: folder });
  assert.is(code, 1);
  assert.match(stdout, /what listens at .*health\.sock is not the program/);
  server.close();
});

test('a socket that a killed program left is no program', async () => {
  const [socket] = healthSockets(folder);
  writeFileSync(socket!, '');
  const { code, stdout } = await edgeOptimizerHere(['health'], { EDGE_STORE_DIR: folder });
  assert.is(code, 1);
  assert.match(stdout, /^not healthy: no program that keeps its data in /);
  rmSync(socket!);
});

test.run();
