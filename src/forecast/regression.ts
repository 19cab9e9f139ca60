import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/**
 * Ridge regression without a constant: the weights w that make Σ (target - w·x)² + ridge · |w|² smallest.
 *
 * @param rows of the same length each
 * @param targets as many as rows
 * @param ridge above 0, so that there is one solution
 */
export function ridgeWeights(rows: readonly Float64Array[], targets: Float64Array, ridge: number): Float64Array {
  const width = rows[0]?.length ?? 0;
  const gram = Matrix.eye(width, width, ridge);
  const cross = Matrix.zeros(width, 1);
  for (const [index, row] of rows.entries()) {
    for (let i = 0; i < width; i++) {
      cross.set(i, 0, cross.get(i, 0) + row[i]! * targets[index]!);
      for (let j = 0; j < width; j++) gram.set(i, j, gram.get(i, j) + row[i]! * row[j]!);
    }
  }
  return Float64Array.from(new CholeskyDecomposition(gram).solve(cross).getColumn(0));
}
