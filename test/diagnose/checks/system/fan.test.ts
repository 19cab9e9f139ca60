import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fanCheck } from '../../../../src/diagnose/checks/system/fan.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('fan');

const chip = (number: number, name: string, files: Files): Files =>
  Object.fromEntries(
    Object.entries({ name: `${name}\n`, ...files }).map(([file, text]) => [
      `sys/class/hwmon/hwmon${number}/${file}`,
      text,
    ]),
  );
const look = (files: Files) => findingsOf(fanCheck(), patientAt(tree(files)));

test('a fan that turns is fine, and one that need not turn yet', async () => {
  assert.equal(told(await look(chip(0, 'pwmfan', { fan1_input: '2800\n', pwm1: '125\n' }))), ['fine fan-fine']);
  assert.equal(told(await look(chip(0, 'pwmfan', { fan1_input: '0\n', pwm1: '0\n' }))), ['fine fan-fine']);
});

test('a fan that is driven and stands still is told, also where another one turns', async () => {
  const still = chip(0, 'pwmfan', { fan1_input: '0\n', pwm1: '255\n' });
  const findings = await look({ ...still, ...chip(1, 'amdgpu', { fan1_input: '900\n', pwm1: '80\n' }) });
  assert.equal(told(findings), ['degraded fan-stopped']);
  assert.is(findings[0]?.subject, 'pwmfan');
  assert.equal(findings[0]?.values, { name: 'pwmfan', percent: 100 });
  assert.match(remedyOf(findings) ?? '', /plug/);
});

test('a tachometer by itself, as a Jetson has, counts for what drives the fan', async () => {
  const files = { ...chip(0, 'pwmfan', { pwm1: '200\n' }), ...chip(1, 'pwm_tach', { rpm: '0\n' }) };
  assert.equal(told(await look(files)), ['degraded fan-stopped']);
});

test('connectors of a mainboard without a fan are no fault', async () => {
  const board = chip(0, 'nct6775', { fan1_input: '1200\n', pwm1: '120\n', fan2_input: '0\n', pwm2: '150\n' });
  assert.equal(told(await look(board)), ['fine fan-fine']);
});

test('a machine without fans says nothing', async () => {
  assert.equal(await look({ 'proc/uptime': '1 1\n' }), []);
});

test.run();
