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
  const gram = new Float64Array(width * width);
  const cross = new Float64Array(width);
  for (const [index, row] of rows.entries()) {
    for (let i = 0; i < width; i++) {
      cross[i]! += row[i]! * targets[index]!;
      for (let j = 0; j < width; j++) gram[i * width + j]! += row[i]! * row[j]!;
    }
  }
  for (let i = 0; i < width; i++) gram[i * width + i]! += ridge;
  const [left, right] = [Matrix.from1DArray(width, width, gram), Matrix.columnVector(cross)];
  return Float64Array.from(new CholeskyDecomposition(left).solve(right).getColumn(0));
}
