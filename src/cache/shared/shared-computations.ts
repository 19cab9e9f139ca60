import { EdgeError } from '../../foundation/errors.js';
import type { Entry } from '../entry.js';
import type { CacheEvents } from '../events.js';
import type { MemoryTier } from '../memory.js';
import { newEntry } from '../new-entry.js';
import { checkEntry, type EntryOptions, type resolveOptions } from '../options.js';
import { failedRefreshes } from '../recent-keys.js';
import { type Flight, SingleFlight } from '../single-flight.js';
import type { TagTimes } from '../tags.js';
import type { ChangeMarks } from './change-marks.js';
import type { Claim, Lease, SharedTier } from './shared-tier.js';

/** What `getOrSet` computes with. */
export interface WantedValue<T> {
  readonly key: string;
  readonly factory: () => T | Promise<T>;
  readonly options: EntryOptions;
}

/** What computing a value needs of the cache. */
export interface ComputationParts {
  readonly tier: SharedTier;
  readonly memory: MemoryTier | null;
  readonly tags: TagTimes;
  readonly marks: ChangeMarks;
  readonly events: CacheEvents;
  readonly options: ReturnType<typeof resolveOptions>;
  /** A lookup in the tier is decided. */
  readonly counted: (key: string, isHit: boolean) => void;
  /** Deletes the key. */
  readonly remove: (key: string) => Promise<unknown>;
}

/** What came of values that callers wanted, since the cache was made. */
export interface ComputationCounts {
  /** Callers that waited for another caller's computation in this program. */
  readonly joined: number;
  /** Times that this program waited for another one's computation. */
  readonly waited: number;
  /** Computed values that were not kept, as the key was set, deleted, cleared or computed by another meanwhile. */
  readonly superseded: number;
  /** Values served after their ttl, within their grace. */
  readonly staleServed: number;
  readonly refreshesFailed: number;
}

/** The values that callers want to have: taken from the tier, computed under its lease, or waited for. */
export class SharedComputations {
  readonly #parts: ComputationParts;
  readonly #flights = new SingleFlight();
  readonly #renewals = new SingleFlight();
  readonly #failed = failedRefreshes();
  readonly #counts = { waited: 0, superseded: 0, staleServed: 0, refreshesFailed: 0 };

  constructor(parts: ComputationParts) {
    this.#parts = parts;
  }

  /** One for all callers of this program that want the key at once. Rejects as the factory does, and with E_TIMEOUT. */
  run<T>(wanted: WantedValue<T>): Promise<T> {
    return this.#flights.run(wanted.key, this.#parts.options.factoryTimeout, () => this.#obtain(wanted));
  }

  counts(): ComputationCounts {
    return { joined: this.#flights.joined, ...this.#counts };
  }

  supersede(key: string): void {
    this.#failed.delete(key);
    this.#flights.supersede(key);
    this.#renewals.supersede(key);
  }

  supersedeAll(): void {
    this.#flights.supersedeAll();
    this.#renewals.supersedeAll();
  }

  /** From the tier, or computed: by this program, or by another that is waited for. */
  async #obtain<T>(wanted: WantedValue<T>): Promise<T> {
    const { key, options } = wanted;
    checkEntry(key, options);
    const deadline = performance.now() + this.#parts.options.factoryTimeout;
    for (;;) {
      const outcome = await this.#parts.marks.during(key, (mark) => this.#tried(mark, wanted));
      if ('value' in outcome) return outcome.value;
      if (performance.now() > deadline) {
        throw new EdgeError('E_TIMEOUT', `no value for ${key} from the program that computes it`, { context: { key } });
      }
      this.#counts.waited++;
      await this.#parts.tier.changed(key, outcome.heldForMs);
    }
  }

  /** The value, or for how long another program has the right to compute it. */
  async #tried<T>(mark: Flight, wanted: WantedValue<T>): Promise<{ value: T } | { heldForMs: number }> {
    const stamp = this.#parts.tags.stamp();
    const claim = await this.#parts.tier.claim(wanted.key);
    if (claim.entry) {
      this.#parts.counted(wanted.key, true);
      this.#take(mark, claim.entry, claim, wanted, stamp);
      return { value: claim.entry.value as T };
    }
    if (claim.heldForMs !== null) return { heldForMs: claim.heldForMs };
    this.#parts.counted(wanted.key, false);
    return { value: await this.#compute(mark, claim.lease, wanted, stamp) };
  }

  /** What the tier had comes to memory; where it is in its grace, and nobody else does so, it is renewed. */
  #take<T>(mark: Flight, entry: Entry, { lease, heldForMs }: Claim, wanted: WantedValue<T>, stamp: number): void {
    if (mark.current) this.#parts.memory?.write(wanted.key, entry);
    if (this.#parts.options.now() < entry.expiresAt) return;
    this.#counts.staleServed++;
    this.#parts.events.tell('stale', wanted.key);
    if (heldForMs !== null) return;
    if (mark.current && !this.#isBeingRenewed(wanted.key)) {
      this.#renew(wanted, (renewal) => this.#compute(renewal, lease, wanted, stamp));
    } else void lease?.release();
  }

  async #compute<T>(mark: Flight, lease: Lease | null, wanted: WantedValue<T>, stamp: number): Promise<T> {
    const { key, factory, options } = wanted;
    const stopWatch = this.#releaseLate(lease);
    try {
      const value = await factory();
      if (!mark.current || value === undefined) {
        await lease?.release();
        return value;
      }
      const entry = newEntry(key, value, stamp, options, this.#parts.options);
      if (entry === null) await this.#parts.remove(key);
      else await this.#keep(mark, key, entry, lease);
      return value;
    } catch (error) {
      await lease?.release();
      throw error;
    } finally {
      stopWatch();
    }
  }

  /** Who waits for a computation that hangs is to try itself, in other programs too. */
  #releaseLate(lease: Lease | null): () => void {
    const { factoryTimeout } = this.#parts.options;
    if (lease === null || factoryTimeout === Number.POSITIVE_INFINITY) return () => undefined;
    const timer = setTimeout(() => void lease.release(), factoryTimeout).unref();
    return () => clearTimeout(timer);
  }

  /** Without a lease the tier is out of order: what is computed meanwhile is this program's alone. */
  async #keep(mark: Flight, key: string, entry: Entry, lease: Lease | null): Promise<void> {
    const fulfilment = lease === null ? 'unreachable' : await lease.fulfil(entry);
    if (fulfilment === 'lost' || !mark.current) {
      this.#counts.superseded++;
      return;
    }
    this.#failed.delete(key);
    this.#parts.memory?.write(key, entry);
    this.#parts.events.tell('set', key);
  }

  /** An old value was taken from memory: it is renewed in the background, unless that failed a moment ago. */
  servedStale<T>(wanted: WantedValue<T>): void {
    this.#counts.staleServed++;
    this.#parts.events.tell('stale', wanted.key);
    if (this.#isBeingRenewed(wanted.key)) return;
    this.#renew(wanted, (renewal) => this.#refresh(renewal, wanted));
  }

  /** Or was a moment ago, and failed. */
  #isBeingRenewed(key: string): boolean {
    return this.#renewals.has(key) || this.#failed.has(key, this.#parts.options.now());
  }

  #renew<T>({ key }: WantedValue<T>, compute: (mark: Flight) => Promise<unknown>): void {
    const { factoryTimeout } = this.#parts.options;
    this.#renewals
      .run(key, factoryTimeout, () => this.#parts.marks.during(key, compute))
      .catch((error: unknown) => {
        this.#failed.add(key, this.#parts.options.now());
        this.#counts.refreshesFailed++;
        this.#parts.events.tell('refreshFailed', key, error);
      });
  }

  /** Another program may have renewed it, or be about to. */
  async #refresh<T>(mark: Flight, wanted: WantedValue<T>): Promise<void> {
    const stamp = this.#parts.tags.stamp();
    const { entry, lease, heldForMs } = await this.#parts.tier.claim(wanted.key);
    const isFresh = entry !== undefined && this.#parts.options.now() < entry.expiresAt;
    if (isFresh) {
      if (mark.current) this.#parts.memory?.write(wanted.key, entry);
      return;
    }
    if (lease !== null || (entry === undefined && heldForMs === null)) await this.#compute(mark, lease, wanted, stamp);
  }
}
