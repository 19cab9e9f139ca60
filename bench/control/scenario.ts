import type { Budgets } from '../../src/tune/budgets.js';
import type { KnobName } from '../../src/tune/knobs.js';
import type { PlantDescription } from './plant-file.js';
import type { TraceDescription } from './trace-file.js';

/** s for which conditions stay as they are. */
export const CONDITIONS_S = 10;
/** What surrounds a board for some seconds, and how its points are in truth. */
export interface Conditions {
  /** Per camera, frames and wished-for inferences per second. */
  readonly framesPerS: Float64Array;
  readonly wantedPerS: Float64Array;
  /** °C. */
  readonly ambient: number;
  /** How much of the fan's cooling works, 0..1. */
  readonly fanShare: number;
  /** Index of the clock that the power mode allows at most. */
  readonly modeClock: number;
  readonly neighbourCores: number;
  /** Per point: ms as a multiple of what is known, F1 in truth, share of what it found before, bytes that it loses a second, whether it loads. */
  readonly slowdown: Float64Array;
  readonly accuracy: Float64Array;
  readonly finds: Float64Array;
  readonly leakBytesPerS: Float64Array;
  readonly fails: Uint8Array;
  readonly sensor: { readonly kind: 'well' | 'stuck' | 'gone' } | { readonly kind: 'off'; readonly kelvin: number };
}

/** What is left of F1 where only this share is found of what was found, and as little that is not there. */
export const f1WhereFound = (finds: number): number => (2 * finds) / (1 + finds);

/** A board and all that happens to it: what every contender meets. */
export interface Scenario {
  readonly plant: PlantDescription;
  readonly trace: TraceDescription;
  readonly seconds: number;
  /** Unix ms of the beginning. */
  readonly startsAt: number;
  /** One for each `CONDITIONS_S`; the same object where nothing changed. */
  readonly conditions: readonly Conditions[];
  readonly cameras: number;
  readonly staleLoss: number;
  readonly budgets: Budgets;
  readonly pinned: ReadonlySet<KnobName>;
  readonly seed: number;
  /** Points that an event spoils, from a second on. */
  readonly harmful: readonly {
    readonly points: readonly number[];
    readonly at: number;
    readonly until: number;
    readonly kind: string;
  }[];
}
