import { Graph } from '../../onnx/graph.js';
import type { Model } from '../../onnx/model.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';

/** Before the names of values, in what `sideBySide` gives. */
export const PARENT = 'parent ';
export const PRUNED = 'pruned ';

/** A model that computes values of two others on the same inputs, under names with a prefix. */
export function sideBySide(parent: Model, given: ReadonlySet<string>, pruned: Model, read: ReadonlySet<string>): Model {
  const graph = new Graph({ name: 'side by side', inputs: parent.graph.inputs, outputs: [] });
  copyInto(graph, parent.graph, PARENT);
  copyInto(graph, pruned.graph, PRUNED);
  const wanted = [...[...given].map((name) => PARENT + name), ...[...read].map((name) => PRUNED + name)];
  graph.outputs = wanted.map((name) => ({ name, type: 'float32', dims: null }));
  removeDead(graph);
  sortTopologically(graph);
  return { ...parent, graph };
}

function copyInto(graph: Graph, from: Graph, prefix: string): void {
  const renamed = (name: string) => (name === '' || from.isInput(name) ? name : prefix + name);
  graph.add(
    ...from.nodes.map((node) => ({
      ...node,
      name: prefix + node.name,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
  );
  for (const [name, tensor] of from.initializers) graph.setInitializer(renamed(name), tensor);
}
