import { quotedName } from '../../../foundation/sql-quotes.js';
import { type IndexSchema, Schema, type TableSchema } from '../../sql/schema.js';
import type { PostgresConnection, PostgresRow } from './postgres-connection.js';

/** What PostgreSQL tells of a table beyond its columns and indexes. */
export interface CatalogTable extends PostgresRow {
  /** As the schema calls it: its name alone where the search path finds it, else with its schema's. */
  readonly name: string;
  readonly namespace: string;
  readonly relation: string;
  /** `r`: a table, `p`: one made of partitions, `m`: a materialized view. */
  readonly kind: 'r' | 'p' | 'm';
  /** As the planner believes; -1 where nobody has counted. */
  readonly rows: number;
  readonly columns: readonly string[];
}

/** An index as the server accounts for it. */
export interface CatalogIndex extends PostgresRow {
  readonly name: string;
  readonly namespace: string;
  readonly relation: string;
  readonly table: string;
  readonly columns: readonly (string | null)[];
  readonly descending: readonly boolean[];
  readonly unique: boolean;
  /** It belongs to a constraint, to replication, or to an index of a table made of partitions: it cannot be dropped alone. */
  readonly constraint: boolean;
  readonly where: string | null;
  /** False: a build was cut off; it is kept up and never read. */
  readonly valid: boolean;
  /** Somebody builds it just now. */
  readonly building: boolean;
  readonly bytes: number;
  /** Since the server's statistics began. */
  readonly scans: number;
}

interface CatalogView extends PostgresRow {
  readonly name: string;
  readonly namespace: string;
  readonly relation: string;
  readonly sql: string;
}

/** What has to be known of a database to read its statements, and how its things are named in SQL. */
export class PostgresCatalog {
  readonly schema: Schema;
  readonly tables: readonly CatalogTable[];
  readonly indexes: readonly CatalogIndex[];
  readonly #byPlace = new Map<string, string>();
  readonly #sql = new Map<string, string>();

  constructor(tables: readonly CatalogTable[], indexes: readonly CatalogIndex[], views: readonly CatalogView[]) {
    this.tables = tables;
    this.indexes = indexes;
    this.schema = new Schema(
      tables.map((table) => tableSchema(table, indexes)),
      new Map(views.map(({ name, sql }) => [name, sql])),
    );
    for (const { name, namespace, relation } of [...tables, ...views]) {
      this.#byPlace.set(placeOf(namespace, relation), name);
      this.#sql.set(name, `${quotedName(namespace)}.${quotedName(relation)}`);
    }
  }

  /** What the schema calls that which a statement names. */
  nameOf(namespace: string | undefined, relation: string): string {
    return namespace === undefined
      ? relation
      : (this.#byPlace.get(placeOf(namespace, relation)) ?? `${namespace}.${relation}`);
  }

  /** A table's name for SQL, whatever the search path is. */
  sqlOf(table: string): string {
    return this.#sql.get(table) ?? quotedName(table);
  }

  table(name: string): CatalogTable | null {
    return this.tables.find((table) => table.name === name) ?? null;
  }
}

const placeOf = (namespace: string, relation: string): string => `${namespace}\0${relation}`;

function tableSchema({ name, columns }: CatalogTable, indexes: readonly CatalogIndex[]): TableSchema {
  return {
    name,
    columns,
    rowid: null,
    indexes: indexes
      // one that is not valid serves no query
      .filter(({ table, valid }) => table === name && valid)
      .map(
        (index): IndexSchema => ({
          name: index.name,
          table: name,
          columns: index.columns.map((column, at) => ({ name: column, descending: index.descending[at] ?? false })),
          unique: index.unique,
          origin: index.constraint ? 'constraint' : 'statement',
          where: index.where,
        }),
      ),
  };
}

const OURS = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname NOT LIKE 'pg\\_toast%'`;
const NAME = (oid: string, name: string): string =>
  `CASE WHEN pg_table_is_visible(${oid}) THEN ${name} ELSE n.nspname || '.' || ${name} END`;

/**
 * SQL for the bytes of a relation. To be measured it is locked, if only against being dropped: of one that somebody holds for himself alone,
 * or wants to, it is told as it was when it was last looked after, so that nobody waits for a lock.
 *
 * @param size a function of PostgreSQL's that takes an oid @param pages SQL for the pages that it had
 */
export const bytesWithoutWaiting = (size: string, oid: string, pages: string): string =>
  `(CASE WHEN ${oid} IN (SELECT relation FROM pg_locks WHERE relation IS NOT NULL AND mode = 'AccessExclusiveLock')
    THEN ${pages} * current_setting('block_size')::float8 ELSE ${size}(${oid})::float8 END)`;

/** The schema of an extension, as SQL names it; null where it is not installed in the database. */
export async function extensionSchema(connection: PostgresConnection, extension: string): Promise<string | null> {
  const rows = await connection.rows<PostgresRow & { schema: string }>(
    'SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = $1',
    [extension],
  );
  return rows[0]?.schema ?? null;
}

/** Tables, materialized views, indexes and views of a database, without the server's own. */
export async function readPostgresCatalog(connection: PostgresConnection): Promise<PostgresCatalog> {
  const tables = await connection.rows<CatalogTable>(`
    SELECT ${NAME('c.oid', 'c.relname')} AS name, n.nspname AS namespace, c.relname AS relation, c.relkind AS kind,
      c.reltuples::float8 AS rows,
      (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND ${OURS}
    ORDER BY n.nspname, c.relname`);
  // of another method than btree, or with an operator class of its own, an index is no beginning of any of ours: its columns are told as expressions
  const indexes = await connection.rows<CatalogIndex>(`
    SELECT ${NAME('x.oid', 'x.relname')} AS name, n.nspname AS namespace, x.relname AS relation,
      ${NAME('c.oid', 'c.relname')} AS "table",
      (SELECT json_agg(CASE WHEN m.amname = 'btree' AND o.opcdefault THEN a.attname END ORDER BY k)
        FROM generate_series(0, i.indnkeyatts - 1) k
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k] AND a.attnum > 0
        LEFT JOIN pg_opclass o ON o.oid = i.indclass[k]) AS columns,
      (SELECT json_agg((i.indoption[k] & 1) = 1 ORDER BY k) FROM generate_series(0, i.indnkeyatts - 1) k) AS descending,
      i.indisunique AS "unique",
      (i.indisprimary OR i.indisexclusion OR i.indisreplident OR x.relkind = 'I'
        OR EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhrelid = x.oid)
        OR EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.oid)) AS constraint,
      pg_get_expr(i.indpred, i.indrelid) AS "where", (i.indisvalid AND i.indisready) AS valid,
      EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = x.oid) AS building,
      ${bytesWithoutWaiting('pg_relation_size', 'x.oid', 'x.relpages')} AS bytes, coalesce(s.idx_scan, 0)::float8 AS scans
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = x.relam
    LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = x.oid
    WHERE c.relpersistence <> 't' AND x.relkind IN ('i', 'I') AND ${OURS}
    ORDER BY n.nspname, c.relname, x.relname`);
  const views = await connection.rows<CatalogView>(`
    SELECT ${NAME('c.oid', 'c.relname')} AS name, n.nspname AS namespace, c.relname AS relation, pg_get_viewdef(c.oid) AS sql
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'v' AND c.relpersistence <> 't' AND ${OURS}`);
  return new PostgresCatalog(tables, indexes, views);
}
