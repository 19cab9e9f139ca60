import { STRIDE } from '../../frame/detections.js';
import { pairBoxes } from './pair-boxes.js';

export interface LikenessOptions {
  readonly classes: readonly string[];
  /**
   * Score from which the runtime reports a box; one for all, or one per class, where a class above 1 is never reported
   * and not judged.
   */
  readonly scoreThreshold: number | readonly number[];
}

/** How many boxes of a class, or of all, agree. */
export interface Counts {
  /** Boxes of the parent that must be found: from the reporting threshold on. */
  reference: number;
  /** Of those, found. */
  found: number;
  /** Boxes that the variant reports. */
  reported: number;
  /** Of those, with a box of the parent under them, be it one below the reporting threshold. */
  justified: number;
}

/** How far apart the two boxes of a pair are. */
export interface Deviation {
  readonly iou: number;
  /** Of the corner that moved more, in pixels of the picture. */
  readonly cornerPx: number;
  /** Score of the variant less that of the parent. */
  readonly score: number;
}

/** A variant's boxes against its parent's on the same frames. */
export interface Likeness {
  readonly total: Counts;
  /** One per class of the model. */
  readonly perClass: readonly Counts[];
  /** One per pair. */
  readonly deviations: readonly Deviation[];
}

/** Boxes that overlap by this much are the same vehicle. */
const MIN_IOU = 0.5;
/** As the runtime's audit has it: of a threshold of 0.35 this is 0.25. */
const UNSURE = 5 / 7;

/**
 * Compares a variant with its parent, with hysteresis: a score moves a little around its threshold with every rounding,
 * and that alone makes a box of the variant not wrong. So a box that the variant reports is false only if the parent has
 * none there from 5/7 of the reporting threshold on; one that the parent reports and the variant does not is lost.
 * Boxes are paired within their class.
 *
 * @param parent per frame rows of 6, as `variant`: from 5/7 of the threshold on at least
 * @throws RangeError where the numbers of frames differ
 */
export function compare(
  parent: readonly Float32Array[],
  variant: readonly Float32Array[],
  { classes, scoreThreshold }: LikenessOptions,
): Likeness {
  if (parent.length !== variant.length) {
    throw new RangeError(`expected the same frames of both, got ${parent.length} and ${variant.length}`);
  }
  const thresholds = thresholdsOf(classes, scoreThreshold);
  const perClass = classes.map(noCounts);
  const deviations: Deviation[] = [];
  for (const [index, parentRows] of parent.entries()) {
    const known = above(parentRows, thresholds, UNSURE);
    const reported = above(variant[index]!, thresholds, 1);
    const mustBeFound = (row: number): boolean => known[row * STRIDE + 4]! >= thresholds[known[row * STRIDE + 5]!]!;
    for (let at = 0; at < known.length; at += STRIDE) {
      if (mustBeFound(at / STRIDE)) perClass[known[at + 5]!]!.reference++;
    }
    for (let at = 0; at < reported.length; at += STRIDE) perClass[reported[at + 5]!]!.reported++;
    for (const pair of pairBoxes(reported, known, MIN_IOU, mustBeFound)) {
      const counts = perClass[known[pair.second * STRIDE + 5]!]!;
      counts.justified++;
      if (mustBeFound(pair.second)) counts.found++;
      deviations.push(deviation(reported, pair.first * STRIDE, known, pair.second * STRIDE, pair.iou));
    }
  }
  return { total: sumOf(perClass), perClass, deviations };
}

/** Share of the boxes to be found that were; 1 where there are none. */
export function recallOf({ reference, found }: Counts): number {
  return reference === 0 ? 1 : found / reference;
}

/** Share of the boxes reported that are justified; 1 where there are none. */
export function precisionOf({ reported, justified }: Counts): number {
  return reported === 0 ? 1 : justified / reported;
}

/** The harmonic mean of recall and precision, 0..1. */
export function f1Of(counts: Counts): number {
  const recall = recallOf(counts);
  const precision = precisionOf(counts);
  return recall + precision === 0 ? 0 : (2 * recall * precision) / (recall + precision);
}

/** One threshold per class. @throws RangeError where they are not as many as classes */
export function thresholdsOf(classes: readonly string[], threshold: number | readonly number[]): readonly number[] {
  if (typeof threshold === 'number') return classes.map(() => threshold);
  if (threshold.length === classes.length) return threshold;
  throw new RangeError(`expected ${classes.length} score thresholds, one per class, got ${threshold.length}`);
}

/** The rows from `share` of their class's threshold on. @throws RangeError for a class that there is not */
function above(rows: Float32Array, thresholds: readonly number[], share: number): Float32Array {
  const kept = new Float32Array(rows.length);
  let end = 0;
  for (let at = 0; at < rows.length; at += STRIDE) {
    const threshold = thresholds[rows[at + 5]!];
    if (threshold === undefined) throw new RangeError(`a box has class ${rows[at + 5]} of ${thresholds.length}`);
    if (threshold > 1 || rows[at + 4]! < share * threshold) continue;
    kept.set(rows.subarray(at, at + STRIDE), end);
    end += STRIDE;
  }
  return kept.subarray(0, end);
}

function deviation(a: Float32Array, i: number, b: Float32Array, j: number, iou: number): Deviation {
  const topLeft = Math.hypot(a[i]! - b[j]!, a[i + 1]! - b[j + 1]!);
  const bottomRight = Math.hypot(a[i + 2]! - b[j + 2]!, a[i + 3]! - b[j + 3]!);
  return { iou, cornerPx: Math.max(topLeft, bottomRight), score: a[i + 4]! - b[j + 4]! };
}

const noCounts = (): Counts => ({ reference: 0, found: 0, reported: 0, justified: 0 });

function sumOf(perClass: readonly Counts[]): Counts {
  const sum = noCounts();
  for (const counts of perClass) {
    sum.reference += counts.reference;
    sum.found += counts.found;
    sum.reported += counts.reported;
    sum.justified += counts.justified;
  }
  return sum;
}
