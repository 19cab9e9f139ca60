import { DiskBudget, type Evicted } from './disk-budget.js';
import { DiskLink, type DiskLinkOptions, type OpenDisk } from './disk-link.js';
import type { DiskRows } from './disk-rows.js';
import type { Entry } from './entry.js';
import { type EvictionReason, TierCounters, type TierStats } from './stats.js';
import type { TagTime, TagTimes } from './tags.js';
import { WriteQueue } from './write-queue.js';

export interface SqliteTierOptions extends Omit<DiskLinkOptions, 'onOpened'> {
  /** Estimated bytes of all rows. */
  readonly maxBytes: number;
  /** Bytes that may wait for the next transaction; beyond, it comes at once. */
  readonly maxPendingBytes: number;
  readonly tags: TagTimes;
  readonly onEvict: (key: string, reason: EvictionReason) => void;
}

export interface DiskStats extends TierStats {
  readonly state: 'closed' | 'open' | 'degraded';
  /** Keys that wait to be written. */
  readonly pending: number;
  readonly pendingBytes: number;
  /** Entries that never reached the disk. */
  readonly droppedWrites: number;
  /** Failed reads, writes and openings. */
  readonly errors: number;
  /** Corrupt files that were renamed. */
  readonly setAside: number;
}

const MAX_PENDING_KEYS = 100_000;
const MAX_TOUCHES = 4096;
const MAX_TAG_TIMES = 20_000;
const CLEAN_AT_ONCE = 10_000;
const TIME_EVERY = 16;

/**
 * The disk tier. Writes wait in memory for one transaction a second (`flush`, called by the cache's timer); reads see
 * what waits. Nothing here throws: what the disk refuses is counted and told by the link, and waits.
 */
export class SqliteTier {
  readonly counters = new TierCounters(TIME_EVERY);
  readonly #options: SqliteTierOptions;
  readonly #link: DiskLink;
  readonly #budget: DiskBudget;
  readonly #queue: WriteQueue;
  readonly #touched = new Map<string, number>();
  readonly #tagTimes = new Map<string, number>();
  // rows are looked at for invalidated tags in passes: the row to go on after, the invalidation that the pass is for,
  // and the one that the last whole pass was for
  #sweep = { after: 0, until: 0, done: 0 };

  constructor(options: SqliteTierOptions) {
    this.#options = options;
    this.#queue = new WriteQueue({ maxBytes: options.maxPendingBytes, maxKeys: MAX_PENDING_KEYS });
    this.#budget = new DiskBudget(options.maxBytes);
    this.#link = new DiskLink({ ...options, onOpened: (rows) => this.#adopt(rows) });
  }

  start(): void {
    this.#link.start();
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    this.#link.stop(() => this.flush());
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
    const pending = this.#queue.get(key);
    const known = pending === undefined ? this.#hasRow(key) : pending !== null;
    if (known) this.#put(key, null);
    return known;
  }

  discard(key: string, reason: 'expired' | 'invalidated'): void {
    if (this.delete(key)) this.#evicted(key, reason);
  }

  /** Empties the table, at once where the disk allows. */
  clear(): void {
    this.#queue.clear();
    this.#touched.clear();
    this.#queue.mustClear = true;
    this.flush();
  }

  /** Keeps the times of invalidated tags. `durable`: on the medium now, so that no crash brings back what they ended. */
  putTagTimes(times: readonly TagTime[], durable: boolean): void {
    for (const [tag, time] of times) this.#tagTimes.set(tag, time);
    if (this.#tagTimes.size > MAX_TAG_TIMES) this.#keepAllTagTimes();
    const open = this.#link.writable();
    if (!durable || !open) return;
    this.#link.attempt('invalidated tags cannot be kept', () => {
      open.database.transaction(() => this.#writeTagTimes(open.rows), true);
      this.#tagTimes.clear();
    });
  }

  /** One transaction with everything that waits. */
  flush(): void {
    const open = this.#link.writable();
    if (!open || this.#idle()) return;
    const done = this.#change(open, 'cannot be written', (evicted) => {
      if (this.#queue.mustClear) this.#budget.empty(open.rows);
      this.#writeTagTimes(open.rows);
      for (const [key, usedAt] of this.#touched) open.rows.touch(key, usedAt);
      const now = Math.floor(this.#options.now());
      for (const [key, entry] of this.#queue.entries()) this.#budget.write(open.rows, key, entry, now, evicted);
      this.#budget.hold(open.rows, evicted);
    });
    if (!done) return;
    this.#queue.clear();
    this.#queue.mustClear = false;
    this.#touched.clear();
    this.#tagTimes.clear();
    this.#link.recovered();
  }

  /**
   * Removes rows that are over or invalidated, looking at no more than 10 000 of each kind, so that it never takes long:
   * what is left is for the next time. Gives how many went.
   */
  cleanup(): number {
    this.flush();
    const open = this.#link.writable();
    if (!open) return 0;
    const { tags, now } = this.#options;
    let removed = 0;
    let sweep = this.#sweep;
    const done = this.#change(open, 'cannot be cleaned', (evicted) => {
      this.#budget.remove(open.rows, open.rows.ended(now(), CLEAN_AT_ONCE), 'expired', evicted);
      if (sweep.after === 0) sweep = { ...sweep, until: tags.newest };
      if (sweep.until > sweep.done) {
        const page = open.rows.page(sweep.after, CLEAN_AT_ONCE);
        const stale = page.filter((row) => tags.isStale(row.tags, row.stamp));
        this.#budget.remove(open.rows, stale, 'invalidated', evicted);
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
      state: this.#link.degraded ? 'degraded' : this.#link.open ? 'open' : 'closed',
      pending: this.#queue.size,
      pendingBytes: this.#queue.bytes,
      droppedWrites: this.#queue.dropped,
      errors: this.#link.errors,
      setAside: this.#link.setAside,
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
    const open = this.#readable();
    if (!open) return undefined;
    let entry: Entry | undefined;
    this.#link.attempt('cannot be read', () => {
      const found = open.rows.read(key);
      if (found === 'corrupt') {
        this.#put(key, null);
        this.#evicted(key, 'corrupt');
      } else if (found) {
        entry = found;
        if (this.#touched.size < MAX_TOUCHES) this.#touched.set(key, Math.floor(this.#options.now()));
      }
    });
    return entry;
  }

  #hasRow(key: string): boolean {
    const open = this.#readable();
    if (!open) return this.#link.open === null;
    let has = true;
    this.#link.attempt('cannot be read', () => (has = open.rows.has(key)));
    return has;
  }

  /** What is to be written becomes what is known, which has a bound. */
  #keepAllTagTimes(): void {
    this.#tagTimes.clear();
    for (const [tag, time] of this.#options.tags.all()) this.#tagTimes.set(tag, time);
  }

  #writeTagTimes(rows: DiskRows): void {
    for (const [tag, time] of this.#tagTimes) rows.putTagTime(tag, time);
  }

  /** The open database, unless what it holds is not to be believed. */
  #readable(): OpenDisk | null {
    return this.#queue.mustClear ? null : this.#link.open;
  }

  #adopt(rows: DiskRows): void {
    const { tags } = this.#options;
    const { entries, bytes, stamp } = rows.totals();
    tags.observe(stamp);
    tags.load(rows.tagTimes());
    // what was invalidated while no database was open
    this.#keepAllTagTimes();
    this.#budget.adopt(entries, bytes);
  }

  /** A transaction that tells who went where it succeeds. */
  #change(open: OpenDisk, what: string, work: (evicted: Evicted) => void): boolean {
    const evicted: Evicted = [];
    const transaction = () => open.database.transaction(() => work(evicted));
    if (!this.#budget.change(() => this.#link.attempt(what, transaction))) return false;
    for (const [key, reason] of evicted) this.#evicted(key, reason);
    return true;
  }

  #evicted(key: string, reason: EvictionReason): void {
    this.counters.evictions[reason]++;
    this.#options.onEvict(key, reason);
  }
}
