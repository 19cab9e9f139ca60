import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { ConfigError } from '../../src/foundation/errors.js';
import { createLog } from '../../src/foundation/log.js';
import { DeviceStore } from '../../src/runtime/device-store.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('device-store');
const running = new AbortController().signal;

function storeIn(name: string) {
  const warnings: string[] = [];
  const log = createLog('warn', { write: (line) => void warnings.push(JSON.parse(line).msg) }, false);
  const store = new DeviceStore(configSchema.parse({ store: { dir: join(folder, name) } }), log);
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

test.run();
