import type { IndexSchema } from '../sql/schema.js';
import { candidateName, type IndexCandidate, isPrefix, isSameTerm } from './candidates.js';

/**
 * The index that makes another one needless, since it begins with the same columns; of two alike, the later one is needless.
 *
 * @param indexes all of the table
 * @param candidates that are going to be there besides
 * @param nameOf what one of these will be called
 * @returns null where none does
 */
export function indexInstead(
  index: IndexSchema,
  indexes: readonly IndexSchema[],
  candidates: readonly IndexCandidate[] = [],
  nameOf: (candidate: IndexCandidate) => string = candidateName,
): string | null {
  if (index.where !== null || index.columns.some(({ name }) => name === null)) return null;
  const columns = index.columns.map(({ name, ...term }) => ({ column: name!, ...term }));
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
      columns.every((term, at) => {
        const { column, ...other } = candidate.columns[at]!;
        return isSameTerm(term, { name: column, ...other });
      }),
  );
  return made === undefined ? null : nameOf(made);
}
