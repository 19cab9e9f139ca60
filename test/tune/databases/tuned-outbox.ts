import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { WatchedDatabase } from '../../../src/database/sqlite/watched-database.js';
import { silentLog } from '../../../src/foundation/log.js';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { OUTBOX_MIGRATIONS, OutboxTable } from '../../../src/store/outbox-table.js';
import type { SqliteConnection } from '../../../src/store/sqlite.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { TrialStore } from '../../../src/store/trials.js';
import { OptimizationEngine } from '../../../src/tune/engine/optimization-engine.js';
import { DatabaseStrategy } from '../../../src/tune/strategies/database-strategy.js';
import { UNSEEN } from '../../../src/tune/trials/guards.js';
import { TrialLedger } from '../../../src/tune/trials/ledger.js';
import type { EndedTrial } from '../../../src/tune/trials/trial.js';

const MESSAGES = 8000;
/** Until then what has not come is not coming, on a busy machine neither. */
const LONGEST_MS = 180_000;

/** The device's outbox and history as it has them, the strategy over the outbox, an engine, and a clock that runs as fast as it is asked. */
export class TunedOutbox {
  readonly watched: WatchedDatabase;
  readonly history: StoreFile;
  readonly trials: TrialStore;
  readonly strategy: DatabaseStrategy;
  readonly engine: OptimizationEngine;
  readonly ended: EndedTrial[] = [];
  readonly clock = { at: 0, now: () => this.clock.at, unixNow: () => 1_800_000_000_000 + this.clock.at };
  obstacle: string | null = null;
  readonly #database: Database;
  readonly #connection: SqliteConnection;
  readonly #table: OutboxTable;
  #messages = 0;

  /** Whether anything is asked that an index would help. */
  asksFormer = true;
  /** Everything that is asked reads much more. */
  isSlow = false;

  constructor(folder: string, { mostCacheBytes = 0 }: { readonly mostCacheBytes?: number } = {}) {
    mkdirSync(folder, { recursive: true });
    const { clock } = this;
    const file = join(folder, 'outbox.db');
    this.watched = new WatchedDatabase({ name: 'outbox.db', file, keepsIndex: (name) => name === 'reports' });
    this.#database = openDatabase({ file, migrations: OUTBOX_MIGRATIONS, log: silentLog, watch: this.watched });
    this.#connection = this.watched.connection!;
    this.#table = new OutboxTable(this.#database);
    if (this.#messageCount() === 0) this.fill(MESSAGES);
    const what = 'the history';
    this.history = new StoreFile({
      what,
      file: join(folder, 'history.db'),
      migrations: HISTORY_MIGRATIONS,
      log: silentLog,
    });
    this.trials = new TrialStore(this.history, clock.unixNow);
    this.history.start();
    this.strategy = new DatabaseStrategy({
      databases: [this.watched],
      states: this.trials,
      obstacle: () => this.obstacle,
      memoryFreeBytes: () => null,
      clock,
      firstAdviceAfterMs: 60_000,
      mostIndexBytes: 2 ** 24,
      mostCacheBytes,
      mostMmapBytes: 0,
    });
    const nothing = () => undefined;
    this.engine = new OptimizationEngine({
      enabled: { cache: false, model: false, batching: false, scheduling: false, compression: false, database: true },
      ledger: new TrialLedger(this.trials),
      states: this.trials,
      guards: () => UNSEEN,
      circumstances: () => null,
      clock,
      listener: {
        begun: nothing,
        ended: (trial) => void this.ended.push(trial),
        undoFailed: nothing,
        undone: nothing,
        notRestored: nothing,
      },
    });
    this.engine.register(this.strategy);
  }

  /** Messages that wait, with what the planner knows of them. */
  fill(count: number): void {
    this.#database.transaction(() => {
      for (let i = 0; i < count; i++) {
        const id = ++this.#messages;
        this.#table.insert({
          id,
          stream: 'now',
          n: id,
          kind: 'event',
          topic: 'event',
          body: `{"i":${id}}`,
          bytes: 10,
          at: id,
        });
      }
    });
    this.#connection.exec('ANALYZE');
  }

  /** A second of what the outbox is asked: the lowest number of a stream of which nothing waits any more, and the next to be sent. */
  ask(): void {
    for (let i = 0; i < 4; i++) if (this.asksFormer) this.#table.lowest('former');
    this.#table.page(0, 10_000, this.isSlow ? 2000 : 5);
  }

  /** Works until something is so, with the engine at its own. */
  async until(isSo: () => boolean): Promise<void> {
    const end = performance.now() + LONGEST_MS;
    while (!isSo()) {
      if (performance.now() > end) throw new Error(`it did not come so far: ${this.strategy.whyNothing()}`);
      await this.second();
    }
  }

  async second(): Promise<void> {
    this.ask();
    this.clock.at += 1000;
    await this.engine.tick();
    if (this.clock.at % 30_000 === 0) await this.engine.optimizeSystem({ only: ['database'] });
    await turn();
  }

  /** Indexes and statistics as they stand, and the page cache. */
  state(): unknown {
    const connection = this.#connection;
    const rows = (sql: string) => connection.prepare(sql).all();
    const statistics = rows("SELECT name FROM sqlite_schema WHERE name = 'sqlite_stat1'");
    return {
      indexes: rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"),
      statistics: statistics.length === 0 ? null : rows('SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx'),
      cache: connection.pragma('cache_size', { simple: true }),
    };
  }

  /** Names of the indexes of the outbox, without those that SQLite keeps itself. */
  get indexes(): string[] {
    return (this.state() as { indexes: { name: string }[] }).indexes.map(({ name }) => name);
  }

  /** The database is closed for whoever wants to change it. */
  jam(): void {
    this.watched.closed(this.#connection);
  }

  close(): void {
    this.#database.close();
    this.history.stop();
  }

  #messageCount(): number {
    return this.#connection.prepare('SELECT count(*) FROM messages').pluck().get() as number;
  }
}
