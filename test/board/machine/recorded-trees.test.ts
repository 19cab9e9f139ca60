import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { where } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { WatchedMachine } from './watched.js';

/** Trees recorded on machines, with what their links led to in a list beside; not part of the project. */
const RECORDED = join(PROJECT_ROOT, '../shared/data/boards');
const folder = temporaryFolder('recorded');

function recorded(name: string): string {
  const root = join(folder, name);
  cpSync(join(RECORDED, name), root, { recursive: true });
  for (const line of readFileSync(join(root, 'SYMLINKS.tsv'), 'utf8').trimEnd().split('\n')) {
    const [link, target] = line.split('\t') as [string, string];
    const at = join(root, link);
    if (existsSync(at)) continue;
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(target, at);
  }
  return root;
}

async function read(root: string): Promise<WatchedMachine> {
  const watched = new WatchedMachine(root);
  await watched.after(1);
  await watched.after(2);
  return watched;
}

const onRecorded = where(existsSync(RECORDED), 'recorded tree', test);

onRecorded('two sockets: cores by their labels, those of the second with a number, network chips', async () => {
  const watched = await read(recorded('node_exporter-fixtures'));
  assert.is(watched.machine.temperature, 57);
  const temperatures = watched.told('machine_sensor_temperature');
  assert.is(temperatures['machine_sensor_temperature coretemp Core 2'], 53);
  assert.is(temperatures['machine_sensor_temperature coretemp Core 2-2'], 53);
  assert.is(temperatures['machine_sensor_temperature mt7996_phy0_1 temp1'], 56);
  assert.equal(watched.machine.memory.memory, { total: 3_831_959_552, available: 598_589_440 });
  assert.is(Math.round(watched.told('machine_swap')['machine_swap']!), 25);
  assert.equal([...watched.machine.disks.activity.keys()], ['sda', 'mmcblk0', 'vda', 'nvme0n1', 'sdb', 'sdc']);
});

onRecorded(
  "an amdgpu, a Raspberry Pi's zone under its old name, a cluster whose clock is held below what it may be",
  async () => {
    const watched = await read(join(recorded('procfs-fixtures'), 'fixtures'));
    assert.equal(watched.told('machine_accelerator'), {
      'machine_accelerator_load card0': 4,
      'machine_accelerator_memory card0': 1_490_378_752,
      'machine_accelerator_memory_total card0': 8_573_157_376,
    });
    assert.equal(watched.told('machine_sensor_temperature'), { 'machine_sensor_temperature bcm2835_thermal': 49.925 });
    assert.equal(watched.told('machine_cpu_clock'), {
      'machine_cpu_clock policy0': 1219.917,
      'machine_cpu_clock_limit policy0': 2400,
    });
    assert.equal(watched.told('machine_pressure_full'), {
      'machine_pressure_full memory': 0.2,
      'machine_pressure_full io': 0.2,
    });
  },
);

test.run();
