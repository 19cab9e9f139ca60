import { linearSumAssignment } from 'linear-sum-assignment';

/**
 * Pairs rows with columns so that the sum of their values is largest (Jonker and Volgenant, as in Crouse, "On implementing
 * 2D rectangular assignment algorithms", 2016).
 *
 * @param values by row and column; a pair of value 0 or less is none
 * @returns the column of each row, -1 where it has none
 */
export function assign(values: readonly Float64Array[]): Int32Array {
  const columns = new Int32Array(values.length).fill(-1);
  const width = values[0]?.length ?? 0;
  if (width === 0) return columns;
  const { rowAssignments } = linearSumAssignment(values as Float64Array[], { maximaze: true });
  for (let row = 0; row < values.length; row++) {
    const column = rowAssignments[row]!;
    if (column >= 0 && column < width && values[row]![column]! > 0) columns[row] = column;
  }
  return columns;
}
