import type { OperatingPoint } from '../operating-point.js';
import { isSamePoint } from './kinds.js';

const HOUR_MS = 3_600_000;
/** A point that does not stand after so long has failed. */
const LONGEST_SWAP_MS = 300_000;

/** Counts the changes that need other workers, and remembers the one under way. */
export class Switches {
  /** When they were asked for, oldest first; those of the last hour. */
  #times: number[] = [];
  #pending: { readonly point: OperatingPoint; readonly from: OperatingPoint; readonly since: number } | null = null;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** The point that was asked for and does not stand yet; null: none. */
  get pending(): OperatingPoint | null {
    return this.#pending?.point ?? null;
  }

  /** ms since the last one was asked for. */
  since(now: number): number {
    return now - this.#lastAt;
  }

  /** Those of the last hour. */
  count(now: number): number {
    while (this.#times.length > 0 && now - this.#times[0]! >= HOUR_MS) this.#times.shift();
    return this.#times.length;
  }

  ask(from: OperatingPoint, point: OperatingPoint, now: number): void {
    this.#pending = { point, from, since: now };
    this.#times.push(now);
    this.#lastAt = now;
  }

  /** What stands at `now`; whether the change under way took too long. */
  see(point: OperatingPoint, now: number): boolean {
    const pending = this.#pending;
    if (pending === null) return false;
    const isLate = now - pending.since >= LONGEST_SWAP_MS;
    if (isSamePoint(point, pending.point) || !isSamePoint(point, pending.from) || isLate) this.#pending = null;
    return isLate && !isSamePoint(point, pending.point);
  }

  /** What was asked for will not be. */
  cancel(): void {
    this.#pending = null;
  }
}
