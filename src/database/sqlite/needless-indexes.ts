import { quotedName } from '../../foundation/sql-quotes.js';
import type { IndexToDrop } from '../advisor/advice.js';
import type { IndexCandidate } from '../advisor/candidates.js';
import { indexInstead } from '../advisor/redundant-index.js';
import type { IndexSchema, Schema } from '../sql/schema.js';
import type { TrialStatement } from './trial-costs.js';
import type { Workbench } from './workbench.js';

/**
 * Indexes that the database has and can do without: those whose work another does, and those that no plan of the workload names.
 * None that a constraint needs, and none that keeps values unique.
 *
 * @param chosen those that are going to be there besides, with their names; shown on the copy
 */
export function needlessIndexes(
  bench: Workbench,
  schema: Schema,
  statements: readonly TrialStatement[],
  chosen: ReadonlyMap<IndexCandidate, string>,
): IndexToDrop[] {
  const plans = statements.flatMap((statement) => statement.examples.flatMap((example) => bench.plan(example)));
  const used = new Set(
    schema.tables.flatMap(({ indexes }) => indexes.map(({ name }) => name)).filter((name) => isIn(plans, name)),
  );
  // what no plan names makes nothing else needless: of two one stays
  const isNeeded = ({ name, unique, origin }: IndexSchema): boolean =>
    used.has(name) || unique || origin === 'constraint' || statements.length === 0;
  return schema.tables.flatMap(({ indexes, name }) =>
    indexes
      .filter(({ origin, unique }) => origin === 'statement' && !unique)
      .flatMap((index): IndexToDrop[] => {
        const instead = indexInstead(
          index,
          indexes.filter(isNeeded),
          [...chosen.keys()],
          (candidate) => chosen.get(candidate)!,
        );
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

/** A name may have blanks: it ends where the line does, or with what it is searched by. */
const isIn = (plans: readonly string[], name: string): boolean =>
  plans.some((step) => step.endsWith(` INDEX ${name}`) || step.includes(` INDEX ${name} (`));
