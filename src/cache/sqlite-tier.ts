import type { Log } from '../foundation/log.js';
import type { DatabasePort } from '../store/database-port.js';
import { type LinkHealth, type LinkListener, StoreLink } from '../store/link.js';
import { DiskBudget, type Evicted } from './disk-budget.js';
import { DiskRows } from './disk-rows.js';
import type { Entry } from './entry.js';
import type { SecondTier } from './second-tier.js';
import { type EvictionReason, TierCounters, type TierStats } from './stats.js';
import type { TagTime, TagTimes } from './tags.js';
import { WriteQueue } from './write-queue.js';

export interface SqliteTierOptions {
  /** Opens the database, with `CACHE_MIGRATIONS` applied. May throw: it is tried again later. */
  readonly open: () => DatabasePort;
  /** ms between two transactions, where there is something that does not wait. */
  readonly flushInterval: number;
  /** ms that entries may wait, and when they were used; invalidations and removals wait for `flushInterval` only. */
  readonly entriesInterval: number;
  readonly now: () => number;
  readonly log: Log;
  readonly listener: LinkListener;
  /** Estimated bytes of all rows. */
  readonly maxBytes: number;
  /** Bytes that may wait for the next transaction; beyond, it comes at once. */
  readonly maxPendingBytes: number;
  readonly tags: TagTimes;
  readonly onEvict: (key: string, reason: EvictionReason) => void;
}

export interface DiskStats extends TierStats, LinkHealth {
  /** Keys that wait to be written. */
  readonly pending: number;
  readonly pendingBytes: number;
}

const MAX_PENDING_KEYS = 100_000;
const MAX_TOUCHES = 4096;
const MAX_TAG_TIMES = 20_000;
const CLEAN_AT_ONCE = 10_000;
const TIME_EVERY = 16;

/**
 * The disk tier. Writes wait in memory for one transaction (`flush`, once a second what says that something is stale, the rest
 * as seldom as its owner likes); reads see what waits. Nothing here throws: what the disk refuses is counted and told by the link, and waits.
 */
export class SqliteTier implements SecondTier {
  readonly counters = new TierCounters(TIME_EVERY);
  readonly #options: SqliteTierOptions;
  readonly #link: StoreLink<DiskRows>;
  readonly #budget: DiskBudget;
  readonly #queue: WriteQueue;
  readonly #touched = new Map<string, number>();
  readonly #tagTimes = new Map<string, number>();
  /** Something was removed by name, and should not come back after a kill. */
  #isUrgent = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
  // rows are looked at for invalidated tags in passes: the row to go on after, the invalidation that the pass is for,
  // and the one that the last whole pass was for
  #sweep = { after: 0, until: 0, done: 0 };

  constructor(options: SqliteTierOptions) {
    this.#options = options;
    const { open, flushInterval, now, log, listener } = options;
    this.#link = new StoreLink({
      what: 'the disk tier of the cache',
      open,
      adopt: (database) => this.#adopt(new DiskRows(database)),
      flush: () => this.#flushDue(),
      flushEveryMs: flushInterval,
      log,
      listener,
      now,
    });
    const bounds = { maxBytes: options.maxPendingBytes, maxKeys: MAX_PENDING_KEYS };
    this.#queue = new WriteQueue(bounds, (entries) => this.#link.drop(entries));
    this.#budget = new DiskBudget(options.maxBytes);
  }

  start(): void {
    this.#link.start();
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    this.#isUrgent = true;
    this.#link.stop();
  }

  read(key: string): Entry | undefined {
    const begun = this.counters.sample() ? performance.now() : 0;
    const pending = this.#queue.get(key);
    const entry = pending === undefined ? this.#readRow(key) : (pending ?? undefined);
    if (begun > 0) this.counters.timed(performance.now() - begun);
    return entry;
  }

  write(key: string, entry: Entry): void {
    this.#put(key, entry);
  }

  /** Whether there was something to delete, as far as is known. */
  delete(key: string): boolean {
    const removed = this.#remove(key);
    if (removed) this.#isUrgent = true;
    return removed;
  }

  #remove(key: string): boolean {
    const pending = this.#queue.get(key);
    const known = pending === undefined ? this.#hasRow(key) : pending !== null;
    if (known) this.#put(key, null);
    return known;
  }

  discard(key: string, reason: 'expired' | 'invalidated'): void {
    if (this.#remove(key)) this.#evicted(key, reason);
  }

  /** Empties the table, at once where the disk allows. */
  clear(): void {
    this.#queue.clear();
    this.#touched.clear();
    this.#queue.mustClear = true;
    this.flush();
  }

  /** Keeps the times of invalidated tags. `durable`: on the medium now, so that no crash brings back what they ended. */
  invalidate(times: readonly TagTime[], durable: boolean): void {
    for (const [tag, time] of times) this.#tagTimes.set(tag, time);
    if (this.#tagTimes.size > MAX_TAG_TIMES) this.#keepAllTagTimes();
    if (!durable) return;
    const kept = this.#link.write((rows) => this.#writeTagTimes(rows), true, 'invalidated tags cannot be kept');
    if (kept) this.#tagTimes.clear();
  }

  /** One transaction with everything that waits. */
  flush(): void {
    if (!this.#link.canWrite || this.#idle()) return;
    const done = this.#change('cannot be written', (rows, evicted) => {
      if (this.#queue.mustClear) this.#budget.empty(rows);
      this.#writeTagTimes(rows);
      for (const [key, usedAt] of this.#touched) rows.touch(key, usedAt);
      const now = Math.floor(this.#options.now());
      for (const [key, entry] of this.#queue.entries()) this.#budget.write(rows, key, entry, now, evicted);
      this.#budget.hold(rows, evicted);
    });
    if (!done) return;
    this.#flushedAt = this.#options.now();
    this.#queue.clear();
    this.#queue.mustClear = false;
    this.#isUrgent = false;
    this.#touched.clear();
    this.#tagTimes.clear();
  }

  /** What the timer does: it also has a database that could not be opened tried again. */
  #flushDue(): void {
    const since = this.#options.now() - this.#flushedAt;
    // a clock that was set back ends the waiting
    const isDue = since < 0 || since >= this.#options.entriesInterval || this.#link.degraded || this.#queue.mustClear;
    if (isDue || this.#isUrgent || this.#tagTimes.size > 0) this.flush();
    else void this.#link.canWrite;
  }

  /**
   * Removes rows that are over or invalidated, looking at no more than 10 000 of each kind, so that it never takes long:
   * what is left is for the next time. Gives how many went.
   */
  cleanup(): number {
    this.flush();
    const { tags, now } = this.#options;
    let removed = 0;
    let sweep = this.#sweep;
    const done = this.#change('cannot be cleaned', (rows, evicted) => {
      this.#budget.remove(rows, rows.ended(now(), CLEAN_AT_ONCE), 'expired', evicted);
      if (sweep.after === 0) sweep = { ...sweep, until: tags.newest };
      if (sweep.until > sweep.done) {
        const page = rows.page(sweep.after, CLEAN_AT_ONCE);
        const stale = page.filter((row) => tags.isStale(row.tags, row.stamp));
        this.#budget.remove(rows, stale, 'invalidated', evicted);
        const more = page.length === CLEAN_AT_ONCE;
        sweep = more ? { ...sweep, after: page.at(-1)!.id } : { after: 0, until: sweep.until, done: sweep.until };
      }
      removed = evicted.length;
    });
    if (!done) return 0;
    this.#sweep = sweep;
    return removed;
  }

  stats(): DiskStats {
    return {
      ...this.counters.stats(this.#budget.entries, this.#budget.bytes, this.#budget.maxBytes),
      ...this.#link.health(),
      pending: this.#queue.size,
      pendingBytes: this.#queue.bytes,
    };
  }

  #put(key: string, entry: Entry | null): void {
    this.#queue.put(key, entry);
    if (!this.#queue.isFull) return;
    this.flush();
    if (this.#queue.isFull) this.#queue.shed();
  }

  #idle(): boolean {
    const waiting = this.#queue.size + this.#touched.size + this.#tagTimes.size;
    return waiting === 0 && !this.#queue.mustClear && !this.#link.degraded;
  }

  #readRow(key: string): Entry | undefined {
    // nothing on disk is to be believed
    if (this.#queue.mustClear) return undefined;
    const found = this.#link.read((rows) => rows.read(key));
    if (found === 'corrupt') {
      this.#put(key, null);
      this.#evicted(key, 'corrupt');
      return undefined;
    }
    if (!found) return undefined;
    if (this.#touched.size < MAX_TOUCHES) this.#touched.set(key, Math.floor(this.#options.now()));
    return found;
  }

  #hasRow(key: string): boolean {
    if (this.#queue.mustClear) return !this.#link.isOpen;
    // what cannot be read may be there
    return this.#link.read((rows) => rows.has(key)) ?? true;
  }

  /** What is to be written becomes what is known, which has a bound. */
  #keepAllTagTimes(): void {
    this.#tagTimes.clear();
    for (const [tag, time] of this.#options.tags.all()) this.#tagTimes.set(tag, time);
  }

  #writeTagTimes(rows: DiskRows): void {
    for (const [tag, time] of this.#tagTimes) rows.putTagTime(tag, time);
  }

  #adopt(rows: DiskRows): DiskRows {
    const { tags } = this.#options;
    const { entries, bytes, stamp } = rows.totals();
    tags.observe(stamp);
    tags.load(rows.tagTimes());
    // what was invalidated while no database was open
    this.#keepAllTagTimes();
    this.#budget.adopt(entries, bytes);
    return rows;
  }

  /** A transaction that tells who went where it succeeds. */
  #change(doing: string, work: (rows: DiskRows, evicted: Evicted) => void): boolean {
    const evicted: Evicted = [];
    if (!this.#budget.change(() => this.#link.write((rows) => work(rows, evicted), false, doing))) return false;
    for (const [key, reason] of evicted) this.#evicted(key, reason);
    return true;
  }

  #evicted(key: string, reason: EvictionReason): void {
    this.counters.evictions[reason]++;
    this.#options.onEvict(key, reason);
  }
}
