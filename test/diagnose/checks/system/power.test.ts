import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { powerCheck } from '../../../../src/diagnose/checks/system/power.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('power');

const RASPBERRY: Files = { 'proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0' };
const FIRMWARE = 'sys/devices/platform/soc/soc:firmware/get_throttled';
const look = (files: Files, answer?: string) =>
  findingsOf(powerCheck(answer === undefined ? undefined : async () => answer), patientAt(tree(files)));

test('a supply that sags now is told, and what to do', async () => {
  const findings = await look({ ...RASPBERRY, [FIRMWARE]: '50005\n' });
  assert.equal(told(findings), ['degraded power-low-now']);
  assert.match(remedyOf(findings) ?? '', /27 W/);
});

test('a supply that sagged since the start is told as such, by vcgencmd too', async () => {
  assert.equal(told(await look({ ...RASPBERRY, [FIRMWARE]: '50000\n' })), ['degraded power-low-since-start']);
  assert.equal(told(await look(RASPBERRY, 'throttled=0x10000\n')), ['degraded power-low-since-start']);
});

test('a strong supply is fine', async () => {
  assert.equal(told(await look({ ...RASPBERRY, [FIRMWARE]: '0\n' })), ['fine power-fine']);
  // heat alone is none of its business
  assert.equal(told(await look(RASPBERRY, 'throttled=0x80008\n')), ['fine power-fine']);
});

test('a Jetson tells of too much current', async () => {
  const chip = 'sys/class/hwmon/hwmon1';
  const findings = await look({ [`${chip}/name`]: 'ina3221\n', [`${chip}/curr1_crit_alarm`]: '1\n' });
  assert.equal(told(findings), ['degraded power-over-current']);
});

test('a machine that watches no supply says nothing', async () => {
  assert.equal(await look({ 'proc/uptime': '1 1\n' }), []);
});

test.run();
