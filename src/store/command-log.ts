import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

/** A command as the log keeps it. */
export interface LoggedCommand {
  /** Unix ms of its arrival. */
  readonly at: number;
  /** Id of the key that signed it. */
  readonly key: string;
  /** JSON: 7 and "7" are two. */
  readonly id: string;
  readonly nonce: string;
  readonly name: string;
  /** Whether it was for every device of the site. */
  readonly toSite: boolean;
  /** JSON. */
  readonly body: string;
  /** Unix ms when it was done; null while it is not, or where the program ended meanwhile. */
  readonly doneAt: number | null;
  /** JSON of the answer; null while there is none. */
  readonly result: string | null;
}

const DAY_MS = 86_400_000;
const KEPT_MS = 400 * DAY_MS;
const MAX_BYTES = 16 * 2 ** 20;
/** What waits for a disk that takes it; a device hears ten commands a second at most. */
const MAX_PENDING = 1000;
const MAX_RECENT = 1000;

/** Characters of a body or an answer that are read for a list. */
const MOST_OF_TEXT = 2000;
const COLUMNS = `at, key, command_id AS id, nonce, name, to_site AS toSite, body, done_at AS doneAt, result`;
const PUT = `INSERT INTO commands (at, key, command_id, nonce, name, to_site, body, done_at, result)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key, command_id) DO UPDATE SET done_at = excluded.done_at, result = excluded.result`;

/**
 * What was commanded, who did and what became of it, in `history.db` for 400 days. It is written before a command is carried
 * out, so that not even a kill has it done twice; where the disk refuses, it waits in memory, bounded.
 */
export class CommandLog {
  readonly #link: TablesLink<LogStatements>;
  /** By key and id: not on the disk yet. */
  readonly #pending = new Map<string, LoggedCommand>();
  /** By key and id: the last ones of this run, so that a disk that fails makes none be done twice. */
  readonly #recent = new Map<string, LoggedCommand>();
  readonly #recentNonces = new Set<string>();
  /** Unix ms; a file that was set aside meanwhile took what was before with it. */
  #oldest = Number.NEGATIVE_INFINITY;

  /** @param file with `HISTORY_MIGRATIONS` */
  constructor(file: StoreFile) {
    this.#link = file.join({
      what: 'commands',
      adopt: (database) => {
        const statements = statementsOf(database);
        const { at } = statements.oldest.get() as { at: number | null };
        this.#oldest = Math.max(this.#oldest, at ?? Number.POSITIVE_INFINITY);
        return statements;
      },
      flush: (statements) => this.#flush(statements),
      retention: [{ table: 'commands', timeColumn: 'at', maxAgeMs: KEPT_MS, maxBytes: MAX_BYTES }],
    });
  }

  /** Unix ms of the oldest command known; Infinity where none of an earlier run is, or they cannot be read. */
  get reachesBackTo(): number {
    const isRead = this.#link.read(() => true) !== null && !this.#link.degraded;
    return isRead ? this.#oldest : Number.POSITIVE_INFINITY;
  }

  /** Whether a command of this key had this nonce. */
  hasNonce(key: string, nonce: string): boolean {
    return this.#recentNonces.has(`${key} ${nonce}`) || this.#isStored(key, nonce);
  }

  #isStored(key: string, nonce: string): boolean {
    return this.#link.read(({ nonce: find }) => find.get(key, nonce)) != null;
  }

  /** @param id JSON */
  find(key: string, id: string): LoggedCommand | null {
    const recent = this.#recent.get(`${key} ${id}`);
    if (recent) return recent;
    const row = this.#link.read(({ find }) => find.get(key, id)) as Row | undefined | null;
    return row ? logged(row) : null;
  }

  /**
   * The newest that arrived before a time, newest first; bodies and answers are cut, and may be no JSON any more. null where they cannot be
   * read.
   *
   * @param before Unix ms
   */
  recent(before: number, limit: number): LoggedCommand[] | null {
    const stored = this.#link.read(({ recent }) => (recent.all(before, limit) as Row[]).map(logged));
    const waiting = [...this.#pending.values()].filter(({ at }) => at < before).map(cut);
    if (stored === null && waiting.length === 0) return null;
    const known = new Set(waiting.map(({ key, id }) => `${key} ${id}`));
    return [...waiting, ...(stored ?? []).filter(({ key, id }) => !known.has(`${key} ${id}`))]
      .sort((a, b) => b.at - a.at)
      .slice(0, limit);
  }

  /** Keeps a command, or what became of one. */
  put(command: LoggedCommand): void {
    this.#remember(command);
    if (this.#link.write(({ put }) => void put.run(...valuesOf(command)))) {
      this.#pending.delete(`${command.key} ${command.id}`);
      return;
    }
    this.#pending.set(`${command.key} ${command.id}`, command);
    if (this.#pending.size <= MAX_PENDING) return;
    const [oldest] = this.#pending.keys();
    this.#pending.delete(oldest!);
    this.#link.drop();
  }

  #remember(command: LoggedCommand): void {
    this.#recent.set(`${command.key} ${command.id}`, command);
    this.#recentNonces.add(`${command.key} ${command.nonce}`);
    for (const kept of [this.#recent, this.#recentNonces]) {
      if (kept.size > MAX_RECENT) kept.delete(kept.keys().next().value!);
    }
  }

  /** The newest that came in a time (Unix ms), oldest first; null where they cannot be read. What waits for the disk is not among them. */
  between(since: number, until: number, limit: number): LoggedCommand[] | null {
    const rows = this.#link.read(({ between }) => between.all(since, until, limit) as Row[]);
    return rows?.map(logged).reverse() ?? null;
  }

  /** The last ones of a database that another process may have open, oldest first. */
  static lastOf(database: DatabasePort, limit: number): LoggedCommand[] {
    return (statementsOf(database).last.all(limit) as Row[]).map(logged).reverse();
  }

  #flush({ put }: LogStatements): (() => void) | null {
    if (this.#pending.size === 0) return null;
    const written = [...this.#pending];
    for (const [, command] of written) put.run(...valuesOf(command));
    return () => {
      for (const [key, command] of written) if (this.#pending.get(key) === command) this.#pending.delete(key);
    };
  }
}

type Row = Omit<LoggedCommand, 'toSite'> & { readonly toSite: number };

interface LogStatements {
  readonly put: StatementPort;
  readonly nonce: StatementPort;
  readonly find: StatementPort;
  readonly last: StatementPort;
  readonly between: StatementPort;
  readonly recent: StatementPort;
  readonly oldest: StatementPort;
}

const statementsOf = (database: DatabasePort): LogStatements => ({
  put: database.prepare(PUT),
  nonce: database.prepare('SELECT 1 FROM commands WHERE key = ? AND nonce = ?'),
  find: database.prepare(`SELECT ${COLUMNS} FROM commands WHERE key = ? AND command_id = ?`),
  between: database.prepare(
    `SELECT ${COLUMNS} FROM commands WHERE at >= ? AND at <= ? ORDER BY at DESC, rowid DESC LIMIT ?`,
  ),
  last: database.prepare(`SELECT ${COLUMNS} FROM commands ORDER BY at DESC, rowid DESC LIMIT ?`),
  recent: database.prepare(
    `SELECT at, key, command_id AS id, nonce, name, to_site AS toSite, substr(body, 1, ${MOST_OF_TEXT}) AS body,
      done_at AS doneAt, substr(result, 1, ${MOST_OF_TEXT}) AS result
    FROM commands WHERE at < ? ORDER BY at DESC, rowid DESC LIMIT ?`,
  ),
  oldest: database.prepare('SELECT min(at) AS at FROM commands'),
});

const valuesOf = ({ at, key, id, nonce, name, toSite, body, doneAt, result }: LoggedCommand) =>
  [at, key, id, nonce, name, Number(toSite), body, doneAt, result] as const;

const cut = (command: LoggedCommand): LoggedCommand => ({
  ...command,
  body: command.body.slice(0, MOST_OF_TEXT),
  result: command.result?.slice(0, MOST_OF_TEXT) ?? null,
});

const logged = (row: Row): LoggedCommand => ({ ...row, toSite: row.toSite === 1 });
