import { iou } from '../../frame/box.js';
import type { Candidates } from './decoders/decoder.js';

/** Candidates beyond this many, strongest first, are not looked at: far more than any frame has vehicles. */
export const MAX_CANDIDATES = 1024;

const INDEX_SPACE = 2 ** 21;
/** The most candidates that a selection can sort. */
export const MAX_CAPACITY = INDEX_SPACE - 1;

/** Picks the boxes to report out of the candidates: strongest first, and without overlaps where the model needs that. */
export class Selection {
  /** After `pick`: indices of the chosen candidates, strongest first. */
  readonly picked: Uint32Array;
  /** One sortable number per candidate: the bits of its score, then its index (the first of equals wins). */
  private readonly keys: Float64Array;
  private readonly scoreBits = new Uint32Array(1);
  private readonly scoreFloat = new Float32Array(this.scoreBits.buffer);

  /** @param capacity candidates at most, up to MAX_CAPACITY @param iouThreshold null leaves overlaps alone */
  constructor(
    capacity: number,
    private readonly iouThreshold: number | null,
    private readonly maxDetections: number,
  ) {
    this.keys = new Float64Array(capacity);
    this.picked = new Uint32Array(maxDetections);
  }

  /** @returns how many entries of `picked` are valid */
  pick(candidates: Candidates): number {
    const sorted = this.sort(candidates);
    const last = Math.max(0, sorted.length - MAX_CANDIDATES);
    let count = 0;
    for (let k = sorted.length - 1; k >= last && count < this.maxDetections; k--) {
      const index = INDEX_SPACE - 1 - (sorted[k]! % INDEX_SPACE);
      if (this.iouThreshold === null || !this.overlapsPicked(candidates, index, count, this.iouThreshold)) {
        this.picked[count++] = index;
      }
    }
    return count;
  }

  /** Ascending; positive floats sort like the integers that their bits are. */
  private sort(candidates: Candidates): Float64Array {
    const { scores, count } = candidates;
    const { keys, scoreBits, scoreFloat } = this;
    for (let i = 0; i < count; i++) {
      scoreFloat[0] = scores[i]!;
      keys[i] = scoreBits[0]! * INDEX_SPACE + (INDEX_SPACE - 1 - i);
    }
    return keys.subarray(0, count).sort();
  }

  private overlapsPicked(candidates: Candidates, index: number, count: number, threshold: number): boolean {
    const { boxes, classes } = candidates;
    const { picked } = this;
    const classIndex = classes[index]!;
    for (let k = 0; k < count; k++) {
      const other = picked[k]!;
      if (classes[other] === classIndex && iou(boxes, index * 4, boxes, other * 4) > threshold) return true;
    }
    return false;
  }
}
