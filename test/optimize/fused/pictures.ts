import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { Letterbox } from '../../../src/detect/letterbox.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';

/** Pictures of roads: beside the project where it is developed, not part of it. */
export const PICTURES = join(PROJECT_ROOT, '../shared/images/calibration');

/** The first `count` of them, letterboxed: RGB24. */
export async function roadPictures(count: number, width: number, height: number): Promise<Uint8Array[]> {
  const names = readdirSync(PICTURES)
    .filter((name) => name.endsWith('.jpg'))
    .sort()
    .slice(0, count);
  return Promise.all(
    names.map(async (name) => {
      const { data, info } = await sharp(join(PICTURES, name))
        .removeAlpha()
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      const into = new Uint8Array(width * height * 3);
      new Letterbox(info.width, info.height, width, height).apply(data, into);
      return into;
    }),
  );
}
