import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fsyncCheck } from '../../../../src/diagnose/checks/storage/fsync.js';
import { measureFsync } from '../../../../src/store/fsync-latency.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('fsync');
const folder = temporaryFolder('fsync');

test('blocks are written and waited for, and nothing is left', async () => {
  const [finding] = await findingsOf(fsyncCheck(), withStore(folder));
  assert.ok(finding);
  assert.match(finding.code, /^fsync-(fine|slow)$/);
  assert.ok(Number(finding.values.writes) >= 1);
  assert.equal(readdirSync(folder), []);
});

test('a card that takes its time is told', async () => {
  const slow = async () => ({ medianMs: 85.25, worstMs: 1240, writes: 9 });
  const findings = await findingsOf(fsyncCheck(slow), withStore(folder));
  assert.equal(told(findings), ['degraded fsync-slow']);
  assert.equal(findings[0]?.values, { median: 85.3, worst: 1240, writes: 9 });
  assert.match(remedyOf(findings) ?? '', /SSD or a card of class A2/);
});

test('no write begins after a second', async () => {
  let aborted = false;
  const patient = async (at: string, signal?: AbortSignal) => {
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    aborted = signal?.aborted ?? false;
    return measureFsync(at, signal);
  };
  assert.equal(await findingsOf(fsyncCheck(patient), withStore(folder)), []);
  assert.ok(aborted);
});

test.run();
