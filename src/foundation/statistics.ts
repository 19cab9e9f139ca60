/** The value below which a share `q` (0..1) of the numbers lies, by linear interpolation; null of none. */
export function quantile(numbers: readonly number[] | Float64Array, q: number): number | null {
  return numbers.length === 0 ? null : quantileOfSorted(Float64Array.from(numbers).sort(), q);
}

/** The same of numbers in ascending order, at least one. */
export function quantileOfSorted(sorted: readonly number[] | Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/** null of none. */
export const median = (numbers: readonly number[] | Float64Array): number | null => quantile(numbers, 0.5);

/** null of none. */
export function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** 0 of none. */
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** null of none. */
export const total = (numbers: readonly number[]): number | null => (numbers.length === 0 ? null : sum(numbers));
