import type { LoadRequest } from '../../detect/detector.js';
import type { NewVariant, VariantFacts } from '../../models/variant-store.js';
import type { Ap, GateReport } from '../gate/gate.js';
import type { CandidateFile } from './candidate.js';
import type { MadeModel } from './make-variant.js';
import type { Outcome, Verdict } from './outcome.js';
import type { Speed } from './speed.js';

/** How every variant's `madeBy` begins that comes from here. */
export const MADE_BY = 'edge-optimizer models optimize';

/** What is tried. */
export interface TrialSubject {
  readonly facts: VariantFacts;
  /** Name of its recipe; `fp32` for a model as its exporter made it. */
  readonly recipe: string;
  readonly notes: readonly string[];
}

/** No file was made of it. */
interface UnmadeTrial extends TrialSubject {
  readonly kind: 'unmade';
  readonly reason: string;
}

/** There is a file, but it cannot be run, or is not to be. */
interface UnrunTrial extends TrialSubject {
  readonly kind: 'unrun';
  readonly file: CandidateFile;
  readonly reason: string;
}

/** It ran on the held-back frames. */
export interface RanTrial extends TrialSubject {
  readonly kind: 'ran';
  readonly file: CandidateFile;
  readonly from: NewVariant['from'];
  readonly request: LoadRequest;
  /** Per held-back frame rows of 6, classes as the manifest has them. */
  readonly rows: readonly Float32Array[];
  /** Against the fp32 model of its size; null for that model itself. */
  readonly gate: GateReport | null;
}

/** How far a variant came in the workshop. */
export type VariantTrial = UnmadeTrial | UnrunTrial | RanTrial;

/** What was found out about a trial beside others. */
export interface TrialFindings {
  /** Why it is refused; null where it is not. */
  readonly reason: string | null;
  readonly accuracy: VariantFacts['accuracy'];
  readonly sizeGate: GateReport | null;
  /** On labelled frames. */
  readonly ap: Ap | null;
  readonly speed: Speed | null;
}

export function outcomeOf(
  trial: VariantTrial,
  findings: TrialFindings,
  isReference: boolean,
  dryRun: boolean,
): Outcome {
  const { id, precision, width, height, madeBy } = trial.facts;
  const { reason, accuracy, sizeGate, ap, speed } = findings;
  const verdict: Verdict = isReference ? 'reference' : reason !== null ? 'refused' : dryRun ? 'made' : 'registered';
  return {
    id,
    precision,
    width,
    height,
    verdict,
    reason,
    bytes: trial.kind === 'unmade' ? null : trial.file.bytes,
    gate: trial.kind === 'ran' ? trial.gate : null,
    sizeGate,
    ap,
    accuracy,
    speed,
    madeBy,
    notes: trial.notes,
  };
}

/** A manifest entry's facts with what a made model must have said of it. */
export function factsOf(facts: VariantFacts, { input, output, classes, steps }: MadeModel): VariantFacts {
  return {
    ...facts,
    ...(input && { input }),
    ...(output !== 'raw' && { output }),
    ...(classes && { classes: [...classes] }),
    madeBy: `${MADE_BY}: ${steps.join(', ') || 'unchanged'}`.slice(0, 1000),
  };
}
