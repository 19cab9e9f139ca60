import { crc32 } from 'node:zlib';
import type { DatabasePort } from '../store/database-port.js';
import type { Entry } from './entry.js';
import { decode, type Encoded, encode, entryBytes, measure } from './serialize.js';
import type { TagTime } from './tags.js';

/** Bytes that a row costs beside key, tags and value: the other columns, three index entries, page overhead. */
const ROW_OVERHEAD = 160;

interface Row {
  readonly value: Uint8Array;
  readonly format: number;
  readonly checksum: number;
  readonly bytes: number;
  readonly stamp: number;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly grace_until: number | null;
  readonly tags: string;
}

/** A row's place in the order of eviction. */
export interface RowSize {
  readonly key: string;
  readonly bytes: number;
}

export interface TaggedRow extends RowSize {
  readonly id: number;
  readonly stamp: number;
  readonly tags: readonly string[];
}

const ENTRY = 'value, format, checksum, bytes, stamp, created_at, expires_at, grace_until, tags';
const NO_TAGS: readonly string[] = [];

/** The statements of the disk tier over one open database: rows in, entries out, every value checked. */
export class DiskRows {
  readonly #read;
  readonly #upsert;
  readonly #bytesOf;
  readonly #remove;
  readonly #touch;
  readonly #oldest;
  readonly #ended;
  readonly #tagged;
  readonly #putTag;
  readonly #dropTags;
  readonly #empty;
  readonly #totals;
  readonly #tags;

  constructor(database: DatabasePort) {
    this.#read = database.prepare(`SELECT ${ENTRY} FROM entries WHERE key = ?`);
    this.#upsert = database.prepare(
      `INSERT OR REPLACE INTO entries (key, ${ENTRY}, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#bytesOf = database.prepare('SELECT bytes FROM entries WHERE key = ?');
    this.#remove = database.prepare('DELETE FROM entries WHERE key = ?');
    this.#touch = database.prepare('UPDATE entries SET used_at = ? WHERE key = ?');
    this.#oldest = database.prepare('SELECT key, bytes FROM entries ORDER BY used_at LIMIT ?');
    this.#ended = database.prepare('SELECT key, bytes FROM entries WHERE grace_until <= ? LIMIT ?');
    this.#tagged = database.prepare(
      'SELECT rowid AS id, key, bytes, stamp, tags FROM entries WHERE rowid > ? ORDER BY rowid LIMIT ?',
    );
    this.#putTag = database.prepare('INSERT OR REPLACE INTO tag_times (tag, time) VALUES (?, ?)');
    this.#dropTags = database.prepare("DELETE FROM tag_times WHERE tag <> '' AND time <= ?");
    this.#empty = database.prepare('DELETE FROM entries');
    this.#totals = database.prepare(
      'SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes, coalesce(max(stamp), 0) AS stamp FROM entries',
    );
    this.#tags = database.prepare('SELECT tag, time FROM tag_times');
  }

  totals(): { entries: number; bytes: number; stamp: number } {
    return this.#totals.get() as { entries: number; bytes: number; stamp: number };
  }

  tagTimes(): TagTime[] {
    return (this.#tags.all() as { tag: string; time: number }[]).map(({ tag, time }) => [tag, time]);
  }

  putTagTime(tag: string, time: number): void {
    this.#putTag.run(tag, time);
    // below the floor single tags say nothing
    if (tag === '') this.#dropTags.run(time);
  }

  /** The entry; `undefined` where there is none, `corrupt` where the bytes are not what was written. */
  read(key: string): Entry | undefined | 'corrupt' {
    const row = this.#read.get(key) as Row | undefined;
    if (!row) return undefined;
    const { value, tags, stamp } = row;
    const head = headOf(key, tags, stamp, row.created_at, row.expires_at, row.grace_until, row.format);
    if (crc32(value, crc32(head)) !== row.checksum) return 'corrupt';
    try {
      return this.#entry(key, row);
    } catch {
      return 'corrupt';
    }
  }

  has(key: string): boolean {
    return this.#bytesOf.get(key) !== undefined;
  }

  /** Bytes under the key; null where there is no row. */
  bytesOf(key: string): number | null {
    return (this.#bytesOf.get(key) as { bytes: number } | undefined)?.bytes ?? null;
  }

  /** Writes an entry; gives the bytes it takes, or null and no row where that is more than `maxBytes`. */
  write(key: string, entry: Entry, usedAt: number, maxBytes: number): number | null {
    const encoded = encodedOf(entry.value);
    if (!encoded) return null;
    const { format, bytes: value } = encoded;
    const tags = entry.tags.length > 0 ? JSON.stringify(entry.tags) : '';
    const bytes = value.byteLength + Buffer.byteLength(key) * 2 + tags.length + ROW_OVERHEAD;
    if (bytes > maxBytes) return null;
    const { stamp } = entry;
    const created = Math.round(entry.createdAt);
    const expires = stored(entry.expiresAt);
    const grace = stored(entry.graceUntil);
    const checksum = crc32(value, crc32(headOf(key, tags, stamp, created, expires, grace, format)));
    this.#upsert.run(key, value, format, checksum, bytes, stamp, created, expires, grace, tags, usedAt);
    return bytes;
  }

  remove(key: string): void {
    this.#remove.run(key);
  }

  touch(key: string, usedAt: number): void {
    this.#touch.run(usedAt, key);
  }

  oldest(limit: number): RowSize[] {
    return this.#oldest.all(limit) as RowSize[];
  }

  /** Rows whose grace is over at `now`. */
  ended(now: number, limit: number): RowSize[] {
    return this.#ended.all(Math.floor(now), limit) as RowSize[];
  }

  /** The next rows after the one called `after`, with their tags. */
  page(after: number, limit: number): TaggedRow[] {
    const rows = this.#tagged.all(after, limit) as (Omit<TaggedRow, 'tags'> & { tags: string })[];
    return rows.map((row) => ({ ...row, tags: tagsOf(row.tags) }));
  }

  empty(): void {
    this.#empty.run();
  }

  #entry(key: string, row: Row): Entry {
    const value = decode(row.format, row.value);
    return {
      value,
      bytes: entryBytes(key, value),
      stamp: row.stamp,
      createdAt: row.created_at,
      expiresAt: row.expires_at ?? Number.POSITIVE_INFINITY,
      graceUntil: row.grace_until ?? Number.POSITIVE_INFINITY,
      tags: tagsOf(row.tags),
    };
  }
}

/** null for a value that was changed since it was cached into something that cannot be kept. */
function encodedOf(value: unknown): Encoded | null {
  try {
    const { format } = measure(value);
    return { format, bytes: encode(value, format) };
  } catch {
    return null;
  }
}

function headOf(key: string, tags: string, ...numbers: (number | null)[]): string {
  return `${key}\n${tags}\n${numbers.join()}`;
}

/** A damaged text of tags counts as a tag that nobody knows: the checksum refuses the row when it is read. */
function tagsOf(text: string): readonly string[] {
  if (text === '') return NO_TAGS;
  try {
    return JSON.parse(text) as string[];
  } catch {
    return NO_TAGS;
  }
}

function stored(time: number): number | null {
  return Number.isFinite(time) ? Math.round(time) : null;
}
