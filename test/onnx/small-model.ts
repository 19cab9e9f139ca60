import { type Attribute, Graph, type Node, type Value } from '../../src/onnx/graph.js';
import type { Model } from '../../src/onnx/model.js';
import type { Tensor } from '../../src/onnx/tensor.js';

export const int = (value: number): Attribute => ({ type: 'int', value });
export const ints = (...value: readonly number[]): Attribute => ({ type: 'ints', value });
export const float = (value: number): Attribute => ({ type: 'float', value });
export const floats = (...value: readonly number[]): Attribute => ({ type: 'floats', value });
export const string = (value: string): Attribute => ({ type: 'string', value });

/** A graph of a few nodes, written by hand. */
export function smallModel(parts: {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly Node[];
  readonly opset?: number;
}): Model {
  const graph = new Graph({ name: 'small', inputs: parts.inputs, outputs: parts.outputs });
  for (const [name, tensor] of Object.entries(parts.constants ?? {})) graph.setInitializer(name, tensor);
  graph.add(...parts.nodes);
  const opset = parts.opset ?? 17;
  return { irVersion: opset > 20 ? 10 : 8, opsets: new Map([['', opset]]), producer: '', metadata: new Map(), graph };
}
