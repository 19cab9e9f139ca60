import type { DatabasePort, StatementPort } from '../database-port.js';
import type { Retention } from '../retention.js';
import { RESOLUTION_TABLES } from './resolutions.js';
import type { SeriesKey } from './rollup.js';

/** A series as it is stored. */
export interface StoredSeries {
  readonly id: number;
  readonly key: SeriesKey;
  /** Unix ms of its first point, and about the last: at most a block's time before it. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What all series got in one writing, of the blocks of one time at all resolutions that have such. */
export interface SeriesJournalRow {
  readonly blockMs: number;
  readonly start: number;
  readonly entries: Uint8Array;
}

/** A row's slot is the number of its block times this, and its series: rows lie in order of time, those of one time together. */
const SERIES_PER_BLOCK = 2 ** 16;

/** How long the points of each resolution are kept (ms), and how many bytes they take at most. */
export interface SeriesKeeping {
  readonly keepMs: readonly number[];
  readonly maxBytes: readonly number[];
}

/** The retention of the tables of points: by age and bytes, a rule for each resolution. */
export function seriesRetention({ keepMs, maxBytes }: SeriesKeeping): Retention[] {
  return RESOLUTION_TABLES.map(({ table, blockMs }, level) => ({
    table,
    timeColumn: 'slot',
    unitMs: blockMs / SERIES_PER_BLOCK,
    // a block goes when its last point is too old
    maxAgeMs: keepMs[level]! + blockMs,
    maxBytes: maxBytes[level]!,
  }));
}

/** The tables of the series in an open database, `HISTORY_MIGRATIONS` applied. */
export class SeriesTables {
  readonly #catalog: StatementPort;
  readonly #insert: StatementPort;
  readonly #touch: StatementPort;
  readonly #forget: StatementPort;
  readonly #journal: StatementPort;
  readonly #append: StatementPort;
  readonly #clear: StatementPort;
  readonly #clearBlock: StatementPort;
  readonly #get: readonly StatementPort[];
  readonly #put: readonly StatementPort[];
  readonly #oldest: readonly StatementPort[];
  readonly #newest: readonly StatementPort[];

  constructor(database: DatabasePort) {
    this.#catalog = database.prepare('SELECT id, name, metric, labels, unit, kind, first_at, last_at FROM series');
    this.#insert = database.prepare(
      `INSERT INTO series (name, metric, labels, unit, kind, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET unit = excluded.unit RETURNING id`,
    );
    this.#touch = database.prepare('UPDATE series SET last_at = max(last_at, ?) WHERE id = ?');
    this.#forget = database.prepare('DELETE FROM series WHERE last_at < ? RETURNING name');
    this.#journal = database.prepare('SELECT block_ms, start, entries FROM series_journal ORDER BY id');
    this.#append = database.prepare('INSERT INTO series_journal (block_ms, start, entries) VALUES (?, ?, ?)');
    this.#clear = database.prepare('DELETE FROM series_journal');
    this.#clearBlock = database.prepare('DELETE FROM series_journal WHERE block_ms = ? AND start = ?');
    const perTable = (sql: (table: string) => string) =>
      RESOLUTION_TABLES.map(({ table }) => database.prepare(sql(table)));
    this.#get = perTable((table) => `SELECT points FROM ${table} WHERE slot = ?`);
    this.#put = perTable(
      (table) => `INSERT INTO ${table} (slot, points) VALUES (?, ?) ON CONFLICT DO UPDATE SET points = excluded.points`,
    );
    this.#oldest = perTable((table) => `SELECT min(slot) AS slot FROM ${table}`);
    this.#newest = perTable((table) => `SELECT max(slot) AS slot FROM ${table}`);
  }

  catalog(): StoredSeries[] {
    return (this.#catalog.all() as CatalogRow[]).map(({ id, name, metric, labels, unit, kind, first_at, last_at }) => ({
      id,
      key: { name, metric, labels: JSON.parse(labels) as Record<string, string>, unit, kind },
      firstAt: first_at,
      lastAt: last_at,
    }));
  }

  /** @returns the number of the series, also of one that was there */
  insert({ name, metric, labels, unit, kind }: SeriesKey, at: number): number {
    return (this.#insert.get(name, metric, JSON.stringify(labels), unit, kind, at, at) as { id: number }).id;
  }

  /** A series has a point at `lastAt`. */
  touch(id: number, lastAt: number): void {
    this.#touch.run(lastAt, id);
  }

  /** Forgets series that have no point since `before`. @returns their names */
  forget(before: number): string[] {
    return (this.#forget.all(before) as { name: string }[]).map(({ name }) => name);
  }

  journal(): SeriesJournalRow[] {
    return (this.#journal.all() as { block_ms: number; start: number; entries: Uint8Array }[]).map(
      ({ block_ms: blockMs, start, entries }) => ({ blockMs, start, entries }),
    );
  }

  append({ blockMs, start, entries }: SeriesJournalRow): void {
    this.#append.run(blockMs, start, entries);
  }

  clearJournal(): void {
    this.#clear.run();
  }

  /** Its block is written as a whole. */
  clearBlock(blockMs: number, start: number): void {
    this.#clearBlock.run(blockMs, start);
  }

  /** The points of a series over a block; null where there are none. */
  block(level: number, start: number, series: number): Uint8Array | null {
    const row = this.#get[level]!.get(slotOf(level, start, series)) as { points: Uint8Array } | undefined;
    return row?.points ?? null;
  }

  putBlock(level: number, start: number, series: number, points: Uint8Array): void {
    this.#put[level]!.run(slotOf(level, start, series), points);
  }

  /** Unix ms at which the oldest block of a resolution begins; null of none. */
  oldest(level: number): number | null {
    return startOf(level, this.#oldest[level]!);
  }

  /** Unix ms at which the newest block of a resolution begins; null of none. */
  newest(level: number): number | null {
    return startOf(level, this.#newest[level]!);
  }
}

interface CatalogRow {
  readonly id: number;
  readonly name: string;
  readonly metric: string;
  readonly labels: string;
  readonly unit: string;
  readonly kind: SeriesKey['kind'];
  readonly first_at: number;
  readonly last_at: number;
}

function slotOf(level: number, start: number, series: number): number {
  return (start / RESOLUTION_TABLES[level]!.blockMs) * SERIES_PER_BLOCK + series;
}

function startOf(level: number, slot: StatementPort): number | null {
  const row = slot.get() as { slot: number | null };
  return row.slot === null ? null : Math.floor(row.slot / SERIES_PER_BLOCK) * RESOLUTION_TABLES[level]!.blockMs;
}
