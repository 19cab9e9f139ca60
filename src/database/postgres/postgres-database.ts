import { postgresAddress } from './server/postgres-address.js';
import { type PostgresCatalog, readPostgresCatalog } from './server/postgres-catalog.js';
import { PostgresConnection, type PostgresConnectionOptions } from './server/postgres-connection.js';
import { loadPostgresGrammar, type PostgresGrammar } from './statements/postgres-grammar.js';

/** A database of a server, with what has to be known to read its statements. */
export interface PostgresDatabase {
  readonly connection: PostgresConnection;
  readonly grammar: PostgresGrammar;
  readonly catalog: PostgresCatalog;
}

/**
 * Connects, does something, and disconnects again, whatever happens.
 *
 * @param target `postgres://user@host:5432/dbname`
 * @throws ConfigError for a wrong address or missing packages, EdgeError E_OUTPUT where the server cannot be reached
 */
export async function withPostgres<Result>(
  target: string,
  options: PostgresConnectionOptions,
  body: (database: PostgresDatabase) => Promise<Result>,
): Promise<Result> {
  const address = postgresAddress(target);
  const grammar = await loadPostgresGrammar();
  const connection = await PostgresConnection.open(address, options);
  try {
    return await body({ connection, grammar, catalog: await readPostgresCatalog(connection) });
  } finally {
    await connection.close();
  }
}
