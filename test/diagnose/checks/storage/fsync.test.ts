import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fsyncCheck } from '../../../../src/diagnose/checks/storage/fsync.js';
import type { FsyncLatency } from '../../../../src/store/fsync-latency.js';
import { temporaryFolder } from '../../../temporary.js';
import { MachineTree } from '../accelerator/machine-tree.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('fsync');
const folder = temporaryFolder('fsync');

test('blocks are written and waited for, and nothing is left', async () => {
  const [finding] = await findingsOf(fsyncCheck(undefined, 0), withStore(folder));
  assert.ok(finding);
  assert.match(finding.code, /^fsync-(fine|slow|flooded)$/);
  assert.ok(Number(finding.values.writes) >= 1);
  assert.equal(readdirSync(folder), []);
});

const SLOW = { medianMs: 85.25, worstMs: 1240, writes: 9 };
const QUICK = { medianMs: 1.2, worstMs: 3, writes: 15 };

/** Looks at this store, on a machine of which so much waits for the medium. @param groups what each look finds, the last one on and on */
function look(groups: readonly FsyncLatency[], waitingKb = 0) {
  const left = [...groups];
  const measure = async () => (left.length > 1 ? left.shift()! : left[0]!);
  const { root } = new MachineTree({ 'proc/meminfo': `Dirty: ${waitingKb} kB\nWriteback: 0 kB\n` });
  return findingsOf(fsyncCheck(measure, 0, root), withStore(folder));
}

test('a card that takes its time is told, after it was looked at again and again', async () => {
  const findings = await look([SLOW]);
  assert.equal(told(findings), ['degraded fsync-slow']);
  assert.equal(findings[0]?.values, { median: 85.3, worst: 1240, writes: 36 });
  assert.match(remedyOf(findings) ?? '', /SSD or a card of class A2/);
});

test('a card that is quick now and then is slow all the same', async () => {
  assert.equal(told(await look([SLOW, QUICK, SLOW, SLOW])), ['degraded fsync-slow']);
});

test('one burst of somebody else is no fault of the medium', async () => {
  assert.equal(told(await look([SLOW, QUICK])), ['fine fsync-fine']);
});

test('a medium that is being flooded is judged later', async () => {
  const findings = await look([SLOW], 400_000);
  assert.equal(told(findings), ['unknown fsync-flooded']);
  assert.is(findings[0]?.values['waiting'], 391);
});

test('the first look may take a second, those after it less', async () => {
  const allowed: number[] = [];
  const measure = async (_folder: string, ms: number) => {
    allowed.push(ms);
    return SLOW;
  };
  await findingsOf(fsyncCheck(measure, 0), withStore(folder));
  assert.equal(allowed, [1000, 400, 400, 400]);
});

test('where nothing can be written there is nothing to tell of it', async () => {
  assert.equal(
    await findingsOf(
      fsyncCheck(async () => null),
      withStore(folder),
    ),
    [],
  );
});

test.run();
