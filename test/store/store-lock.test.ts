import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { lockStore, type StoreLock } from '../../src/store/store-lock.js';
import { needs } from '../optional.js';
import { endWithTests, temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const root = temporaryFolder('lock');
const script = join(dirname(fileURLToPath(import.meta.url)), 'lock-holder.js');

let folders = 0;
function freshFolder(): string {
  const folder = join(root, `${++folders}`);
  mkdirSync(folder);
  return folder;
}

const lock = (folder: string, patienceMs = 0, signal = new AbortController().signal): Promise<StoreLock> =>
  lockStore(folder, { patienceMs, signal });

const release = (held: StoreLock): void => (held.kind === 'held' ? held.release() : assert.unreachable('not held'));

/** Another process that holds the folder's lock. */
async function holder(folder: string): Promise<ChildProcess> {
  const child = endWithTests(spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] }));
  const said = await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  assert.is(said, 'held');
  return child;
}

const killed = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });

onDisk('the second in one process is told who the first is, and gets the folder when that one lets go', async () => {
  const folder = freshFolder();
  const first = await lock(folder);
  const second = await lock(folder);
  assert.is(second.kind, 'taken');
  const { pid, host, since } = (second as Extract<StoreLock, { kind: 'taken' }>).owner!;
  assert.equal([pid, host], [process.pid, hostname()]);
  assert.ok(Math.abs(Date.now() - since) < 60_000);
  release(first);
  release(await lock(folder));
  assert.equal(readdirSync(folder), ['running.lock']);
});

onDisk('another process that has it is named, and one that was killed has nothing any more', async () => {
  const folder = freshFolder();
  const child = await holder(folder);
  const second = await lock(folder);
  assert.is((second as Extract<StoreLock, { kind: 'taken' }>).owner!.pid, child.pid);
  await killed(child);
  release(await lock(folder));
});

onDisk('an owner that is just stopping is waited for', async () => {
  const folder = freshFolder();
  const child = await holder(folder);
  const waiting = lock(folder, 60_000);
  await killed(child);
  release(await waiting);
});

onDisk('waiting ends when the program is to stop', async () => {
  const folder = freshFolder();
  const first = await lock(folder);
  const stopping = new AbortController();
  const waiting = lock(folder, 1e9, stopping.signal);
  stopping.abort();
  assert.is((await waiting).kind, 'taken');
  release(first);
});

onDisk('an owner whose name cannot be read is none that is known', async () => {
  const folder = freshFolder();
  const first = await lock(folder);
  writeFileSync(join(folder, 'running.json'), '{"pid":"1"}');
  assert.equal(await lock(folder), { kind: 'taken', owner: null });
  release(first);
});

onDisk('two folders are two locks, and a database in a locked folder can be used by others', async () => {
  const [a, b] = [freshFolder(), freshFolder()];
  const held = [await lock(a), await lock(b)];
  const file = join(a, 'profiles.db');
  openDatabase({ file, migrations: ['CREATE TABLE a (n INTEGER)'], log: silentLog }).close();
  for (const one of held) release(one);
});

onDisk('a folder that is not there cannot be locked', async () => {
  let thrown: unknown;
  await lock(join(root, 'missing')).catch((error: unknown) => (thrown = error));
  assert.match(String(thrown), /ENOENT/);
});

test.run();
