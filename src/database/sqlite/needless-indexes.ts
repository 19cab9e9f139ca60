import type { IndexToDrop } from '../advisor/advice.js';
import { candidateName, isPrefix } from '../advisor/candidates.js';
import { quotedName } from '../sql/quoted-name.js';
import type { IndexSchema, Schema } from '../sql/schema.js';
import type { IndexSet } from './index-trials.js';
import type { TrialStatement } from './trial-costs.js';
import type { Workbench } from './workbench.js';

/**
 * Indexes that the database has and can do without: those whose work another does, and those that no plan of the workload names.
 * None that a constraint needs, and none that keeps values unique.
 *
 * @param chosen those that are going to be there besides; shown on the copy
 */
export function needlessIndexes(
  bench: Workbench,
  schema: Schema,
  statements: readonly TrialStatement[],
  chosen: IndexSet,
): IndexToDrop[] {
  const used = new Set(
    statements.flatMap((statement) =>
      statement.examples.flatMap((example) =>
        bench.plan(example).flatMap((step) => /\bINDEX (\S+)/.exec(step)?.[1] ?? []),
      ),
    ),
  );
  return schema.tables.flatMap(({ indexes, name }) =>
    indexes
      .filter(({ origin, unique }) => origin === 'statement' && !unique)
      .flatMap((index): IndexToDrop[] => {
        const instead = insteadOf(index, indexes, chosen);
        if (instead === null && (used.has(index.name) || statements.length === 0)) return [];
        return [
          {
            sql: `DROP INDEX ${quotedName(index.name)}`,
            name: index.name,
            table: name,
            why: instead === null ? 'unused' : 'redundant',
            instead,
            bytes: bench.bytesOf(index.name, name),
          },
        ];
      }),
  );
}

/** Another index of the table that begins with the same columns; of two alike, the later one is redundant. */
function insteadOf(index: IndexSchema, indexes: readonly IndexSchema[], chosen: IndexSet): string | null {
  if (index.where !== null || index.columns.some(({ name }) => name === null)) return null;
  const columns = index.columns.map(({ name, descending }) => ({ column: name!, descending }));
  const longer = indexes.find(
    (other) =>
      other !== index &&
      other.where === null &&
      isPrefix(columns, other) &&
      (other.columns.length > columns.length || indexes.indexOf(other) < indexes.indexOf(index)),
  );
  if (longer !== undefined) return longer.name;
  const made = chosen.find(
    ({ candidate }) =>
      candidate.table === index.table &&
      candidate.where === null &&
      candidate.columns.length > columns.length &&
      columns.every(
        ({ column, descending }, at) =>
          candidate.columns[at]!.column === column && candidate.columns[at]!.descending === descending,
      ),
  );
  return made === undefined ? null : candidateName(made.candidate);
}
