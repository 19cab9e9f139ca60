import { quotedName } from '../../../foundation/sql-quotes.js';
import { indexInstead } from '../../advisor/redundant-index.js';
import type { IdleIndex } from '../../report/database-report.js';
import type { CatalogIndex, PostgresCatalog } from './postgres-catalog.js';

/**
 * Indexes that a server keeps up for nothing: those whose build was cut off, those whose work another does, those that nothing
 * has read since its statistics began. None that a constraint needs, and of the valid ones none that keeps values unique. Of two of which one can go
 * only one is told: what is not read makes nothing else needless.
 *
 * @param used names, without their schemas, of those that something needs whatever was counted
 */
export function idleIndexes({ schema, indexes }: PostgresCatalog, used: ReadonlySet<string> = new Set()): IdleIndex[] {
  const isUnread = ({ scans, relation }: CatalogIndex): boolean => scans === 0 && !used.has(relation);
  const unread = new Set(
    indexes.filter((index) => isUnread(index) && !index.unique && !index.constraint).map(({ name }) => name),
  );
  const found = indexes.flatMap((index): IdleIndex[] => {
    const { name, table, bytes, valid, building, constraint, unique } = index;
    const idle = (why: IdleIndex['why'], instead: string | null): IdleIndex[] => [
      { sql: dropStatement(index), name, table, why, instead, bytes },
    ];
    if (building) return [];
    if (!valid && !constraint) return idle('invalid', null);
    if (constraint || unique) return [];
    const all = schema.table(table)?.indexes ?? [];
    const own = all.find((other) => other.name === name);
    if (unread.has(name)) return idle('unused', null);
    const instead =
      own === undefined
        ? null
        : indexInstead(
            own,
            all.filter((other) => !unread.has(other.name)),
          );
    return instead === null ? [] : idle('redundant', instead);
  });
  return found.sort((a, b) => b.bytes - a.bytes);
}

/** Without a lock that anybody waits for. */
export const dropStatement = ({ namespace, relation }: Pick<CatalogIndex, 'namespace' | 'relation'>): string =>
  `DROP INDEX CONCURRENTLY ${quotedName(namespace)}.${quotedName(relation)}`;
