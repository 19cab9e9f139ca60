import type { GraphProto, ModelProto, NodeProto, TensorProto } from './schema/onnx_pb.js';

/** Every node of a model: of its graph, of the bodies of If and Loop in it, and of its own functions. */
export function allNodes(model: ModelProto): NodeProto[] {
  return [...(model.graph ? nodesOf(model.graph) : []), ...model.functions.flatMap(({ node }) => node)];
}

function nodesOf(graph: GraphProto): NodeProto[] {
  return graph.node.flatMap((node) => [node, ...bodiesOf(node).flatMap(nodesOf)]);
}

function bodiesOf({ attribute }: NodeProto): GraphProto[] {
  return attribute.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
}

/** Every constant of a model, whether an initializer or the value of a Constant node. */
export function allTensors(model: ModelProto): TensorProto[] {
  const nodes = allNodes(model);
  const graphs = [...(model.graph ? [model.graph] : []), ...nodes.flatMap(bodiesOf)];
  return [
    ...graphs.flatMap(({ initializer }) => initializer),
    ...nodes.flatMap(({ attribute }) => attribute.flatMap(({ t, tensors }) => (t ? [t, ...tensors] : tensors))),
  ];
}
