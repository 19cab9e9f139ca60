import type { LoadRequest } from '../../detect/detector.js';
import type { NewVariant, VariantFacts } from '../../models/variant-store.js';
import type { Ap, GateReport } from '../gate/gate.js';
import type { CandidateFile } from './candidate.js';
import type { MadeModel } from './make-variant.js';
import type { Outcome, Verdict } from './outcome.js';
import type { Speed } from './speed.js';

/** How every variant's `madeBy` begins that comes from here. */
export const MADE_BY = 'edge-optimizer models optimize';

/** A variant on its way through the workshop; what is not known yet is null. */
export interface Trial {
  facts: VariantFacts;
  /** Name of its recipe; `fp32` for the parent itself. */
  readonly recipe: string;
  readonly file: CandidateFile | null;
  readonly from: NewVariant['from'] | null;
  request: LoadRequest | null;
  /** Per held-back frame rows of 6, classes as the manifest has them. */
  rows: readonly Float32Array[] | null;
  gate: GateReport | null;
  sizeGate: GateReport | null;
  speed: Speed | null;
  /** Why it is refused. */
  reason: string | null;
  notes: readonly string[];
  /** In the manifest as it is, and nothing new is known: not written. */
  isKnown: boolean;
}

/** @param ap of the trial on labelled frames */
export function outcomeOf(trial: Trial, ap: Ap | null, isReference: boolean, dryRun: boolean): Outcome {
  const { facts, reason, file, gate, sizeGate, speed, notes } = trial;
  const { id, precision, width, height, accuracy, madeBy } = facts;
  const verdict: Verdict = isReference ? 'reference' : reason !== null ? 'refused' : dryRun ? 'made' : 'registered';
  const bytes = file?.bytes ?? null;
  return { id, precision, width, height, verdict, reason, bytes, gate, sizeGate, ap, accuracy, speed, madeBy, notes };
}

/** @param recipe see Trial */
export function emptyTrial(facts: VariantFacts, recipe: string): Trial {
  const unknown = { rows: null, gate: null, sizeGate: null, speed: null, reason: null } as const;
  return { facts, recipe, file: null, from: null, request: null, notes: [], isKnown: false, ...unknown };
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
