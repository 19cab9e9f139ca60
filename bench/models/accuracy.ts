import type { LoadRequest } from '../../src/detect/detector.js';
import { detectOn, mapClasses } from '../../src/optimize/gate/detections-of.js';
import { judge } from '../../src/optimize/gate/gate.js';
import type { FrameSet } from '../../src/pictures/frame-set.js';
import { LABEL_CLASSES } from './pictures.js';

/** How good a variant's boxes are; the average precisions are null where nothing is labelled. */
export interface Accuracy {
  readonly ap50: number | null;
  readonly ap5095: number | null;
  /** Of the parent's. */
  readonly ap50Share: number | null;
  readonly ap5095Share: number | null;
  /** Agreement with the parent, with hysteresis, as the gate computes it. */
  readonly f1: number;
}

/** No score reaches it: a class that a model does not have is not judged. */
const NEVER = 2;

/** A model's boxes on every frame, in the labels' classes. */
export async function boxesOn(request: LoadRequest, frames: FrameSet): Promise<Float32Array[]> {
  return mapClasses(await detectOn(request, frames), request.classes, LABEL_CLASSES);
}

/** Judges a variant by the classes that its parent reports. @param parent,variant boxes as `boxesOn` gives them */
export async function accuracyOf(
  parent: readonly Float32Array[],
  variant: readonly Float32Array[],
  frames: FrameSet,
  { classes, scoreThresholds }: LoadRequest,
): Promise<Accuracy> {
  const thresholds = LABEL_CLASSES.map((name) => scoreThresholds[classes.indexOf(name)] ?? NEVER);
  const report = await judge(parent, variant, frames, { classes: LABEL_CLASSES, scoreThreshold: thresholds, minF1: 0 });
  const { f1, labelled } = report;
  if (!labelled) return { ap50: null, ap5095: null, ap50Share: null, ap5095Share: null, f1 };
  const { ap50, ap5095 } = labelled.variant;
  return {
    ap50,
    ap5095,
    ap50Share: shareOf(ap50, labelled.parent.ap50),
    ap5095Share: shareOf(ap5095, labelled.parent.ap5095),
    f1,
  };
}

const shareOf = (value: number, parent: number): number | null => (parent > 0 ? value / parent : null);
