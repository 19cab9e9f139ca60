import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { mountOf, parseMountInfo } from '../foundation/mounts.js';

/** What databases lie on. */
export interface Medium {
  readonly kind:
    | 'SD card'
    | 'eMMC'
    | 'NVMe SSD'
    | 'SSD'
    | 'hard disk'
    | 'USB medium'
    | 'virtual disk'
    | 'memory'
    | 'raw flash';
  /** As the kernel calls it: `mmcblk0`. */
  readonly device: string;
  /** As the maker calls it; empty where it does not say. */
  readonly model: string;
}

/** @param root `/`; tests give others @returns null where the system does not tell */
export function mediumOf(folder: string, root = '/'): Medium | null {
  try {
    const device = blockDeviceOf(folder, root);
    return device === null ? null : mediumAt(device, root, 0);
  } catch {
    return null;
  }
}

/** The folder of sysfs of the device that the file system lies on. */
function blockDeviceOf(folder: string, root: string): string | null {
  const { dev } = statSync(folder);
  // as glibc packs them
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  const byNumber = realOrNull(join(root, 'sys/dev/block', `${major}:${minor}`));
  if (byNumber !== null) return byNumber;
  // btrfs and the like have no number of a device: the list of mounts names it
  const mount = mountOf(folder, parseMountInfo(readFileSync(join(root, 'proc/self/mountinfo'), 'utf8')));
  if (!mount?.source.startsWith('/dev/')) return null;
  return realOrNull(join(root, 'sys/class/block', basename(realOrNull(mount.source) ?? mount.source)));
}

/** Volumes stand upon others. */
const DEEPEST = 4;

function mediumAt(found: string, root: string, depth: number): Medium | null {
  const disk = textOf(join(found, 'partition')) === null ? found : dirname(found);
  const device = basename(disk);
  const [below] = listOf(join(disk, 'slaves'));
  if (below !== undefined && depth < DEEPEST) {
    const lower = realOrNull(join(root, 'sys/class/block', below));
    if (lower !== null) return mediumAt(lower, root, depth + 1);
  }
  const model = textOf(join(disk, 'device/model')) ?? textOf(join(disk, 'device/name')) ?? '';
  const kind = kindOf(device, disk);
  return kind === null ? null : { kind, device, model };
}

function kindOf(device: string, disk: string): Medium['kind'] | null {
  if (device.startsWith('mmcblk')) return textOf(join(disk, 'device/type')) === 'SD' ? 'SD card' : 'eMMC';
  if (device.startsWith('nvme')) return 'NVMe SSD';
  if (/^(zram|ram)/.test(device)) return 'memory';
  if (/^(mtdblock|ubiblock)/.test(device)) return 'raw flash';
  if (/^(vd|xvd)/.test(device)) return 'virtual disk';
  if (/\/usb\d/.test(disk)) return 'USB medium';
  const rotational = textOf(join(disk, 'queue/rotational'));
  if (!/^(sd|hd)/.test(device) || rotational === null) return null;
  return rotational === '1' ? 'hard disk' : 'SSD';
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
