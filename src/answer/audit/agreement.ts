import { iou } from '../../frame/box.js';
import { type Detections, STRIDE } from '../../frame/detections.js';

/** What one comparison found, or the sum of many. */
export interface Tally {
  /** Boxes of the answer that have a reference of their own. */
  truePositives: number;
  /** Boxes of the answer that have none. */
  falsePositives: number;
  /** Sure references that no box of the answer has. */
  misses: number;
  /** Of the true positives, those with the class of their reference. */
  classAgrees: number;
}

export interface AgreementOptions {
  /** From this score up a reference justifies a box of the answer; 0..1. */
  readonly lowerScore: number;
  /** From this score up a reference that the answer has not is a miss; 0..1. */
  readonly upperScore: number;
  /** Boxes that overlap by this much are the same vehicle; default 0.5. */
  readonly minIou?: number;
}

const MIN_IOU = 0.5;
const FIRST_BOXES = 128;
const FIRST_PAIRS = 512;
/** Steps in which IoUs are told apart when pairs are sorted. */
const IOU_STEPS = 2 ** 19;
/** An output and a reference, as one number below the sort key; 2^16 boxes each at most. */
const MAX_BOXES = 2 ** 16;
const PAIR_RANGE = MAX_BOXES * MAX_BOXES;

/** A tally of nothing. */
export const emptyTally = (): Tally => ({ truePositives: 0, falsePositives: 0, misses: 0, classAgrees: 0 });

/** Adds one tally to a sum. */
export function addTally(sum: Tally, tally: Tally): void {
  sum.truePositives += tally.truePositives;
  sum.falsePositives += tally.falsePositives;
  sum.misses += tally.misses;
  sum.classAgrees += tally.classAgrees;
}

/** 2TP / (2TP + FP + FN), 0..1; 1 where nothing is there and nothing is said. */
export function f1({ truePositives, falsePositives, misses }: Tally): number {
  const size = 2 * truePositives + falsePositives + misses;
  return size === 0 ? 1 : (2 * truePositives) / size;
}

/** Share of the matched boxes with the class of their reference; null where none matched. */
export function classShare({ truePositives, classAgrees }: Tally): number | null {
  return truePositives === 0 ? null : classAgrees / truePositives;
}

/**
 * The two scores around a model's report threshold: 5/7 and 10/7 of it, so that 0.35 gives 0.25 and 0.5. Above a
 * threshold of 0.54 the upper one is half way to 1 instead.
 *
 * @param reportThreshold score from which boxes are answered, 0..1
 */
export function agreementScores(reportThreshold: number): { lowerScore: number; upperScore: number } {
  return {
    lowerScore: (reportThreshold * 5) / 7,
    upperScore: Math.min((reportThreshold * 10) / 7, (1 + reportThreshold) / 2),
  };
}

/**
 * How well an answer agrees with an inference of the same frame (the reference, which holds boxes far below the report
 * threshold too), with hysteresis: a detector's score of one vehicle moves around its threshold from frame to frame, and
 * an answer that differs only in that is not wrong. So a reference is missed only if it is sure (`upperScore`), and a box
 * is false only if not even an unsure reference (`lowerScore`) lies under it.
 *
 * Matching is one to one, whatever the classes: a second box on one vehicle is false. It is greedy: sure references first,
 * as only they can be missed, then by IoU. An optimal assignment differs only where one box overlaps two others by half,
 * and then these two lie on each other: the detector's own suppression removed such pairs. Ties go to the first rows.
 */
export class Agreement {
  readonly #lower: number;
  readonly #upper: number;
  readonly #minIou: number;
  #outputTaken = new Uint8Array(FIRST_BOXES);
  #referenceTaken = new Uint8Array(FIRST_BOXES);
  /** Pairs that overlap enough; ascending order is the order of matching: unsure | 1 - IoU | output | reference. */
  #pairs = new Float64Array(FIRST_PAIRS);

  constructor({ lowerScore, upperScore, minIou = MIN_IOU }: AgreementOptions) {
    this.#lower = lowerScore;
    this.#upper = upperScore;
    this.#minIou = minIou;
  }

  /**
   * Compares an answer with its reference and writes the outcome over `tally`.
   *
   * @throws RangeError for more than 65,536 boxes
   */
  compare(output: Detections, reference: Detections, tally: Tally): void {
    if (output.count > MAX_BOXES || reference.count > MAX_BOXES)
      throw new RangeError(`expected at most ${MAX_BOXES} boxes, got ${output.count} and ${reference.count}`);
    this.#outputTaken = cleared(this.#outputTaken, output.count);
    this.#referenceTaken = cleared(this.#referenceTaken, reference.count);
    const pairs = this.#findPairs(output, reference);
    this.#pairs.subarray(0, pairs).sort();
    this.#match(pairs, output.data, reference.data, tally);
    tally.falsePositives = output.count - tally.truePositives;
    tally.misses = this.#countMisses(reference);
  }

  #findPairs(output: Detections, reference: Detections): number {
    const a = output.data;
    const b = reference.data;
    const minIou = this.#minIou;
    const lower = this.#lower;
    const upper = this.#upper;
    let pairs = 0;
    for (let j = 0, q = 0; j < reference.count; j++, q += STRIDE) {
      const score = b[q + 4]!;
      if (score < lower) continue;
      const unsure = score < upper ? IOU_STEPS + 1 : 0;
      for (let i = 0, p = 0; i < output.count; i++, p += STRIDE) {
        const overlap = iou(a, p, b, q);
        if (overlap === 0 || overlap < minIou) continue;
        if (pairs === this.#pairs.length) this.#pairs = doubled(this.#pairs);
        const rank = unsure + Math.round((1 - overlap) * IOU_STEPS);
        this.#pairs[pairs++] = rank * PAIR_RANGE + i * MAX_BOXES + j;
      }
    }
    return pairs;
  }

  #match(pairs: number, output: Float32Array, reference: Float32Array, tally: Tally): void {
    const sorted = this.#pairs;
    const outputTaken = this.#outputTaken;
    const referenceTaken = this.#referenceTaken;
    let matched = 0;
    let agrees = 0;
    for (let k = 0; k < pairs; k++) {
      const pair = sorted[k]! % PAIR_RANGE;
      const i = Math.floor(pair / MAX_BOXES);
      const j = pair % MAX_BOXES;
      if (outputTaken[i] !== 0 || referenceTaken[j] !== 0) continue;
      outputTaken[i] = referenceTaken[j] = 1;
      matched++;
      if (output[i * STRIDE + 5] === reference[j * STRIDE + 5]) agrees++;
    }
    tally.truePositives = matched;
    tally.classAgrees = agrees;
  }

  #countMisses({ count, data }: Detections): number {
    const taken = this.#referenceTaken;
    const upper = this.#upper;
    let misses = 0;
    for (let j = 0, q = 4; j < count; j++, q += STRIDE) if (taken[j] === 0 && data[q]! >= upper) misses++;
    return misses;
  }
}

/** All zero and long enough; grows with the fullest picture seen. */
function cleared(flags: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (flags.length < length) return new Uint8Array(length * 2);
  flags.fill(0, 0, length);
  return flags;
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(array.length * 2);
  longer.set(array);
  return longer;
}
