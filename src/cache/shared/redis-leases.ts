import type { Entry } from '../entry.js';
import type { HeldLease } from './redis-commands.js';
import type { Fulfilment, Lease } from './shared-tier.js';

/** Parts of a lease after which it is renewed. */
const RENEW_AT = 3;

/** How the server is told of a lease. Nothing of it rejects. */
export interface LeaseCalls {
  readonly fulfil: (held: HeldLease, entry: Entry) => Promise<Fulfilment>;
  readonly release: (held: HeldLease) => Promise<unknown>;
  /** false where the lease is known to be lost. */
  readonly renew: (held: HeldLease) => Promise<boolean>;
}

/** The leases that this program holds, each renewed until it ends. */
export class HeldLeases {
  readonly #everyMs: number;
  readonly #calls: LeaseCalls;
  readonly #held = new Set<Lease>();

  /** @param leaseMs after which the server ends a lease that is not renewed */
  constructor(leaseMs: number, calls: LeaseCalls) {
    this.#everyMs = Math.max(1, Math.floor(leaseMs / RENEW_AT));
    this.#calls = calls;
  }

  /** Holds one that the server gave. */
  hold(held: HeldLease): Lease {
    const renewing = setInterval(
      () => void this.#calls.renew(held).then((isOurs) => isOurs || ended()),
      this.#everyMs,
    ).unref();
    const lease: Lease = {
      fulfil: async (entry) => {
        ended();
        return this.#calls.fulfil(held, entry);
      },
      release: async () => {
        ended();
        await this.#calls.release(held);
      },
    };
    const ended = () => {
      clearInterval(renewing);
      this.#held.delete(lease);
    };
    this.#held.add(lease);
    return lease;
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held].map((lease) => lease.release()));
  }
}
