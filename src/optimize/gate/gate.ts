import { mean, quantile } from '../../foundation/statistics.js';
import type { AbsoluteAccuracy } from '../../models/manifest.js';
import type { FrameSet } from '../../pictures/frame-set.js';
import { type Ap, averagePrecision, type LabelledFrame } from './average-precision.js';
import { f1OnLabels, LABEL_F1, labelSetName } from './label-f1.js';
import {
  compare,
  type Deviation,
  f1Of,
  type LikenessOptions,
  precisionOf,
  recallOf,
  thresholdsOf,
} from './likeness.js';
import { refusalOf } from './verdict.js';

export type { Ap, ClassAp } from './average-precision.js';

/** How much of its parent's accuracy a variant kept, and whether that is enough. */
export interface GateReport {
  readonly passed: boolean;
  /** Why it was refused; null where it passed. */
  readonly reason: string | null;
  readonly minF1: number;
  readonly frames: number;
  /** Against the parent's boxes, 0..1, as `recall` and `precision`. */
  readonly f1: number;
  readonly recall: number;
  readonly precision: number;
  /** Boxes of the parent that were to be found. */
  readonly reference: number;
  /** The classes that the parent or the variant reported. */
  readonly perClass: readonly ClassLikeness[];
  /** Of boxes that both have; `p95CornerPx` in pixels of the picture. 1 and 0 where they have none in common. */
  readonly boxError: { readonly meanIou: number; readonly p95CornerPx: number };
  /** Score of the variant less that of the parent: its mean, and the 95th percentile of its size. */
  readonly scoreDrift: { readonly mean: number; readonly p95: number };
  /** Against what people labelled; null where nothing is. */
  readonly labelled: {
    readonly parent: LabelledAccuracy;
    readonly variant: LabelledAccuracy;
    readonly images: number;
  } | null;
}

/** Against labels: of all boxes whatever their score, and of those that are reported. */
export interface LabelledAccuracy extends Ap {
  readonly absolute: AbsoluteAccuracy;
}

export interface ClassLikeness {
  readonly name: string;
  readonly f1: number;
  readonly recall: number;
  readonly precision: number;
  /** Boxes of the parent that were to be found. */
  readonly reference: number;
}

export interface GateOptions extends LikenessOptions {
  /** F1 against the parent that a variant must reach, 0..1. */
  readonly minF1: number;
  /** F1 that every class of at least `minReference` boxes must reach; default `minF1` less 0.12. */
  readonly minClassF1?: number;
  /** Boxes of the parent below which no variant passes; default 50. */
  readonly minReference?: number;
}

/** A common class cannot hide that a rare one is gone; a rare one has more luck in it. */
const CLASS_MARGIN = 0.12;
const MIN_REFERENCE = 50;

/**
 * Judges a variant by what it and its parent found on the same frames, which neither was made from.
 *
 * @param parent per frame rows of 6, as `detectOn` gives them; class indexes as in `classes`
 * @param variant the same frames, the same classes (see `mapClasses`)
 * @throws RangeError where the numbers of frames differ
 */
export async function judge(
  parent: readonly Float32Array[],
  variant: readonly Float32Array[],
  frames: FrameSet,
  options: GateOptions,
): Promise<GateReport> {
  if (frames.count !== parent.length) {
    throw new RangeError(`expected the boxes of ${frames.count} frames, got ${parent.length}`);
  }
  const { classes, minF1, minClassF1 = Math.max(0, minF1 - CLASS_MARGIN), minReference = MIN_REFERENCE } = options;
  const { total, perClass, deviations } = compare(parent, variant, options);
  const reason = refusalOf(total, perClass, { classes, minF1, minClassF1, minReference });
  return {
    passed: reason === null,
    reason,
    minF1,
    frames: frames.count,
    f1: f1Of(total),
    recall: recallOf(total),
    precision: precisionOf(total),
    reference: total.reference,
    perClass: perClass.flatMap((counts, at) => {
      if (counts.reference === 0 && counts.reported === 0) return [];
      const [f1, recall, precision] = [f1Of(counts), recallOf(counts), precisionOf(counts)];
      return [{ name: classes[at]!, f1, recall, precision, reference: counts.reference }];
    }),
    boxError: boxError(deviations),
    scoreDrift: scoreDrift(deviations),
    labelled: await againstLabels(parent, variant, frames, options),
  };
}

function boxError(deviations: readonly Deviation[]): GateReport['boxError'] {
  if (deviations.length === 0) return { meanIou: 1, p95CornerPx: 0 };
  return {
    meanIou: mean(deviations.map(({ iou }) => iou))!,
    p95CornerPx: quantile(
      deviations.map((one) => one.cornerPx),
      0.95,
    )!,
  };
}

function scoreDrift(deviations: readonly Deviation[]): GateReport['scoreDrift'] {
  if (deviations.length === 0) return { mean: 0, p95: 0 };
  const scores = deviations.map(({ score }) => score);
  return { mean: mean(scores)!, p95: quantile(scores.map(Math.abs), 0.95)! };
}

async function againstLabels(
  parent: readonly Float32Array[],
  variant: readonly Float32Array[],
  frames: FrameSet,
  { classes, scoreThreshold }: GateOptions,
): Promise<GateReport['labelled']> {
  const ofParent: LabelledFrame[] = [];
  const ofVariant: LabelledFrame[] = [];
  for (let index = 0; index < frames.count; index++) {
    const labels = await frames.labels(index);
    if (labels === null) continue;
    const labelledClasses = frames.labelledClasses?.(index) ?? null;
    ofParent.push({ rows: parent[index]!, labels, labelledClasses });
    ofVariant.push({ rows: variant[index]!, labels, labelledClasses });
  }
  const thresholds = thresholdsOf(classes, scoreThreshold);
  const isJudged = (classIndex: number): boolean => thresholds[classIndex]! <= 1;
  const parentAp = averagePrecision(ofParent, classes, isJudged);
  const variantAp = averagePrecision(ofVariant, classes, isJudged);
  if (parentAp === null || variantAp === null) return null;
  const set = labelSetName(ofParent, classes, thresholds);
  const absolute = (labelled: readonly LabelledFrame[]): AbsoluteAccuracy => {
    return { metric: LABEL_F1, set, value: Math.round(f1OnLabels(labelled, thresholds)! * 1e4) / 1e4 };
  };
  return {
    parent: { ...parentAp, absolute: absolute(ofParent) },
    variant: { ...variantAp, absolute: absolute(ofVariant) },
    images: ofParent.length,
  };
}
