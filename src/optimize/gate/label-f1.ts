import { createHash } from 'node:crypto';
import { STRIDE } from '../../frame/detections.js';
import type { Label } from '../../pictures/frame-set.js';
import type { LabelledFrame } from './average-precision.js';
import { pairBoxes } from './pair-boxes.js';

/** How the figure is called where it is kept: it is compared with none of another name. */
export const LABEL_F1 = 'F1, right class, overlap 0.5';

const MIN_IOU = 0.5;
/** A detection that lies in an ignored label by this share of itself is no false one. */
const MOSTLY = 0.5;

/**
 * F1 of what is reported against what people labelled, 0..1: over all boxes of the classes that are reported, each in the
 * right class. Of two models, whatever they are, the one with the larger figure on the same set is the more accurate.
 *
 * @param thresholds score from which each class is reported; above 1: never, and it is not judged
 * @returns null where nothing is labelled
 */
export function f1OnLabels(frames: readonly LabelledFrame[], thresholds: readonly number[]): number | null {
  let right = 0;
  let wrong = 0;
  let wanted = 0;
  for (const frame of frames) {
    const isJudged = (classIndex: number) =>
      thresholds[classIndex]! <= 1 && (frame.labelledClasses?.includes(classIndex) ?? true);
    const judged = frame.labels.filter((label) => isJudged(label.classIndex));
    const labels = rowsOf(judged.filter((label) => !label.ignore));
    const ignored = rowsOf(judged.filter((label) => label.ignore));
    const reported = rowsWhere(frame.rows, (at) => {
      const classIndex = frame.rows[at + 5]!;
      return isJudged(classIndex) && frame.rows[at + 4]! >= thresholds[classIndex]!;
    });
    const pairs = pairBoxes(reported, labels, MIN_IOU, () => true);
    const paired = new Set(pairs.map(({ first }) => first));
    right += pairs.length;
    wanted += labels.length / STRIDE;
    for (let row = 0; row < reported.length / STRIDE; row++) {
      if (!paired.has(row) && !liesIn(reported, row * STRIDE, ignored)) wrong++;
    }
  }
  return wanted === 0 ? null : (2 * right) / (right + wrong + wanted);
}

/** What a set of labelled pictures is called: the same boxes judged in the same classes have the same name. */
export function labelSetName(
  frames: readonly Pick<LabelledFrame, 'labels' | 'labelledClasses'>[],
  classes: readonly string[],
  thresholds: readonly number[],
): string {
  const judged = classes.filter((_, index) => thresholds[index]! <= 1);
  const digest = createHash('sha256');
  for (const { labels, labelledClasses } of frames) {
    const known = labelledClasses?.map((index) => classes[index]).sort() ?? 'all';
    const boxes = labels
      .filter(({ classIndex }) => judged.includes(classes[classIndex]!))
      .map(({ classIndex, x1, y1, x2, y2, ignore }) => [
        classes[classIndex],
        ...[x1, y1, x2, y2].map(Math.round),
        ignore,
      ]);
    digest.update(JSON.stringify([known, boxes]));
  }
  const some = judged.length <= 10 ? [...judged].sort().join(', ') : `${judged.length} classes`;
  return `${frames.length} pictures, labels ${digest.digest('hex').slice(0, 12)}: ${some}`;
}

function rowsOf(labels: readonly Label[]): Float32Array {
  const rows = new Float32Array(labels.length * STRIDE);
  for (const [at, { x1, y1, x2, y2, classIndex }] of labels.entries())
    rows.set([x1, y1, x2, y2, 1, classIndex], at * STRIDE);
  return rows;
}

function rowsWhere(rows: Float32Array, isKept: (at: number) => boolean): Float32Array {
  const kept = new Float32Array(rows.length);
  let end = 0;
  for (let at = 0; at < rows.length; at += STRIDE) {
    if (!isKept(at)) continue;
    kept.set(rows.subarray(at, at + STRIDE), end);
    end += STRIDE;
  }
  return kept.subarray(0, end);
}

function liesIn(rows: Float32Array, at: number, others: Float32Array): boolean {
  const area = (rows[at + 2]! - rows[at]!) * (rows[at + 3]! - rows[at + 1]!);
  for (let other = 0; other < others.length; other += STRIDE) {
    const width = Math.min(rows[at + 2]!, others[other + 2]!) - Math.max(rows[at]!, others[other]!);
    const height = Math.min(rows[at + 3]!, others[other + 3]!) - Math.max(rows[at + 1]!, others[other + 1]!);
    if (width > 0 && height > 0 && width * height >= MOSTLY * area) return true;
  }
  return false;
}
