import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lockStore } from '../../src/store/store-lock.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizer } from './command-line.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('second-instance');

onDisk('beside a running instance a second one is permanently refused, and profile goes on working', async () => {
  const lock = await lockStore(folder, { patienceMs: 0, signal: new AbortController().signal });
  assert.is(lock.kind, 'held');
  const env = { EDGE_STORE_DIR: folder };
  const args = ['run', '--source', 'sim://road?traffic=light', '--broker', 'off', '--no-http', '--duration', '1'];
  const [second, profile] = await Promise.all([edgeOptimizer(args, env), edgeOptimizer(['profile', '--show'], env)]);
  assert.is(second.code, 2);
  assert.match(
    second.stderr,
    new RegExp(`store.dir: expected a folder that no other .*process ${process.pid} on .*EDGE_STORE_DIR=FOLDER`),
  );
  assert.match(profile.stdout, /0 of \d+ configurations measured/);
  if (lock.kind === 'held') lock.release();
});

test.run();
