import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeSharedMemory, sharedMemoryCheck } from '../../../../src/diagnose/checks/storage/shared-memory.js';
import { smallDisk } from '../../../small-disk.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('shared memory');
const folder = temporaryFolder('shared-memory');
const disk = smallDisk(join(folder, 'shm'), '16m');
const look = (at: string) => findingsOf(sharedMemoryCheck(at), patientAt('/'));

(disk ? test : test.skip)('memory that is too small, full, or read-only is told', async () => {
  const findings = await look(disk!.at);
  assert.equal(told(findings), ['degraded shared-memory-small']);
  assert.equal(findings[0]?.values, { folder: disk!.at, total: 16, free: 16, wanted: 32 });
  assert.match(remedyOf(findings) ?? '', /--shm-size 256m/);
  disk!.resize('40m');
  assert.equal(told(await look(disk!.at)), ['fine shared-memory-fine']);
  writeFileSync(join(disk!.at, 'filler'), Buffer.alloc(36 << 20));
  assert.equal(told(await look(disk!.at)), ['degraded shared-memory-full']);
  disk!.remount('ro');
  assert.equal(told(await look(disk!.at)), ['degraded shared-memory-not-writable']);
});

test("what a container has by default is enough for one detector's pictures", () => {
  const container = { folder: '/dev/shm', total: 64 * 2 ** 20, free: 64 * 2 ** 20 };
  assert.is(judgeSharedMemory({ ...container, detectors: 1 }).condition, 'fine');
  assert.is(judgeSharedMemory({ ...container, detectors: 3 }).condition, 'degraded');
});

test('no such memory at all is told', async () => {
  assert.equal(told(await look(join(folder, 'none'))), ['degraded shared-memory-not-writable']);
});

test.run();
