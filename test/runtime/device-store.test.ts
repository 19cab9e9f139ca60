import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { ConfigError } from '../../src/foundation/errors.js';
import { createLog } from '../../src/foundation/log.js';
import { DeviceStore } from '../../src/runtime/device-store.js';
import type { PlaceVerdict } from '../../src/store/store-place.js';
import { needs } from '../optional.js';
import { eventually, temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('device-store');
const running = new AbortController().signal;

const FINE: PlaceVerdict = { refusal: null, warning: null };

function storeIn(name: string, verdict = FINE) {
  const warnings: string[] = [];
  const log = createLog('warn', { write: (line) => void warnings.push(JSON.parse(line).msg) }, false);
  const store = new DeviceStore(configSchema.parse({ store: { dir: join(folder, name) } }), log, () => verdict);
  return { store, warnings };
}

for (const umask of [0o022, 0o000]) {
  onDisk(`with umask ${umask.toString(8)} the folder is made for its owner alone`, async () => {
    const before = process.umask(umask);
    try {
      const { store, warnings } = storeIn(`deep-${umask}/data`);
      await store.start(running);
      store.stop();
      for (const made of [`deep-${umask}`, `deep-${umask}/data`]) {
        assert.is(statSync(join(folder, made)).mode & 0o777, 0o700);
      }
      assert.equal(warnings, []);
    } finally {
      process.umask(before);
    }
  });
}

onDisk('a folder that every user can read is told, and left as it is', async () => {
  const wide = join(folder, 'wide');
  mkdirSync(wide);
  chmodSync(wide, 0o755);
  const { store, warnings } = storeIn('wide');
  await store.start(running);
  store.stop();
  assert.equal(warnings, [
    `store.dir can be read by every user of this machine, and holds what cameras saw: chmod 700 ${wide}`,
  ]);
  assert.is(statSync(wide).mode & 0o777, 0o755);
});

onDisk('a second instance on the folder is refused, with who has it and the way out', async () => {
  const first = storeIn('shared').store;
  await first.start(running);
  let thrown: unknown;
  await storeIn('shared')
    .store.start(running)
    .catch((error: unknown) => (thrown = error));
  const { code, message } = thrown as ConfigError;
  assert.is(code, 'E_CONFIG');
  assert.match(
    message,
    new RegExp(
      `got .*shared, which has process ${process.pid} on .*: stop that one, or give this one .*EDGE_STORE_DIR`,
    ),
  );
  first.stop();
  const third = storeIn('shared').store;
  await third.start(running);
  third.stop();
});

onDisk('a folder among the files that the kernel makes up is named, and nothing hangs', async () => {
  const warnings: string[] = [];
  const log = createLog('warn', { write: (line) => void warnings.push(JSON.parse(line).msg) }, false);
  const store = new DeviceStore(configSchema.parse({ store: { dir: '/proc/edge/data' } }), log);
  await store.start(running);
  store.stop();
  assert.match(
    warnings[0]!,
    '/proc/edge/data lies in proc, which the kernel makes up and which holds no files: choose a folder on a disk',
  );
});

onDisk('where no folder can be made, it goes on and says that a second instance would not be noticed', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { store, warnings } = storeIn('file/data');
  await store.start(running);
  store.stop();
  assert.equal(warnings, [
    `store.dir cannot be locked, a second instance there would not be noticed: ${join(folder, 'file')} is a file, not a folder: move it away, or choose another folder`,
  ]);
});

onDisk('a place where databases break is refused before anything is made there, with what to do', async () => {
  const { store } = storeIn('share', { refusal: 'it lies on NFS; choose a local disk', warning: null });
  let thrown: unknown;
  await store.start(running).catch((error: unknown) => (thrown = error));
  assert.is((thrown as ConfigError).code, 'E_CONFIG');
  assert.match(
    (thrown as ConfigError).message,
    /store\.dir: expected a folder on a local disk .*: it lies on NFS; choose/,
  );
  assert.not.ok(existsSync(join(folder, 'share')));
});

onDisk('a place that forgets is told, and used', async () => {
  const { store, warnings } = storeIn('tmp', { refusal: null, warning: 'it lies in memory' });
  await store.start(running);
  assert.equal(warnings, ['store.dir may not keep what it is given: it lies in memory']);
  await store.stop();
});

onDisk('how long the medium takes is measured once it has started', async () => {
  const { store } = storeIn('measured');
  await store.start(running);
  await eventually('the measurement', () => store.latency !== null);
  assert.ok(store.latency!.medianMs > 0 && store.latency!.worstMs >= store.latency!.medianMs);
  assert.is(store.latency!.writes, 15);
  const names = store.metrics.map(({ name }) => name);
  assert.equal(names, ['store_fsync', 'store_checkpoint_failures']);
  await eventually('the probe is gone', () =>
    readdirSync(join(folder, 'measured')).every((name) => !name.includes('probe')),
  );
  await store.stop();
});

test.run();
