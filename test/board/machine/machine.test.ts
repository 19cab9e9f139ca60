import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { where } from '../../optional.js';
import { BOARDS, CONTAINER, JETSON_ORIN, RASPBERRY_PI_4, RK3588, X86 } from './boards.js';
import { type Files, tree, write } from './trees.js';
import { WatchedMachine } from './watched.js';

/** What every machine must hold to, whatever it has; the real one is read as the trees are. */
function contract(name: string, makeRoot: () => string): void {
  test(`${name}: nothing is known before the first reading, and every name of MQTT is there already`, async () => {
    const watched = new WatchedMachine(makeRoot());
    const atFirst = watched.namesInMqtt();
    assert.equal(watched.told(''), { machine_clock_jumps: 0 });
    await watched.after(1);
    await watched.after(1);
    assert.equal(watched.namesInMqtt(), atFirst);
    assert.ok(atFirst.length <= 20, `${atFirst.length} names`);
    watched.machine.close();
  });

  test(`${name}: every reading is a finite number within its range, or null`, async () => {
    const watched = new WatchedMachine(makeRoot());
    for (let i = 0; i < 3; i++) await watched.after(2);
    for (const [reading, value] of watched.readings()) {
      if (value === null) continue;
      assert.ok(Number.isFinite(value), `${reading} is ${value}`);
      if (!reading.startsWith('machine_clock_')) assert.ok(value >= -40, `${reading} is ${value}`);
      if (
        /_(cpu|memory|swap|load|busy|wear|used|pressure\w*|stopped)( |$)/.test(reading) &&
        !reading.includes('accelerator_memory')
      ) {
        if (!reading.startsWith('machine_load')) assert.ok(value >= 0 && value <= 100, `${reading} is ${value}`);
      }
      if (reading.includes('temperature')) assert.ok(value < 125, `${reading} is ${value}`);
    }
    watched.machine.close();
  });

  test(`${name}: it can be closed twice, knows nothing then, and can be read again`, async () => {
    const watched = new WatchedMachine(makeRoot());
    await watched.after(1);
    await watched.after(1);
    const before = Object.keys(watched.told('machine_memory'));
    watched.machine.close();
    watched.machine.close();
    assert.equal(watched.told('machine_memory'), {});
    assert.equal(watched.told('machine_sensor'), {});
    assert.equal(watched.told('machine_interface_rec'), {});
    await watched.after(1);
    assert.equal(Object.keys(watched.told('machine_memory')), before);
    watched.machine.close();
  });
}

const isLinux = process.platform === 'linux';
if (isLinux) contract('this machine', () => '/');
for (const [name, files] of Object.entries(BOARDS)) contract(name, () => tree(files));
contract('a folder with nothing in it', () => tree({}));
contract('garbage everywhere', () =>
  tree(garbled({ ...JETSON_ORIN, ...RASPBERRY_PI_4, ...RK3588, ...X86, ...CONTAINER })),
);

function garbled(files: Files): Files {
  return Object.fromEntries(
    Object.keys(files).map((file) => [file, '\0\xff-\n: kB 99999999999999999999999 -1 @%\ncpu x\n\n']),
  );
}

async function read(files: Files): Promise<WatchedMachine> {
  const watched = new WatchedMachine(tree(files));
  await watched.after(1);
  await watched.after(2);
  return watched;
}

test('Jetson: parts without power have no temperature, the load is in per mille, a fan is no throttle', async () => {
  const watched = await read(JETSON_ORIN);
  assert.is(watched.machine.temperature, 48.5);
  assert.equal(watched.told('machine_sensor_temperature'), {
    'machine_sensor_temperature cpu-thermal': 48.5,
    'machine_sensor_temperature gpu-thermal': 46,
    'machine_sensor_temperature soc0-thermal': 47.25,
    'machine_sensor_temperature tj-thermal': 48.5,
  });
  assert.equal(watched.told('machine_accelerator'), {
    'machine_accelerator_load 17000000.gpu': 42.5,
    'machine_accelerator_clock 17000000.gpu': 611,
  });
  assert.equal(watched.told('machine_throttled'), { machine_throttled: 0, 'machine_throttled_by heat': 0 });
});

test('Raspberry Pi: the firmware tells of under-voltage, a zone counts once, an SD card does not tell its wear', async () => {
  const watched = await read(RASPBERRY_PI_4);
  assert.equal(watched.told('machine_sensor_temperature'), { 'machine_sensor_temperature cpu-thermal': 61.835 });
  assert.equal(watched.told('machine_throttled'), {
    machine_throttled: 1,
    'machine_throttled_by heat': 0,
    'machine_throttled_by power': 1,
  });
  assert.equal(watched.told('machine_disk_w'), { 'machine_disk_written mmcblk0': 0 });
});

test('Raspberry Pi: bits of now count, those of the past do not', async () => {
  const throttled = async (bits: string) =>
    (await read({ 'sys/devices/platform/soc/soc:firmware/get_throttled': bits })).machine.throttling.now;
  assert.equal(await throttled('0\n'), { heat: false, power: false, current: null, quota: null });
  assert.equal(await throttled('0x50000\n'), { heat: false, power: false, current: null, quota: null });
  assert.equal(await throttled('8\n'), { heat: true, power: false, current: null, quota: null });
  assert.equal(await throttled('6\n'), { heat: true, power: false, current: null, quota: null });
  assert.equal(await throttled('5\n'), { heat: false, power: true, current: null, quota: null });
  assert.equal(await throttled('nonsense\n'), { heat: null, power: null, current: null, quota: null });
});

test('RK3588: clusters, GPU and NPU, a governor that holds back, and wear of the eMMC', async () => {
  const watched = await read(RK3588);
  assert.equal(watched.told('machine_cpu_clock'), {
    'machine_cpu_clock policy0': 1008,
    'machine_cpu_clock policy4': 2256,
    'machine_cpu_clock policy6': 408,
    'machine_cpu_clock_limit policy0': 1800,
    'machine_cpu_clock_limit policy4': 1800,
    'machine_cpu_clock_limit policy6': 2304,
  });
  assert.equal(watched.told('machine_accelerator_load'), {
    'machine_accelerator_load fb000000.gpu': 12,
    'machine_accelerator_load fdab0000.npu': 0,
  });
  assert.equal(watched.told('machine_throttled_by'), { 'machine_throttled_by heat': 1 });
  assert.equal(watched.told('machine_disk_wear'), { machine_disk_wear: 30 });
  assert.equal(watched.told('machine_disk_read'), { 'machine_disk_read mmcblk0': 0 });
});

test('x86: cores and drives by their labels, an open input not at all, two kinds of GPU', async () => {
  const root = tree(X86);
  const watched = new WatchedMachine(root);
  await watched.after(1);
  write(root, { 'sys/class/drm/card0/gt/gt0/rc6_residency_ms': '2500\n' });
  await watched.after(2);
  assert.equal(watched.told('machine_sensor_temperature'), {
    'machine_sensor_temperature acpitz': 27.8,
    'machine_sensor_temperature x86_pkg_temp': 64,
    'machine_sensor_temperature coretemp Package id 0': 64,
    'machine_sensor_temperature coretemp Core 0': 63,
    'machine_sensor_temperature nvme Composite': 38.85,
  });
  assert.equal(watched.told('machine_accelerator'), {
    'machine_accelerator_load card0': 25,
    'machine_accelerator_load card1': 37,
    'machine_accelerator_clock card0': 350,
    'machine_accelerator_memory card1': 1_000_000,
    'machine_accelerator_memory_total card1': 4_000_000,
  });
});

test('x86: a counter of throttles that goes on means that it is held back now, for some seconds', async () => {
  const root = tree(X86);
  const watched = new WatchedMachine(root);
  await watched.after(1);
  assert.equal(watched.machine.throttling.now, { heat: false, power: null, current: null, quota: null });
  write(root, { 'sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count': '5\n' });
  await watched.after(2);
  assert.equal(watched.machine.throttling.now.heat, true);
  assert.is(watched.machine.throttling.heatCount, 4);
  await watched.after(3);
  assert.equal(watched.machine.throttling.now.heat, true);
  await watched.after(3);
  assert.equal(watched.machine.throttling.now.heat, false);
});

test('x86: real interfaces alone, since the program started, broken packets of both directions', async () => {
  const root = tree(X86);
  const watched = new WatchedMachine(root);
  await watched.after(1);
  write(root, { 'proc/net/dev': String(X86['proc/net/dev']).replace('eth0:1000 10 1 2', 'eth0:1500 10 2 5') });
  await watched.after(1);
  assert.equal(watched.told('machine_interface'), {
    'machine_interface_received eth0': 500,
    'machine_interface_sent eth0': 0,
    'machine_interface_errors eth0': 1,
    'machine_interface_drops eth0': 3,
    'machine_interface_speed eth0': 1000,
  });
  assert.is(watched.machine.network.errors, 1);
});

test('a container: its limits bind, its disks and interfaces are told by their names', async () => {
  const root = tree(CONTAINER);
  const watched = new WatchedMachine(root);
  await watched.after(1);
  write(root, {
    'sys/fs/cgroup/cpu.stat': 'usage_usec 2000\nnr_periods 110\nnr_throttled 14\nthrottled_usec 25500\n',
    'proc/diskstats': ' 254       0 vda 1 0 16 1 1 0 12 1 0 510 10\n 254       1 vda1 1 0 8 1 1 0 8 1 0 10 10\n',
  });
  await watched.after(1);
  assert.equal(watched.told('machine_cpu_quota'), {
    machine_cpu_quota: 1.5,
    machine_cpu_quota_stopped: 40,
    machine_cpu_quota_stopped_time: 20.5,
  });
  assert.is(watched.machine.throttling.now.quota, true);
  assert.equal(watched.told('machine_memory'), {
    machine_memory: 60,
    machine_memory_available: 800_000_000,
    machine_memory_total: 2_000_000_000,
    machine_memory_limit: 2_000_000_000,
  });
  assert.equal(watched.told('machine_pressure '), { 'machine_pressure cpu': 12.5, 'machine_pressure memory': 0.25 });
  assert.equal(watched.told('machine_disk_read'), { 'machine_disk_read vda': 4096 });
  assert.equal(watched.told('machine_disk_written'), { 'machine_disk_written vda': 2048 });
  assert.equal(watched.told('machine_disk_busy'), { 'machine_disk_busy vda': 50 });
  assert.equal(Object.keys(watched.told('machine_interface_sent')), ['machine_interface_sent eth0']);
});

test('files that vanish are missing readings once it looks again, and what comes is found', async () => {
  const root = tree(X86);
  const watched = new WatchedMachine(root);
  await watched.after(1);
  rmSync(join(root, 'proc'), { recursive: true });
  rmSync(join(root, 'sys'), { recursive: true });
  write(root, { 'sys/class/thermal/thermal_zone0/type': 'new\n', 'sys/class/thermal/thermal_zone0/temp': '33000\n' });
  // each looks again in its turn
  for (let i = 0; i < 12; i++) await watched.after(10);
  assert.equal(watched.told('machine_sensor'), { 'machine_sensor_temperature new': 33 });
  for (const start of [
    'machine_cpu',
    'machine_memory',
    'machine_load',
    'machine_interface',
    'machine_accelerator',
    'machine_uptime',
  ]) {
    assert.equal(watched.told(start), {}, start);
  }
});

test('a board brings sensors of its own, which are read as the others', async () => {
  const root = tree({ 'sys/enclosure/door_temp': '31500\n' });
  const watched = new WatchedMachine(root, [
    (at) => [
      {
        quantity: 'temperature',
        name: 'door',
        file: join(at, 'sys/enclosure/door_temp'),
        isQuick: false,
        parse: (text) => Number(text) / 1000,
      },
    ],
  ]);
  await watched.after(1);
  assert.equal(watched.told('machine_sensor'), { 'machine_sensor_temperature door': 31.5 });
  assert.is(watched.machine.temperature, 31.5);
});

test('what comes after it was closed is no reading', async () => {
  const watched = new WatchedMachine(tree(X86));
  const reading = watched.after(1);
  watched.machine.close();
  await reading;
  assert.equal(watched.told('machine_interface'), {});
  assert.equal(watched.told('machine_disk'), {});
  assert.equal(watched.told('machine_sensor'), {});
});

test('more than once a second it is not read', async () => {
  const root = tree(CONTAINER);
  const watched = new WatchedMachine(root);
  await watched.after(1);
  write(root, { 'proc/loadavg': '9.00 9.00 9.00 1/2 3\n' });
  await watched.after(0.5);
  assert.is(watched.machine.processor.load?.[0], 0.12);
  await watched.after(0.5);
  assert.is(watched.machine.processor.load?.[0], 9);
});

where(
  isLinux,
  '/proc',
  test,
)('this machine: processor, memory and the disk are there', async () => {
  const watched = new WatchedMachine('/');
  await watched.after(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await watched.after(1);
  const told = watched.told('');
  for (const name of ['machine_cpu', 'machine_memory', 'machine_uptime', 'machine_disk_free root', 'machine_load 1']) {
    assert.type(told[name], 'number', name);
  }
  watched.machine.close();
});

test.run();
