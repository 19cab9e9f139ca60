import {
  Agreement,
  addTally,
  agreementScores,
  classShare,
  emptyTally,
  f1,
  type Tally,
} from '../../src/answer/audit/agreement.js';
import { type Detections, NO_DETECTIONS, STRIDE } from '../../src/frame/detections.js';
import type { Truth } from '../../src/simulator/road.js';
import type { Box } from '../harness/results.js';
import type { Answer } from './answers.js';

/** model.scoreThreshold's default. */
const REPORTED_FROM = 0.35;
const SCORES = agreementScores(REPORTED_FROM);
/** Simulated vehicles that must be found; smaller or more hidden ones may be. */
const LEAST_WIDTH = 24;
const LEAST_VISIBLE = 0.5;

/** What is right about a frame: boxes that must be found (score 1), and others that may be (see `SCORES`). */
export type References = ReadonlyMap<number, Detections>;

/** How right a run's answers are. */
export interface Judgement {
  /** With hysteresis, over all frames, 0..1. */
  readonly f1: number;
  /** Of the boxes that must be found; null where there are none. */
  readonly recall: number | null;
  /** Share of the matched boxes with the right class; null of none. */
  readonly sameClass: number | null;
  /** One per frame of the reference, in order. */
  readonly frames: readonly { readonly seq: number; readonly tally: Tally }[];
}

/** The reference run's boxes by frame number. */
export function referencesOf(answers: readonly Answer[]): References {
  return new Map(answers.map(({ seq, detections }) => [seq, flat(detections)]));
}

/** The true boxes by frame number. */
export function trueReferences(truth: readonly Truth[]): References {
  return new Map(truth.map((frame, seq) => [seq, required(frame)]));
}

/** @param references only these frames count; one without an answer is one without boxes */
export function judge(answers: readonly Answer[], references: References): Judgement {
  const bySeq = new Map(answers.map(({ seq, detections }) => [seq, detections]));
  const agreement = new Agreement(SCORES);
  const sum = emptyTally();
  const frames = [...references].map(([seq, reference]) => {
    const boxes = bySeq.get(seq);
    const tally = emptyTally();
    agreement.compare(boxes ? flat(boxes) : NO_DETECTIONS, reference, tally);
    addTally(sum, tally);
    return { seq, tally };
  });
  const wanted = sum.truePositives + sum.misses;
  return {
    f1: f1(sum),
    recall: wanted === 0 ? null : sum.truePositives / wanted,
    sameClass: classShare(sum),
    frames,
  };
}

/** The frames up to the last that was answered: what a run that was stopped early can be judged by. */
export function reached(references: References, answers: readonly Answer[]): References {
  const last = Math.max(...answers.map(({ seq }) => seq));
  return new Map([...references].filter(([seq]) => seq <= last));
}

function flat(boxes: readonly Box[]): Detections {
  const data = new Float32Array(boxes.length * STRIDE);
  for (const [i, box] of boxes.entries()) for (let k = 0; k < STRIDE; k++) data[i * STRIDE + k] = box[k]!;
  return { count: boxes.length, data };
}

function required({ count, data, visible }: Truth): Detections {
  const rows = data.slice();
  for (let i = 0; i < count; i++) {
    const wide = data[i * STRIDE + 2]! - data[i * STRIDE]! > LEAST_WIDTH;
    rows[i * STRIDE + 4] = wide && visible[i]! >= LEAST_VISIBLE ? 1 : SCORES.lowerScore;
  }
  return { count, data: rows };
}
