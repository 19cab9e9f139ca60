import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mediumOf } from '../../src/store/medium.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('medium');
let roots = 0;

/** A sysfs in which the device of the temporary folder is what `disk` says. */
function machine(disk: string, files: Record<string, string>, below?: string): string {
  const root = join(folder, `${++roots}`);
  const { dev } = statSync(folder);
  const number = `${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`;
  const at = join(root, 'sys/devices', disk);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), `${text}\n`);
  }
  mkdirSync(join(root, 'sys/dev/block'), { recursive: true });
  symlinkSync(below === undefined ? at : join(root, 'sys/devices', below), join(root, 'sys/dev/block', number));
  return root;
}

test('an SD card and an eMMC are told apart, below a partition', () => {
  const card = { 'device/type': 'SD', 'device/name': 'SC32G', 'mmcblk0p2/partition': '2' };
  const root = machine('soc/mmc0/block/mmcblk0', card, 'soc/mmc0/block/mmcblk0/mmcblk0p2');
  assert.equal(mediumOf(folder, root), { kind: 'SD card', device: 'mmcblk0', model: 'SC32G' });
  const soldered = machine('soc/mmc1/block/mmcblk1', { 'device/type': 'MMC', 'device/name': 'DG4016' });
  assert.equal(mediumOf(folder, soldered), { kind: 'eMMC', device: 'mmcblk1', model: 'DG4016' });
});

test('disks that turn, that do not, and that hang on USB are told apart', () => {
  const kindOf = (disk: string, files: Record<string, string>) => mediumOf(folder, machine(disk, files))?.kind;
  assert.is(kindOf('pci/ata1/block/sda', { 'queue/rotational': '1', 'device/model': 'ST1000' }), 'hard disk');
  assert.is(kindOf('pci/ata1/block/sdb', { 'queue/rotational': '0' }), 'SSD');
  assert.is(kindOf('pci/usb1/1-2/block/sdc', { 'queue/rotational': '1' }), 'USB medium');
  assert.is(kindOf('pci/nvme0/nvme0n1', { 'device/model': 'Samsung' }), 'NVMe SSD');
  assert.is(kindOf('pci/virtio1/block/vda', { 'queue/rotational': '1' }), 'virtual disk');
  assert.is(kindOf('virtual/block/loop0', { 'queue/rotational': '0' }), undefined);
});

test('a volume is what lies below it', () => {
  const root = machine('virtual/block/dm-0', { 'slaves/mmcblk0/is': 'a folder' });
  const card = join(root, 'sys/devices/soc/block/mmcblk0');
  mkdirSync(join(card, 'device'), { recursive: true });
  writeFileSync(join(card, 'device/type'), 'SD\n');
  mkdirSync(join(root, 'sys/class/block'), { recursive: true });
  symlinkSync(card, join(root, 'sys/class/block/mmcblk0'));
  assert.equal(mediumOf(folder, root), { kind: 'SD card', device: 'mmcblk0', model: '' });
});

test('where the system tells nothing, or there is no such folder, the medium is not known', () => {
  assert.is(mediumOf(folder, join(folder, 'empty')), null);
  assert.is(mediumOf(join(folder, 'nowhere')), null);
});

test.run();
