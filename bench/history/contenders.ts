import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import type { Resolution } from '../../src/store/series/resolutions.js';
import type { SeriesRow } from '../../src/store/series/rollup.js';
import { SeriesStore } from '../../src/store/series/series-store.js';
import { StoreFile } from '../../src/store/store-file.js';

/** Where series are kept, and how they are read back. */
export interface Contender {
  readonly name: string;
  /** Takes a step of all series. */
  add(stepMs: Resolution, t: number, rows: readonly SeriesRow[]): void;
  /**
   * A minute is over: what was added since is written.
   *
   * @param now Unix ms
   * @param timed is handed each piece of work that nothing else can be done in
   */
  flush(now: number, timed: (work: () => void) => void): void;
  /** How many points there are of these series. */
  read(names: readonly string[], from: number, to: number, stepMs: Resolution): number;
  /** All that lies on the disk. */
  bytes(): number;
  close(): void;
}

const DAY_MS = 86_400_000;
/** In so many seconds of each minute all is done. */
const SECONDS = 30;
const KEEPING = { keepMs: [2 * DAY_MS, 30 * DAY_MS, 730 * DAY_MS], maxBytes: [2 ** 28, 2 ** 28, 2 ** 28] };
/** Pages of the log after which it is brought into the database, as the program's own thread does it. */
const CHECKPOINT_PAGES = 1000;

function openWith(file: string, migrations: readonly string[]) {
  const database = openDatabase({ file, migrations, log: silentLog });
  database.prepare(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`).get();
  return database;
}

/** This program: blocks of packed points, after a journal. */
export function ours(folder: string): Contender {
  let now = 0;
  const file = join(folder, 'history.db');
  const options = { what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog };
  const storeFile = new StoreFile({ ...options, now: () => now, open: () => openWith(file, HISTORY_MIGRATIONS) });
  const store = new SeriesStore({ file: storeFile, keeping: KEEPING, log: silentLog, now: () => now });
  return {
    name: 'edge-optimizer',
    add: (stepMs, t, rows) => {
      now = Math.max(now, t);
      store.add(stepMs, t, rows);
    },
    flush: (at, timed) => {
      storeFile.start();
      store.hasten();
      // its timer would do so every second
      for (now = at; now < at + SECONDS * 1000; now += 1000) timed(() => storeFile.flush());
    },
    read: (names, from, to, stepMs) =>
      names.reduce((sum, metric) => sum + store.reader.query({ metric, from, to, stepMs })[0]!.points.length, 0),
    bytes: () => bytesIn(folder),
    close: () => storeFile.stop(),
  };
}

/** What people write first: a table with a row a point, by series and time. */
function rowPerPoint(folder: string): Contender {
  const database = openWith(join(folder, 'rows.db'), [
    `CREATE TABLE points (
       step INTEGER, series TEXT, t INTEGER, min REAL, mean REAL, max REAL, p95 REAL, count INTEGER,
       PRIMARY KEY (step, series, t)
     ) WITHOUT ROWID`,
  ]);
  const insert = database.prepare('INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const select = database.prepare(
    'SELECT t, min, mean, max, p95, count FROM points WHERE step = ? AND series = ? AND t >= ? AND t < ? ORDER BY t',
  );
  let waiting: unknown[][] = [];
  return {
    name: 'row per point',
    add: (stepMs, _, rows) => {
      for (const { name, point } of rows) {
        waiting.push([stepMs, name, point.t, point.min, point.mean, point.max, point.p95, point.count]);
      }
    },
    flush: (_, timed) => {
      timed(() =>
        database.transaction(() => {
          for (const row of waiting) insert.run(...row);
        }),
      );
      waiting = [];
    },
    read: (names, from, to, stepMs) => names.reduce((sum, name) => sum + select.all(stepMs, name, from, to).length, 0),
    bytes: () => bytesIn(folder),
    close: () => database.close(),
  };
}

/** A text file for each day and step, a line a point. */
function csvFiles(folder: string): Contender {
  const waiting = new Map<string, string[]>();
  const fileOf = (stepMs: number, t: number) => join(folder, `${stepMs}-${Math.floor(t / DAY_MS)}.csv`);
  return {
    name: 'CSV files',
    add: (stepMs, t, rows) => {
      const file = fileOf(stepMs, t);
      const lines = waiting.get(file) ?? [];
      waiting.set(file, lines);
      for (const { name, point } of rows) {
        lines.push(`${point.t},${name},${point.min},${point.mean},${point.max},${point.p95},${point.count}\n`);
      }
    },
    flush: (_, timed) => {
      timed(() => {
        for (const [file, lines] of waiting) appendFileSync(file, lines.join(''));
      });
      waiting.clear();
    },
    read: (names, from, to, stepMs) => {
      const wanted = new Set(names);
      const points: number[][] = [];
      for (let t = from; t < to; t += DAY_MS) {
        for (const line of readFileSync(fileOf(stepMs, t), 'utf8').split('\n')) {
          const [at, name, ...numbers] = line.split(',');
          if (wanted.has(name!) && Number(at) >= from && Number(at) < to)
            points.push([Number(at), ...numbers.map(Number)]);
        }
      }
      return points.length;
    },
    bytes: () => bytesIn(folder),
    close: () => undefined,
  };
}

/** Each in a folder of its own. */
export function contendersIn(folder: string): Contender[] {
  return [ours, rowPerPoint, csvFiles].map((make) => {
    const own = join(folder, make.name);
    mkdirSync(own, { recursive: true });
    return make(own);
  });
}

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
