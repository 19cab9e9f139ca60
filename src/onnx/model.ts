import type { Graph } from './graph.js';

/** An ONNX model: a graph and what it was written for. */
export interface Model {
  readonly irVersion: number;
  /** Version of each operator set, by domain; '' is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: Graph;
}

/** Version of ONNX's own operators that a model was written for; 0 where it names none. */
export function opsetOf(model: Model): number {
  return model.opsets.get('') ?? 0;
}

/** The same model with a graph that can be changed by itself. */
export function copyModel(model: Model): Model {
  return { ...model, graph: model.graph.clone() };
}
