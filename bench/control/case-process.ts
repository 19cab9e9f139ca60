import { controllerAlone, ours } from './ours.js';
import { type CaseOutcome, outcomeOf } from './outcome.js';
import type { PlantDescription } from './plant-file.js';
import type { TraceDescription } from './trace-file.js';

/** One board through one trace, as it is handed to a process. */
export interface CaseOrder {
  readonly plant: PlantDescription;
  readonly trace: TraceDescription;
  readonly seed: number;
  /** The controller alone instead of trials around it. */
  readonly isAlone: boolean;
  /** Timelines for pictures are kept. */
  readonly isDrawn: boolean;
}

export function runCase({ isAlone, ...order }: CaseOrder): CaseOutcome {
  return outcomeOf({ ...order, controller: isAlone ? controllerAlone : ours });
}
