import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { coresCheck, countCores } from '../../../../src/diagnose/checks/system/cores.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('cores');

const MACHINE: Files = {
  'sys/devices/system/cpu/online': '0-3\n',
  'proc/self/status': 'Name: node\nCpus_allowed_list:\t0-7\n',
  'proc/self/cgroup': '0::/edge.service\n',
  'proc/loadavg': '3.12 3.34 0.56 1/234 5678\n',
};
const look = (files: Files, changes = {}) =>
  findingsOf(coresCheck(), patientAt(tree({ ...MACHINE, ...files }), changes));

test('a machine that works as much as it can is fine', async () => {
  const findings = await look({});
  assert.equal(told(findings), ['fine cores-fine']);
  assert.equal(findings[0]?.values, { usable: 4, present: 4, load: 3.34 });
});

test('a running program that is pinned to one core is told, whatever the shell may use', async () => {
  const files = { 'proc/77/status': 'Name: node\nCpus_allowed_list:\t2\n' };
  const findings = await look(files, { running: runningAs(77) });
  assert.equal(told(findings), ['degraded cores-pinned']);
  assert.equal(findings[0]?.values, { usable: 1, present: 4 });
});

test('less than one core by quota is told', async () => {
  const findings = await look({ 'sys/fs/cgroup/edge.service/cpu.max': '50000 100000\n' });
  assert.equal(told(findings), ['degraded cores-quota']);
  assert.equal(findings[0]?.values, { quota: 0.5, present: 4 });
  assert.match(remedyOf(findings) ?? '', /systemctl set-property edge-optimizer CPUQuota=200%/);
});

test('five minutes of overload are told, a short one is not', async () => {
  assert.equal(told(await look({ 'proc/loadavg': '4.0 16.5 3.0 9/234 5678\n' })), ['degraded cores-overloaded']);
  assert.equal(told(await look({ 'proc/loadavg': '22.0 9.5 3.0 9/234 5678\n' })), ['fine cores-fine']);
});

test('time in which everything waits for memory or a disk is told', async () => {
  const line = (kind: string, percent: number) => `${kind} avg10=${percent}.00 avg60=0.00 avg300=0.00 total=1\n`;
  const findings = await look({
    'proc/pressure/memory': line('some', 40) + line('full', 25),
    'proc/pressure/io': line('some', 90) + line('full', 80),
  });
  assert.equal(told(findings), ['degraded stalled-for-memory', 'degraded stalled-for-disk']);
  assert.equal(
    findings.map(({ values }) => values.percent),
    [25, 80],
  );
});

test('a machine that shows its cores in /proc/stat alone has them too, and one that shows none is not known', async () => {
  const stat = 'cpu  1 2 3\ncpu0 1 2 3\ncpu1 1 2 3\nintr 0\n';
  const findings = await findingsOf(coresCheck(), patientAt(tree({ 'proc/stat': stat })));
  assert.equal(findings[0]?.values, { usable: 2, present: 2, load: '?' });
  assert.equal(told(await findingsOf(coresCheck(), patientAt(tree({ 'proc/version': '' })))), [
    'unknown cores-unknown',
  ]);
});

test('lists of cores are counted', () => {
  assert.is(countCores('0-3,6'), 5);
  assert.is(countCores(''), 0);
});

test.run();
