import { readFileSync } from 'node:fs';
import type { WorkloadStatement } from '../../database/advisor/workload.js';
import { readWorkload } from '../../database/advisor/workload-file.js';
import { readPostgresWorkload } from '../../database/postgres/statements/postgres-workload.js';
import { openForReading } from '../../database/sqlite/open-database.js';
import { readSchema } from '../../database/sqlite/read-schema.js';
import { schemaWorkload } from '../../database/sqlite/schema-workload.js';
import { ConfigError, explain } from '../../foundation/errors.js';

export interface DbFlags {
  readonly workload?: string;
  readonly json?: boolean;
}

/**
 * What the database is asked: by a file's account, else by what its schema tells.
 *
 * @throws ConfigError where the file cannot be used
 */
export function workloadOf(
  file: string,
  { workload }: DbFlags,
): { readonly statements: WorkloadStatement[]; readonly from: string } {
  if (workload !== undefined) return { statements: readWorkload(textOf(workload), workload), from: workload };
  const sqlite = openForReading(file);
  try {
    return { statements: schemaWorkload(sqlite, readSchema(sqlite)), from: 'its foreign keys and views' };
  } finally {
    sqlite.close();
  }
}

/**
 * What a server is asked by a file's account; undefined where none is named: the server counts itself.
 *
 * @throws ConfigError where the file cannot be used
 */
export async function serverWorkloadOf({ workload }: DbFlags): Promise<WorkloadStatement[] | undefined> {
  return workload === undefined ? undefined : readPostgresWorkload(textOf(workload), workload);
}

function textOf(file: string): string {
  try {
    // some editors put a mark of the byte order in front
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new ConfigError('there is no workload', [`--workload: expected a file that can be read: ${explain(error)}`]);
  }
}
