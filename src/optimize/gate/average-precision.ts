import { mean } from '../../foundation/statistics.js';
import { STRIDE } from '../../frame/detections.js';
import type { Label } from '../../pictures/frame-set.js';

/** Average precision over the classes that are labelled anywhere, 0..1. */
export interface Ap {
  /** At an overlap of 0.5. */
  readonly ap50: number;
  /** Mean over the overlaps 0.50, 0.55 … 0.95. */
  readonly ap5095: number;
  readonly perClass: readonly ClassAp[];
}

export interface ClassAp {
  readonly name: string;
  readonly ap50: number;
  readonly ap5095: number;
  /** Boxes that were to be found. */
  readonly labels: number;
}

/** Detections and labels of one picture. */
export interface LabelledFrame {
  /** Rows of 6 in pixels of the picture. */
  readonly rows: Float32Array;
  readonly labels: readonly Label[];
  /** Classes that were looked for here; null: all. Detections of others are neither right nor wrong. */
  readonly labelledClasses: readonly number[] | null;
}

const OVERLAPS = Array.from({ length: 10 }, (_, i) => 0.5 + i * 0.05);
/** Recalls at which precision is read: 0, 0.01 … 1. */
const RECALL_POINTS = 101;
/** Detections of one class that count in one picture, the strongest. */
const MOST_PER_PICTURE = 100;

const [RIGHT, WRONG, IGNORED] = [1, 0, -1] as const;

/** Detections of one class in one picture, strongest first, and what each is at every overlap. */
interface Outcome {
  readonly scores: readonly number[];
  /** `OVERLAPS.length` rows of as many outcomes as scores. */
  readonly outcomes: readonly (readonly number[])[];
}

/**
 * Average precision as COCO defines it: per class, detections strongest first, each taking the free label that it overlaps
 * most; precision made falling, read at 101 recalls. Ignored labels take any number of detections and count for nothing.
 *
 * @param isJudged which classes count; one without labels never does
 * @returns null where nothing is labelled
 */
export function averagePrecision(
  frames: readonly LabelledFrame[],
  classes: readonly string[],
  isJudged: (classIndex: number) => boolean = () => true,
): Ap | null {
  const perClass: ClassAp[] = [];
  for (const [classIndex, name] of classes.entries()) {
    if (!isJudged(classIndex)) continue;
    const judged = frames.filter(({ labelledClasses }) => labelledClasses?.includes(classIndex) ?? true);
    const labels = judged.reduce((sum, frame) => sum + countLabels(frame, classIndex), 0);
    if (labels === 0) continue;
    const outcomes = judged.map((frame) => match(frame, classIndex));
    const aps = OVERLAPS.map((_, at) => areaUnderCurve(inOrder(outcomes, at), labels));
    perClass.push({ name, labels, ap50: aps[0]!, ap5095: mean(aps)! });
  }
  if (perClass.length === 0) return null;
  return { ap50: mean(perClass.map((one) => one.ap50))!, ap5095: mean(perClass.map((one) => one.ap5095))!, perClass };
}

function countLabels({ labels }: LabelledFrame, classIndex: number): number {
  return labels.filter((label) => label.classIndex === classIndex && !label.ignore).length;
}

function match({ rows, labels }: LabelledFrame, classIndex: number): Outcome {
  const wanted = labels.filter((label) => label.classIndex === classIndex);
  // labels to be found first: a detection goes to an ignored one only where no other will have it
  wanted.sort((a, b) => Number(a.ignore ?? false) - Number(b.ignore ?? false));
  const starts = strongest(rows, classIndex);
  const overlaps = starts.map((at) => wanted.map((label) => overlapWith(rows, at, label)));
  return {
    scores: starts.map((at) => rows[at + 4]!),
    outcomes: OVERLAPS.map((least) => assign(overlaps, wanted, least)),
  };
}

/** Where the rows of a class begin, strongest first. */
function strongest(rows: Float32Array, classIndex: number): number[] {
  const starts: number[] = [];
  for (let at = 0; at < rows.length; at += STRIDE) if (rows[at + 5] === classIndex) starts.push(at);
  return starts.sort((a, b) => rows[b + 4]! - rows[a + 4]!).slice(0, MOST_PER_PICTURE);
}

/** @returns RIGHT, WRONG or IGNORED per detection */
function assign(overlaps: readonly (readonly number[])[], labels: readonly Label[], least: number): number[] {
  const taken = labels.map(() => false);
  return overlaps.map((row) => {
    let best = -1;
    let bestOverlap = Math.min(least, 1 - 1e-10);
    for (const [at, label] of labels.entries()) {
      if (taken[at] && !label.ignore) continue;
      if (best >= 0 && !labels[best]!.ignore && label.ignore) break;
      if (row[at]! < bestOverlap) continue;
      best = at;
      bestOverlap = row[at]!;
    }
    if (best < 0) return WRONG;
    taken[best] = true;
    return labels[best]!.ignore ? IGNORED : RIGHT;
  });
}

/** Intersection over union; over the detection's own area where the label is one to be ignored. */
function overlapWith(rows: Float32Array, at: number, label: Label): number {
  const width = Math.min(rows[at + 2]!, label.x2) - Math.max(rows[at]!, label.x1);
  const height = Math.min(rows[at + 3]!, label.y2) - Math.max(rows[at + 1]!, label.y1);
  if (width <= 0 || height <= 0) return 0;
  const own = (rows[at + 2]! - rows[at]!) * (rows[at + 3]! - rows[at + 1]!);
  const shared = width * height;
  return shared / (label.ignore ? own : own + (label.x2 - label.x1) * (label.y2 - label.y1) - shared);
}

/** Of all pictures, strongest first, whether each detection is right; ignored ones are left out. */
function inOrder(outcomes: readonly Outcome[], at: number): boolean[] {
  const all = outcomes.flatMap(({ scores, outcomes: rows }) =>
    scores.map((score, i) => ({ score, outcome: rows[at]![i]! })),
  );
  return all
    .filter(({ outcome }) => outcome !== IGNORED)
    .sort((a, b) => b.score - a.score)
    .map(({ outcome }) => outcome === RIGHT);
}

function areaUnderCurve(detections: readonly boolean[], labels: number): number {
  const recall = new Float64Array(detections.length);
  const precision = new Float64Array(detections.length);
  let right = 0;
  for (const [i, isRight] of detections.entries()) {
    if (isRight) right++;
    recall[i] = right / labels;
    precision[i] = right / (i + 1);
  }
  for (let i = precision.length - 2; i >= 0; i--) precision[i] = Math.max(precision[i]!, precision[i + 1]!);
  let sum = 0;
  for (let point = 0, i = 0; point < RECALL_POINTS; point++) {
    while (i < recall.length && recall[i]! < point / (RECALL_POINTS - 1)) i++;
    if (i < precision.length) sum += precision[i]!;
  }
  return sum / RECALL_POINTS;
}
