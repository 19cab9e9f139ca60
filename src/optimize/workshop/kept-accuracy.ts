import { type AbsoluteAccuracy, withAbsolute } from '../../models/absolute-accuracy.js';
import type { VariantFacts } from '../../models/variant-store.js';
import type { Ap, GateReport } from '../gate/gate.js';

/** Ends the metric's name in a manifest: such a figure is the workshop's and may be replaced by a later one. */
const SIGN = '(models optimize)';
/** Fewer labelled boxes make no average precision to rely on. */
const LEAST_LABELS = 50;
/** Of a reference below this, labels and model do not fit each other: the ratio of two such figures says nothing. */
const LEAST_AP50 = 0.2;

export interface AccuracyParts {
  /** The fp32 model at the default size. */
  readonly reference: string;
  /** Against the fp32 model of the same size; null for that model itself. */
  readonly gate: GateReport | null;
  /** F1 of the fp32 model of this size against that of the largest; null where there is one size. */
  readonly sizeF1: number | null;
  /** The same of the default size. */
  readonly defaultF1: number | null;
  /** On labelled frames: the variant's and the reference's. */
  readonly labelled: {
    readonly variant: Ap & { readonly absolute?: AbsoluteAccuracy };
    readonly reference: Ap;
    readonly images: number;
  } | null;
  readonly frames: number;
}

/**
 * What a variant keeps of the fp32 model's accuracy at the default size: one scale for all sizes, on which a larger size
 * may be above 1. With labels that fit the model, the ratio of the AP50. Without, F1 against the fp32 model of its own size, times what
 * that size is worth: its F1 against the largest size over that of the default one. That takes the largest size for the
 * truth, which is as near to it as one comes without labels.
 */
export function accuracyKept(parts: AccuracyParts): NonNullable<VariantFacts['accuracy']> {
  const { reference, gate, sizeF1, defaultF1, labelled, frames } = parts;
  if (labelled && labelCount(labelled.reference) >= LEAST_LABELS && labelled.reference.ap50 >= LEAST_AP50) {
    const ratio = labelled.variant.ap50 / labelled.reference.ap50;
    const kept = { metric: `AP50 on ${labelled.images} labelled pictures ${SIGN}`, relativeToFp32: bounded(ratio) };
    const { absolute } = labelled.variant;
    return absolute === undefined ? kept : withAbsolute(kept, absolute);
  }
  const own = gate?.f1 ?? 1;
  const size = sizeF1 !== null && defaultF1 !== null && defaultF1 > 0 ? sizeF1 / defaultF1 : 1;
  const what = gate
    ? `F1 against fp32 on ${frames} held-back frames`
    : `F1 on ${frames} held-back frames, relative to ${reference}`;
  return {
    metric: `${what}${gate && size !== 1 ? ', times that of its size' : ''} ${SIGN}`,
    relativeToFp32: bounded(own * size),
  };
}

/** null, or why labels were not used for the accuracy kept. */
export function labelProblem(reference: Ap | null): string | null {
  if (reference === null) return null;
  const labels = labelCount(reference);
  if (labels < LEAST_LABELS) return `${labels} labels are too few: accuracy kept is told by F1 instead`;
  if (reference.ap50 >= LEAST_AP50) return null;
  return `the fp32 model reaches AP50 ${reference.ap50.toFixed(3)} only: do the labels' class numbers mean its classes (docs/models.md)? Accuracy kept is told by F1 instead`;
}

/** Whether a manifest's figure came from here. */
export function isOwnAccuracy(accuracy: VariantFacts['accuracy']): boolean {
  return accuracy?.metric.endsWith(SIGN) ?? false;
}

const labelCount = ({ perClass }: Ap): number => perClass.reduce((sum, { labels }) => sum + labels, 0);

/** As a manifest can hold it. */
const bounded = (value: number): number => Math.min(2, Math.max(0, Math.round(value * 1e4) / 1e4));
