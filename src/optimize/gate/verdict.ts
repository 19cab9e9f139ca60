import { type Counts, f1Of } from './likeness.js';

export interface VerdictOptions {
  readonly classes: readonly string[];
  /** F1 against the parent that a variant must reach, 0..1. */
  readonly minF1: number;
  /** F1 that every class with enough boxes must reach, 0..1. */
  readonly minClassF1: number;
  /** Boxes of the parent below which nothing is decided. */
  readonly minReference: number;
}

/** Why a variant is refused, for a person; null where it may run. */
export function refusalOf(total: Counts, perClass: readonly Counts[], options: VerdictOptions): string | null {
  const { classes, minF1, minClassF1, minReference } = options;
  const { reference, found, reported, justified } = total;
  if (reference < minReference) {
    return `the parent found ${vehicles(reference)} on these frames, at least ${minReference} are needed to judge: give more frames, or busier ones`;
  }
  const scores = perClass.map((counts, at) => ({ name: classes[at]!, counts, f1: f1Of(counts) }));
  const enough = scores.filter(({ counts }) => counts.reference >= minReference / classes.length);
  const worst = enough.reduce<(typeof scores)[number] | null>(
    (low, one) => (low && low.f1 <= one.f1 ? low : one),
    null,
  );
  const f1 = f1Of(total);
  if (f1 < minF1) {
    const lost = `${reference - found} of ${vehicles(reference)} lost`;
    const invented = reported > justified ? `, ${reported - justified} of ${reported} boxes without one` : '';
    const where = worst && worst.f1 < f1 ? `, worst class ${worst.name} ${share(worst.f1)}` : '';
    return `F1 ${below(f1, minF1)} is below ${minF1} of the parent's: ${lost}${invented}${where}`;
  }
  if (worst && worst.counts.reference >= minReference && worst.f1 < minClassF1) {
    const { name, counts } = worst;
    return `F1 of class ${name} ${below(worst.f1, minClassF1)} is below ${minClassF1} of the parent's: ${counts.reference - counts.found} of ${counts.reference} lost`;
  }
  return null;
}

const vehicles = (count: number): string => `${count} vehicle${count === 1 ? '' : 's'}`;

const share = (value: number): string => value.toFixed(2);

/** Three digits, and more where three would not show that it is below. */
function below(value: number, limit: number): string {
  const short = value.toFixed(3);
  return Number(short) < limit ? short : value.toFixed(6);
}
