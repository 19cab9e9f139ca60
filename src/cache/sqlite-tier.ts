import { explain } from '../errors.js';
import type { Log } from '../log.js';
import type { CacheDatabase } from './database-port.js';
import { DiskRows, type RowSize } from './disk-rows.js';
import type { Entry } from './entry.js';
import { type EvictionReason, TierCounters, type TierStats } from './stats.js';
import type { TagTime, TagTimes } from './tags.js';
import { WriteQueue } from './write-queue.js';

export interface SqliteTierOptions {
  /** Opens the database, with `CACHE_MIGRATIONS` applied and its integrity checked. May throw: it is tried again later. */
  readonly open: () => CacheDatabase;
  /** Estimated bytes of all rows. */
  readonly maxBytes: number;
  /** Bytes that may wait for the next transaction; beyond, it comes at once. */
  readonly maxPendingBytes: number;
  readonly now: () => number;
  readonly log: Log;
  readonly tags: TagTimes;
  readonly onEvict: (key: string, reason: EvictionReason) => void;
  readonly onDegraded: (reason: string) => void;
  readonly onRecovered: () => void;
  readonly onSetAside: (file: string) => void;
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

type Evicted = [key: string, reason: EvictionReason][];

interface Open {
  readonly database: CacheDatabase;
  readonly rows: DiskRows;
}

const MAX_PENDING_KEYS = 100_000;
const MAX_TOUCHES = 4096;
const MAX_TAG_TIMES = 20_000;
const EVICT_AT_ONCE = 256;
const CLEAN_AT_ONCE = 10_000;
const TIME_EVERY = 16;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The disk tier. Writes wait in memory for one transaction a second (`flush`, called by the cache's timer); reads see
 * what waits. Nothing here throws: what the disk refuses is counted and told, writing pauses for 1 s to 1 min, and a
 * corrupt database is closed and opened anew, which sets it aside.
 */
export class SqliteTier {
  readonly counters = new TierCounters(TIME_EVERY);
  readonly #options: SqliteTierOptions;
  readonly #queue: WriteQueue;
  readonly #touched = new Map<string, number>();
  readonly #tagTimes = new Map<string, number>();
  // rows are looked at for invalidated tags in passes: the row to go on after, the invalidation that the pass is for,
  // and the one that the last whole pass was for
  #sweep = { after: 0, until: 0, done: 0 };
  #open: Open | null = null;
  #started = false;
  #degraded = false;
  #pauseMs = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #entries = 0;
  #bytes = 0;
  #errors = 0;
  #setAside = 0;

  constructor(options: SqliteTierOptions) {
    this.#options = options;
    this.#queue = new WriteQueue({ maxBytes: options.maxPendingBytes, maxKeys: MAX_PENDING_KEYS });
  }

  start(): void {
    this.#started = true;
    this.#ensureOpen();
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    if (!this.#started) return;
    this.#retryAt = Number.NEGATIVE_INFINITY;
    this.flush();
    this.#started = false;
    this.#close();
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
    const open = this.#writable();
    if (!durable || !open) return;
    this.#attempt('invalidated tags cannot be kept', () => {
      open.database.transaction(() => this.#writeTagTimes(open.rows), true);
      this.#tagTimes.clear();
    });
  }

  /** One transaction with everything that waits. */
  flush(): void {
    const open = this.#writable();
    if (!open || this.#idle()) return;
    const done = this.#change(open, 'cannot be written', (evicted) => {
      if (this.#queue.mustClear) this.#empty(open.rows);
      this.#writeTagTimes(open.rows);
      for (const [key, usedAt] of this.#touched) open.rows.touch(key, usedAt);
      for (const [key, entry] of this.#queue.entries()) this.#writeRow(open.rows, key, entry, evicted);
      this.#holdBudget(open.rows, evicted);
    });
    if (!done) return;
    this.#queue.clear();
    this.#queue.mustClear = false;
    this.#touched.clear();
    this.#tagTimes.clear();
    this.#recovered();
  }

  /**
   * Removes rows that are over or invalidated, looking at no more than 10 000 of each kind, so that it never takes long:
   * what is left is for the next time. Gives how many went.
   */
  cleanup(): number {
    this.flush();
    const open = this.#writable();
    if (!open) return 0;
    const { tags, now } = this.#options;
    let removed = 0;
    let sweep = this.#sweep;
    const done = this.#change(open, 'cannot be cleaned', (evicted) => {
      this.#removeRows(open.rows, open.rows.ended(now(), CLEAN_AT_ONCE), 'expired', evicted);
      if (sweep.after === 0) sweep = { ...sweep, until: tags.newest };
      if (sweep.until > sweep.done) {
        const page = open.rows.page(sweep.after, CLEAN_AT_ONCE);
        const stale = page.filter((row) => tags.isStale(row.tags, row.stamp));
        this.#removeRows(open.rows, stale, 'invalidated', evicted);
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
      ...this.counters.stats(this.#entries, this.#bytes, this.#options.maxBytes),
      state: this.#degraded ? 'degraded' : this.#open ? 'open' : 'closed',
      pending: this.#queue.size,
      pendingBytes: this.#queue.bytes,
      droppedWrites: this.#queue.dropped,
      errors: this.#errors,
      setAside: this.#setAside,
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
    return waiting === 0 && !this.#queue.mustClear && !this.#degraded;
  }

  #readRow(key: string): Entry | undefined {
    const open = this.#readable();
    if (!open) return undefined;
    let entry: Entry | undefined;
    this.#attempt('cannot be read', () => {
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
    if (!open) return this.#open === null;
    let has = true;
    this.#attempt('cannot be read', () => (has = open.rows.has(key)));
    return has;
  }

  #writeRow(rows: DiskRows, key: string, entry: Entry | null, evicted: Evicted): void {
    const was = rows.bytesOf(key);
    const bytes = entry && rows.write(key, entry, Math.floor(this.#options.now()), this.#options.maxBytes);
    if (bytes === null && was !== null) rows.remove(key);
    if (bytes === null && entry !== null) evicted.push([key, 'tooLarge']);
    this.#bytes += (bytes ?? 0) - (was ?? 0);
    this.#entries += (bytes === null ? 0 : 1) - (was === null ? 0 : 1);
  }

  #holdBudget(rows: DiskRows, evicted: Evicted): void {
    while (this.#bytes > this.#options.maxBytes && this.#entries > 0) {
      for (const row of rows.oldest(EVICT_AT_ONCE)) {
        if (this.#bytes <= this.#options.maxBytes) return;
        this.#removeRow(rows, row);
        evicted.push([row.key, 'budget']);
      }
    }
  }

  #removeRows(rows: DiskRows, found: readonly RowSize[], reason: EvictionReason, evicted: Evicted): void {
    for (const row of found) {
      this.#removeRow(rows, row);
      evicted.push([row.key, reason]);
    }
  }

  #removeRow(rows: DiskRows, { key, bytes }: RowSize): void {
    rows.remove(key);
    this.#bytes -= bytes;
    this.#entries--;
  }

  #empty(rows: DiskRows): void {
    rows.empty();
    this.#entries = this.#bytes = 0;
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
  #readable(): Open | null {
    return this.#queue.mustClear ? null : this.#open;
  }

  /** The open database where a write may be tried now. */
  #writable(): Open | null {
    if (!this.#started || this.#options.now() < this.#retryAt) return null;
    const open = this.#ensureOpen();
    return open && !open.database.readOnly ? open : null;
  }

  #ensureOpen(): Open | null {
    if (this.#open || this.#options.now() < this.#retryAt) return this.#open;
    this.#attempt('cannot be opened', () => {
      const database = this.#options.open();
      try {
        this.#adopt(database);
      } catch (error) {
        database.close();
        throw error;
      }
    });
    return this.#open;
  }

  #adopt(database: CacheDatabase): void {
    const { tags, onSetAside } = this.#options;
    const rows = new DiskRows(database);
    const { entries, bytes, stamp } = rows.totals();
    tags.observe(stamp);
    tags.load(rows.tagTimes());
    // what was invalidated while no database was open
    this.#keepAllTagTimes();
    this.#entries = entries;
    this.#bytes = bytes;
    this.#open = { database, rows };
    if (database.setAside !== null) {
      this.#setAside++;
      onSetAside(database.setAside);
    }
    if (database.readOnly) this.#degrade('its file system is read-only: nothing new is kept');
  }

  /** A transaction that leaves the sums as they were where it fails, and tells who went where it succeeds. */
  #change(open: Open, what: string, work: (evicted: Evicted) => void): boolean {
    const entries = this.#entries;
    const bytes = this.#bytes;
    const evicted: Evicted = [];
    if (!this.#attempt(what, () => open.database.transaction(() => work(evicted)))) {
      this.#entries = entries;
      this.#bytes = bytes;
      return false;
    }
    for (const [key, reason] of evicted) this.#evicted(key, reason);
    return true;
  }

  #attempt(what: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#errors++;
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
      this.#retryAt = this.#options.now() + this.#pauseMs;
      if (isBroken(error)) this.#close();
      this.#degrade(`${what}: ${explain(error)}`);
      return false;
    }
  }

  #degrade(reason: string): void {
    if (this.#degraded) return;
    this.#degraded = true;
    this.#options.log.warn({ reason }, 'the disk tier of the cache is out of order; the memory tier goes on');
    this.#options.onDegraded(reason);
  }

  #recovered(): void {
    this.#pauseMs = 0;
    this.#retryAt = Number.NEGATIVE_INFINITY;
    if (!this.#degraded) return;
    this.#degraded = false;
    this.#options.log.info({}, 'the disk tier of the cache works again');
    this.#options.onRecovered();
  }

  #close(): void {
    const open = this.#open;
    this.#open = null;
    try {
      open?.database.close();
    } catch (error) {
      this.#options.log.warn({ error: explain(error) }, 'the database of the cache did not close');
    }
  }

  #evicted(key: string, reason: EvictionReason): void {
    this.counters.evictions[reason]++;
    this.#options.onEvict(key, reason);
  }
}

/** Errors after which the file has to be checked again; whoever opens it then sets a corrupt one aside. */
function isBroken(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}
