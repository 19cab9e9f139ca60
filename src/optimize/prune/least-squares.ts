import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/**
 * Least squares with a ridge towards what was there before: the rows w that make
 * Σ (y - w·x - b)² + ridge · (mean variance of x) · samples · |w - prior|² smallest, and their constants b.
 *
 * @param gram [n + 1, n + 1] sums of products of x, with a constant 1 as its last number
 * @param cross [rows, n + 1] sums of products of y and x
 * @param prior [rows, n]
 */
export function solveRidge(
  gram: Float64Array,
  cross: Float64Array,
  prior: Float64Array,
  ridge: number,
): { weights: Float64Array; constants: Float64Array } {
  const width = Math.sqrt(gram.length);
  const n = width - 1;
  const rows = cross.length / width;
  const samples = gram[width * width - 1]!;
  const mean = Array.from({ length: n }, (_, i) => gram[n * width + i]! / samples);
  const left = new Matrix(n, n);
  let trace = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = gram[i * width + j]! - samples * mean[i]! * mean[j]!;
      left.set(i, j, value);
      left.set(j, i, value);
    }
    trace += Math.max(0, left.get(i, i));
  }
  const pull = (ridge * trace) / n || Number.EPSILON;
  for (let i = 0; i < n; i++) left.set(i, i, left.get(i, i) + pull);
  const right = new Matrix(n, rows);
  for (let row = 0; row < rows; row++) {
    const sum = cross[row * width + n]!;
    for (let i = 0; i < n; i++) {
      right.set(i, row, cross[row * width + i]! - sum * mean[i]! + pull * prior[row * n + i]!);
    }
  }
  const solved = positiveDefinite(left).solve(right);
  const weights = new Float64Array(rows * n);
  const constants = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let constant = cross[row * width + n]! / samples;
    for (let i = 0; i < n; i++) {
      const weight = solved.get(i, row);
      weights[row * n + i] = weight;
      constant -= weight * mean[i]!;
    }
    constants[row] = constant;
  }
  return { weights, constants };
}

/**
 * What the channels `from` say about the channels `of`: the matrix that foretells these out of those, [of, from].
 *
 * @param covariance [n, n], made regular by `ridge` times its mean variance
 */
export function foretell(
  covariance: Float64Array,
  n: number,
  of: readonly number[],
  from: readonly number[],
  ridge: number,
): Float64Array {
  const left = new Matrix(from.length, from.length);
  const right = new Matrix(from.length, of.length);
  for (const [i, a] of from.entries()) {
    for (const [j, b] of from.entries()) left.set(i, j, (covariance[a * n + b]! + covariance[b * n + a]!) / 2);
    for (const [j, b] of of.entries()) right.set(i, j, covariance[a * n + b]!);
  }
  const pull = (ridge * left.trace()) / from.length || Number.EPSILON;
  for (let i = 0; i < from.length; i++) left.set(i, i, left.get(i, i) + pull);
  return Float64Array.from(positiveDefinite(left).solve(right).transpose().to1DArray());
}

/** The inverse of a covariance [n, n], made regular by `ridge` times its mean variance. */
export function invertCovariance(covariance: Float64Array, n: number, ridge: number): Float64Array {
  const matrix = new Matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix.set(i, j, (covariance[i * n + j]! + covariance[j * n + i]!) / 2);
  }
  const pull = (ridge * matrix.trace()) / n || Number.EPSILON;
  for (let i = 0; i < n; i++) matrix.set(i, i, matrix.get(i, i) + pull);
  return Float64Array.from(positiveDefinite(matrix).solve(Matrix.eye(n, n)).to1DArray());
}

/** Rounding can leave the smallest eigenvalues below zero: the diagonal is raised until none is. */
function positiveDefinite(matrix: Matrix): CholeskyDecomposition {
  const mean = matrix.trace() / matrix.rows;
  for (let raised = 1e-9; ; raised *= 10) {
    const decomposition = new CholeskyDecomposition(matrix);
    if (decomposition.isPositiveDefinite()) return decomposition;
    for (let i = 0; i < matrix.rows; i++) matrix.set(i, i, matrix.get(i, i) + raised * mean);
  }
}
