import { STRIDE } from '../../frame/detections.js';

/** One box of each of two lists that mean the same thing. */
export interface Pair {
  /** Rows in their lists. */
  readonly first: number;
  readonly second: number;
  readonly iou: number;
}

/**
 * Pairs boxes of one class that overlap by at least `minIou`, one to one: the rows that `isPreferred` names first, then
 * by overlap; ties go to the first rows.
 *
 * @param first rows of 6, as `second`
 * @param isPreferred of a row of `second`
 */
export function pairBoxes(
  first: Float32Array,
  second: Float32Array,
  minIou: number,
  isPreferred: (row: number) => boolean,
): Pair[] {
  const candidates: (Pair & { preferred: boolean })[] = [];
  for (let j = 0; j < second.length; j += STRIDE) {
    const preferred = isPreferred(j / STRIDE);
    for (let i = 0; i < first.length; i += STRIDE) {
      if (first[i + 5] !== second[j + 5]) continue;
      const iou = overlap(first, i, second, j);
      if (iou >= minIou) candidates.push({ first: i / STRIDE, second: j / STRIDE, iou, preferred });
    }
  }
  candidates.sort((a, b) => Number(b.preferred) - Number(a.preferred) || b.iou - a.iou);
  const firstTaken = new Set<number>();
  const secondTaken = new Set<number>();
  return candidates.filter((pair) => {
    if (firstTaken.has(pair.first) || secondTaken.has(pair.second)) return false;
    firstTaken.add(pair.first);
    secondTaken.add(pair.second);
    return true;
  });
}

/** Intersection over union of the boxes that begin at elements `i` of `a` and `j` of `b`: x1, y1, x2, y2; 0..1. */
export function overlap(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const width = Math.min(a[i + 2]!, b[j + 2]!) - Math.max(a[i]!, b[j]!);
  const height = Math.min(a[i + 3]!, b[j + 3]!) - Math.max(a[i + 1]!, b[j + 1]!);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a, i) + area(b, j) - shared);
}

function area(box: ArrayLike<number>, at: number): number {
  return (box[at + 2]! - box[at]!) * (box[at + 3]! - box[at + 1]!);
}
