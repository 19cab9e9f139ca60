import { ELEMENT_TYPES } from '../../src/onnx/element-type.js';
import { copyModel, type Model } from '../../src/onnx/model.js';
import { inferShapes, type ValueShape } from '../../src/onnx/shapes.js';
import { elementCount, type Tensor } from '../../src/onnx/tensor.js';
import { GraphSession } from '../../src/optimize/graph-session.js';

/** What ONNX Runtime computes for every value of a model, node by node as the graph stands. */
async function runEveryValue(model: Model, inputs: ReadonlyMap<string, Tensor>): Promise<Map<string, Tensor>> {
  const copy = copyModel(model);
  const dims = new Map([...inputs].map(([name, tensor]) => [name, tensor.dims]));
  const shapes = inferShapes(copy, dims);
  copy.graph.outputs = copy.graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) => name !== '')
    .map((name) => ({ name, type: shapes.get(name)!.type, dims: null }));
  const session = await GraphSession.open(copy, { optimization: 'disabled' });
  try {
    return await session.run(inputs);
  } finally {
    await session.close();
  }
}

/** `relu: float32 [1, 3, 4, 4]`, sorted: what was inferred and what ONNX Runtime gave, to be compared. */
export async function inferredAndReal(
  model: Model,
  inputs: ReadonlyMap<string, Tensor>,
): Promise<{ inferred: string[]; real: string[] }> {
  const real = await runEveryValue(model, inputs);
  const inferred = inferShapes(model, new Map([...inputs].map(([name, { dims }]) => [name, dims])));
  const names = [...real.keys()].sort();
  const line = (name: string, { type, dims }: ValueShape) => `${name}: ${type} [${dims.join(', ')}]`;
  return {
    inferred: names.map((name) => line(name, inferred.get(name)!)),
    real: names.map((name) => line(name, real.get(name)!)),
  };
}

/** A tensor of zeros of any type. */
export function zeros(type: Tensor['type'], dims: readonly number[]): Tensor {
  return { type, dims, bytes: new Uint8Array(elementCount(dims) * ELEMENT_TYPES[type].bytes) };
}

/** Numbers that look like noise and are the same on every machine: -1 to 1. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
