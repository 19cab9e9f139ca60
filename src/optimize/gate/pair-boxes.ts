import { iou } from '../../frame/box.js';
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
      const overlap = iou(first, i, second, j);
      if (overlap >= minIou) candidates.push({ first: i / STRIDE, second: j / STRIDE, iou: overlap, preferred });
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
