import type { LoadRequest } from '../../src/detect/detector.js';
import { type Ap, averagePrecision, type LabelledFrame } from '../../src/optimize/gate/average-precision.js';
import type { FrameSet } from '../../src/pictures/frame-set.js';
import { Random } from '../../src/simulator/random.js';
import { LABEL_CLASSES } from './pictures.js';

/** Standard deviations of a difference of two variants' average precisions, over other pictures of the same kind. */
export interface Noise {
  readonly ap50: number;
  readonly ap5095: number;
}

const DRAWS = 60;
const SEED = 7;

/**
 * How much luck is in the difference of two variants: the pictures are drawn again, with repetition, the same for both
 * (paired bootstrap). The same seed and pictures give the same numbers.
 *
 * @param first,second boxes as `boxesOn` gives them
 * @param request of the parent, whose reported classes count
 * @returns null where nothing is labelled
 */
export async function noiseBetween(
  first: readonly Float32Array[],
  second: readonly Float32Array[],
  frames: FrameSet,
  { classes, scoreThresholds }: LoadRequest,
): Promise<Noise | null> {
  const isJudged = (index: number) => (scoreThresholds[classes.indexOf(LABEL_CLASSES[index]!)] ?? 2) <= 1;
  const [ours, theirs] = [await labelled(first, frames), await labelled(second, frames)];
  const random = new Random(SEED);
  const gaps: Noise[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = ours.map(() => Math.floor(random.next() * ours.length));
    const ap = (of: readonly LabelledFrame[]): Ap | null =>
      averagePrecision(
        drawn.map((i) => of[i]!),
        LABEL_CLASSES,
        isJudged,
      );
    const [a, b] = [ap(ours), ap(theirs)];
    if (a && b) gaps.push({ ap50: a.ap50 - b.ap50, ap5095: a.ap5095 - b.ap5095 });
  }
  if (gaps.length < 2) return null;
  return { ap50: deviation(gaps.map(({ ap50 }) => ap50)), ap5095: deviation(gaps.map(({ ap5095 }) => ap5095)) };
}

async function labelled(rows: readonly Float32Array[], frames: FrameSet): Promise<LabelledFrame[]> {
  const found: LabelledFrame[] = [];
  for (const [index, own] of rows.entries()) {
    const labels = await frames.labels(index);
    if (labels) found.push({ rows: own, labels, labelledClasses: frames.labelledClasses?.(index) ?? null });
  }
  return found;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
