import { munkres } from 'munkres';

/**
 * Pairs rows with columns so that the sum of their values is largest (Kuhn and Munkres, extended to matrices that are not
 * square by Bourgeois and Lassalle, 1971).
 *
 * @param values by row and column; a pair of value 0 or less is none
 * @returns the column of each row, -1 where it has none
 */
export function assign(values: readonly Float64Array[]): Int32Array {
  const columns = new Int32Array(values.length).fill(-1);
  if (values.length === 0 || values[0]!.length === 0) return columns;
  const costs = values.map((row) => row.map((value) => -value));
  for (const [row, column] of munkres(costs)) if (values[row]![column]! > 0) columns[row] = column;
  return columns;
}
