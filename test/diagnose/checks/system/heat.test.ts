import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { heatCheck } from '../../../../src/diagnose/checks/system/heat.js';
import { JETSON_ORIN } from '../../../board/machine/boards.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('heat');

/** A zone that is slowed down from 80 °C on. */
const zone = (milliCelsius: number): Files => ({
  'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
  'sys/class/thermal/thermal_zone0/temp': `${milliCelsius}\n`,
  'sys/class/thermal/thermal_zone0/trip_point_0_type': 'passive\n',
  'sys/class/thermal/thermal_zone0/trip_point_0_temp': '80000\n',
});
const look = (files: Files) => findingsOf(heatCheck(), patientAt(tree(files)));

test('a board with head-room is fine', async () => {
  const findings = await look(zone(55_000));
  assert.equal(told(findings), ['fine heat-fine']);
  assert.equal(findings[0]?.values, { celsius: 55, limit: 80 });
  assert.equal(told(await look(JETSON_ORIN)), ['fine heat-fine-without-limit']);
});

test('a board near the point at which it is slowed down is told before it is', async () => {
  const findings = await look(zone(75_000));
  assert.equal(told(findings), ['degraded heat-near-limit']);
  assert.equal(findings[0]?.values, { celsius: 75, limit: 80 });
  assert.match(remedyOf(findings) ?? '', /shade/);
});

test('a board that is slowed down is told', async () => {
  const slowed = {
    ...zone(84_000),
    'sys/class/thermal/cooling_device0/type': 'cpufreq-cpu0\n',
    'sys/class/thermal/cooling_device0/cur_state': '3\n',
  };
  assert.equal(told(await look(slowed)), ['degraded heat-slowed']);
});

test('a Raspberry Pi remembers that it was slowed down since its start', async () => {
  const pi = {
    ...zone(50_000),
    'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
    'sys/devices/platform/soc/soc:firmware/get_throttled': '80000\n',
  };
  assert.equal(told(await look(pi)), ['degraded heat-slowed-before']);
});

test('where nothing tells that point, only great heat is told', async () => {
  const plain = (milliCelsius: number): Files => ({
    'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
    'sys/class/thermal/thermal_zone0/temp': `${milliCelsius}\n`,
  });
  assert.equal(told(await look(plain(60_000))), ['fine heat-fine-without-limit']);
  assert.equal(told(await look(plain(83_000))), ['degraded heat-near-limit']);
});

test('a machine without a sensor says nothing', async () => {
  assert.equal(await look({ 'proc/uptime': '1 1\n' }), []);
});

test.run();
