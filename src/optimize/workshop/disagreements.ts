import { STRIDE } from '../../frame/detections.js';
import { pairBoxes } from '../gate/pair-boxes.js';

/** Boxes that overlap by this much are the same vehicle, as for the gate. */
const MIN_IOU = 0.5;
/** A box above the threshold is not called lost or invented if the other model has it from 5/7 of the threshold on. */
const UNSURE = 5 / 7;

/** How two models' boxes on one frame compare; the rows are those that would be reported. */
export interface FrameDisagreement {
  readonly index: number;
  readonly agreed: number;
  /** Rows of the parent that the variant does not have, by number. */
  readonly missed: readonly number[];
  /** Rows of the variant that the parent does not have. */
  readonly added: readonly number[];
  readonly parentRows: Float32Array;
  readonly variantRows: Float32Array;
}

/**
 * The frames on which two models disagree most, the worst first; where they agree on all, the one with most boxes.
 *
 * @param thresholds score from which a class is reported
 * @param most frames to return
 */
export function worstFrames(
  parent: readonly Float32Array[],
  variant: readonly Float32Array[],
  thresholds: readonly number[],
  most: number,
): FrameDisagreement[] {
  const frames = parent
    .map((rows, index) => compareFrame(index, rows, variant[index]!, thresholds))
    .filter((frame) => frame.agreed + errorsOf(frame) > 0)
    .sort((a, b) => errorsOf(b) - errorsOf(a) || b.agreed - a.agreed || a.index - b.index);
  const disagreeing = frames.filter((frame) => errorsOf(frame) > 0);
  return disagreeing.length > 0 ? disagreeing.slice(0, most) : frames.slice(0, 1);
}

const errorsOf = ({ missed, added }: FrameDisagreement): number => missed.length + added.length;

function compareFrame(
  index: number,
  parent: Float32Array,
  variant: Float32Array,
  thresholds: readonly number[],
): FrameDisagreement {
  const parentRows = reported(parent, thresholds, 1);
  const variantRows = reported(variant, thresholds, 1);
  const missed = unpaired(parentRows, reported(variant, thresholds, UNSURE));
  const added = unpaired(variantRows, reported(parent, thresholds, UNSURE));
  return { index, agreed: parentRows.length / STRIDE - missed.length, missed, added, parentRows, variantRows };
}

function unpaired(rows: Float32Array, others: Float32Array): number[] {
  const paired = new Set(pairBoxes(rows, others, MIN_IOU, () => false).map(({ first }) => first));
  return Array.from({ length: rows.length / STRIDE }, (_, row) => row).filter((row) => !paired.has(row));
}

function reported(rows: Float32Array, thresholds: readonly number[], share: number): Float32Array {
  const kept: number[] = [];
  for (let at = 0; at < rows.length; at += STRIDE) {
    const threshold = thresholds[rows[at + 5]!] ?? Number.POSITIVE_INFINITY;
    if (threshold <= 1 && rows[at + 4]! >= threshold * share) kept.push(...rows.subarray(at, at + STRIDE));
  }
  return Float32Array.from(kept);
}
