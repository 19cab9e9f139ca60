import type { KnobName } from '../knobs.js';
import type { KnownPoint, OperatingPoint } from '../operating-point.js';
import { isSamePoint } from './kinds.js';
import { type Load, Outcome, type Prospects } from './prospects.js';

/** ms between two inferences of a camera that are looked at; 0: as its scene asks. */
export const INTERVALS_MS = [
  0, 60, 80, 100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1000, 1250, 1600, 2000, 2500, 3200, 4000,
];

/** What is chosen between. */
export interface Choices {
  readonly points: readonly KnownPoint[];
  readonly pinned: ReadonlySet<KnobName>;
  /** Points that are not to be chosen now. */
  avoids(point: KnownPoint): boolean;
}

/** The best settings found, each with what it would bring. */
export class Choice {
  /** null: there is none to choose. */
  point: KnownPoint | null = null;
  readonly outcome = new Outcome();
  readonly #best = new Outcome();
  readonly #tried = new Outcome();

  /** Finds the best point with its best interval, of those that differ from `now` in no pinned knob. */
  find(choices: Choices, now: OperatingPoint, intervalMs: number, prospects: Prospects, load: Load): void {
    this.point = null;
    for (const point of choices.points) {
      if (!mayBecome(now, point, choices.pinned)) continue;
      if (!isSamePoint(now, point) && choices.avoids(point)) continue;
      bestInterval(point, intervalMs, choices.pinned, prospects, load, this.#best, this.#tried);
      if (this.point !== null && !this.#best.isBetterThan(this.outcome)) continue;
      this.point = point;
      this.outcome.copy(this.#best);
    }
  }

  /** Finds the best interval of one point. */
  findInterval(
    point: KnownPoint,
    intervalMs: number,
    pinned: ReadonlySet<KnobName>,
    prospects: Prospects,
    load: Load,
  ): void {
    this.point = point;
    bestInterval(point, intervalMs, pinned, prospects, load, this.outcome, this.#tried);
  }
}

/** Writes what the best interval brings over `best`. */
function bestInterval(
  point: KnownPoint,
  intervalMs: number,
  pinned: ReadonlySet<KnobName>,
  prospects: Prospects,
  load: Load,
  best: Outcome,
  tried: Outcome,
): void {
  if (pinned.has('inferenceIntervalMs')) {
    prospects.look(point, intervalMs, load, best);
    return;
  }
  prospects.look(point, INTERVALS_MS[0]!, load, best);
  for (let i = 1; i < INTERVALS_MS.length; i++) {
    prospects.look(point, INTERVALS_MS[i]!, load, tried);
    if (tried.isBetterThan(best)) best.copy(tried);
    // inside the budgets, longer intervals only go on to be worth less
    else if (best.excess === 0 && tried.value < best.value - 2) return;
  }
}

/** Whether a point differs from another one in nothing that is pinned. */
function mayBecome(now: OperatingPoint, point: KnownPoint, pinned: ReadonlySet<KnobName>): boolean {
  if (pinned.size === 0) return true;
  if (pinned.has('model') && point.model !== now.model) return false;
  const variantIsPinned = pinned.has('variant') || pinned.has('inputSize');
  if (variantIsPinned && (point.variant !== now.variant || point.model !== now.model)) return false;
  if (pinned.has('workers') && point.workers !== now.workers) return false;
  if (pinned.has('intraOpThreads') && point.intraOpThreads !== now.intraOpThreads) return false;
  return !pinned.has('batchSize') || point.batchSize === now.batchSize;
}
