import { ELEMENT_TYPES } from '../../onnx/element-type.js';
import type { Tensor } from '../../onnx/tensor.js';

/** A tensor with only the given indices of one axis, in that order. */
export function take(tensor: Tensor, axis: number, indices: readonly number[]): Tensor {
  const { type, dims, bytes } = tensor;
  const size = dims[axis]!;
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, ELEMENT_TYPES[type].bytes);
  const outer = dims.slice(0, axis).reduce((product, dim) => product * dim, 1);
  const out = new Uint8Array(outer * indices.length * inner);
  let at = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of indices) {
      const from = (block * size + index) * inner;
      out.set(bytes.subarray(from, from + inner), at);
      at += inner;
    }
  }
  return { type, dims: dims.with(axis, indices.length), bytes: out };
}
