/**
 * SQL: whether anybody holds an advisory lock in this database.
 *
 * @param first, second the two numbers that it is taken by, as SQL
 */
export const isLocked = (first: string, second: string): string =>
  `EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = (${first})::oid AND objid = (${second})::oid)`;
