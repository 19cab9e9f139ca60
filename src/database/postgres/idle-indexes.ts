import { indexInstead } from '../advisor/redundant-index.js';
import type { IdleIndex } from '../report/database-report.js';
import { quotedName } from '../sql/quoted-name.js';
import type { CatalogIndex, PostgresCatalog } from './postgres-catalog.js';

/**
 * Indexes that a server keeps up for nothing: those whose build was cut off, those whose work another does, those that nothing
 * has read since its statistics began. None that a constraint needs, and of the valid ones none that keeps values unique.
 */
export function idleIndexes({ schema, indexes }: PostgresCatalog): IdleIndex[] {
  const found = indexes.flatMap((index): IdleIndex[] => {
    const { name, table, bytes, valid, building, constraint, unique, scans } = index;
    const idle = (why: IdleIndex['why'], instead: string | null): IdleIndex[] => [
      { sql: dropStatement(index), name, table, why, instead, bytes },
    ];
    if (building) return [];
    if (!valid && !constraint) return idle('invalid', null);
    if (constraint || unique) return [];
    const all = schema.table(table)?.indexes ?? [];
    const own = all.find((other) => other.name === name);
    const instead = own === undefined ? null : indexInstead(own, all);
    if (instead !== null) return idle('redundant', instead);
    return scans === 0 ? idle('unused', null) : [];
  });
  return found.sort((a, b) => b.bytes - a.bytes);
}

/** Without a lock that anybody waits for. */
export const dropStatement = ({ namespace, relation }: Pick<CatalogIndex, 'namespace' | 'relation'>): string =>
  `DROP INDEX CONCURRENTLY ${quotedName(namespace)}.${quotedName(relation)}`;
