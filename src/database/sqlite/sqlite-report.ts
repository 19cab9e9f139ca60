import { statSync } from 'node:fs';
import { quotedName } from '../../foundation/sql-quotes.js';
import { sum } from '../../foundation/statistics.js';
import type { SqliteConnection } from '../../store/sqlite.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { DEFAULT_BASELINES, databaseHealth, type HealthBaselines } from '../health/health.js';
import { querySmells } from '../monitor/query-smells.js';
import type { DatabasePerformance, TableSize } from '../report/database-report.js';
import type { Schema } from '../sql/schema.js';
import { databaseTrouble, openForReading } from './open-database.js';
import { readSchema } from './read-schema.js';
import { runWorkload } from './run-workload.js';
import { sqliteReadings } from './sqlite-health.js';

export interface SqliteReportOptions {
  /** None: what is known of the file alone. */
  readonly workload?: readonly WorkloadStatement[];
  /** Those that are not said are the usual ones. */
  readonly baselines?: Partial<HealthBaselines>;
  /** Also reads all of a file of more than 512 MiB to see whether it is whole. */
  readonly checkAll?: boolean;
}

/** @throws EdgeError as `openForReading` */
export async function sqliteReport(
  file: string,
  { workload = [], baselines: said = {}, checkAll = false }: SqliteReportOptions = {},
): Promise<DatabasePerformance> {
  const baselines = { ...DEFAULT_BASELINES, ...said };
  const sqlite = openForReading(file);
  try {
    const schema = readSchema(sqlite);
    const { queries, failed } = runWorkload(sqlite, workload, baselines.slowQueryMs);
    const readings = await sqliteReadings(sqlite, file, {
      ...(workload.length > 0 && { queries }),
      checkAll,
    });
    return {
      database: file,
      kind: 'sqlite',
      at: new Date().toISOString(),
      bytes: statSync(file).size,
      health: databaseHealth(readings, baselines),
      tables: tableSizes(sqlite, schema),
      queries: queries.map((query) => ({ ...query, smells: querySmells(query, schema) })),
      failed,
      advice: null,
      trend: null,
      server: null,
      notes: [],
    };
  } catch (cause) {
    throw databaseTrouble(file, 'read', cause);
  } finally {
    sqlite.close();
  }
}

/** The largest first. */
function tableSizes(sqlite: SqliteConnection, schema: Schema): TableSize[] {
  const bytes = new Map(
    sqlite
      .prepare<[], { name: string; bytes: number }>('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name')
      .all()
      .map((row) => [row.name, row.bytes]),
  );
  return schema.tables
    .map(({ name, indexes }) => ({
      name,
      rows: sqlite
        .prepare(`SELECT count(*) FROM ${quotedName(name)}`)
        .pluck()
        .get() as number,
      bytes: bytes.get(name) ?? 0,
      indexBytes: sum(indexes.map((index) => bytes.get(index.name) ?? 0)),
    }))
    .sort((a, b) => b.bytes + b.indexBytes - a.bytes - a.indexBytes);
}
