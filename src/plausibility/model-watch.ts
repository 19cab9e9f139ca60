import { type Detections, STRIDE } from '../frame/detections.js';
import { pictureChange } from './picture-change.js';
import { TILES } from './picture-sample.js';
import type { Implausible, ModelFault } from './states.js';

/** Pictures that differ, one after the other, in each of which it was so. */
const CONSTANT = 20;
const SATURATED = 30;
const HEAPED = 15;
/** Pictures in which something moved before a model is blind: one whose highest score never changed, and any other. */
const BLIND_CONSTANT = 20;
const BLIND = 200;
/** A highest score that changes by no more than this never changes; workers tell four digits. */
const SAME_PEAK = 0.00015;
/** The same box, in pixels and score. */
const SAME_BOX = 0.001;
/** A model is certain of what it gives this score, and of everything where it gives nothing less. */
const CERTAIN = 0.995;
const LEAST_CERTAIN = 100;
/** A list so short is full of an ordinary road's vehicles. */
const LEAST_LIST = 10;
/** Boxes on one spot, and shares of the picture's width and height that the spot has. */
const LEAST_HEAP = 5;
const SPOT = 0.02;

/** One inference of a frame. */
export interface ModelReading {
  /** All of it, also boxes too weak to be reported. */
  readonly detections: Detections;
  /** Highest score of the picture, whatever the thresholds; null where the worker does not tell. */
  readonly peakScore: number | null;
  /** Size of the picture that the boxes are in, pixels. */
  readonly width: number;
  readonly height: number;
  /** Mean level of each tile of the picture. */
  readonly means: Float32Array;
}

/** What is asked of the model. */
export interface ModelLimits {
  /** Score by class index from which a box is reported. */
  readonly thresholds: readonly number[];
  /** Boxes that it may give at most. */
  readonly maxDetections: number;
}

/**
 * Watches what one model says of one camera's pictures: whether it looks at them at all. An empty road and a model that can
 * report nothing give the same answers; only in pictures in which something moves do they differ.
 */
export class ModelWatch {
  readonly #thresholds: readonly number[];
  readonly #lowest: number;
  readonly #maxDetections: number;
  #means: Float32Array | null = null;
  #last = new Float32Array(0);
  #moving = 0;
  #lowestPeak = Number.POSITIVE_INFINITY;
  #highestPeak = 0;
  #isAble = false;
  #constant = 0;
  #full = 0;
  #certainPictures = 0;
  #certainBoxes = 0;
  #heaped = 0;

  constructor({ thresholds, maxDetections }: ModelLimits) {
    this.#thresholds = thresholds;
    this.#lowest = Math.min(...thresholds);
    this.#maxDetections = maxDetections;
  }

  /** Whether it has reported anything at all. */
  get isAble(): boolean {
    return this.#isAble;
  }

  /** Whether it certainly does not look at the pictures, so that any other model is better. */
  get isUseless(): boolean {
    return (this.#isBlind() && this.#hasOnePeak) || this.#constant >= CONSTANT;
  }

  /** Takes an inference; one of a picture like the one before teaches nothing. */
  see(reading: ModelReading): void {
    this.#isAble ||= this.#reports(reading.detections);
    const change = this.#means === null ? null : pictureChange(this.#means, reading.means);
    if (change !== null && !change.isOther && !change.hasMoved) return;
    if (change?.hasMoved) this.#feelPeak(reading);
    if (change !== null) this.#judge(reading);
    this.#keep(reading);
  }

  /** The worst of what is wrong with what it says; null where nothing is. */
  fault(): Implausible<ModelFault> | null {
    if (this.#isBlind()) return { fault: 'model-blind', seen: this.#blindText() };
    if (this.#constant >= CONSTANT) {
      return { fault: 'model-constant', seen: `the very same boxes in ${this.#constant} different pictures` };
    }
    if (this.#full >= SATURATED) {
      return { fault: 'model-saturated', seen: `${this.#maxDetections} boxes in each of ${this.#full} pictures` };
    }
    if (this.#certainPictures >= SATURATED && this.#certainBoxes >= LEAST_CERTAIN) {
      return { fault: 'model-saturated', seen: `${this.#certainBoxes} boxes, each with a score of 1` };
    }
    if (this.#heaped >= HEAPED) {
      return { fault: 'model-heaped', seen: `all boxes on one spot in each of ${this.#heaped} pictures` };
    }
    return null;
  }

  #reports({ count, data }: Detections): boolean {
    for (let at = 0; at < count * STRIDE; at += STRIDE) {
      if (data[at + 4]! >= this.#thresholds[data[at + 5]!]!) return true;
    }
    return false;
  }

  #feelPeak({ peakScore, detections }: ModelReading): void {
    const peak = peakScore ?? strongest(detections);
    this.#moving++;
    this.#lowestPeak = Math.min(this.#lowestPeak, peak);
    this.#highestPeak = Math.max(this.#highestPeak, peak);
  }

  get #hasOnePeak(): boolean {
    return this.#highestPeak - this.#lowestPeak <= SAME_PEAK;
  }

  #isBlind(): boolean {
    if (this.#isAble || this.#highestPeak >= this.#lowest) return false;
    return this.#moving >= (this.#hasOnePeak ? BLIND_CONSTANT : BLIND);
  }

  #blindText(): string {
    const pictures = `${this.#moving} pictures in which something moved`;
    const peak = Number(this.#highestPeak.toFixed(4));
    return this.#hasOnePeak
      ? `the highest score was ${peak} in each of ${pictures}`
      : `the highest score in ${pictures} was ${peak}, and ${this.#lowest} is asked for`;
  }

  #judge({ detections, width, height }: ModelReading): void {
    const { count, data } = detections;
    this.#constant = count > 0 && this.#isSameAsLast(detections) ? Math.max(2, this.#constant + 1) : 0;
    this.#full = this.#maxDetections >= LEAST_LIST && count >= this.#maxDetections ? this.#full + 1 : 0;
    if (count > 0) {
      const isCertain = weakest(detections) >= CERTAIN;
      this.#certainPictures = isCertain ? this.#certainPictures + 1 : 0;
      this.#certainBoxes = isCertain ? this.#certainBoxes + count : 0;
      this.#heaped = count >= LEAST_HEAP && areHeaped(data, count, width, height) ? this.#heaped + 1 : 0;
    }
  }

  #isSameAsLast({ count, data }: Detections): boolean {
    const length = count * STRIDE;
    if (this.#last.length !== length) return false;
    for (let i = 0; i < length; i++) if (Math.abs(data[i]! - this.#last[i]!) > SAME_BOX) return false;
    return true;
  }

  #keep({ means, detections: { count, data } }: ModelReading): void {
    this.#means ??= new Float32Array(TILES);
    this.#means.set(means);
    this.#last = data.slice(0, count * STRIDE);
  }
}

function strongest({ count, data }: Detections): number {
  let score = 0;
  for (let at = 4; at < count * STRIDE; at += STRIDE) score = Math.max(score, data[at]!);
  return score;
}

function weakest({ count, data }: Detections): number {
  let score = 1;
  for (let at = 4; at < count * STRIDE; at += STRIDE) score = Math.min(score, data[at]!);
  return score;
}

/** Whether the middles of all boxes lie within a spot. */
function areHeaped(data: Float32Array, count: number, width: number, height: number): boolean {
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
  for (let at = 0; at < count * STRIDE; at += STRIDE) {
    const x = (data[at]! + data[at + 2]!) / 2;
    const y = (data[at + 1]! + data[at + 3]!) / 2;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return right - left <= SPOT * width && bottom - top <= SPOT * height;
}
