import { isSamePoint, type OperatingPoint } from '../operating-point.js';

/** An hour, and what it may take until one that was asked for stands. */
const HOUR_MS = 3_600_000 + 120_000;
/** A point that does not stand after so long will not. */
const LONGEST_SWAP_MS = 300_000;

/** Counts the changes that need other workers, and remembers the one under way. */
export class Switches {
  /** When those of the last hour were asked for, oldest first. */
  readonly #times: number[] = [];
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

  /** How many were asked for within an hour. */
  count(now: number): number {
    while (this.#times.length > 0 && now - this.#times[0]! >= HOUR_MS) this.#times.shift();
    return this.#times.length;
  }

  /** ms since each of the last hour was asked for, oldest first. */
  ages(now: number): number[] {
    this.count(now);
    return this.#times.map((time) => now - time);
  }

  /** Those of before a restart, as `ages` gave them `agoMs` ago, count still. */
  restore(ages: readonly number[], agoMs: number, now: number): void {
    const times = ages.map((age) => now - age - agoMs).filter((time) => now - time < HOUR_MS);
    this.#times.unshift(...times.sort((a, b) => a - b));
  }

  ask(from: OperatingPoint, point: OperatingPoint, now: number): void {
    this.#pending = { point, from, since: now };
    this.#times.push(now);
    this.#lastAt = now;
  }

  /** One that nobody here asked for. */
  note(now: number): void {
    this.#times.push(now);
  }

  /** The last one that was asked for was none. */
  takeBack(): void {
    this.#times.pop();
  }

  /** Takes note of what stands; gives the point that was asked for and took too long, once. */
  see(point: OperatingPoint, now: number): OperatingPoint | null {
    const pending = this.#pending;
    if (pending === null) return null;
    const stands = isSamePoint(point, pending.point);
    const isLate = now - pending.since >= LONGEST_SWAP_MS;
    // somebody else moved it elsewhere: what was asked for is of no use any more
    if (stands || isLate || !isSamePoint(point, pending.from)) this.#pending = null;
    return isLate && !stands ? pending.point : null;
  }

  /** What was asked for will not be. */
  cancel(): void {
    this.#pending = null;
  }
}
