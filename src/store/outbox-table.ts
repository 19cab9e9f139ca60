import type { DatabasePort, StatementPort } from './database-port.js';

/** The schema of `outbox.db` under `store.dir`, one step per version; only ever appended to. */
export const OUTBOX_MIGRATIONS: readonly string[] = [
  `CREATE TABLE messages (
     id INTEGER PRIMARY KEY, -- order of acceptance
     stream TEXT NOT NULL,
     n INTEGER NOT NULL, -- number in its stream
     kind TEXT NOT NULL,
     topic TEXT NOT NULL,
     body TEXT NOT NULL, -- JSON without its numbers
     bytes INTEGER NOT NULL, -- of the body in UTF-8
     at INTEGER NOT NULL -- ms that the outbox had been running when it was accepted
   ) STRICT;
   CREATE INDEX reports ON messages (topic, id) WHERE kind = 'report';
   CREATE TABLE given_up ( -- and not told yet
     stream TEXT NOT NULL,
     kind TEXT NOT NULL,
     cause TEXT NOT NULL,
     first INTEGER NOT NULL, -- lowest number
     last INTEGER NOT NULL, -- highest number
     count INTEGER NOT NULL,
     PRIMARY KEY (stream, kind, cause)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE former_streams ( -- that have ended, and are not told as ended yet or have messages left
     stream TEXT PRIMARY KEY,
     next INTEGER NOT NULL,
     ended TEXT NOT NULL -- why
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE state (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     stream TEXT NOT NULL,
     next INTEGER NOT NULL, -- number of the next message
     next_id INTEGER NOT NULL,
     messages INTEGER NOT NULL,
     bytes INTEGER NOT NULL, -- of all bodies
     kinds TEXT NOT NULL, -- JSON: messages by kind
     running_ms INTEGER NOT NULL,
     bd_seq INTEGER NOT NULL, -- the highest that was used; 0: none
     inode INTEGER NOT NULL, -- of this file: a copy has another
     machine_boot TEXT NOT NULL, -- of the kernel that wrote last
     clean INTEGER NOT NULL -- 1 where the program closed it
   ) STRICT;`,
  // of the file beside this one; empty: none
  "ALTER TABLE state ADD COLUMN mark TEXT NOT NULL DEFAULT ''",
];

/** A message as it is kept. */
export interface StoredMessage {
  readonly id: number;
  readonly stream: string;
  readonly n: number;
  readonly kind: string;
  readonly topic: string;
  readonly body: string;
  readonly bytes: number;
  /** ms that the outbox had been running when it was accepted. */
  readonly at: number;
}

/** What is kept besides messages. */
export interface OutboxState {
  readonly stream: string;
  readonly next: number;
  readonly nextId: number;
  readonly messages: number;
  readonly bytes: number;
  /** JSON: messages by kind. */
  readonly kinds: string;
  readonly runningMs: number;
  readonly bdSeq: number;
  readonly inode: number;
  readonly machineBoot: string;
  readonly clean: number;
  /** Of a `FileMark`; empty where there was none. */
  readonly mark: string;
}

/** A stream in which nothing is numbered any more. */
export interface FormerStream {
  readonly stream: string;
  readonly next: number;
  readonly ended: string;
}

/** One row of what was given up and is not told. */
export interface GivenUpRow {
  readonly stream: string;
  readonly kind: string;
  readonly cause: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

const COLUMNS = 'id, stream, n, kind, topic, body, bytes, at';
const STATE = [
  ['stream', 'stream'],
  ['next', 'next'],
  ['nextId', 'next_id'],
  ['messages', 'messages'],
  ['bytes', 'bytes'],
  ['kinds', 'kinds'],
  ['runningMs', 'running_ms'],
  ['bdSeq', 'bd_seq'],
  ['inode', 'inode'],
  ['machineBoot', 'machine_boot'],
  ['clean', 'clean'],
  ['mark', 'mark'],
] as const satisfies readonly (readonly [keyof OutboxState, string])[];

/** The tables of `outbox.db` with their statements prepared. Everything may throw what SQLite throws. */
export class OutboxTable {
  readonly #statements: Readonly<
    Record<'insert' | 'remove' | 'page' | 'byKind' | 'oldest' | 'newest' | 'lowest', StatementPort>
  >;
  readonly #state: Readonly<Record<'read' | 'write' | 'usage', StatementPort>>;
  readonly #lists: Readonly<
    Record<'givenUp' | 'clearGivenUp' | 'addGivenUp' | 'former' | 'clearFormer' | 'addFormer', StatementPort>
  >;

  readonly #database: DatabasePort;

  constructor(database: DatabasePort) {
    this.#database = database;
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      insert: prepare(`INSERT INTO messages (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
      remove: prepare('DELETE FROM messages WHERE id = ?'),
      page: prepare(`SELECT ${COLUMNS} FROM messages WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`),
      byKind: prepare(
        `SELECT ${COLUMNS} FROM messages WHERE id > ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
      ),
      oldest: prepare(`SELECT ${COLUMNS} FROM messages ORDER BY id LIMIT 1`),
      newest: prepare("SELECT max(id) AS id FROM messages WHERE kind = 'report' AND topic = ?"),
      lowest: prepare('SELECT n FROM messages WHERE stream = ? ORDER BY id LIMIT 1'),
    };
    this.#state = {
      read: prepare(`SELECT ${STATE.map(([name, column]) => `${column} AS ${name}`).join(', ')} FROM state`),
      write: prepare(
        `REPLACE INTO state (one, ${STATE.map(([, column]) => column).join(', ')}) VALUES (1, ${STATE.map(() => '?').join(', ')})`,
      ),
      usage: prepare(
        `SELECT (pages.page_count - free.freelist_count) * size.page_size AS used, pages.page_count * size.page_size AS file
         FROM pragma_page_count() AS pages, pragma_freelist_count() AS free, pragma_page_size() AS size`,
      ),
    };
    this.#lists = {
      givenUp: prepare('SELECT stream, kind, cause, first, last, count FROM given_up'),
      clearGivenUp: prepare('DELETE FROM given_up'),
      addGivenUp: prepare('INSERT INTO given_up (stream, kind, cause, first, last, count) VALUES (?, ?, ?, ?, ?, ?)'),
      former: prepare('SELECT stream, next, ended FROM former_streams'),
      clearFormer: prepare('DELETE FROM former_streams'),
      addFormer: prepare('INSERT INTO former_streams (stream, next, ended) VALUES (?, ?, ?)'),
    };
  }

  /** From so many bytes on this connection checkpoints, so that the log does not outgrow what it may take. */
  limitLog(bytes: number): void {
    const { size } = this.#database.prepare('SELECT page_size AS size FROM pragma_page_size()').get() as {
      size: number;
    };
    const pages = Math.floor(bytes / size);
    this.#database.prepare(`PRAGMA wal_autocheckpoint = ${pages}`).get();
  }

  insert({ id, stream, n, kind, topic, body, bytes, at }: StoredMessage): void {
    this.#statements.insert.run(id, stream, n, kind, topic, body, bytes, at);
  }

  remove(id: number): void {
    this.#statements.remove.run(id);
  }

  /** The oldest of those after `afterId`, up to `throughId`. */
  page(afterId: number, throughId: number, limit: number): StoredMessage[] {
    return this.#statements.page.all(afterId, throughId, limit) as StoredMessage[];
  }

  /** The oldest of some kinds after `afterId`. */
  ofKinds(kinds: readonly string[], afterId: number, limit: number): StoredMessage[] {
    return this.#statements.byKind.all(afterId, JSON.stringify(kinds), limit) as StoredMessage[];
  }

  oldest(): StoredMessage | null {
    return (this.#statements.oldest.get() as StoredMessage | undefined) ?? null;
  }

  /** Id of the newest report at a topic; null where there is none. */
  newestReport(topic: string): number | null {
    return (this.#statements.newest.get(topic) as { id: number | null }).id;
  }

  /** The lowest number that a stream has left; null where it has none. */
  lowest(stream: string): number | null {
    return (this.#statements.lowest.get(stream) as { n: number } | undefined)?.n ?? null;
  }

  /** null in a new file. */
  state(): OutboxState | null {
    return (this.#state.read.get() as OutboxState | undefined) ?? null;
  }

  saveState(state: OutboxState): void {
    this.#state.write.run(...STATE.map(([name]) => state[name]));
  }

  /** Bytes of the pages in use, and of the file without its log. */
  usage(): { readonly used: number; readonly file: number } {
    return this.#state.usage.get() as { used: number; file: number };
  }

  givenUp(): GivenUpRow[] {
    return this.#lists.givenUp.all() as GivenUpRow[];
  }

  saveGivenUp(rows: readonly GivenUpRow[]): void {
    // DELETE writes a page even where there is nothing to delete
    if (this.#lists.givenUp.get() !== undefined) this.#lists.clearGivenUp.run();
    for (const { stream, kind, cause, first, last, count } of rows) {
      this.#lists.addGivenUp.run(stream, kind, cause, first, last, count);
    }
  }

  formerStreams(): FormerStream[] {
    return this.#lists.former.all() as FormerStream[];
  }

  saveFormerStreams(rows: readonly FormerStream[]): void {
    if (this.#lists.former.get() !== undefined) this.#lists.clearFormer.run();
    for (const { stream, next, ended } of rows) this.#lists.addFormer.run(stream, next, ended);
  }
}
