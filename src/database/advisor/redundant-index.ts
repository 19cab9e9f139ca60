import type { IndexSchema } from '../sql/schema.js';
import { candidateName, type IndexCandidate, isPrefix } from './candidates.js';

/**
 * The index that makes another one needless, since it begins with the same columns; of two alike, the later one is needless.
 *
 * @param indexes all of the table
 * @param candidates that are going to be there besides
 * @returns null where none does
 */
export function indexInstead(
  index: IndexSchema,
  indexes: readonly IndexSchema[],
  candidates: readonly IndexCandidate[] = [],
): string | null {
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
  const made = candidates.find(
    (candidate) =>
      candidate.table === index.table &&
      candidate.where === null &&
      candidate.columns.length > columns.length &&
      columns.every(
        ({ column, descending }, at) =>
          candidate.columns[at]!.column === column && candidate.columns[at]!.descending === descending,
      ),
  );
  return made === undefined ? null : candidateName(made);
}
