import { UplinkRate } from './uplink-rate.js';

/** Bounds of what shares an uplink. */
export interface UplinkBounds {
  /** Bytes of stills that wait to be sent. */
  readonly maxBacklogBytes: number;
  /** Stills beyond that, which wait on the disk: so many are known by their names. */
  readonly maxDeferred: number;
  /** Alerts that wait. */
  readonly maxAlerts: number;
  /** Bytes of a still that shows as little as is of use, and of one that shows all there is. */
  readonly leastStillBytes: number;
  readonly mostStillBytes: number;
  /** Time in which what waits should be gone, s. */
  readonly drainS: number;
}

export const UPLINK_BOUNDS: UplinkBounds = {
  maxBacklogBytes: 2_000_000,
  maxDeferred: 10_000,
  maxAlerts: 1000,
  leastStillBytes: 8000,
  mostStillBytes: 100_000,
  drainS: 60,
};

/** A part of something to be sent now. */
export interface UplinkPiece {
  readonly kind: 'alert' | 'still';
  readonly id: string;
  /** Where in it the piece begins, and how long it is, bytes. */
  readonly offset: number;
  readonly bytes: number;
  readonly isLast: boolean;
}

interface Waiting {
  readonly kind: UplinkPiece['kind'];
  readonly id: string;
  readonly bytes: number;
  sent: number;
}

/** Bytes sent between two looks for an alert: as much as goes in half a second, within these. */
const PIECE_S = 0.5;
const [LEAST_PIECE, MOST_PIECE] = [2000, 65_536];
/** Stills per second are counted over so many of the last intervals between two. */
const INTERVALS = 20;
/** What is deferred is taken up again below this part of the backlog. */
const TAKE_UP = 0.5;

/**
 * What goes over a link next that alerts and stills share, decided from what waits and what the link carried lately. Alerts go first,
 * between two pieces of a still; stills in order, going on where they were cut off. The next still may have as many bytes as let the
 * backlog drain in time; what does not fit into the backlog waits on the disk and is taken up when there is room: nothing is given up
 * but the oldest alerts and the names of the oldest deferred stills, counted, where there are more than the bounds allow.
 */
export class UplinkSchedule {
  readonly rate = new UplinkRate();
  /** Alerts that were given up, and stills that have to be asked for: there were too many. */
  readonly dropped = { alerts: 0, stills: 0 };
  readonly #bounds: UplinkBounds;
  readonly #alerts: Waiting[] = [];
  readonly #stills: Waiting[] = [];
  readonly #deferred: Waiting[] = [];
  readonly #offeredAt: number[] = [];
  #backlogBytes = 0;

  constructor(bounds: UplinkBounds = UPLINK_BOUNDS) {
    this.#bounds = bounds;
  }

  /** Of stills, bytes not yet sent. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  /** Stills that wait on the disk besides. */
  get deferred(): number {
    return this.#deferred.length;
  }

  get isIdle(): boolean {
    return this.#alerts.length + this.#stills.length + this.#deferred.length === 0;
  }

  /** Bytes that a still made now should have at most. */
  stillBytes(): number {
    const { leastStillBytes, mostStillBytes, drainS } = this.#bounds;
    const { bytesPerS } = this.rate;
    if (bytesPerS === null) return mostStillBytes;
    const stills = Math.max(1, this.#stillsPerS() * drainS);
    const room = bytesPerS * drainS - this.#backlogBytes - sum(this.#deferred);
    return Math.round(Math.min(mostStillBytes, Math.max(leastStillBytes, room / stills)));
  }

  /** @param bytes of the whole message */
  offerAlert(id: string, bytes: number): void {
    this.#alerts.push({ kind: 'alert', id, bytes, sent: 0 });
    if (this.#alerts.length <= this.#bounds.maxAlerts) return;
    // the first may be on its way
    this.#alerts.splice(this.#alerts[0]!.sent > 0 ? 1 : 0, 1);
    this.dropped.alerts++;
  }

  /** A still that lies on the disk. @param now ms on a clock that only goes forward */
  offerStill(id: string, bytes: number, now: number): void {
    this.#offeredAt.push(now);
    if (this.#offeredAt.length > INTERVALS + 1) this.#offeredAt.shift();
    const still: Waiting = { kind: 'still', id, bytes, sent: 0 };
    if (this.#deferred.length === 0 && this.#fits(bytes)) this.#queue(still);
    else this.#defer(still);
  }

  /** What to send now; null: nothing waits. The same until it is told `sent`. */
  next(): UplinkPiece | null {
    const first = this.#alerts[0] ?? this.#stills[0];
    if (first === undefined) return null;
    const rest = first.bytes - first.sent;
    const bytes = first.kind === 'alert' ? rest : Math.min(rest, this.#pieceBytes());
    return { kind: first.kind, id: first.id, offset: first.sent, bytes, isLast: bytes === rest };
  }

  /** A piece that `next` gave has arrived. */
  sent({ kind, id, bytes }: UplinkPiece): void {
    const queue = kind === 'alert' ? this.#alerts : this.#stills;
    const at = queue.findIndex((one) => one.id === id);
    const waiting = queue[at];
    if (waiting === undefined) return;
    waiting.sent += bytes;
    if (kind === 'still') this.#backlogBytes -= bytes;
    if (waiting.sent >= waiting.bytes) queue.splice(at, 1);
    this.#takeUp();
  }

  #pieceBytes(): number {
    const { bytesPerS } = this.rate;
    return Math.round(Math.min(MOST_PIECE, Math.max(LEAST_PIECE, (bytesPerS ?? 0) * PIECE_S)));
  }

  #fits(bytes: number): boolean {
    return this.#stills.length === 0 || this.#backlogBytes + bytes <= this.#bounds.maxBacklogBytes;
  }

  #queue(still: Waiting): void {
    this.#stills.push(still);
    this.#backlogBytes += still.bytes;
  }

  #defer(still: Waiting): void {
    this.#deferred.push(still);
    if (this.#deferred.length <= this.#bounds.maxDeferred) return;
    this.#deferred.shift();
    this.dropped.stills++;
  }

  #takeUp(): void {
    if (this.#backlogBytes > this.#bounds.maxBacklogBytes * TAKE_UP) return;
    while (this.#deferred.length > 0 && this.#fits(this.#deferred[0]!.bytes)) this.#queue(this.#deferred.shift()!);
  }

  #stillsPerS(): number {
    const [first, last] = [this.#offeredAt[0], this.#offeredAt.at(-1)];
    if (first === undefined || last === undefined || last <= first) return 0;
    return ((this.#offeredAt.length - 1) * 1000) / (last - first);
  }
}

const sum = (waiting: readonly Waiting[]): number => waiting.reduce((bytes, one) => bytes + one.bytes, 0);
