import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EnergyMeter, findPowerRails, readResidentBytes, readTemperature } from '../../src/board/readings.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('readings');

function write(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, root, path)), { recursive: true });
    writeFileSync(join(folder, root, path), text);
  }
  return join(folder, root);
}

test('the temperature is that of the warmest zone; one that is switched off does not count', () => {
  const root = write('zones', {
    'sys/class/thermal/thermal_zone0/temp': '48500\n',
    'sys/class/thermal/thermal_zone1/temp': '51250\n',
    'sys/class/thermal/thermal_zone2/temp': '-256000\n',
    'sys/class/thermal/cooling_device0/cur_state': '3\n',
  });
  assert.is(readTemperature(root), 51.25);
});

test('a machine without sensors has no temperature and no rails, not zero', () => {
  assert.is(readTemperature('/no/such/folder'), null);
  assert.is(findPowerRails('/no/such/folder'), null);
});

test('on a Jetson the rail of the whole board is measured, volts times amperes', () => {
  const root = write('jetson', {
    'sys/class/hwmon/hwmon3/in1_label': 'VDD_IN\n',
    'sys/class/hwmon/hwmon3/in1_input': '5000\n',
    'sys/class/hwmon/hwmon3/curr1_input': '2000\n',
    'sys/class/hwmon/hwmon3/in2_label': 'VDD_CPU_GPU_CV\n',
    'sys/class/hwmon/hwmon3/in2_input': '5000\n',
    'sys/class/hwmon/hwmon3/curr2_input': '900\n',
  });
  let now = 0;
  const meter = new EnergyMeter(findPowerRails(root)!, () => now);
  meter.sample();
  now = 500;
  meter.sample();
  // 10 W for half a second
  assert.is(meter.joules, 5);
});

test('a counter of energy that wraps goes on counting', () => {
  const counter = 'sys/class/powercap/intel-rapl:0/energy_uj';
  const root = write('rapl', { [counter]: '900000', 'sys/class/powercap/intel-rapl:0/max_energy_range_uj': '1000000' });
  write('rapl', { 'sys/class/powercap/intel-rapl:0:0/energy_uj': '1' });
  const meter = new EnergyMeter(findPowerRails(root)!, () => 0);
  meter.sample();
  write('rapl', { [counter]: '400000' });
  meter.sample();
  assert.is(meter.joules, 0.5);
});

test('resident memory is read from a process’s status', () => {
  const root = write('rss', { 'proc/42/status': 'Name:\tnode\nVmRSS:\t  104448 kB\nThreads:\t7\n' });
  assert.is(readResidentBytes(root, 42), 106_954_752);
  assert.is(readResidentBytes(root, 43), null);
});

test.run();
