import type { CameraConfig } from '../../config/config.js';
import { inside } from '../../frame/polygon.js';
import type { Rgb } from '../../media/picture-light.js';
import { shrunk } from '../../media/shrunk.js';

/** Pixels across: enough to see where a camera looks. */
const WIDTH = 160;

/** A small picture of what a camera shows, black where it is masked. */
export function thumbnailOf(picture: Rgb, masks: CameraConfig['masks']): Rgb {
  const width = Math.min(WIDTH, picture.width);
  const height = Math.max(1, Math.min(picture.height, Math.round((picture.height * width) / picture.width)));
  const small = shrunk(picture, width, height);
  if (masks.length === 0) return small;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // a pixel that a mask touches may show something of what is under it
      const isMasked = masks.some((mask) => CORNERS.some(([u, v]) => inside(mask, (x + u) / width, (y + v) / height)));
      if (isMasked) small.data.fill(0, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return small;
}

/** Of a pixel, a little within. */
const CORNERS = [
  [0.02, 0.02],
  [0.98, 0.02],
  [0.02, 0.98],
  [0.98, 0.98],
  [0.5, 0.5],
] as const;
