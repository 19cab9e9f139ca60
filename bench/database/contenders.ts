import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import type { WorkloadStatement } from '../../src/database/advisor/workload.js';
import { loadSqlite, type SqliteConnection } from '../../src/store/sqlite.js';

/** Indexes that SQLite's own expert extension proposes, statement by statement; null where its shell is not installed. */
export function expertIndexes(file: string, workload: readonly WorkloadStatement[]): string[] | null {
  const input = workload.map(({ sql }) => `.expert\n${sql};`).join('\n');
  const { stdout, error } = spawnSync('sqlite3', [file], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) return null;
  return [...new Set(stdout.split('\n').filter((line) => line.startsWith('CREATE INDEX')))];
}

/** A copy of a database with some indexes, which a workload is run on. */
export class Contender {
  readonly #sqlite: SqliteConnection;
  readonly #file: string;

  constructor(original: string, file: string, indexes: readonly string[]) {
    this.#file = file;
    copyFileSync(original, file);
    this.#sqlite = new (loadSqlite())(file);
    this.#sqlite.pragma('journal_mode = WAL');
    this.#sqlite.pragma('synchronous = OFF');
    this.#sqlite.pragma('cache_size = -65536');
    for (const index of indexes) this.#sqlite.exec(index);
    this.#sqlite.exec('ANALYZE');
  }

  /** Milliseconds of the workload: of each statement the best of some runs, as often as it comes. */
  run(workload: readonly WorkloadStatement[], mostMs: number): number {
    return workload.reduce((sum, { sql, count }) => sum + this.#best(sql, mostMs) * count, 0);
  }

  /** Bytes of the indexes that statements made. */
  get indexBytes(): number {
    const row = this.#sqlite
      .prepare<[], { bytes: number | null }>(
        "SELECT sum(pgsize) AS bytes FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL)",
      )
      .get();
    return row?.bytes ?? 0;
  }

  /** Indexes that no statement of the workload is planned with. */
  unused(workload: readonly WorkloadStatement[]): number {
    const used = new Set(
      workload.flatMap(({ sql }) =>
        (this.#sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).flatMap(
          ({ detail }) => /\bINDEX (\S+)/.exec(detail)?.[1] ?? [],
        ),
      ),
    );
    const names = this.#sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
      .pluck()
      .all() as string[];
    return names.filter((name) => !used.has(name)).length;
  }

  close(): void {
    this.#sqlite.close();
    for (const end of ['', '-wal', '-shm']) rmSync(this.#file + end, { force: true });
  }

  #best(sql: string, mostMs: number): number {
    const statement = this.#sqlite.prepare(sql);
    const end = performance.now() + mostMs;
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 50 && (round === 0 || performance.now() < end); round += 1) {
      this.#sqlite.exec('SAVEPOINT attempt');
      const start = performance.now();
      if (statement.reader) statement.raw().all();
      else statement.run();
      best = Math.min(best, performance.now() - start);
      this.#sqlite.exec('ROLLBACK TO attempt; RELEASE attempt');
    }
    return best;
  }
}
