import { DailyBudget } from '../../telemetry/mqtt/daily-budget.js';
import { StillSize } from '../../telemetry/uplink/still-size.js';

export interface DayRationOptions {
  /** Of what is sent in 24 hours; 0: no bound. */
  readonly dailyBytes: number;
  /** Bytes that are sent for each byte of a picture: base64 makes four out of three. */
  readonly perByte: number;
  /** Of a picture that shows as little as is of use, and of one that shows all there is. */
  readonly bounds: { readonly leastBytes: number; readonly mostBytes: number };
  /** Bytes of a day that all other messages took from what is no longer theirs, since the start. */
  readonly overdrawn: () => number;
  /** ms that only go forward. */
  readonly now: () => number;
}

/** What the bytes of a day did, since the start. */
export interface DayRationCounts {
  /** Pictures that had to do with fewer bytes than they could have had otherwise. */
  readonly bounded: number;
  /** Pictures of messages that stayed on the device. */
  readonly leftOut: number;
  /** Records that had to wait. */
  readonly waited: number;
}

/** Time in which what waits should be gone, s. */
const DRAIN_S = 3600;

/** What the bytes of a day leave for evidence: how large its pictures are made, and whether a record goes now. */
export class DayRation {
  readonly #options: DayRationOptions;
  readonly #budget: DailyBudget;
  readonly #sizes: StillSize;
  #overdrawn = 0;
  #bounded = 0;
  #leftOut = 0;
  #waited = 0;
  /** Number of the record that waited last. */
  #lastWaited = 0;

  constructor(options: DayRationOptions) {
    this.#options = options;
    const { dailyBytes, perByte, bounds } = options;
    this.#budget = new DailyBudget(dailyBytes);
    this.#sizes = new StillSize({ bytesPerS: this.#budget.bytesPerS / perByte }, { ...bounds, drainS: DRAIN_S });
  }

  get counts(): DayRationCounts {
    return { bounded: this.#bounded, leftOut: this.#leftOut, waited: this.#waited };
  }

  /**
   * Bytes that a picture may have that is made now.
   *
   * @param most that it could have otherwise
   * @param waitingBytes on the disk, of all that waits to be sent
   */
  stillBytes(most: number, waitingBytes: number): number {
    if (this.#options.dailyBytes === 0) return most;
    this.#sizes.made(this.#options.now());
    const bytes = this.#sizes.bytes(waitingBytes - this.#left() / this.#options.perByte);
    if (bytes >= most) return most;
    this.#bounded++;
    return bytes;
  }

  /** Whether so many bytes may be sent now; more than may ever go at once go where all of that is there. */
  hasRoom(bytes: number): boolean {
    return this.#left() >= Math.min(bytes, this.#budget.burst);
  }

  /** Whether more waits than the day's bytes carry away in an hour. */
  isBehind(waitingBytes: number): boolean {
    return waitingBytes * this.#options.perByte > this.#left() + this.#budget.bytesPerS * DRAIN_S;
  }

  /** So many bytes were sent. */
  spend(bytes: number): void {
    this.#budget.spend(bytes, this.#options.now());
  }

  /**
   * Takes the bytes of an answer to somebody who asked: that goes before what is sent unasked, into a debt of as much as may go at once.
   *
   * @returns false: that is used up too, and nothing may be told
   */
  takeAsked(bytes: number): boolean {
    if (this.#left() - bytes < -this.#budget.burst) return false;
    this.spend(bytes);
    return true;
  }

  /** A record waits for room, and may have before. */
  waits(n: number): void {
    if (n !== this.#lastWaited) this.#waited++;
    this.#lastWaited = n;
  }

  /** So many pictures stayed on the device. */
  leaveOut(pictures: number): void {
    this.#leftOut += pictures;
  }

  /** What other messages could not do without is paid from here. */
  #left(): number {
    const { overdrawn, now } = this.#options;
    const more = overdrawn() - this.#overdrawn;
    this.#overdrawn += more;
    this.#budget.spend(more, now());
    return this.#budget.left;
  }
}

/** How two of them go together. */
export function addedRations(one: DayRationCounts, other: DayRationCounts): DayRationCounts {
  return {
    bounded: one.bounded + other.bounded,
    leftOut: one.leftOut + other.leftOut,
    waited: one.waited + other.waited,
  };
}

/** Why a record waits, for people. */
export const NO_BYTES_LEFT = 'the bytes of the day are used up (evidence.push.dailyMiB)';
