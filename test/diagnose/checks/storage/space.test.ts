import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeSpace, spaceCheck } from '../../../../src/diagnose/checks/storage/space.js';
import { smallDisk } from '../../../small-disk.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('space');
const folder = temporaryFolder('space');
const disk = smallDisk(join(folder, 'disk'), '4m,nr_inodes=600');

/** Of the store alone: how full this machine is matters not. */
const look = async (store: string) => {
  const findings = await findingsOf(spaceCheck(store), { ...withStore(store), root: store });
  return findings.filter(({ subject }) => subject === store);
};

test('a folder on a disk with room is fine, and each disk is told once', async () => {
  const findings = await findingsOf(spaceCheck(folder), { ...withStore(join(folder, 'to', 'come')), root: folder });
  assert.equal(told(findings), ['fine space-fine']);
  assert.is(findings[0]?.subject, folder);
});

(disk ? test : test.skip)('a small disk is told, then that it is full, then that it has no inodes', async () => {
  const findings = await look(disk!.at);
  assert.equal(told(findings), ['degraded space-little']);
  assert.match(remedyOf(findings) ?? '', /^See what takes most, and remove what is not needed: du -xh/);
  writeFileSync(join(disk!.at, 'filler'), Buffer.alloc(3 << 20));
  assert.equal(told(await look(disk!.at)), ['broken space-none']);
  disk!.resize('600m');
  for (let n = 0; n < 200; n++) writeFileSync(join(disk!.at, `${n}`), '');
  const few = await look(disk!.at);
  assert.equal(told(few), ['degraded space-few-inodes']);
  assert.match(remedyOf(few) ?? '', /du -x --inodes/);
});

test('file systems that do not count files have no want of them, and one that does not answer is not known', () => {
  assert.equal(told(judgeSpace('/data', { freeBytes: 1e10, usedPercent: 3, freeFiles: null })), ['fine space-fine']);
  assert.equal(told(judgeSpace('/data', null)), ['unknown space-unknown']);
});

test.run();
