import { type PostgresAddress, postgresAddress } from '../../../database/postgres/server/postgres-address.js';
import {
  PostgresConnection,
  PostgresError,
  type PostgresRow,
} from '../../../database/postgres/server/postgres-connection.js';
import { EdgeError, explain } from '../../../foundation/errors.js';
import { rememberSecret } from '../../../foundation/known-secrets.js';
import type { Log } from '../../../foundation/log.js';

export interface PostgresLinkOptions {
  /** `postgres://user@host/dbname`; its password is in no message. */
  readonly target: string;
  /** As the server lists it. */
  readonly name: string;
  readonly log: Log;
  /**
   * Of one over which something is asked all the time: where nothing is for half a minute the server ends it, with the locks that hang on it, since
   * whoever asks is stopped. PostgreSQL 14 and newer; default false.
   */
  readonly endsWhenSilent?: boolean;
  /** Done with every new connection before it is used, so that it is as it was when it is lost. */
  readonly begin?: (connection: PostgresConnection) => Promise<void>;
}

/** Nobody waits for a batch longer than that; then it is tried again. */
const STATEMENT_MS = 60_000;
const LOCK_MS = 10_000;
/** Class 22 and 23 of the standard: what was written cannot be. */
const OF_THE_VALUES = /^2[23]/;
/** What the server's host does where this machine is gone without a word, in s: its locks are free after half a minute. */
const KEEPALIVES = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4';
const SILENCES = ["SET idle_in_transaction_session_timeout = '30s'", "SET idle_session_timeout = '30s'"] as const;
/** ms behind the time of a statement after which a server that says nothing is taken for gone. */
const SILENT_SERVER_MS = 10_000;

/** A connection that is made anew, at the next question, where it was lost. One question at a time. */
export class PostgresLink {
  readonly address: PostgresAddress;
  readonly #options: PostgresLinkOptions;
  #connection: PostgresConnection | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #connections = 0;

  /** @throws ConfigError where the target is no address */
  constructor(options: PostgresLinkOptions) {
    this.#options = options;
    this.address = postgresAddress(options.target);
    for (const secret of this.address.secrets) rememberSecret(secret);
  }

  /** Which connection it is, from 1: what hangs on a connection is gone with another number. */
  get connection(): number {
    return this.#connection === null || this.#connection.isLost ? 0 : this.#connections;
  }

  /** @throws as `use` */
  rows<Row extends PostgresRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.use((connection) => connection.rows<Row>(sql, values));
  }

  /** All or nothing. @throws as `use` */
  transaction<Result>(body: (connection: PostgresConnection) => Promise<Result>): Promise<Result> {
    return this.use(async (connection) => {
      await connection.run('BEGIN');
      try {
        const result = await body(connection);
        await connection.run('COMMIT');
        return result;
      } catch (error) {
        await connection.run('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /**
   * Waits for its turn, connects where that is needed, and asks; once more where the connection ended meanwhile: twice must be as once.
   *
   * @throws EdgeError E_OUTPUT where the server is away or refuses to work; PostgresError where the values are wrong
   */
  use<Result>(body: (connection: PostgresConnection) => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(async () => {
      const before = this.connection;
      try {
        return await body(await this.#connected());
      } catch (cause) {
        // one that ended while nobody asked is found out by the next question
        if (before === 0 || this.connection !== 0 || this.#isClosed) throw this.#told(cause);
      }
      try {
        return await body(await this.#connected());
      } catch (cause) {
        throw this.#told(cause);
      }
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
    await this.#connection?.close();
  }

  async #connected(): Promise<PostgresConnection> {
    if (this.#connection !== null && !this.#connection.isLost) return this.#connection;
    if (this.#isClosed) throw new EdgeError('E_OUTPUT', `the connection to ${this.address.shown} was closed`);
    const { name, begin, log, endsWhenSilent = false } = this.#options;
    this.#connection = null;
    const connection = await PostgresConnection.open(this.address, {
      applicationName: name,
      writes: true,
      statementMs: STATEMENT_MS,
      lockMs: LOCK_MS,
      wholeNumbers: true,
      answerMs: STATEMENT_MS + SILENT_SERVER_MS,
    });
    try {
      // not on a socket of this machine
      await connection.run(KEEPALIVES).catch(() => undefined);
      // not on an older server
      if (endsWhenSilent) for (const silence of SILENCES) await connection.run(silence).catch(() => undefined);
      await begin?.(connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
    this.#connection = connection;
    if (++this.#connections > 1) log.info({ database: this.address.shown }, 'the database is there again');
    return connection;
  }

  #told(cause: unknown): unknown {
    if (cause instanceof EdgeError) return cause;
    const isOfValues = cause instanceof PostgresError && OF_THE_VALUES.test(cause.sqlState ?? '');
    // what is wrong with a message is told as such; a mistake of this program too
    if (isOfValues || !(cause instanceof PostgresError)) return cause;
    return new EdgeError('E_OUTPUT', `the fleet cannot be kept in ${this.address.shown}: ${explain(cause)}`, { cause });
  }
}
