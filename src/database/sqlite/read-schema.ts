import type { SqliteConnection } from '../../store/sqlite.js';
import { type IndexSchema, Schema, type TableSchema } from '../sql/schema.js';

interface IndexRow {
  readonly name: string;
  readonly unique: number;
  readonly origin: 'c' | 'u' | 'pk';
  readonly partial: number;
}

/** Tables, their columns and indexes, and views of the main database; virtual tables and SQLite's own are left out. */
export function readSchema(sqlite: SqliteConnection): Schema {
  const tables = sqlite
    .prepare<[], { name: string }>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all();
  const views = sqlite
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'view'")
    .all();
  return new Schema(
    tables.map(({ name }) => readTable(sqlite, name)),
    new Map(views.map(({ name, sql }) => [name, sql])),
  );
}

function readTable(sqlite: SqliteConnection, table: string): TableSchema {
  const columns = sqlite
    .prepare<[string], { name: string; type: string; pk: number }>('SELECT name, type, pk FROM pragma_table_xinfo(?)')
    .all(table);
  const keys = columns.filter(({ pk }) => pk > 0);
  const withoutRowid =
    sqlite
      .prepare<[string], { wr: number }>("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?")
      .get(table)?.wr === 1;
  const alias = keys.length === 1 && /^integer$/i.test(keys[0]!.type) && !withoutRowid ? keys[0]!.name : null;
  const indexes = sqlite
    .prepare<[string], IndexRow>('SELECT name, "unique", origin, partial FROM pragma_index_list(?)')
    .all(table);
  return {
    name: table,
    columns: columns.map(({ name }) => name),
    rowid: alias,
    indexes: indexes.map((row) => readIndex(sqlite, table, row)),
  };
}

function readIndex(sqlite: SqliteConnection, table: string, { name, unique, origin, partial }: IndexRow): IndexSchema {
  const columns = sqlite
    .prepare<[string], { name: string | null; desc: number; coll: string }>(
      'SELECT name, "desc", coll FROM pragma_index_xinfo(?) WHERE key = 1',
    )
    .all(name);
  const sql = sqlite
    .prepare<[string], { sql: string | null }>("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?")
    .get(name)?.sql;
  // else each is that of its column
  const saysCollation = /\bCOLLATE\b/i.test(sql ?? '');
  return {
    name,
    table,
    columns: columns.map((column) => ({
      name: column.name,
      descending: column.desc === 1,
      ...(saysCollation && column.coll !== 'BINARY' && { collation: column.coll }),
    })),
    unique: unique === 1,
    origin: origin === 'c' ? 'statement' : 'constraint',
    where: partial === 1 ? (/\bWHERE\b([\s\S]*)$/i.exec(sql ?? '')?.[1]?.trim() ?? '') : null,
  };
}
