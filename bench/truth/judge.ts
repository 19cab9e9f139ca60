import { iou } from '../../src/frame/box.js';
import type { Box } from '../harness/results.js';
import type { Answer } from '../kpi/answers.js';
import type { JudgedTruth, TrueBox, TrueFrame } from './sequence.js';

/** How right the answers for a sequence are. */
export interface Verdict {
  readonly recall: number;
  readonly precision: number;
  readonly f1: number;
  /** How often a vehicle was called otherwise than before; null where nobody says who is who. */
  readonly idSwitches: number | null;
  /** Frames of the truth that were judged. */
  readonly frames: number;
}

/** Narrower truth is a matter of taste, pixels. */
const LEAST_WIDTH = 14;
/** A detection that lies in a region to be ignored by this share of itself is no false one. */
const MOSTLY = 0.5;
/** Where a row of an answer has its track's number; 0: it has none. */
const TRACK = 6;

/** What of one frame is right, wrong and missed, and who was found as which track. */
interface FrameTally {
  readonly found: number;
  readonly wrong: number;
  readonly missed: number;
  readonly tracks: readonly (readonly [id: number | string, track: number])[];
}

/**
 * Judges answers against what people saw, whatever the class: one to one by overlap, the best first; narrow truth neither
 * counts as missed nor as found; what touches a mask, or lies half in a region to be ignored, is no false one.
 *
 * @param answers of one way through the film, numbered from 0; a frame without one is one without boxes
 */
export function judgeByPeople(answers: readonly Answer[], sequence: JudgedTruth): Verdict {
  const byFrame = new Map(answers.map(({ seq, detections }) => [seq + sequence.firstFrame, detections]));
  const sum = { found: 0, wrong: 0, missed: 0 };
  const called = new Map<number | string, number>();
  let switches = 0;
  for (const frame of sequence.truth) {
    const tally = tallyOf(byFrame.get(frame.frame) ?? [], frame, sequence);
    sum.found += tally.found;
    sum.wrong += tally.wrong;
    sum.missed += tally.missed;
    for (const [id, track] of tally.tracks) {
      if (called.has(id) && called.get(id) !== track) switches++;
      called.set(id, track);
    }
  }
  const { found, wrong, missed } = sum;
  return {
    recall: found / Math.max(1, found + missed),
    precision: found / Math.max(1, found + wrong),
    f1: (2 * found) / Math.max(1, 2 * found + wrong + missed),
    idSwitches: called.size > 0 ? switches : null,
    frames: sequence.truth.length,
  };
}

function tallyOf(detections: readonly Box[], { boxes, ignore = [] }: TrueFrame, sequence: JudgedTruth): FrameTally {
  const pairs = pairsOf(detections, boxes, sequence.leastIou);
  const isNarrow = ([x1, , x2]: TrueBox): boolean => x2 - x1 < LEAST_WIDTH;
  const isMask = sequence.leastIou < 0.5;
  const ignored = [...ignore, ...sequence.ignore];
  const wrong = detections.filter((detection, at) => {
    if (pairs.has(at) || ignored.some((region) => shareIn(detection, region) >= MOSTLY)) return false;
    return !(isMask && boxes.some((box) => shareIn(detection, box as unknown as Box) > 0));
  });
  const found = new Set(pairs.values());
  const wide = [...boxes.keys()].filter((at) => !isNarrow(boxes[at]!));
  return {
    found: wide.filter((at) => found.has(at)).length,
    missed: wide.filter((at) => !found.has(at)).length,
    wrong: wrong.length,
    tracks: [...pairs].flatMap(([detection, at]) => {
      const [id, track = 0] = [boxes[at]![5], detections[detection]![TRACK]];
      return id === null || id === undefined || track === 0 ? [] : [[id, track] as const];
    }),
  };
}

/** @returns the truth by detection */
function pairsOf(detections: readonly Box[], boxes: readonly TrueBox[], leastIou: number): Map<number, number> {
  const candidates: { readonly detection: number; readonly box: number; readonly overlap: number }[] = [];
  for (const [detection, own] of detections.entries()) {
    for (const [box, truth] of boxes.entries()) {
      const overlap = iou(own, 0, truth as unknown as Box, 0);
      if (overlap >= leastIou) candidates.push({ detection, box, overlap });
    }
  }
  candidates.sort((a, b) => b.overlap - a.overlap);
  const pairs = new Map<number, number>();
  const taken = new Set<number>();
  for (const { detection, box } of candidates) {
    if (pairs.has(detection) || taken.has(box)) continue;
    pairs.set(detection, box);
    taken.add(box);
  }
  return pairs;
}

/** Share of a detection that lies in a region. */
function shareIn(detection: Box, region: readonly number[]): number {
  const width = Math.min(detection[2]!, region[2]!) - Math.max(detection[0]!, region[0]!);
  const height = Math.min(detection[3]!, region[3]!) - Math.max(detection[1]!, region[1]!);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / ((detection[2]! - detection[0]!) * (detection[3]! - detection[1]!));
}
