import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { oomKillsCheck } from '../../../../src/diagnose/checks/system/oom-kills.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('OOM kills');

const look = (files: Files, changes = {}) => findingsOf(oomKillsCheck(), patientAt(tree(files), changes));

test('a kernel that killed nobody is fine, one that does not tell is not known', async () => {
  assert.equal(told(await look({ 'proc/vmstat': 'nr_free_pages 1\noom_kill 0\n' })), ['fine oom-none']);
  assert.equal(told(await look({ 'proc/vmstat': 'nr_free_pages 1\n' })), ['unknown oom-unknown']);
});

test('kills on the machine are told with where their names stand', async () => {
  const findings = await look({ 'proc/vmstat': 'oom_kill 3\n' });
  assert.equal(told(findings), ['degraded oom-kills']);
  assert.equal(findings[0]?.values, { count: 3 });
  assert.match(remedyOf(findings) ?? '', /journalctl -k --grep/);
});

test("kills in the running program's own group are told by its limit", async () => {
  const files = {
    'proc/vmstat': 'oom_kill 2\n',
    'proc/77/cgroup': '0::/system.slice/edge.service\n',
    'sys/fs/cgroup/system.slice/edge.service/memory.events': 'max 7\noom 2\noom_kill 2\n',
  };
  assert.equal(told(await look(files)), ['degraded oom-kills']);
  const findings = await look(files, { running: runningAs(77) });
  assert.equal(told(findings), ['degraded oom-kills-in-group']);
  assert.match(remedyOf(findings) ?? '', /MemoryMax/);
});

test.run();
