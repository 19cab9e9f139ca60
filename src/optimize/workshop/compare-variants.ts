import type { LoadRequest } from '../../detect/detector.js';
import { ModelError } from '../../foundation/errors.js';
import type { FrameSet } from '../../pictures/frame-set.js';
import { detectOn, mapClasses } from '../gate/detections-of.js';
import { type GateReport, judge } from '../gate/gate.js';
import { type Progress, StepProgress } from '../step-progress.js';
import { measureSpeed, type Speed } from './speed.js';

export interface VariantComparison {
  /** The classes that both have: on these they are compared. */
  readonly classes: readonly string[];
  /** The second against the first; there is no verdict in a comparison. */
  readonly gate: GateReport;
  readonly speed: readonly [first: Speed, second: Speed];
}

/**
 * Runs two variants, of one model or of two, on the same frames.
 * @param frames labelled in the classes of the first
 * @param labelClasses the classes that labels are indexes of
 * @throws ModelError where they have no class in common, or one does not load
 */
export async function compareVariants(
  [first, second]: readonly [LoadRequest, LoadRequest],
  frames: FrameSet,
  labelClasses: readonly string[],
  options: { readonly onProgress?: (progress: Progress) => void; readonly signal?: AbortSignal } = {},
): Promise<VariantComparison> {
  const shared = first.classes.filter((name) => second.classes.includes(name));
  if (shared.length === 0) {
    throw new ModelError(`${first.model} and ${second.model} have no class in common: there is nothing to compare`);
  }
  const progress = new StepProgress(5, Date.now, options.onProgress ?? (() => undefined));
  const run = async (request: LoadRequest): Promise<Float32Array[]> => {
    progress.begin(`running ${request.model} ${request.variant}`, 2);
    const rows = await detectOn(request, frames, {
      onProgress: (done, total) => progress.within(done, total),
      ...(options.signal && { signal: options.signal }),
    });
    return mapClasses(rows, request.classes, labelClasses);
  };
  const thresholds = labelClasses.map((name) => Math.max(thresholdOf(first, name), thresholdOf(second, name)));
  const rows = [await run(first), await run(second)] as const;
  const gate = await judge(rows[0], rows[1], frames, { classes: labelClasses, scoreThreshold: thresholds, minF1: 0 });
  progress.begin('measuring speed', 1);
  const picture = await frames.read(0);
  const [a, b] = await measureSpeed([first, second], picture, { signal: options.signal });
  return { classes: shared, gate, speed: [a!, b!] };
}

/** Never reached by a class that a model does not have. */
function thresholdOf({ classes, scoreThresholds }: LoadRequest, name: string): number {
  return scoreThresholds[classes.indexOf(name)] ?? 2;
}
