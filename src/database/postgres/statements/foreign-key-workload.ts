import { quotedName } from '../../../foundation/sql-quotes.js';
import type { WorkloadStatement } from '../../advisor/workload.js';
import type { PostgresCatalog } from '../server/postgres-catalog.js';
import type { PostgresConnection, PostgresRow } from '../server/postgres-connection.js';

interface ForeignKey extends PostgresRow {
  readonly namespace: string;
  readonly relation: string;
  readonly columns: readonly string[];
}

/**
 * What a database is surely asked where nobody says what else: the rows that belong to a row of another table, for each foreign key,
 * which PostgreSQL itself looks for whenever that other row is deleted.
 */
export async function foreignKeyWorkload(
  connection: PostgresConnection,
  catalog: PostgresCatalog,
): Promise<WorkloadStatement[]> {
  const keys = await connection.rows<ForeignKey>(`
    SELECT n.nspname AS namespace, c.relname AS relation,
      (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest(f.conkey) WITH ORDINALITY k (number, at)
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number) AS columns
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY n.nspname, c.relname, f.conname`);
  return keys.map(({ namespace, relation, columns }) => {
    const searched = columns.map((column, at) => `${quotedName(column)} = $${at + 1}`).join(' AND ');
    return { sql: `SELECT * FROM ${catalog.sqlOf(catalog.nameOf(namespace, relation))} WHERE ${searched}`, count: 1 };
  });
}
