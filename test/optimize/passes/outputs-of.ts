import type { Model } from '../../../src/onnx/model.js';
import { floatsOf, type Tensor } from '../../../src/onnx/tensor.js';
import { GraphSession } from '../../../src/optimize/graph-session.js';

/** What a model of float outputs computes, by name; each operator as it stands, so that equal graphs give equal bits. */
export async function outputsOf(model: Model, inputs: ReadonlyMap<string, Tensor>): Promise<Map<string, Float32Array>> {
  const session = await GraphSession.open(model, { optimization: 'disabled' });
  try {
    const outputs = await session.run(inputs);
    return new Map([...outputs].map(([name, tensor]) => [name, floatsOf(tensor)]));
  } finally {
    await session.close();
  }
}

/** The largest difference of two lists of numbers, as a share of the largest number. */
export function difference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let [most, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(a[i]!));
  }
  return largest === 0 ? most : most / largest;
}
