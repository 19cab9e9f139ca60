import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeWrite, readOnlyCheck } from '../../../../src/diagnose/checks/storage/read-only.js';
import { smallDisk } from '../../../small-disk.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('read-only');
const folder = temporaryFolder('read-only');
const disk = smallDisk(join(folder, 'disk'), '256k');
const look = (store: string) => findingsOf(readOnlyCheck(), withStore(store));

test('a store that can be written is fine, and nothing is left in it', async () => {
  assert.equal(told(await look(folder)), ['fine store-writable']);
  assert.equal(
    readdirSync(folder).filter((name) => name !== 'disk'),
    [],
  );
});

(disk ? test : test.skip)('a disk that is full, and one that is mounted read-only, are told', async () => {
  writeFileSync(join(disk!.at, 'filler'), Buffer.alloc(256 << 10));
  const full = await look(disk!.at);
  assert.equal(told(full), ['degraded store-full']);
  assert.is(full[0]?.values.code, 'ENOSPC');
  disk!.remount('ro');
  const findings = await look(disk!.at);
  assert.equal(told(findings), ['degraded store-read-only']);
  assert.match(remedyOf(findings) ?? '', /mount -o remount,rw/);
});

test('a user who may not write says nothing of a program that runs as another', () => {
  assert.is(judgeWrite('EACCES', '/data', false).condition, 'degraded');
  assert.is(judgeWrite('EACCES', '/data', true).condition, 'unknown');
  assert.equal(told([judgeWrite('EIO', '/data', true)]), ['degraded store-write-fails']);
});

test.run();
