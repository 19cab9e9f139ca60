import { type Graph, makeNode, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { inferKnownShapes } from '../../onnx/shapes.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { inferTypes } from '../../onnx/types.js';
import { doesNothing, type Facts } from './identities.js';
import { shortened } from './pairs.js';

/**
 * Removes nodes that hand on what they read: Identity, Dropout, casts to the same type, arrangements that change
 * nothing, a second ReLU; and merges neighbours that are one (two transpositions, two reshapes).
 *
 * @returns a model that computes the same, and by how many nodes it is smaller
 */
export function removeIdentities(model: Model): { model: Model; removed: number } {
  const copy = copyModel(model);
  const { graph } = copy;
  sortTopologically(graph);
  removeDead(graph);
  const facts: Facts = {
    graph,
    types: inferTypes(graph),
    shapes: inferKnownShapes(copy),
    opset: copy.opsets.get('') ?? 0,
  };
  while (simplifyOne(facts)) removeDead(graph);
  sortTopologically(graph);
  return { model: copy, removed: model.graph.nodes.length - graph.nodes.length };
}

function simplifyOne(facts: Facts): boolean {
  const { graph } = facts;
  return graph.nodes.some((node) => {
    if (doesNothing(node, facts)) return bypass(graph, node);
    const shorter = shortened(node, graph);
    if (shorter) graph.replace(node, shorter);
    return shorter !== null;
  });
}

/** Lets the readers of a node's output read its input. @returns false where an input of the graph is one of its outputs */
function bypass(graph: Graph, node: Node): boolean {
  const from = node.inputs[0]!;
  const to = node.outputs[0]!;
  if (!graph.isOutput(to)) {
    graph.remove([node]);
    graph.reroute(to, from);
    return true;
  }
  // an output of the graph keeps its name: whoever writes the input writes it instead
  const writer = graph.producer(from);
  if (!writer || graph.isOutput(from)) return simplify(graph, node);
  graph.remove([node]);
  graph.replace(writer, { ...writer, outputs: writer.outputs.map((output) => (output === from ? to : output)) });
  graph.reroute(from, to);
  return true;
}

/** Where a node must stay, it stays as an Identity. */
function simplify(graph: Graph, node: Node): boolean {
  if (node.op === 'Identity') return false;
  graph.replace(node, makeNode('Identity', node.name, [node.inputs[0]!], [node.outputs[0]!]));
  return true;
}
