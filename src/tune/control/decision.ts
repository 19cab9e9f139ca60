import type { KnobSettings } from '../knobs.js';

/** `stay`: as it is. `ease`: asks less of the board. `raise`: more. `ahead`: moved before a load that is yet to come. */
const DECISION_KINDS = ['stay', 'ease', 'raise', 'ahead'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** What the controller expects where it wants the knobs to stand. */
export interface Forecast {
  /** °C, the highest of the next ten minutes; null: nothing tells. */
  readonly temperature: number | null;
  /** Share of the workers' time that is busy; above 1 they cannot keep up. */
  readonly utilisation: number;
  /** From capture to result, 95th percentile over all frames, ms. */
  readonly p95LatencyMs: number;
  /** Right and on time, over all frames, 0..1. */
  readonly effectiveAccuracy: number;
  /** W of the whole board; null where no power is read. */
  readonly watts: number | null;
}

/** Where the knobs should stand, and why. */
export interface Decision {
  /** Equal to the observation's where nothing is to change. */
  readonly knobs: KnobSettings;
  readonly kind: DecisionKind;
  /** Whether a budget is passed, or will be soon, where the knobs stand: there is no time to measure first. */
  readonly isUrgent: boolean;
  /** For people, with the numbers. */
  readonly reason: string;
  readonly forecast: Forecast;
}
