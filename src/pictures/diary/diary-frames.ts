import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../../foundation/errors.js';
import type { FrameSet, Picture } from '../frame-set.js';
import { DIARY_INDEX, readDiary } from './diary-index.js';

/** Whether a folder is a diary. */
export async function isDiary(folder: string): Promise<boolean> {
  const index = await stat(join(folder, DIARY_INDEX)).catch(() => null);
  return index?.isFile() ?? false;
}

/**
 * The frames of a diary, camera by camera in the order of time, unlabelled. A runtime that goes on writing may replace one
 * before it is read: that read fails, and the others do not.
 *
 * @param decode JPEG to RGB24
 * @throws SourceError where the folder cannot be read or holds no frame
 */
export async function openDiary(
  folder: string,
  decode: (bytes: Uint8Array) => Promise<Omit<Picture, 'id'>>,
): Promise<FrameSet> {
  const { entries } = await readDiary(folder, (at) => new Date(at).getHours()).catch((error: unknown) => {
    throw new SourceError(`the diary ${folder} cannot be read`, { folder }, error);
  });
  if (entries.length === 0) {
    throw new SourceError(
      `the diary ${folder} holds no frames yet: let the device run with diary.enabled for a while`,
      {
        folder,
      },
    );
  }
  const ordered = [...entries].sort((a, b) => a.camera.localeCompare(b.camera) || a.at - b.at);
  return {
    count: ordered.length,
    async read(index) {
      const entry = ordered[index];
      if (!entry) throw new RangeError(`there is no frame ${index}: the diary has ${ordered.length}`);
      try {
        const { width, height, data } = await decode(await readFile(join(folder, entry.name)));
        return { id: entry.name, width, height, data };
      } catch (error) {
        throw new SourceError(`frame ${entry.name} of the diary cannot be read`, { folder }, error);
      }
    },
    labels: async () => null,
  };
}
