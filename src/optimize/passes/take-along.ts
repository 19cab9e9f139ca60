import { ELEMENT_TYPES } from '../../onnx/element-type.js';
import { elementCount, type Tensor } from '../../onnx/tensor.js';

/** The given positions of a tensor along one axis, in their order. */
export function takeAlong({ type, dims, bytes }: Tensor, axis: number, positions: readonly number[]): Tensor {
  const run = elementCount(dims.slice(axis + 1)) * ELEMENT_TYPES[type].bytes;
  const rows = elementCount(dims.slice(0, axis));
  const taken = new Uint8Array(rows * positions.length * run);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (const position of positions) {
      const from = (row * dims[axis]! + position) * run;
      taken.set(bytes.subarray(from, from + run), to);
      to += run;
    }
  }
  return { type, dims: dims.map((dim, i) => (i === axis ? positions.length : dim)), bytes: taken };
}
