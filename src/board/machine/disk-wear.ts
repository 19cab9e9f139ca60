import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Media tell tenths of their life: 1 up to 10 % used, 10 up to 100 %, 11 beyond what they were made for; 0 nothing. */
const MOST_TENTHS = 11;
/** Folders above a UFS disk's in which its controller may be. */
const CONTROLLER_DEPTH = 6;

/**
 * Percent of its life that each disk says is used at most, of those that tell in sysfs: eMMC and UFS. SD cards tell nothing;
 * NVMe and SATA disks answer nobody but root.
 */
export async function readWear(root: string, disks: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const wear = new Map<string, number>();
  for (const disk of disks) {
    const device = join(root, 'sys/block', disk, 'device');
    const percent = lifeUsed(await lifeTimes(device));
    if (percent !== null) wear.set(disk, percent);
  }
  return wear;
}

/** `0x02 0x01`: of the two kinds of cells that there are, in tenths. @returns percent, of the kind that is used most */
export function lifeUsed(text: string): number | null {
  const tenths = [...text.matchAll(/0x([0-9a-f]+)/gi)]
    .map(([, digits]) => Number.parseInt(digits!, 16))
    .filter((value) => value >= 1 && value <= MOST_TENTHS);
  return tenths.length === 0 ? null : Math.max(...tenths) * 10;
}

async function lifeTimes(device: string): Promise<string> {
  const card = await textOf(join(device, 'life_time'));
  if (card !== '') return card;
  let folder = await realpath(device).catch(() => null);
  for (let depth = 0; folder !== null && depth < CONTROLLER_DEPTH; depth++) {
    const health = join(folder, 'health_descriptor');
    const kinds = ['life_time_estimation_a', 'life_time_estimation_b'].map((name) => textOf(join(health, name)));
    const texts = (await Promise.all(kinds)).join(' ').trim();
    if (texts !== '') return texts;
    folder = dirname(folder);
  }
  return '';
}

const textOf = (file: string): Promise<string> => readFile(file, 'latin1').catch(() => '');
