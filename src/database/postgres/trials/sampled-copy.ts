import { EdgeError } from '../../../foundation/errors.js';
import { quotedName } from '../../../foundation/sql-quotes.js';
import type { IndexCandidate } from '../../advisor/candidates.js';
import type { PostgresDatabase } from '../postgres-database.js';
import type { CatalogTable, PostgresCatalog } from '../server/postgres-catalog.js';
import { PostgresError, type PostgresRow } from '../server/postgres-connection.js';
import { changedRows, explained, indexesIn, planLines, planNodes } from '../server/postgres-plan.js';
import type { PostgresGrammar } from '../statements/postgres-grammar.js';
import { indexStatement } from './index-statement.js';
import type { BenchPlan, PlannerBench } from './planner-bench.js';

/** Rows of a table that are copied at most. */
const MOST_ROWS = 100_000;
/** ms: a copy and its indexes may take longer than a question. */
const COPYING_MS = 600_000;

/**
 * Temporary tables with a part of the rows, of the same names, so that statements find them instead: indexes are built there, and taken away and
 * put back by rolling back. They are of our session alone, are not logged, and go with it; the tables themselves are only read.
 */
export class SampledCopy implements PlannerBench {
  readonly how = 'reckoned by the planner on temporary tables with a part of the rows';
  readonly #database: PostgresDatabase;
  /** Rows there are for one that was copied, by the table's name. */
  readonly #scale = new Map<string, number>();
  /** By the name that a statement calls it by. */
  readonly #copied = new Map<string, CatalogTable>();
  readonly #built = new Map<string, string>();
  /** Names of those that are dropped just now, behind a savepoint; null where there is none. */
  #hidden: string | null = null;

  private constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  /**
   * @param tables names of those that the workload is about
   * @throws EdgeError E_OUTPUT where no temporary table may be made
   */
  static async of(database: PostgresDatabase, tables: Iterable<string>): Promise<SampledCopy> {
    const copy = new SampledCopy(database);
    const { connection, catalog } = database;
    await connection.run(`SET default_transaction_read_only = off; SET statement_timeout = ${COPYING_MS}`);
    const [may] = await connection.rows<PostgresRow & { temporary: boolean }>(
      "SELECT has_database_privilege(current_database(), 'TEMPORARY') AND NOT pg_is_in_recovery() AS temporary",
    );
    if (!may!.temporary) {
      throw new EdgeError(
        'E_OUTPUT',
        'indexes cannot be tried on the server, as this user may make no temporary tables there: install hypopg (CREATE EXTENSION hypopg), or GRANT TEMPORARY on the database to this user',
      );
    }
    for (const name of tables) {
      const table = catalog.table(name);
      // a table of partitions is none that CREATE INDEX CONCURRENTLY takes; of two with one name the first is copied
      if (table !== null && table.kind !== 'p' && !copy.#copied.has(table.relation)) await copy.#copyOrLeave(table);
    }
    await connection.run('BEGIN');
    return copy;
  }

  async build(name: string, candidate: IndexCandidate): Promise<number | null> {
    const table = this.#database.catalog.table(candidate.table);
    if (table === null || this.#copied.get(table.relation) !== table) return null;
    const { connection } = this.#database;
    await this.#showAll();
    await connection.run('SAVEPOINT building');
    try {
      await connection.run(indexStatement(candidate, temporary(table), name));
      await connection.run('RELEASE building');
      this.#built.set(name, candidate.table);
      const rows = await connection.rows<PostgresRow & { bytes: number }>(
        'SELECT pg_relation_size($1::regclass)::float8 AS bytes',
        [indexOf(name)],
      );
      return Math.round(rows[0]!.bytes * this.#scale.get(candidate.table)!);
    } catch {
      await connection.run('ROLLBACK TO building');
      return null;
    }
  }

  async plan(text: string, shown: ReadonlySet<string>): Promise<BenchPlan> {
    const { connection, catalog, grammar } = this.#database;
    await this.#show(shown);
    const plan = await explained(connection, withoutSchemas(text, grammar, catalog, this.#copied)).catch(
      async (error) => {
        await this.#showAll();
        throw error;
      },
    );
    const scale = Math.max(1, ...planNodes(plan.root).map(({ 'Relation Name': name }) => this.#scaleOf(name)));
    return {
      cost: plan.cost * scale,
      indexes: indexesIn(plan),
      lines: planLines(plan),
      rows: changedRows(plan),
    };
  }

  async forget(name: string): Promise<void> {
    await this.#showAll();
    await this.#database.connection.run(`DROP INDEX ${indexOf(name)}`);
    this.#built.delete(name);
  }

  async close(): Promise<void> {
    await this.#database.connection.run('ROLLBACK; DISCARD TEMP');
  }

  /** Those that are not shown are dropped, until that is rolled back: to build one takes a hundred times as long. */
  async #show(shown: ReadonlySet<string>): Promise<void> {
    const hidden = [...this.#built.keys()].filter((name) => !shown.has(name));
    const state = hidden.join();
    if (state === this.#hidden) return;
    await this.#showAll();
    const drop = hidden.length === 0 ? '' : `; DROP INDEX ${hidden.map(indexOf).join(', ')}`;
    await this.#database.connection.run(`SAVEPOINT trial${drop}`);
    this.#hidden = state;
  }

  async #showAll(): Promise<void> {
    if (this.#hidden !== null) await this.#database.connection.run('ROLLBACK TO trial; RELEASE trial');
    this.#hidden = null;
  }

  #scaleOf(relation: string | undefined): number {
    const table = relation === undefined ? undefined : this.#copied.get(relation);
    return table === undefined ? 1 : (this.#scale.get(table.name) ?? 1);
  }

  /** A table that we may not read, or that somebody has locked, is left out: no index is tried on it. */
  async #copyOrLeave(table: CatalogTable): Promise<void> {
    const { connection } = this.#database;
    await connection.run('BEGIN');
    try {
      await this.#copy(table);
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK');
      if (!(error instanceof PostgresError)) throw error;
    }
  }

  async #copy(table: CatalogTable): Promise<void> {
    const { connection, catalog } = this.#database;
    const original = catalog.sqlOf(table.name);
    const part = table.rows > MOST_ROWS ? ` TABLESAMPLE SYSTEM (${((MOST_ROWS / table.rows) * 100).toFixed(6)})` : '';
    const copy = quotedName(table.relation);
    await connection.run(`CREATE TEMPORARY TABLE ${copy} (LIKE ${original} INCLUDING STATISTICS INCLUDING INDEXES)`);
    await connection.run(`INSERT INTO ${temporary(table)} SELECT * FROM ${original}${part}`);
    await connection.run(`ANALYZE ${temporary(table)}`);
    const rows = await connection.rows<PostgresRow & { rows: number }>(
      `SELECT count(*)::float8 AS rows FROM ${temporary(table)}`,
    );
    this.#copied.set(table.relation, table);
    this.#scale.set(table.name, part === '' || rows[0]!.rows === 0 ? 1 : Math.max(1, table.rows / rows[0]!.rows));
  }
}

const indexOf = (name: string): string => `pg_temp.${quotedName(name)}`;
const temporary = ({ relation }: CatalogTable): string => `pg_temp.${quotedName(relation)}`;

/** `public.fine` is the table itself: without its schema's name it is the temporary one. */
function withoutSchemas(
  text: string,
  grammar: PostgresGrammar,
  catalog: PostgresCatalog,
  copied: ReadonlyMap<string, CatalogTable>,
): string {
  const bytes = Buffer.from(text);
  const tokens = grammar.tokens(text);
  const left = tokens.map(({ text: name }, at) => {
    const relation = tokens[at + 1]?.text === '.' ? tokens[at + 2] : undefined;
    if (relation === undefined) return false;
    const table = copied.get(unquoted(relation.text));
    return table !== undefined && table.namespace === unquoted(name) && catalog.table(table.name) === table;
  });
  let made = '';
  let from = 0;
  for (const [at, isLeft] of left.entries()) {
    if (!isLeft) continue;
    made += bytes.subarray(from, tokens[at]!.start).toString();
    from = tokens[at + 2]!.start;
  }
  return made + bytes.subarray(from).toString();
}

const unquoted = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
