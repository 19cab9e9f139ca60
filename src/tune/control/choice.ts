import type { KnobName } from '../knobs.js';
import type { KnownPoint, OperatingPoint } from '../operating-point.js';
import type { Load } from './load.js';
import { Prospect } from './prospect.js';
import type { Headroom, Prospects } from './prospects.js';

/** ms between two inferences of a camera that are looked at; 0: as its scene asks. */
export const INTERVALS_MS = [
  0, 60, 80, 100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1000, 1250, 1600, 2000, 2500, 3200, 4000,
];
/** Points worth less than the best interval so far, from which longer ones are not looked at. */
const HOPELESS = 0.5;
/** Excess, and part of the excess, by which a swap must lessen it. */
const LEAST_EXCESS = 0.01;
const LEAST_PART = 0.1;

/** What is chosen between. */
export interface Choices {
  readonly points: readonly KnownPoint[];
  readonly pinned: ReadonlySet<KnobName>;
  /** Where the knobs stand. */
  readonly point: OperatingPoint;
  readonly intervalMs: number;
  /** Whether a point is not to be chosen now, or to be left if it is in use. */
  avoids(point: KnownPoint): boolean;
}

/** A load to be reckoned with, and how much. */
export interface WeighedLoad {
  readonly load: Load;
  weight: number;
}

/** The best setting found, and what it would bring. */
export class Choice {
  /** null: there is none to choose. */
  point: KnownPoint | null = null;
  /** With the best interval for the first load. */
  readonly prospect = new Prospect();
  /** What it is worth over all loads, in points, and by how much budgets are exceeded under them. */
  value = 0;
  excess = 0;
  readonly #first = new Prospect();
  readonly #later = new Prospect();
  readonly #tried = new Prospect();

  /** Finds the point that is best over all loads, each with its best interval; fastest where accurate ones come first. */
  find(choices: Choices, prospects: Prospects, loads: readonly WeighedLoad[], headroom: Headroom): void {
    this.point = null;
    for (const point of choices.points) {
      if (!mayBecome(choices.point, point, choices.pinned) || choices.avoids(point)) continue;
      if (this.point !== null && this.excess <= 0 && prospects.mostOf(point) <= this.value) continue;
      this.#consider(point, choices, prospects, loads, headroom);
    }
  }

  /** The same for one point. */
  findInterval(
    point: KnownPoint,
    choices: Choices,
    prospects: Prospects,
    loads: readonly WeighedLoad[],
    headroom: Headroom,
  ): void {
    this.point = null;
    this.#consider(point, choices, prospects, loads, headroom);
  }

  /** Whether it is better than another one by more than `gain` points, or exceeds the budgets less. */
  isBetterThan(other: Choice, gain: number): boolean {
    if (this.exceedsLessThan(other)) return true;
    return !other.exceedsLessThan(this) && this.value - other.value > gain;
  }

  /** Whether it exceeds the budgets by less that matters: of budgets that nothing keeps, a little is not worth a swap. */
  exceedsLessThan(other: Choice): boolean {
    return other.excess - this.excess > Math.max(LEAST_EXCESS, LEAST_PART * other.excess);
  }

  #consider(
    point: KnownPoint,
    choices: Choices,
    prospects: Prospects,
    loads: readonly WeighedLoad[],
    headroom: Headroom,
  ): void {
    let value = 0;
    let excess = 0;
    for (let i = 0; i < loads.length; i++) {
      const { load, weight } = loads[i]!;
      const best = i === 0 ? this.#first : this.#later;
      this.#findBest(point, choices, prospects, load, headroom, best);
      value += weight * best.value;
      excess += weight * best.excess;
    }
    const difference = excess - this.excess;
    const isWorse = Math.abs(difference) > 1e-3 ? difference > 0 : value <= this.value;
    if (this.point !== null && isWorse) return;
    this.point = point;
    this.value = value;
    this.excess = excess;
    this.prospect.copy(this.#first);
  }

  /**
   * Writes what the best interval brings over `best`. Longer intervals exceed the budgets less and less, and inside the budgets
   * they are worth more up to some length and less from there: the first is found by halving, the second by walking on.
   */
  #findBest(
    point: KnownPoint,
    { pinned, intervalMs }: Choices,
    prospects: Prospects,
    load: Load,
    headroom: Headroom,
    best: Prospect,
  ): void {
    if (pinned.has('inferenceIntervalMs')) {
      prospects.look(point, intervalMs, load, headroom, best);
      return;
    }
    prospects.look(point, 0, load, headroom, best);
    let first = firstThatMatters(load);
    if (best.excess > 0) {
      first = this.#firstInside(point, first, prospects, load, headroom, best);
    }
    const tried = this.#tried;
    for (let i = first; i < INTERVALS_MS.length; i++) {
      prospects.look(point, INTERVALS_MS[i]!, load, headroom, tried);
      if (tried.isBetterThan(best)) best.copy(tried);
      else if (best.excess === 0 && tried.value < best.value - HOPELESS) return;
    }
  }

  /** The shortest interval, from `low` on, that keeps the budgets; the longest where none does, written over `best`. */
  #firstInside(
    point: KnownPoint,
    low: number,
    prospects: Prospects,
    load: Load,
    headroom: Headroom,
    best: Prospect,
  ): number {
    const tried = this.#tried;
    let high = INTERVALS_MS.length - 1;
    prospects.look(point, INTERVALS_MS[high]!, load, headroom, tried);
    if (tried.isBetterThan(best)) best.copy(tried);
    if (tried.excess > 0) return INTERVALS_MS.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      prospects.look(point, INTERVALS_MS[middle]!, load, headroom, tried);
      if (tried.excess > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Index of the first interval that keeps a camera from inferring as often as its scene asks. */
function firstThatMatters({ count, wanted }: Load): number {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, wanted[i]!);
  let index = 1;
  while (index < INTERVALS_MS.length && 1000 / INTERVALS_MS[index]! >= most) index++;
  return index;
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
