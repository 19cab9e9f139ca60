import type { CameraConfig } from '../../config/config.js';
import { PrivacyMask } from '../../frame/privacy-mask.js';
import type { Rgb } from '../../media/picture-light.js';
import { shrunk } from '../../media/shrunk.js';

/** Pixels across: enough to see where a camera looks. */
const WIDTH = 160;

/** A small picture of what a camera shows, black where it is masked. */
export function thumbnailOf(picture: Rgb, masks: CameraConfig['masks']): Rgb {
  const width = Math.min(WIDTH, picture.width);
  const height = Math.max(1, Math.min(picture.height, Math.round((picture.height * width) / picture.width)));
  const small = shrunk(picture, width, height);
  new PrivacyMask(masks).paint(small);
  return small;
}
