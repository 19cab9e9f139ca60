import { spawnSync } from 'node:child_process';
import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { uptimeCheck } from '../../../../src/diagnose/checks/system/uptime.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('uptime');

const NOW = Date.UTC(2026, 5, 10);
function look(root: string, changes = {}) {
  const { config } = patientAt(root);
  const store = { dir: join(root, 'store') };
  return findingsOf(
    uptimeCheck(() => NOW),
    patientAt(root, { config: { ...config, store }, ...changes }),
  );
}
const UPTIME: Files = { 'proc/uptime': '9000.25 18000.00\n' };

test('a machine that ended in order is fine', async () => {
  const findings = await look(tree({ ...UPTIME, 'sys/class/watchdog/watchdog0/bootstatus': '0\n' }));
  assert.equal(told(findings), ['fine uptime-fine']);
  assert.equal(findings[0]?.values, { hours: 2.5 });
});

test("the kernel's last words are told, for a month", async () => {
  const file = 'sys/fs/pstore/dmesg-ramoops-0';
  const root = tree({ ...UPTIME, [file]: 'Panic#1 Part1\n' });
  utimesSync(join(root, file), NOW / 1000, Date.UTC(2026, 5, 9, 3, 4) / 1000);
  const findings = await look(root);
  assert.equal(told(findings), ['degraded crash-kernel']);
  assert.equal(findings[0]?.values, { date: '2026-06-09 03:04 UTC' });
  assert.match(remedyOf(findings) ?? '', /pstore/);
  utimesSync(join(root, file), NOW / 1000, Date.UTC(2026, 1, 1) / 1000);
  assert.equal(told(await look(root)), ['fine uptime-fine']);
});

test('a reset by the watchdog is told', async () => {
  const findings = await look(tree({ ...UPTIME, 'sys/class/watchdog/watchdog0/bootstatus': '32\n' }));
  assert.equal(told(findings), ['degraded crash-watchdog']);
});

test('a program that was killed is told by the name that it left in the store', async () => {
  const root = tree(UPTIME);
  const store = join(root, 'store');
  mkdirSync(store);
  const lock = new URL('../../../../src/store/store-lock.js', import.meta.url).href;
  const program = `
    const { lockStore } = await import(${JSON.stringify(lock)});
    await lockStore(${JSON.stringify(store)}, { patienceMs: 0, signal: new AbortController().signal });
    process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
  assert.is(signal, 'SIGKILL');
  const findings = await look(root);
  assert.equal(told(findings), ['degraded crash-program']);
  assert.match(remedyOf(findings) ?? '', /journalctl -u edge-optimizer/);
  assert.equal(told(await look(root, { running: runningAs(77) })), ['fine uptime-fine']);
});

test.run();
