import type { Client, CustomTypesConfig } from 'pg';
import { ConfigError, EdgeError, explain } from '../../../foundation/errors.js';
import { type PostgresAddress, withoutSecrets } from './postgres-address.js';

/** The packages that PostgreSQL needs, with the versions that this program was tried with. */
const POSTGRES_PACKAGES = 'pg@8.23.1 libpg-query@18.1.5';

/** Column names that older servers lack are not looked for: 13 is the oldest that PostgreSQL's makers looked after in 2025. */
const OLDEST = 130_000;
const CONNECTING_MS = 10_000;
/** Nobody is kept waiting for a report: neither by a long statement of ours nor by one that waits for somebody's lock. */
const STATEMENT_MS = 30_000;
const LOCK_MS = 250;
const INT8 = 20;

/** How a server is spoken to. */
export interface PostgresConnectionOptions {
  /** What the server's own views call us. */
  readonly applicationName: string;
  /** Default false: every transaction is read only. */
  readonly writes?: boolean;
  /** ms after which a statement is given up; default 30,000. */
  readonly statementMs?: number;
  /** ms to wait for somebody's lock; default 250. */
  readonly lockMs?: number;
  /** ms after which a server that does not answer is taken for gone, and the connection with it; default: it is waited for. */
  readonly answerMs?: number;
  /** Whether whole numbers of 8 bytes come as numbers, where none is beyond 2^53; default false: as text. */
  readonly wholeNumbers?: boolean;
}

/** Marks what we ask ourselves, so that it is no part of what a database is asked. */
export const OWN_MARK = '/* edge-optimizer */';

/** A row as pg gives it. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** One connection to a server. Each statement is a transaction of its own, so that no lock and no snapshot of ours outlives it. */
export class PostgresConnection {
  readonly address: PostgresAddress;
  /** As `server_version_num`: 150004. */
  readonly version: number;
  readonly #client: Client;
  readonly #processId: number;
  readonly #timeouts: string;
  #isLost = false;

  private constructor(client: Client, address: PostgresAddress, timeouts: string, version: number, processId: number) {
    this.#client = client;
    this.#processId = processId;
    this.#timeouts = timeouts;
    this.address = address;
    this.version = version;
    for (const end of ['error', 'end'] as const) client.on(end, () => (this.#isLost = true));
  }

  /** Whether it has ended: nothing more is answered over it. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** @throws EdgeError E_OUTPUT where the server cannot be reached or is too old, E_CONFIG where the package is missing */
  static async open(address: PostgresAddress, options: PostgresConnectionOptions): Promise<PostgresConnection> {
    const { applicationName, writes = false, statementMs = STATEMENT_MS, lockMs = LOCK_MS } = options;
    const timeouts = `SET statement_timeout = ${statementMs}; SET lock_timeout = ${lockMs}`;
    const Constructor = await loadClient();
    let client: Client | null = null;
    try {
      client = new Constructor({
        connectionString: address.url,
        application_name: applicationName,
        connectionTimeoutMillis: CONNECTING_MS,
        ...(options.answerMs !== undefined && { query_timeout: options.answerMs, keepAlive: true }),
        ...(options.wholeNumbers && { types: await wholeNumberTypes() }),
      });
      // a connection that ends between two statements fails the next one
      client.on('error', () => undefined);
      await client.connect();
      await client.query(
        `${timeouts}; SET standard_conforming_strings = on; SET default_transaction_read_only = ${writes ? 'off' : 'on'}`,
      );
      const { rows } = await client.query<{ version: number; processId: number }>(
        `SELECT ${OWN_MARK} current_setting('server_version_num')::int AS version, pg_backend_pid() AS "processId"`,
      );
      const { version, processId } = rows[0]!;
      if (version < OLDEST) throw new Error(`it is PostgreSQL ${Math.floor(version / 10_000)}: expected 13 or newer`);
      // so that a build whose starter was killed ends too; not every platform's server has it
      await client.query("SET client_connection_check_interval = '2s'").catch(() => undefined);
      return new PostgresConnection(client, address, timeouts, version, processId);
    } catch (error) {
      await client?.end().catch(() => undefined);
      throw new EdgeError(
        'E_OUTPUT',
        `the database ${address.shown} cannot be used: ${withoutSecrets(explain(error), address)}${remedyFor(error)}`,
      );
    }
  }

  /** @throws Error of the server's, without the password */
  async rows<Row extends PostgresRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      // behind the first word: what stands before it some servers do not keep
      const marked = sql.replace(/^\s*\w+/, (word) => `${word} ${OWN_MARK}`);
      // without values in the simple protocol, which takes statements whose $1 nobody fills
      const result =
        values.length === 0 ? await this.#client.query(marked) : await this.#client.query(marked, [...values]);
      return result.rows as Row[];
    } catch (cause) {
      // the server ends it, and says so before it does
      if (/^57P0[1-5]$|^08/.test(codeOf(cause) ?? '')) this.#isLost = true;
      // pg has no code for it, and an answer that comes later would be taken for that of another question
      if (cause instanceof Error && cause.message === 'Query read timeout') this.#abandon();
      throw new PostgresError(withoutSecrets(explain(cause), this.address), codeOf(cause));
    }
  }

  async run(sql: string): Promise<void> {
    await this.rows(sql);
  }

  /** As they were before somebody set others. */
  async restoreTimeouts(): Promise<void> {
    await this.run(this.#timeouts);
  }

  /** Ends the statement that runs just now, over a connection of its own, as far as the server lets us. */
  async cancel(): Promise<void> {
    try {
      const other = await PostgresConnection.open(this.address, { applicationName: 'edge-optimizer cancel' });
      try {
        await other.rows('SELECT pg_cancel_backend($1)', [this.#processId]);
      } finally {
        await other.close();
      }
    } catch {
      // it ends by itself, or with our connection
    }
  }

  /** Nobody answers any more. */
  #abandon(): void {
    this.#isLost = true;
    // with a question that is open it ends without a word
    this.#client.end().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

/** What the server refused, with its code: `42501` where we may not, `57014` where it took too long. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  readonly sqlState: string | null;

  constructor(message: string, sqlState: string | null) {
    super(message);
    this.sqlState = sqlState;
  }
}

const codeOf = (error: unknown): string | null => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
};

const AUTHORITY = '&sslrootcert=FILE in the address names the certificate (PEM) of the authority that signed it';

/** What to do where no connection comes about, by the code of the server, of the system or of TLS: the end of a sentence. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start the server, or correct host and port',
  ENOENT: '?host= names the folder of the socket of a server that runs',
  ENOTFOUND: 'correct the host',
  '28P01': 'PGPASSWORD or ~/.pgpass has the password',
  '28000': 'correct the user, or let it in by pg_hba.conf',
  '3D000': 'correct the name of the database: `psql -l` lists them',
  '53300': 'too many sessions are open: try again, or raise max_connections',
  '57P03': 'the server is just starting or stopping: try again',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "the server's certificate is signed by itself: &sslrootcert=FILE names that very certificate (PEM)",
  SELF_SIGNED_CERT_IN_CHAIN: `the server's certificate is of an authority that is not trusted: ${AUTHORITY}`,
  UNABLE_TO_GET_ISSUER_CERT: `the server's certificate is of an authority that is not trusted: ${AUTHORITY}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `the server's certificate is of an authority that is not trusted: ${AUTHORITY}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `the server's certificate is of an authority that is not trusted: ${AUTHORITY}`,
  CERT_SIGNATURE_FAILURE: `the server's certificate is not of the authority in sslrootcert: ${AUTHORITY}`,
  CERT_HAS_EXPIRED: "renew the server's certificate, unless the clock of this machine is ahead",
  CERT_NOT_YET_VALID: "the server's certificate is for later: set the clock of this machine",
  ERR_TLS_CERT_ALTNAME_INVALID:
    'name the host as its certificate does, or have it issued for this name (subjectAltName)',
};

function remedyFor(error: unknown): string {
  const remedy = special(error as Error & { syscall?: unknown; path?: unknown }) ?? REMEDIES[codeOf(error) ?? ''];
  return remedy === undefined ? '' : `: ${remedy}`;
}

/** What the code alone does not tell. */
function special({ message, syscall, path }: Error & { syscall?: unknown; path?: unknown }): string | undefined {
  if (/does not support SSL/.test(message)) return 'sslmode=disable in the address, or switch ssl on there';
  if (/no encryption/.test(message)) return 'it wants TLS: ?sslmode=verify-full in the address';
  // of what the address names, pg reads only certificates and keys
  if (syscall === 'open')
    return `sslrootcert, sslcert and sslkey in the address name files that can be read here, and ${String(path)} is none`;
  return /PEM|no start line|ASN1|DECODER/i.test(message) ? 'sslrootcert, sslcert and sslkey name PEM files' : undefined;
}

async function loadClient(): Promise<typeof Client> {
  try {
    const pg = await import('pg');
    return pg.default.Client;
  } catch (cause) {
    throw missingPostgresPackages(cause);
  }
}

async function wholeNumberTypes(): Promise<CustomTypesConfig> {
  const { types } = (await import('pg')).default;
  return {
    getTypeParser: ((oid: number, format?: never) =>
      oid === INT8 ? Number : types.getTypeParser(oid, format)) as CustomTypesConfig['getTypeParser'],
  };
}

/** For whoever has not installed them. */
export const missingPostgresPackages = (cause: unknown): ConfigError =>
  new ConfigError('PostgreSQL cannot be used', [
    `expected its packages, which are not installed (${explain(cause)}): npm install ${POSTGRES_PACKAGES}`,
  ]);
