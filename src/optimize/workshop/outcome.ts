import type { VariantFacts } from '../../models/variant-store.js';
import type { Ap, GateReport } from '../gate/gate.js';
import type { LayerSensitivity } from '../int8/quantize.js';
import type { Target } from './plan.js';
import type { Speed } from './speed.js';

/** What became of a variant: `reference`, what others are compared with; `made`, good but not kept (a dry run). */
export type Verdict = 'reference' | 'registered' | 'made' | 'refused';

/** One variant that the workshop looked at, with everything that was found out about it. */
export interface Outcome {
  readonly id: string;
  readonly precision: 'fp32' | 'fp16' | 'int8';
  readonly width: number;
  readonly height: number;
  readonly verdict: Verdict;
  /** Why it was refused; null otherwise. */
  readonly reason: string | null;
  /** Of its file; null where none was made. */
  readonly bytes: number | null;
  /** Against the fp32 model of the same size; null where it did not come that far, and for the fp32 model itself. */
  readonly gate: GateReport | null;
  /** Of this size's fp32 model against that of the reference size; null where there is one size. */
  readonly sizeGate: GateReport | null;
  /** Average precision against labels; null where there are none. */
  readonly ap: Ap | null;
  readonly accuracy: VariantFacts['accuracy'];
  /** Compared with the fp32 model of the default size; null where this device cannot run it as its target would. */
  readonly speed: Speed | null;
  readonly madeBy: string;
  readonly notes: readonly string[];
}

/** A frame on which a variant and its parent do not agree. */
export interface Disagreement {
  readonly variant: string;
  readonly parent: string;
  /** Of the frame, for people. */
  readonly frame: string;
  readonly width: number;
  readonly height: number;
  /** Boxes of the parent that the variant has too. */
  readonly agreed: number;
  /** Rows of 6 in pixels of the frame (x1, y1, x2, y2, score, class), those that would be reported. */
  readonly parentRows: readonly number[];
  readonly variantRows: readonly number[];
  /** Rows of the parent that the variant lacks, by number. */
  readonly missed: readonly number[];
  /** Rows of the variant that the parent lacks. */
  readonly added: readonly number[];
  /** The frame itself as JPEG; null where nobody encodes pictures. */
  readonly jpeg: Uint8Array | null;
}

/** What `models optimize` found out: all that the report shows. */
export interface WorkshopReport {
  readonly model: string;
  readonly family: string;
  readonly licence: string;
  readonly target: Target;
  /** Unix ms. */
  readonly startedAt: number;
  readonly tookMs: number;
  readonly device: string;
  readonly runtime: string;
  /** The variant that everything is compared with. */
  readonly reference: string;
  readonly minF1: number;
  readonly scoreThreshold: number;
  readonly classes: readonly string[];
  readonly frames: {
    /** Where they come from, as the operator said it. */
    readonly from: string;
    readonly calibration: number;
    readonly validation: number;
    readonly heldBack: number;
    /** Held-back frames that somebody labelled. */
    readonly labelled: number;
    /** Boxes that the parent reports on the held-back frames. */
    readonly boxes: number;
  };
  readonly outcomes: readonly Outcome[];
  /** The fastest that was let in at the default size; null where none was. */
  readonly recommended: string | null;
  readonly int8: {
    readonly method: string;
    /** F1 on the validation frames by calibration method. */
    readonly scores: Readonly<Record<string, number>>;
    readonly sensitivity: readonly LayerSensitivity[];
  } | null;
  readonly disagreements: readonly Disagreement[];
  readonly notes: readonly string[];
  readonly dryRun: boolean;
}

/** What a variant keeps of the reference's accuracy, 0..1 and a little more; null where nothing is known. */
export function relativeAccuracy({ verdict, accuracy, gate }: Outcome): number | null {
  if (verdict === 'reference') return 1;
  return accuracy?.relativeToFp32 ?? gate?.f1 ?? null;
}
