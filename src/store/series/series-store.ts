import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { AgeClock } from '../age-clock.js';
import type { StoreFile, TablesLink } from '../store-file.js';
import { OpenBlocks } from './open-blocks.js';
import { decodePoints, encodePoints } from './point-codec.js';
import { inTimeOrder } from './point-order.js';
import { type ResumeListener, recoverJournal } from './recover.js';
import { RESOLUTION_TABLES, RESOLUTIONS, type Resolution } from './resolutions.js';
import type { SeriesRow } from './rollup.js';
import { SeriesCatalog } from './series-catalog.js';
import { encodeJournal, type SeriesChunks } from './series-journal.js';
import type { SeriesPoint } from './series-point.js';
import { SeriesReader } from './series-reader.js';
import { type SeriesKeeping, SeriesTables, seriesRetention } from './series-tables.js';

export interface SeriesStoreOptions {
  readonly file: StoreFile;
  readonly keeping: SeriesKeeping;
  readonly log: Log;
  /** Unix ms; default Date.now. */
  readonly now?: () => number;
  /** Hears, once the file is open, of what an earlier run left of the minute and hour that go on. */
  readonly onResume?: ResumeListener;
}

const MINUTE_MS = 60_000;
const NOTHING = new Uint8Array(0);
/** A block that is over waits so long for its last points. */
const LATE_MS = MINUTE_MS;
/** So many series of a block are written as rows at a time: packing takes a moment, in which this thread does nothing else. */
const SEALED_AT_ONCE = 16;
/** Without a disk so many blocks of a resolution wait: 26 hours, and of hours more than anybody waits. */
const MOST_OPEN = 26;

/** That of the blocks of one length that begin together, of whatever resolution: they share a journal, and end together. */
interface BlockTime {
  readonly blockMs: number;
  /** Unix ms. */
  readonly start: number;
}

const BLOCK_LENGTHS = [...new Set(RESOLUTION_TABLES.map(({ blockMs }) => blockMs))];

/** The resolutions with blocks of a length, as indexes. */
const levelsOf = (blockMs: number): number[] =>
  RESOLUTION_TABLES.flatMap((table, level) => (table.blockMs === blockMs ? [level] : []));

/**
 * Every series at every resolution, in tables of `history.db`. Writing costs few pages: once a minute one row of what all series
 * got goes into a journal, and once its hour (of hours: its eight days) is over, the points of a series become one row. What
 * is lost with the process is what came since the last full minute; with the disk away 26 hours wait in memory, the oldest
 * are dropped first.
 */
export class SeriesStore {
  readonly reader: SeriesReader;
  readonly #link: TablesLink<SeriesTables>;
  readonly #catalog = new SeriesCatalog();
  readonly #blocks = new OpenBlocks();
  readonly #keeping: SeriesKeeping;
  readonly #onResume: ResumeListener;
  readonly #now: () => number;
  readonly #log: Log;
  #ages = new AgeClock(null);
  #isDue = false;
  #hasRecovered = false;
  /** The journal in the file is to be written anew. */
  #isOtherJournal = false;

  constructor({ file, keeping, log, now = Date.now, onResume = () => undefined }: SeriesStoreOptions) {
    this.#keeping = keeping;
    this.#onResume = onResume;
    this.#now = now;
    this.#log = log;
    this.#link = file.join({
      what: 'series of metrics',
      adopt: (database) => this.#adopt(new SeriesTables(database)),
      flush: (tables) => this.#write(tables),
      retention: seriesRetention(keeping),
    });
    const read = <T>(work: (tables: SeriesTables) => T) => this.#link.read(work);
    this.reader = new SeriesReader({ read, catalog: this.#catalog, blocks: this.#blocks, now, log });
  }

  /** Takes a step of all series; what is kept by the minute is written with the next second. */
  add(stepMs: Resolution, t: number, rows: readonly SeriesRow[]): void {
    const level = RESOLUTIONS.indexOf(stepMs);
    for (const { point, ...key } of rows) {
      if (this.#catalog.note(key, t)) this.#blocks.add(level, key.name, point);
      else this.#link.drop();
    }
    this.#shed(level);
    if (stepMs === MINUTE_MS) this.#isDue = true;
  }

  /** Has everything written with the next second, or with the stop. */
  hasten(): void {
    this.#isDue = true;
  }

  #adopt(tables: SeriesTables): SeriesTables {
    this.#catalog.adopt(tables.catalog());
    this.#ages = new AgeClock(tables.newest(0));
    if (this.#hasRecovered) {
      // it may be another file; what is in memory is all that its journal should have
      this.#blocks.forgetJournal();
      this.#isOtherJournal = true;
      return tables;
    }
    recoverJournal({
      tables,
      catalog: this.#catalog,
      blocks: this.#blocks,
      now: this.#now(),
      onResume: this.#onResume,
      log: this.#log,
    });
    this.#hasRecovered = true;
    // hours that were completed only now are in no journal, and the minutes that they are made of may soon be in none
    this.#isDue = true;
    return tables;
  }

  #write(tables: SeriesTables): (() => void) | null {
    const over = this.#firstOver();
    if (!this.#isDue && over === null) return null;
    if (this.#isOtherJournal) tables.clearJournal();
    const ids = this.#identified(tables);
    const committed: (() => void)[] = [];
    if (this.#isDue || this.#isOtherJournal) {
      for (const time of this.#times()) committed.push(this.#journal(tables, time, ids));
    }
    if (over !== null) committed.push(this.#seal(tables, over, ids));
    const forgotten = this.#forgotten(tables);
    return () => {
      this.#isDue = false;
      this.#isOtherJournal = false;
      for (const [name, id] of ids) this.#catalog.entries.get(name)!.id = id;
      for (const done of committed) done();
      for (const name of forgotten) this.#catalog.delete(name);
    };
  }

  /** The first time whose blocks get nothing more; null of none. */
  #firstOver(): BlockTime | null {
    return this.#times().find((time) => this.#isOver(time)) ?? null;
  }

  /** The times of all open blocks. */
  #times(): BlockTime[] {
    return BLOCK_LENGTHS.flatMap((blockMs) => {
      const starts = levelsOf(blockMs).flatMap((level) => this.#blocks.starts(level));
      return [...new Set(starts)].sort((a, b) => a - b).map((start) => ({ blockMs, start }));
    });
  }

  /** The numbers of all series, with new ones for those that are not in the file. */
  #identified(tables: SeriesTables): Map<string, number> {
    const ids = new Map<string, number>();
    for (const [name, { key, id, firstAt }] of this.#catalog.entries) ids.set(name, id ?? tables.insert(key, firstAt));
    return ids;
  }

  /** A block of another time than now gets nothing more, unless the clock jumps. */
  #isOver({ blockMs, start }: BlockTime): boolean {
    const now = this.#now();
    return start > now || start + blockMs + LATE_MS <= now;
  }

  /** Writes into the journal what the blocks of a time got. */
  #journal(tables: SeriesTables, { blockMs, start }: BlockTime, ids: ReadonlyMap<string, number>): () => void {
    const blocks = levelsOf(blockMs).flatMap((level) =>
      [...this.#blocks.at(level, start)].map(([name, block]) => {
        return { block, series: ids.get(name)!, level, chunks: block.unwritten() };
      }),
    );
    const entries: SeriesChunks[] = blocks.filter(({ chunks }) => chunks.length > 0);
    if (entries.length > 0) tables.append({ blockMs, start, entries: encodeJournal(entries) });
    return () => {
      for (const { block, chunks } of blocks) block.written(chunks.length);
    };
  }

  /**
   * Writes the points of some series over the time of a block, a row for each, and says in the journal that it need not know them
   * any more; with the last ones the journal of that time goes.
   */
  #seal(tables: SeriesTables, { blockMs, start }: BlockTime, ids: ReadonlyMap<string, number>): () => void {
    const levels = levelsOf(blockMs);
    const all = [...new Set(levels.flatMap((level) => [...this.#blocks.at(level, start).keys()]))];
    const some = all.slice(0, SEALED_AT_ONCE);
    for (const name of some) for (const level of levels) this.#sealOne(tables, level, start, name, ids.get(name)!);
    if (some.length === all.length) tables.clearBlock(blockMs, start);
    else {
      const entries = some.flatMap((name) =>
        levels.map((level) => ({ series: ids.get(name)!, level, chunks: NOTHING })),
      );
      tables.append({ blockMs, start, entries: encodeJournal(entries) });
    }
    return () => {
      for (const level of levels) this.#blocks.delete(level, start, some);
    };
  }

  #sealOne(tables: SeriesTables, level: number, start: number, name: string, id: number): void {
    const stepMs = RESOLUTIONS[level]!;
    const added = this.#blocks.at(level, start).get(name)?.points() ?? [];
    if (added.length === 0) return;
    const points = inTimeOrder([...this.#stored(tables.block(level, start, id), start, stepMs), ...added]);
    tables.putBlock(level, start, id, encodePoints(points, start, stepMs));
    tables.touch(id, points.at(-1)!.t);
  }

  /** What was written of a block before the clock was set back into it; nothing where that cannot be read. */
  #stored(bytes: Uint8Array | null, start: number, stepMs: number): SeriesPoint[] {
    try {
      return bytes === null ? [] : decodePoints(bytes, start, stepMs);
    } catch (error) {
      this.#log.warn({ reason: explain(error) }, 'an hour of the history of a metric cannot be read, it is replaced');
      return [];
    }
  }

  /** Series without a point for as long as points are kept, counted from the newest that is stored: clocks may be wrong. */
  #forgotten(tables: SeriesTables): string[] {
    const newest = tables.newest(0);
    if (!this.#ages.believes(this.#now()) || newest === null) return [];
    const before = Math.min(newest, this.#now()) - this.#keeping.keepMs.at(-1)!;
    return tables.forget(before);
  }

  #shed(level: number): void {
    const starts = this.#blocks.starts(level);
    for (const start of starts.slice(0, -MOST_OPEN)) {
      const names = [...this.#blocks.at(level, start).keys()];
      this.#blocks.delete(level, start, names);
      this.#link.drop(names.length);
    }
  }
}
