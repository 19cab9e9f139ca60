import { iou } from '../../src/frame/box.js';
import type { Box, FrameLine } from '../harness/results.js';

const IOU = 0.5;
const SCORE = 0.35;

/**
 * F1 of one contender's boxes against another's over all frames of the reference: a pair is two boxes of one class,
 * both scored at least 0.35, that overlap by an IoU of at least 0.5; each box pairs once, the strongest first. A frame
 * that `lines` lacks counts as one without boxes.
 *
 * @returns 1 where neither has a box
 */
export function agreement(reference: readonly FrameLine[], lines: readonly FrameLine[]): number {
  const byIndex = new Map(lines.map(({ seq, detections }) => [seq - firstSeq(lines), detections]));
  const offset = firstSeq(reference);
  let pairs = 0;
  let boxes = 0;
  for (const { seq, detections } of reference) {
    const wanted = strong(detections);
    const found = strong(byIndex.get(seq - offset) ?? []);
    pairs += matches(wanted, found);
    boxes += wanted.length + found.length;
  }
  return boxes === 0 ? 1 : (2 * pairs) / boxes;
}

const firstSeq = (lines: readonly FrameLine[]): number => lines[0]?.seq ?? 0;

const strong = (boxes: readonly Box[]): Box[] => boxes.filter((box) => box[4]! >= SCORE).sort((a, b) => b[4]! - a[4]!);

function matches(wanted: readonly Box[], found: readonly Box[]): number {
  const free = new Set(wanted);
  for (const box of found) {
    let best: Box | null = null;
    for (const other of free) {
      const overlap = other[5] === box[5] ? iou(other, 0, box, 0) : 0;
      if (overlap >= IOU && (best === null || overlap > iou(best, 0, box, 0))) best = other;
    }
    if (best) free.delete(best);
  }
  return wanted.length - free.size;
}
