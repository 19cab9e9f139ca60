import { asDiskError } from '../../store/database.js';
import type { DatabasePort, StatementPort } from '../../store/database-port.js';

/** A row by the names of its columns. */
type Row = Readonly<Record<string, unknown>>;

/** What a store asks of its SQLite file: each statement is prepared once. */
export class SqliteStatements {
  readonly #file: string;
  readonly #database: DatabasePort;
  readonly #prepared = new Map<string, StatementPort>();

  /** @param file for messages */
  constructor(file: string, database: DatabasePort) {
    this.#file = file;
    this.#database = database;
  }

  run(sql: string, ...values: unknown[]): void {
    this.#statement(sql).run(...values);
  }

  /** @throws as `asking` */
  get(sql: string, ...values: unknown[]): Row | undefined {
    return this.asking(() => this.#statement(sql).get(...values)) as Row | undefined;
  }

  /** @throws as `asking` */
  all(sql: string, ...values: unknown[]): Row[] {
    return this.asking(() => this.#statement(sql).all(...values)) as Row[];
  }

  /**
   * What is asked beside a transaction fails with the disk as well, and that is nobody's message's fault.
   *
   * @throws as `asDiskError` makes it
   */
  asking<Answer>(ask: () => Answer): Answer {
    try {
      return ask();
    } catch (cause) {
      throw asDiskError(this.#file, cause);
    }
  }

  #statement(sql: string): StatementPort {
    let found = this.#prepared.get(sql);
    if (!found) this.#prepared.set(sql, (found = this.#database.prepare(sql)));
    return found;
  }
}
