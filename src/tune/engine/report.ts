import type { KnobName } from '../knobs.js';
import type { Optimization } from '../optimization-strategy.js';
import type { EndedTrial, TrialRecord } from '../trials/trial.js';

/**
 * What came of asking a strategy. `off`: it is turned off. `unavailable`: there is none yet, or the program has nothing it could work on.
 * `nothing`: no change would help. `waits`: something of the same knobs is being tried. `measuring`: the score before must be
 * measured still. `refused`: it was rolled back lately. `would-try`: as `tried`, but it was only asked. `failed`: it could not be applied.
 */
export const OUTCOMES = [
  'off',
  'unavailable',
  'nothing',
  'waits',
  'measuring',
  'refused',
  'would-try',
  'tried',
  'failed',
] as const;
export type OptimizationOutcome = (typeof OUTCOMES)[number];

/** A change that was proposed, as people read it. */
export interface ProposalView {
  readonly knobs: readonly KnobName[];
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** What one strategy did when it was asked. */
export interface StrategyReport {
  readonly strategy: Optimization;
  readonly outcome: OptimizationOutcome;
  /** For people; empty where the outcome says it all. */
  readonly why: string;
  readonly change: ProposalView | null;
  /** What is being tried now, or was, where it was waited for. */
  readonly trial: TrialRecord | null;
}

/** What was tried, and what became of what was tried before. */
export interface OptimizationReport {
  /** Unix ms. */
  readonly at: number;
  /** Nothing was changed. */
  readonly dryRun: boolean;
  readonly strategies: readonly StrategyReport[];
  /** Trials that have ended since the report before. */
  readonly ended: readonly EndedTrial[];
}

/** How a strategy stands. */
export interface StrategyStatus {
  readonly isEnabled: boolean;
  /** Whether there is a strategy of that kind in this program. */
  readonly isAvailable: boolean;
  /** What it means, where it is on but cannot do anything; null where it can, or is off. */
  readonly note: string | null;
  /** What is being tried; null where nothing is. */
  readonly trial: TrialRecord | null;
  /** The last one that ended in this run; null where none did. */
  readonly last: EndedTrial | null;
}
