import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTar } from '../../src/store/read-tar.js';
import { type TarEntry, tarOf } from '../../src/store/tar.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('tar');
const LONG = `sys/devices/${'pci0000:00/'.repeat(12)}hwmon/hwmon3`;
const ENTRIES: readonly TarEntry[] = [
  { kind: 'file', path: 'proc/stat', data: Buffer.from('cpu 1 2 3\n') },
  { kind: 'file', path: `${LONG}/temp1_input`, data: Buffer.from('48500\n') },
  { kind: 'link', path: 'sys/class/hwmon/hwmon3', target: `../../../${LONG}` },
  { kind: 'file', path: 'empty', data: Buffer.alloc(0) },
  { kind: 'file', path: 'block', data: Buffer.alloc(512, 7) },
];

test('what is packed is read again, whatever the length of its name', () => {
  assert.equal(readTar(tarOf(ENTRIES, 1_700_000_000_000)), ENTRIES);
});

test('other programs read it too', () => {
  const archive = join(folder, 'a.tar');
  writeFileSync(archive, tarOf(ENTRIES, 1_700_000_000_000));
  const names = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).trimEnd().split('\n');
  assert.equal(
    names,
    ENTRIES.map(({ path }) => path),
  );
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  assert.is(execFileSync('cat', [join(folder, 'sys/class/hwmon/hwmon3/temp1_input')], { encoding: 'utf8' }), '48500\n');
});

test('and what other programs pack is read: folders are left out', () => {
  const archive = join(folder, 'b.tar');
  execFileSync('tar', ['--format=ustar', '-cf', archive, '-C', folder, 'proc', 'empty']);
  assert.equal(readTar(execFileSync('cat', [archive])), [ENTRIES[0], ENTRIES[3]]);
});

test('what is none, is cut off, or was changed, is refused', () => {
  const archive = tarOf(ENTRIES, 0);
  assert.throws(() => readTar(Buffer.from('x'.repeat(2000))), 'it is no tar archive, or is damaged');
  assert.throws(() => readTar(archive.subarray(0, 700)), 'it is cut off');
  assert.throws(() => readTar(archive.subarray(0, archive.length - 1024)), 'it is cut off');
  const changed = Buffer.from(archive);
  changed[0]! ^= 1;
  assert.throws(() => readTar(changed), 'it is no tar archive, or is damaged');
  assert.throws(() => readTar(Buffer.alloc(0)), 'it is cut off');
});

test.run();
