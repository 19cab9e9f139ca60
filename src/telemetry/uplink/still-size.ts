import type { UplinkRate } from './uplink-rate.js';

/** Bounds of the stills that an uplink is to carry. */
export interface StillSizeBounds {
  /** Bytes of a still that shows as little as is of use, and of one that shows all there is. */
  readonly leastBytes: number;
  readonly mostBytes: number;
  /** Time in which what waits should be gone, s. */
  readonly drainS: number;
}

export const STILL_SIZE_BOUNDS: StillSizeBounds = { leastBytes: 8000, mostBytes: 100_000, drainS: 60 };

/** Stills per second are counted over so many of the last intervals between two. */
const INTERVALS = 20;

/** How many bytes a still may have, decided from what the link carried lately, what waits, and how often stills come. */
export class StillSize {
  readonly #rate: Pick<UplinkRate, 'bytesPerS'>;
  readonly #bounds: StillSizeBounds;
  readonly #madeAt: number[] = [];

  constructor(rate: Pick<UplinkRate, 'bytesPerS'>, bounds: StillSizeBounds = STILL_SIZE_BOUNDS) {
    this.#rate = rate;
    this.#bounds = bounds;
  }

  /** A still is made. @param now ms on a clock that only goes forward */
  made(now: number): void {
    this.#madeAt.push(now);
    if (this.#madeAt.length > INTERVALS + 1) this.#madeAt.shift();
  }

  /** Bytes that a still made now should have at most, so that the backlog drains in time. @param backlogBytes that wait already */
  bytes(backlogBytes: number): number {
    const { leastBytes, mostBytes, drainS } = this.#bounds;
    const { bytesPerS } = this.#rate;
    if (bytesPerS === null) return mostBytes;
    const stills = Math.max(1, this.#perS() * drainS);
    const room = bytesPerS * drainS - backlogBytes;
    return Math.round(Math.min(mostBytes, Math.max(leastBytes, room / stills)));
  }

  #perS(): number {
    const [first, last] = [this.#madeAt[0], this.#madeAt.at(-1)];
    if (first === undefined || last === undefined || last <= first) return 0;
    return ((this.#madeAt.length - 1) * 1000) / (last - first);
  }
}
