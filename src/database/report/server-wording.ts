import { mebibytes } from '../../foundation/mebibytes.js';
import type { IdleIndex, ServerReport } from './database-report.js';

/** Why an index of a server is kept up for nothing. */
export function whyIdle({ why, instead }: IdleIndex): string {
  if (why === 'invalid') return 'its build was cut off: it is kept up, and no query can use it';
  return why === 'redundant' ? `${instead} does its work` : 'nothing has read it since the statistics began';
}

/** What a server tells of itself in numbers, a line each. */
export function serverLines(server: ServerReport): string[] {
  const { version, tableCacheHitRatio, indexCacheHitRatio, deadlocks, conflicts, walBytes } = server;
  const ratio = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
  return [
    `PostgreSQL ${version}`,
    `found in memory: ${ratio(tableCacheHitRatio)} of the tables' pages, ${ratio(indexCacheHitRatio)} of the indexes'`,
    `${deadlocks} deadlocks, ${conflicts} conflicts with replication`,
    `${server.temporaryFiles} temporary files of ${mebibytes(server.temporaryBytes)}: sorts and joins that work_mem was too small for`,
    ...(walBytes === null ? [] : [`write-ahead log: ${mebibytes(walBytes)}`]),
  ];
}
