import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { maskIds, settingsOnly } from '../../../src/board/recording/masking.js';
import { type RecordedEntry, recordTree } from '../../../src/board/recording/record-tree.js';
import { tree } from '../machine/trees.js';

const ID = 'f00dfeed'.repeat(8);

/** What a recording has, by path: a file's text, or where a link leads. */
async function recorded(root: string): Promise<Record<string, string>> {
  const { entries } = await recordTree(root);
  return Object.fromEntries(entries.map((entry) => [entry.path, textOf(entry)]));
}

const textOf = (entry: RecordedEntry): string => (entry.kind === 'file' ? entry.text : `-> ${entry.target}`);

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

test('links of sysfs are kept, what they lead to is taken once, and what nobody reads is left', async () => {
  const zone = 'sys/devices/virtual/thermal/thermal_zone0';
  const root = tree({
    [`${zone}/type`]: 'cpu-thermal\n',
    [`${zone}/temp`]: '48500\n',
    [`${zone}/uevent`]: 'SERIAL=1\n',
    [`${zone}/hwmon0/name`]: 'cpu_thermal\n',
    [`${zone}/hwmon0/temp1_input`]: '48500\n',
    'sys/firmware/devicetree/base/model': 'Board\0',
    'sys/firmware/devicetree/base/serial-number': '100000001234abcd\0',
    'proc/4711/cgroup': '0::/\n',
    'proc/4711/environ': 'SECRET=1\0',
  });
  link(root, 'sys/class/thermal/thermal_zone0', '../../devices/virtual/thermal/thermal_zone0');
  link(root, 'sys/class/hwmon/hwmon0', '../../devices/virtual/thermal/thermal_zone0/hwmon0');
  link(root, `${zone}/hwmon0/device`, '../../thermal_zone0');
  link(root, 'proc/device-tree', '/sys/firmware/devicetree/base');
  link(root, 'proc/self', '4711');
  assert.equal(await recorded(root), {
    'proc/4711/cgroup': '0::/\n',
    'proc/device-tree': '-> ../sys/firmware/devicetree/base',
    'proc/self': '-> 4711',
    'sys/class/hwmon/hwmon0': '-> ../../devices/virtual/thermal/thermal_zone0/hwmon0',
    'sys/class/thermal/thermal_zone0': '-> ../../devices/virtual/thermal/thermal_zone0',
    [`${zone}/hwmon0/device`]: '-> ../../thermal_zone0',
    [`${zone}/hwmon0/name`]: 'cpu_thermal\n',
    [`${zone}/hwmon0/temp1_input`]: '48500\n',
    [`${zone}/temp`]: '48500\n',
    [`${zone}/type`]: 'cpu-thermal\n',
    'sys/firmware/devicetree/base/model': 'Board\0',
  });
});

test('serial numbers, addresses and ids are masked, the same id in texts and paths alike', async () => {
  const root = tree({
    'proc/self/cgroup': `0::/docker-${ID}.scope\n`,
    [`sys/fs/cgroup/docker-${ID}.scope/cpu.max`]: '150000 100000\n',
    'proc/cpuinfo': 'Model\t\t: Raspberry Pi 4\nSerial\t\t: 10000000deadbeef\n',
    'sys/class/hwmon/hwmon0/name': 'wifi 00:1A:2b:3c:4d:5e\n',
  });
  assert.equal(await recorded(root), {
    'proc/cpuinfo': 'Model\t\t: Raspberry Pi 4\nSerial\t\t: 0\n',
    'proc/self/cgroup': '0::/docker-masked-id.scope\n',
    'sys/class/hwmon/hwmon0/name': 'wifi 00:00:00:00:00:00\n',
    'sys/fs/cgroup/docker-masked-id.scope/cpu.max': '150000 100000\n',
  });
  assert.is((await recordTree(root)).masked, 3);
  assert.is(maskIds('pod0a1b2c3d_0a1b_0a1b_0a1b_0a1b2c3d4e5f').text, 'pod0a1b2c3d_0a1b_0a1b_0a1b_0a1b2c3d4e5f');
  assert.is(maskIds('kubepods-pod 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f').text, 'kubepods-pod masked-id');
});

test("of a Raspberry Pi's settings the lines about heat, clocks and power are taken", () => {
  assert.is(
    settingsOnly('# my home\ndtparam=i2c_arm=on\ntemp_limit=75\n[pi4]\narm_freq=1800\nhdmi_edid_file=1\n'),
    'temp_limit=75\n[pi4]\narm_freq=1800\n',
  );
});

test('a pipe is left out, a link that leads out of the tree is not followed, a long file is cut', async () => {
  const root = tree({ 'proc/stat': 'x'.repeat(200_000), 'sys/class/thermal/thermal_zone0/type': 'a\n' });
  assert.is(spawnSync('mkfifo', [join(root, 'proc/loadavg')]).status, 0);
  link(root, 'proc/meminfo', '../../../../../../etc/passwd');
  link(root, 'proc/uptime', 'uptime');
  const { entries, leftOut, files } = await recordTree(root);
  assert.equal(
    entries.map(({ path }) => path),
    ['proc/stat', 'proc/uptime', 'sys/class/thermal/thermal_zone0/type'],
  );
  assert.equal(leftOut, [{ path: 'proc/loadavg', why: 'it is no file' }]);
  assert.is(files, 2);
  assert.is(textOf(entries[0]!).length, 65_536);
});

test('it ends in time and within its bounds, and says what it left out', async () => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 100; i++) files[`sys/class/thermal/thermal_zone${i}/policy`] = 'y'.repeat(65_536);
  const many = await recordTree(tree(files));
  assert.is(many.files, 64);
  assert.is(many.leftOut.length, 36);
  assert.is(many.leftOut[0]?.why, 'more than 4 MiB');
  let now = 0;
  const slow = await recordTree(tree({ 'proc/stat': 'a\n', 'proc/loadavg': 'b\n' }), () => (now += 15_000));
  assert.equal(slow.leftOut, [{ path: 'proc/stat', why: 'more than 20 s' }]);
});

test('a folder in the place of a file, and nothing at all, are no trouble', async () => {
  const root = tree({ 'proc/stat/x': '1\n' });
  assert.equal((await recordTree(root)).entries, []);
  writeFileSync(join(root, 'sys'), 'no folder');
  assert.equal((await recordTree(root)).entries, []);
});

test.run();
