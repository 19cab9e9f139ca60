import { candidateName, createStatement, type IndexCandidate } from '../../advisor/candidates.js';

/**
 * A candidate as PostgreSQL writes it. A flag is its own condition (`WHERE NOT "paid"`): so it is compared with what a statement asks for, by
 * hypopg too, which does not know that `"paid" = false` is the same.
 *
 * @param on the table as SQL names it
 */
export function indexStatement(candidate: IndexCandidate, on: string, name = candidateName(candidate)): string {
  const where = candidate.where?.replace(/^(.*) = (true|false)$/s, (_all, column: string, value: string) =>
    value === 'true' ? column : `NOT ${column}`,
  );
  return createStatement({ ...candidate, where: where ?? null }, name, on);
}

/** Beside whoever writes the table. */
export const concurrently = (statement: string): string =>
  statement.replace(/^CREATE INDEX/, 'CREATE INDEX CONCURRENTLY');
