import { type Backoff, backoffDelay } from '../foundation/backoff.js';
import { nameOfPoint, type OperatingPoint } from './operating-point.js';

/** What a failure may have come from: where any of it is another now, the point may be tried at once. */
export interface FailureCircumstances {
  /** What tells one state of the model's file from another; null where it is not there. */
  readonly file: string | null;
  /** Bytes that could be had; null where nothing tells. */
  readonly memoryFreeBytes: number | null;
}

/** An operating point that could not be had, and is left alone for a while. */
export interface FailedPoint {
  readonly point: OperatingPoint;
  readonly reason: string;
  /** Whether it was memory that lacked. */
  readonly lackedMemory: boolean;
  /** In a row. */
  readonly failures: number;
  /** ms of the steady clock until which it is not tried again. */
  readonly until: number;
  readonly circumstances: FailureCircumstances;
}

/** A driver that was busy is back in a minute; a board that has not the memory is asked a few times a day. */
const BACKOFF: Backoff = { initialMs: 60_000, maxMs: 4 * 3_600_000 };
/** What was refused memory is tried again before its time where so much more of it can be had than then. */
const MORE_MEMORY = 1.25;
/** Points that are remembered; the one longest over goes first. */
const MOST = 64;

/** Operating points that failed: each is left alone for twice as long as the time before, unless what it came from has changed. */
export class PointFailures {
  readonly #failed = new Map<string, FailedPoint>();
  readonly #random: () => number;

  /** @param random 0 ≤ x < 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Those that are remembered, over or not. */
  get all(): readonly FailedPoint[] {
    return [...this.#failed.values()];
  }

  /** Those that are not tried now. */
  heldOff(now: number): readonly FailedPoint[] {
    return this.all.filter(({ until }) => until > now);
  }

  /** The point was tried and could not be had. */
  failed(
    point: OperatingPoint,
    why: { readonly reason: string; readonly lackedMemory: boolean },
    circumstances: FailureCircumstances,
    now: number,
  ): FailedPoint {
    const name = nameOfPoint(point);
    const failures = (this.#failed.get(name)?.failures ?? 0) + 1;
    const until = now + backoffDelay(failures - 1, BACKOFF, this.#random());
    const failed = { ...why, point, failures, until, circumstances };
    this.#failed.delete(name);
    this.#failed.set(name, failed);
    if (this.#failed.size > MOST) this.#forgetOldest();
    return failed;
  }

  /** It serves: nothing is held against it. */
  served(point: OperatingPoint): void {
    this.#failed.delete(nameOfPoint(point));
  }

  /** @returns why it is not to be tried now; null: it may be */
  obstacleTo(point: OperatingPoint, circumstances: FailureCircumstances, now: number): FailedPoint | null {
    const failed = this.#failed.get(nameOfPoint(point));
    if (failed === undefined || now >= failed.until) return null;
    if (!hasChanged(failed, circumstances)) return failed;
    this.#failed.delete(nameOfPoint(point));
    return null;
  }

  #forgetOldest(): void {
    const [oldest] = this.all.toSorted((a, b) => a.until - b.until);
    this.#failed.delete(nameOfPoint(oldest!.point));
  }
}

function hasChanged({ circumstances: then, lackedMemory }: FailedPoint, now: FailureCircumstances): boolean {
  if (then.file !== now.file) return true;
  if (!lackedMemory || then.memoryFreeBytes === null || now.memoryFreeBytes === null) return false;
  return now.memoryFreeBytes >= then.memoryFreeBytes * MORE_MEMORY;
}
