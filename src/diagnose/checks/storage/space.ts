import { accessSync, constants, statSync } from 'node:fs';
import { type DiskSpace, DiskSpaceReader } from '../../../board/machine/disk-space-reader.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { nearestFolder } from './nearest-folder.js';

const MIB = 2 ** 20;
/** A day of history and a cache that grows need more. */
const LEAST_BYTES = 256 * MIB;
/** Not even a write-ahead log has room. */
const NONE_BYTES = 2 * MIB;
const LEAST_FILES = 500;

/** Whether there is room, for bytes and for files, where the program writes. @param temporary folder for temporary files */
export const spaceCheck = (temporary = '/tmp'): Check => ({
  ground: 'storage',
  name: 'space',
  deadlineMs: 4000,
  async run({ config, root }) {
    const places = differentDisks([nearestFolder(config.store.dir), root, temporary]);
    const reader = new DiskSpaceReader(Object.fromEntries(places.map((place) => [place, place])));
    await reader.read({ now: 0, unixNow: 0 });
    return places.flatMap((place) => judgeSpace(place, reader.space.get(place) ?? null));
  },
});

/** What there is to be said of the room at a folder; pure. */
export function judgeSpace(folder: string, space: DiskSpace | null): Finding[] {
  if (space === null) return [found('unknown', 'space-unknown', { folder }, folder)];
  const free = Math.floor(space.freeBytes / MIB);
  const findings: Finding[] = [];
  if (space.freeBytes < NONE_BYTES) findings.push(found('broken', 'space-none', { folder, free }, folder));
  else if (space.freeBytes < LEAST_BYTES) findings.push(found('degraded', 'space-little', { folder, free }, folder));
  const { freeFiles } = space;
  if (freeFiles !== null && freeFiles < LEAST_FILES) {
    const condition = freeFiles === 0 ? 'broken' : 'degraded';
    findings.push(found(condition, 'space-few-inodes', { folder, files: freeFiles }, folder));
  }
  return findings.length > 0 ? findings : [found('fine', 'space-fine', { folder, free }, folder)];
}

/** Those that are on a disk of their own and can be written at all: a read-only image is always full. */
function differentDisks(folders: readonly string[]): string[] {
  const byDevice = new Map<number, string>();
  for (const folder of folders) {
    const device = statSync(folder, { throwIfNoEntry: false })?.dev;
    if (device !== undefined && !byDevice.has(device) && !isReadOnlyImage(folder)) byDevice.set(device, folder);
  }
  return [...byDevice.values()];
}

function isReadOnlyImage(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}
