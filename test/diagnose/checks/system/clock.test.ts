import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clockCheck, judgeClock } from '../../../../src/diagnose/checks/system/clock.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('clock');

const NOW = Date.UTC(2030, 0, 1);
const at = (unixMs: number) => ({ now: () => 0, unixNow: () => unixMs });
const look = (files: Files, changes = {}, now = NOW) =>
  findingsOf(clockCheck(at(now)), patientAt(tree(files), changes));

/** As systemd-timesyncd leaves them. */
const FOLLOWING: Files = { 'run/systemd/timesync/synchronized': '' };

test('a clock that follows a server is fine', async () => {
  assert.equal(told(await look(FOLLOWING)), ['fine clock-fine']);
});

test('where nobody tells, as in a container, it is not known', async () => {
  assert.equal(told(await look({ 'proc/uptime': '1 1\n' })), ['unknown clock-unknown']);
});

test('a clock before the program was made is broken', async () => {
  const findings = await look(FOLLOWING, {}, Date.UTC(1970, 0, 1, 0, 7));
  assert.equal(told(findings), ['broken clock-before-build']);
  assert.is(findings[0]?.values.date, '1970-01-01 00:07 UTC');
  assert.match(remedyOf(findings) ?? '', /^Set it: timedatectl set-ntp true/);
});

test('a daemon that reaches no server is told', async () => {
  const findings = await look({ 'run/systemd/timesync/note': '' });
  assert.equal(told(findings), ['degraded clock-not-synchronised']);
  assert.match(remedyOf(findings) ?? '', /UDP port 123/);
});

test('an offset beyond a second is told, either way', () => {
  const state = { now: NOW, rtc: null, jumps: null };
  const off = judgeClock({ ...state, sync: { isSynchronised: true, offsetMs: -2340 } });
  assert.equal(told(off), ['degraded clock-off']);
  assert.equal(off[0]?.values, { seconds: 2.3 });
  assert.equal(told(judgeClock({ ...state, sync: { isSynchronised: true, offsetMs: 40 } })), ['fine clock-fine']);
});

test('a battery that lost the time is told before the power cut that shows it', async () => {
  const findings = await look({ ...FOLLOWING, 'sys/class/rtc/rtc0/since_epoch': '86400\n' });
  assert.equal(told(findings), ['degraded clock-battery']);
  assert.match(remedyOf(findings) ?? '', /hwclock --systohc --utc/);
  const right = await look({ ...FOLLOWING, 'sys/class/rtc/rtc0/since_epoch': `${NOW / 1000 + 20}\n` });
  assert.equal(told(right), ['fine clock-fine']);
});

test('a clock that is set again and again is told by the running program', async () => {
  const metrics = (jumps: number) =>
    `# TYPE x counter\nedge_optimizer_machine_clock_jumps_total{device="a"} ${jumps}\n`;
  const findings = await look(FOLLOWING, { running: runningAs(77, metrics(5)) });
  assert.equal(told(findings), ['degraded clock-jumped']);
  assert.equal(findings[0]?.values, { jumps: 5 });
  const once = await look(FOLLOWING, { running: runningAs(77, metrics(1)) });
  assert.equal(told(once), ['fine clock-fine']);
});

test.run();
