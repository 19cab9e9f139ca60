import { StillSize, type StillSizeBounds } from '../../telemetry/uplink/still-size.js';
import { UplinkRate } from '../../telemetry/uplink/uplink-rate.js';

/** What else goes over the uplink, and goes first: events and alerts. */
export interface UrgentMessages {
  /** Of those that are to arrive, so many were not handed over yet. */
  readonly waiting: number;
  /** So many are on their way, and not acknowledged. */
  readonly inFlight: number;
  /** Whether there is a connection on which they could go. */
  readonly isConnected: boolean;
}

export interface PushUplinkOptions {
  readonly urgent: () => UrgentMessages;
  readonly bounds: StillSizeBounds;
  /** ms that only go forward. */
  readonly now: () => number;
  /** The longest that events and alerts hold up one file, ms. Default 10 s: where they never end, files still go. */
  readonly mostHeldMs?: number;
}

const MOST_HELD_MS = 10_000;
/** Between two looks, ms. */
const LOOK_MS = 25;

/** The uplink as evidence has it: what it carries is learnt from what was acknowledged, and events and alerts go first. */
export class PushUplink {
  readonly rate: UplinkRate = new UplinkRate();
  readonly mostHeldMs: number;
  readonly #options: PushUplinkOptions;
  readonly #sizes: StillSize;

  constructor(options: PushUplinkOptions) {
    this.#options = options;
    this.mostHeldMs = options.mostHeldMs ?? MOST_HELD_MS;
    this.#sizes = new StillSize(this.rate, options.bounds);
  }

  /** Bytes that a still may have that is made now. @param backlogBytes that wait to be sent */
  stillBytes(backlogBytes: number): number {
    this.#sizes.made(this.#options.now());
    return this.#sizes.bytes(backlogBytes);
  }

  /** A file begins to be sent. */
  sending(data: Uint8Array, signal: AbortSignal): UplinkSending {
    return new UplinkSending(this, data, signal, this.#options.now);
  }

  /** Waits until no event and no alert could go. @returns whether that is so; false: `mostMs` are over, or it was stopped */
  async quiet(mostMs: number, signal: AbortSignal): Promise<boolean> {
    const until = this.#options.now() + mostMs;
    while (this.isUrgent) {
      if (signal.aborted || this.#options.now() >= until) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return true;
  }

  /** Whether an event or an alert is to go, and could. */
  get isUrgent(): boolean {
    const { waiting, inFlight, isConnected } = this.#options.urgent();
    return isConnected && waiting + inFlight > 0;
  }

  get urgent(): UrgentMessages {
    return this.#options.urgent();
  }
}

/** One file on its way. */
class UplinkSending {
  readonly #uplink: PushUplink;
  readonly #data: Uint8Array;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #began: number;
  #heldMs = 0;

  constructor(uplink: PushUplink, data: Uint8Array, signal: AbortSignal, now: () => number) {
    [this.#uplink, this.#data, this.#signal, this.#now] = [uplink, data, signal, now];
    this.#began = now();
  }

  /** The file, as much at once as goes in half a second: between two pieces events and alerts have their turn. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.#data.length; ) {
      const before = this.#now();
      await this.#uplink.quiet(this.#uplink.mostHeldMs - this.#heldMs, this.#signal);
      this.#heldMs += this.#now() - before;
      const bytes = this.#uplink.rate.pieceBytes;
      yield this.#data.subarray(at, at + bytes);
      at += bytes;
    }
  }

  /** The other side has all of it. */
  acknowledged(): void {
    this.#uplink.rate.carried(this.#data.length, this.#ms);
  }

  /** No answer came: none of it counts, and the time does. */
  lost(): void {
    this.#uplink.rate.carried(0, this.#ms);
  }

  get #ms(): number {
    return this.#now() - this.#began - this.#heldMs;
  }
}
