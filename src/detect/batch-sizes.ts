/**
 * The batch sizes that a worker is to be able to take, up to `most`: 1, 2, 4, 8 … and `most` itself. Each is warmed up at
 * load, which takes seconds on some accelerators, so that not every number is one.
 */
export function batchSizesUpTo(most: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < most; size *= 2) sizes.push(size);
  return [...sizes, most];
}

/**
 * Whether a provider prepares a convolution anew whenever the shape of its input is another than at the last run: CUDA's
 * does (ONNX Runtime 1.29). Such a one gets a session for each batch size.
 */
export function computesOneShape(provider: string): boolean {
  return provider === 'cuda';
}

/** The sizes of the sessions that a worker holds which takes batches of up to `most`: one for all, or one for each size. */
export function sessionSizes(provider: string, most: number): readonly number[] {
  return computesOneShape(provider) ? batchSizesUpTo(most) : [most];
}

/**
 * In which order a worker warms up its batch sizes, given ascending. TensorRT compiles an engine for the range of shapes that it
 * has seen, for minutes, and anew for each shape outside it: the least and the largest first, and what lies between is within.
 */
export function warmUpOrder(provider: string, sizes: readonly number[]): readonly number[] {
  if (provider !== 'tensorrt' || sizes.length < 3) return sizes;
  return [sizes[0]!, sizes.at(-1)!, ...sizes.slice(1, -1)];
}
