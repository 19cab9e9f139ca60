import type { Budgets } from '../budgets.js';
import type { KnobSettings } from '../knobs.js';
import type { Observation } from '../observation.js';
import { isSamePoint, type KnownPoint, type OperatingPoint } from '../operating-point.js';
import type { Circumstances } from '../trials/circumstances.js';
import { AvoidedPoints } from './avoided-points.js';
import type { DecisionKind } from './decision.js';
import { withoutNumbers } from './kinds.js';
import type { SavedSwaps } from './saved-state.js';
import { Switches } from './switches.js';

/** Points that a swap must bring where none was made lately, and so many more with all of an hour's. */
const SWAP_GAIN = 0.5;
const SWAP_GAIN_MORE = 1.5;
/** ms for which another point must have been the better one. */
const CONFIRM_MS = 45_000;
const CONFIRM_URGENT_MS = 9_000;
/** ms between two swaps. */
const DWELL_MS = 180_000;
const DWELL_URGENT_MS = 30_000;
/** Swaps that one may come to. */
const WITH_WAY_BACK = 2;
/** ms within which having to leave a point again was a failed raise. */
const PROVEN_MS = 600_000;

/** When another point may be gone to, and to which: what was asked for within an hour, what failed or harmed, what is under way. */
export class Swaps {
  readonly avoided = new AvoidedPoints();
  readonly #budgets: Budgets;
  readonly #switches = new Switches();
  #betterSince: number | null = null;
  #raised: { readonly point: OperatingPoint; readonly at: number } | null = null;
  #circumstances: Circumstances | null = null;
  #clock: { readonly now: number; readonly unixNow: number } | null = null;
  /** Of before a restart, until an observation tells how long ago that was. */
  #before: SavedSwaps | null = null;

  constructor(budgets: Budgets) {
    this.#budgets = budgets;
  }

  /** The point that was asked for and does not stand yet; null: none. */
  get pending(): OperatingPoint | null {
    return this.#switches.pending;
  }

  /** Takes note of what stands, and under which circumstances. */
  see({ now, unixNow, knobs }: Observation, circumstances: Circumstances): void {
    if (Number.isFinite(now) && Number.isFinite(unixNow)) this.#clock = { now, unixNow };
    this.#remember();
    const late = this.#switches.see(knobs.point, now);
    if (late !== null) this.failed(late, now);
    this.#circumstances = circumstances;
    this.avoided.see(circumstances, now);
  }

  /** A change was made. */
  changed({ point }: KnobSettings): void {
    if (this.pending !== null && isSamePoint(point, this.pending)) this.cancel();
  }

  /** What was asked for will not be. */
  cancel(): void {
    this.#switches.cancel();
  }

  /** A point could not be had. */
  failed(point: OperatingPoint, now: number): void {
    this.cancel();
    const why = 'it could not be loaded';
    this.avoided.avoid(point, { why, isOfKind: false, under: null, mayBeMended: true }, now);
  }

  /** A point was not to be tried yet: it was no swap. */
  refused(point: OperatingPoint, now: number): void {
    if (this.pending !== null) this.#switches.takeBack();
    this.#harmed(point, now, this.#circumstances);
  }

  /** A point did harm: going back from it was a swap too. */
  rolledBack(point: OperatingPoint, now: number, circumstances: Circumstances | null = this.#circumstances): void {
    this.#switches.note(now);
    this.#harmed(point, now, circumstances);
  }

  #harmed(point: OperatingPoint, now: number, circumstances: Circumstances | null): void {
    this.cancel();
    this.avoided.avoid(point, { why: 'it did harm', isOfKind: false, under: circumstances }, now);
  }

  /** Points of effective accuracy that another point must bring. */
  leastGain(now: number): number {
    const used = this.#switches.count(now) / Math.max(1, this.#budgets.maxSwitchesPerHour);
    return SWAP_GAIN + SWAP_GAIN_MORE * used;
  }

  /** No other point is better now. */
  noneIsBetter(): void {
    this.#betterSince = null;
  }

  /** Another point is better now: whether it has been for long enough, and may be gone to. */
  mayFollow(isUrgent: boolean, now: number): boolean {
    this.#betterSince ??= now;
    if (this.pending !== null || now - this.#betterSince < (isUrgent ? CONFIRM_URGENT_MS : CONFIRM_MS)) return false;
    return this.may(isUrgent, now);
  }

  /** Whether the last swap is long enough ago, and an hour's are not used up. */
  may(isUrgent: boolean, now: number): boolean {
    const dwellMs = isUrgent ? DWELL_URGENT_MS : DWELL_MS;
    const { maxSwitchesPerHour: most } = this.#budgets;
    const left = most - this.#switches.count(now);
    // what is tried may have to be taken back
    return left >= Math.min(most, WITH_WAY_BACK) && left > 0 && this.#switches.since(now) >= dwellMs;
  }

  /** Another point is asked for. */
  ask(from: OperatingPoint, to: KnownPoint, kind: DecisionKind, now: number): void {
    const point = withoutNumbers(to);
    this.#switches.ask(from, point, now);
    this.#betterSince = null;
    if (kind === 'raise') this.#raised = { point, at: now };
  }

  /** Having to leave a point soon after it was raised to was a failure: the next try waits, longer each time. */
  leaves(current: KnownPoint, now: number): void {
    if (this.#raised === null || !isSamePoint(this.#raised.point, current) || now - this.#raised.at > PROVEN_MS) return;
    const why = 'it had to be left again';
    this.avoided.avoid(current, { why, isOfKind: false, under: this.#circumstances }, now);
    this.#raised = null;
  }

  /** What outlasts a restart: else a program that is started again and again would swap more often than it may. */
  save(): SavedSwaps {
    if (this.#clock === null) return this.#before ?? { at: 0, ages: [], avoided: [] };
    const { now, unixNow } = this.#clock;
    return { at: unixNow, ages: this.#switches.ages(now), avoided: this.avoided.save(now) };
  }

  restore(saved: SavedSwaps): void {
    this.#before = saved;
  }

  #remember(): void {
    if (this.#before === null || this.#clock === null) return;
    const { at, ages, avoided } = this.#before;
    const { now, unixNow } = this.#clock;
    this.#before = null;
    // a clock that was set back says nothing of how long ago it was
    const agoMs = Math.max(0, unixNow - at);
    this.#switches.restore(ages, agoMs, now);
    this.avoided.restore(avoided, agoMs, now);
  }
}
