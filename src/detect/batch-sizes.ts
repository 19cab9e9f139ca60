/**
 * The batch sizes that a worker is to be able to take, up to `most`: 1, 2, 4, 8 … and `most` itself. Each is warmed up at
 * load, which takes seconds on some accelerators, so that not every number is one.
 */
export function batchSizesUpTo(most: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < most; size *= 2) sizes.push(size);
  return [...sizes, most];
}
