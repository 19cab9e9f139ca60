import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NOT_RUNNING, ProcessReader } from '../../../src/board/machine/process-reader.js';
import { readResidentBytes } from '../../../src/board/readings.js';
import { where } from '../../optional.js';
import { endWithTests, eventually } from '../../temporary.js';
import { tree, write } from './trees.js';

const at = (now: number) => ({ now, unixNow: now });
const onLinux = where(process.platform === 'linux', '/proc', test);

/** /proc/<pid>/stat with user and system ticks, threads and pages. */
const stat = (name: string, user: number, system: number, threads: number, pages: number) =>
  `42 (${name}) S 1 42 42 0 -1 4194560 100 0 0 0 ${user} ${system} 7 7 20 0 ${threads} 0 12345 1000000 ${pages} 18446744073709551615 1 1 0\n`;

/** The kernel's units of a machine with pages of 16 KiB. */
const AUXV = new Uint8Array(new BigUint64Array([6n, 16_384n, 17n, 100n, 0n, 0n]).buffer);

test('processor time, memory, threads and files of a process, whatever its name is', async () => {
  const root = tree({
    'proc/self/auxv': '',
    'proc/42/stat': stat('a ) b (S 1 2 3', 100, 50, 11, 1000),
    'proc/42/fd/0': '',
    'proc/42/smaps_rollup': 'Rss: 9 kB\nPss:    2048 kB\nPss_Dirty: 1 kB\n',
  });
  const reader = new ProcessReader(root, () => 42);
  reader.read(at(1000));
  assert.is(reader.use.cpuPercent, null);
  assert.is(reader.use.residentBytes, 4_096_000);
  assert.is(reader.use.threads, 11);
  await new Promise((resolve) => setTimeout(resolve, 20));
  write(root, { 'proc/42/stat': stat('a ) b (S 1 2 3', 400, 150, 12, 2000) });
  reader.read(at(3000));
  assert.is(reader.use.cpuPercent, 200);
  assert.is(reader.use.cpuMs, 4000);
  assert.is(reader.use.proportionalBytes, 2_097_152);
  reader.close();
  assert.is(reader.use, NOT_RUNNING);
});

where(
  process.arch === 'x64' || process.arch === 'arm64',
  'words of 64 bits',
  test,
)('pages are as large as the kernel says, 16 KiB on a Raspberry Pi 5', () => {
  const root = tree({ 'proc/self/auxv': AUXV, 'proc/42/stat': stat('x', 1, 1, 1, 10) });
  const reader = new ProcessReader(root, () => 42);
  reader.read(at(0));
  assert.is(reader.use.residentBytes, 163_840);
  reader.close();
});

test('the next process of its name has used nothing yet, and the total goes on', () => {
  const root = tree({ 'proc/42/stat': stat('x', 100, 0, 1, 10), 'proc/43/stat': stat('x', 500, 0, 1, 10) });
  let pid: number | null = 42;
  const reader = new ProcessReader(root, () => pid);
  reader.read(at(0));
  write(root, { 'proc/42/stat': stat('x', 200, 0, 1, 10) });
  reader.read(at(1000));
  assert.is(reader.use.cpuMs, 1000);
  pid = null;
  reader.read(at(2000));
  assert.is(reader.use, NOT_RUNNING);
  pid = 43;
  reader.read(at(3000));
  assert.is(reader.use.cpuPercent, null);
  assert.is(reader.use.cpuMs, 1000, 'it was busy before it was watched');
  write(root, { 'proc/43/stat': stat('x', 550, 0, 1, 10) });
  reader.read(at(4000));
  assert.is(reader.use.cpuPercent, 50);
  assert.is(reader.use.cpuMs, 1500);
  reader.close();
});

test('garbage and processes that are not there use nothing', () => {
  const root = tree({ 'proc/42/stat': '42 (x' });
  const garbled = new ProcessReader(root, () => 42);
  garbled.read(at(0));
  garbled.read(at(1000));
  assert.is(garbled.use.cpuPercent, null);
  assert.is(garbled.use.residentBytes, null);
  const nobody = new ProcessReader(root, () => 4711);
  nobody.read(at(0));
  assert.is(nobody.use, NOT_RUNNING);
});

onLinux('a real process: what it uses while it lives, and nothing once it has ended', async () => {
  const child = endWithTests(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  const reader = new ProcessReader('/', () => child.pid!);
  try {
    reader.read(at(performance.now()));
    await eventually('it was busy', () => {
      reader.read(at(performance.now()));
      return (reader.use.cpuMs ?? 0) >= 50 && reader.use.threads! >= 2;
    });
    assert.is(reader.use.openFiles, readdirSync(`/proc/${child.pid}/fd`).length);
    reader.read(at(performance.now()));
    const told = readResidentBytes('/', child.pid!)!;
    assert.ok(Math.abs(reader.use.residentBytes! - told) < 0.2 * told, `${reader.use.residentBytes}, and ${told}`);
  } finally {
    await ended(child);
  }
  reader.read(at(performance.now()));
  assert.is(reader.use, NOT_RUNNING);
  reader.close();
});

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

test.run();
