import { mean } from '../../foundation/statistics.js';
import type { Manifest } from '../../models/manifest.js';
import { keyOf } from './comparable-accuracy.js';

/** A little more than the picture's own size is no harm. */
const HARMLESS = 1.1;
/**
 * What a picture that is enlarged for the input costs, as a power of how much. There is no more to be seen in it, and it is
 * none of those that detectors were trained on: on a filmed road of 320×240 that shakes, roadside-n has F1 0.72 at 416×256, 0.62 at
 * 512×320 and 0.55 at 640×384.
 */
const COST = 0.6;

/**
 * Accuracies that were measured on pictures larger than the inputs, for cameras whose pictures are smaller than some.
 *
 * @param known by `keyOf`
 * @param pictures one size per camera; none: nobody knows, and nothing changes
 */
export function enlarged(
  known: ReadonlyMap<string, number>,
  manifests: readonly Manifest[],
  pictures: readonly { readonly width: number; readonly height: number }[],
): Map<string, number> {
  const here = new Map(known);
  if (pictures.length === 0) return here;
  for (const { name, variants } of manifests) {
    for (const { id, width, height } of variants) {
      const accuracy = known.get(keyOf(name, id));
      if (accuracy === undefined) continue;
      const kept = pictures.map((picture) => {
        const scale = Math.min(width / picture.width, height / picture.height);
        return Math.min(1, HARMLESS / scale) ** COST;
      });
      here.set(keyOf(name, id), accuracy * mean(kept)!);
    }
  }
  return here;
}
