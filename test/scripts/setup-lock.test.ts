import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { endWithTests, eventually, temporaryFolder } from '../temporary.js';

const MODULE = pathToFileURL(join(PROJECT_ROOT, 'scripts/setup-lock.mjs')).href;
const { alone } = (await import(MODULE)) as {
  alone<T>(root: string, work: () => Promise<T>, onWait: (pid: number) => void): Promise<T>;
};

const nobody = (pid: number): void => assert.unreachable(`process ${pid} is waited for`);
const lockOf = (root: string): string => join(root, '.cache/set-up.lock');

/** A process that works alone in a folder: it notes when it begins and ends, and whom it waited for. */
function worker(root: string, work: string) {
  const program = `
    import { appendFileSync } from 'node:fs';
    import { alone } from ${JSON.stringify(MODULE)};
    const note = (what) => appendFileSync(${JSON.stringify(join(root, 'notes'))}, what + ' ' + process.pid + '\\n');
    await alone(${JSON.stringify(root)}, async () => { note('began'); ${work}; note('ended'); }, (pid) => note('waited-for-' + pid));`;
  return endWithTests(spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' }));
}

const notesOf = (root: string): string[] =>
  existsSync(join(root, 'notes')) ? readFileSync(join(root, 'notes'), 'utf8').trim().split('\n') : [];

test('three that begin at once work one after the other, and those that wait say for whom', async () => {
  const root = temporaryFolder('lock-of-three');
  const workers = [1, 2, 3].map(() => worker(root, 'await new Promise((done) => setTimeout(done, 300))'));
  const codes = await Promise.all(workers.map(async (child) => (await once(child, 'exit'))[0]));
  assert.equal(codes, [0, 0, 0]);
  const works = notesOf(root).filter((note) => !note.startsWith('waited'));
  assert.is(works.length, 6);
  for (let i = 0; i < 6; i += 2)
    assert.equal([works[i], works[i + 1]], [works[i], works[i]!.replace('began', 'ended')]);
  assert.is(existsSync(lockOf(root)), false);
});

test('it is free again after work that failed, and after a process that ends in the middle', async () => {
  const root = temporaryFolder('lock-of-failures');
  const failing = () => alone(root, () => Promise.reject(new Error('no space')), nobody);
  await failing().then(assert.unreachable, (error: Error) => assert.is(error.message, 'no space'));
  assert.is(existsSync(lockOf(root)), false);
  await once(worker(root, 'process.exit(3)'), 'exit');
  assert.is(existsSync(lockOf(root)), false);
});

test('that of a process that was killed is taken once it has given no sign for a while, and no sooner', async () => {
  const root = temporaryFolder('lock-of-killed');
  const killed = worker(root, 'await new Promise((done) => setTimeout(done, 60000))');
  await eventually('it works', () => notesOf(root).length === 1, 60_000);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  let waitedFor = 0;
  const taken = alone(
    root,
    async () => 'done',
    (pid) => {
      waitedFor = pid;
      utimesSync(lockOf(root), 0, Date.now() / 1000 - 11);
    },
  );
  assert.is(await taken, 'done');
  assert.is(waitedFor, killed.pid);
});

test('a number that another process has by now holds nobody up for ever', async () => {
  const root = temporaryFolder('lock-of-another');
  mkdirSync(join(root, '.cache'));
  writeFileSync(lockOf(root), `${process.pid}\n`);
  utimesSync(lockOf(root), 0, Date.now() / 1000 - 121);
  assert.is(await alone(root, async () => 'done', nobody), 'done');
});

test('where nothing can be written the work is done, and says what is in its way', async () => {
  const root = temporaryFolder('lock-of-none');
  rmSync(root, { recursive: true });
  writeFileSync(root, 'a file where the folder was');
  assert.is(await alone(root, async () => 'done', nobody), 'done');
});

test.run();
