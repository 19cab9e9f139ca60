/** Budgets that a setting may be outside of, for people. */
export const BOUNDS = ['latency', 'temperature', 'power', 'memory', 'accelerator memory', 'CPU'] as const;
export type Bound = (typeof BOUNDS)[number];

/** By so much less two settings are equally far outside the budgets. */
const SAME_EXCESS = 1e-3;

/** What a setting of the knobs is expected to bring; written over again and again. */
export class Prospect {
  intervalMs = 0;
  /** Right and on time, over all frames, 0..1. */
  effectiveAccuracy = 0;
  utilisation = 0;
  p95LatencyMs = 0;
  /** Of the board; above the board at rest where it tells no power. */
  watts = 0;
  /** °C, the highest of those looked ahead to; NaN: nothing tells. */
  temperature = Number.NaN;
  /** Of all processes of the program; NaN: nothing tells. */
  memoryBytes = Number.NaN;
  /** By how much budgets are exceeded, each as a share of itself, together; 0: none is. */
  excess = 0;
  /** What is exceeded most, and by how much of it; null: nothing. */
  exceeded: Bound | null = null;
  #most = 0;
  /** What it is worth, in points of effective accuracy. */
  value = 0;

  copy(from: Prospect): void {
    this.intervalMs = from.intervalMs;
    this.effectiveAccuracy = from.effectiveAccuracy;
    this.utilisation = from.utilisation;
    this.p95LatencyMs = from.p95LatencyMs;
    this.watts = from.watts;
    this.temperature = from.temperature;
    this.memoryBytes = from.memoryBytes;
    this.excess = from.excess;
    this.exceeded = from.exceeded;
    this.#most = from.#most;
    this.value = from.value;
  }

  /** Nothing exceeds a budget yet. */
  begin(): void {
    this.excess = this.#most = 0;
    this.exceeded = null;
  }

  /** Adds what exceeds a budget by the share `by` of it. */
  exceed(bound: Bound, by: number): void {
    if (!(by > 0)) return;
    this.excess += by;
    if (by <= this.#most) return;
    this.#most = by;
    this.exceeded = bound;
  }

  /** Whether it is the better choice: inside the budgets first, then by what it is worth. */
  isBetterThan(other: Prospect): boolean {
    const difference = this.excess - other.excess;
    return Math.abs(difference) > SAME_EXCESS ? difference < 0 : this.value > other.value;
  }
}
