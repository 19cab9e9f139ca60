import type { PictureExtent } from './picture-extent.js';
import type { SizesByPlace } from './sizes-by-place.js';

/** Edges of the picture that cut a vehicle off. */
export interface CutEdges {
  readonly left: boolean;
  readonly top: boolean;
  readonly right: boolean;
  readonly bottom: boolean;
}

/** A whole vehicle lies where it does by its size, which it has by where it lies: found in so many rounds. */
const ROUNDS = 3;
/** It may be a little larger than usual: too short a box of one that still comes in is worse than too long a one. */
const MARGIN = 1.05;

/**
 * Makes a whole vehicle's box of the part of it that was seen at an edge, wherever that part is by now. What enters is longer than what
 * was seen of it: it stays at the edge that it came from, until all of it must be in the picture, by how large vehicles are there.
 *
 * @param box x1, y1, x2, y2 of the part from `at` on, in pixels; is changed
 * @param sizes null, or nothing known of the place: it stays at the edge
 */
export function completeBox(
  box: Float32Array,
  at: number,
  cut: CutEdges,
  picture: PictureExtent,
  sizes: SizesByPlace | null,
): void {
  const [x1, y1, x2, y2] = [box[at]!, box[at + 1]!, box[at + 2]!, box[at + 3]!];
  const isCutAcross = cut.left || cut.right;
  const isCutDown = cut.top || cut.bottom;
  let [width, height] = [x2 - x1, y2 - y1];
  for (let round = 0; round < ROUNDS; round++) {
    const x = cut.left ? x2 - width / 2 : x1 + width / 2;
    const y = cut.top ? y2 - height / 2 : y1 + height / 2;
    if (!sizes?.isKnown(x, y)) {
      width = height = Number.POSITIVE_INFINITY;
      break;
    }
    const [usualWidth, usualHeight] = [sizes.widthAt(x, y), sizes.heightAt(x, y)];
    // a side that is seen whole tells how large this one is
    const larger = isCutAcross ? (isCutDown ? 1 : (y2 - y1) / usualHeight) : (x2 - x1) / usualWidth;
    if (isCutAcross) width = larger * usualWidth * MARGIN;
    if (isCutDown) height = larger * usualHeight * MARGIN;
  }
  if (cut.left) box[at] = Math.min(x1, Math.max(0, x2 - width));
  if (cut.top) box[at + 1] = Math.min(y1, Math.max(0, y2 - height));
  if (cut.right) box[at + 2] = Math.max(x2, Math.min(picture.width, x1 + width));
  if (cut.bottom) box[at + 3] = Math.max(y2, Math.min(picture.height, y1 + height));
}
