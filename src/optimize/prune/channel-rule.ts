import type { Graph, Node } from '../../onnx/graph.js';
import { int32Tensor, int64Tensor, integersOf, type Tensor } from '../../onnx/tensor.js';
import type { Channels, Lanes } from './channels.js';

/** What is known while channels are followed through a graph, node after node. */
export interface Flow {
  readonly graph: Graph;
  readonly channels: Channels;
  /** Of any value, at the size that the model is pruned for. */
  dims(value: string): readonly number[];
  /** Null where a value's channels are not followed: the picture itself, shapes, what a locked node gives. */
  lanes(value: string): Lanes | null;
  give(value: string, lanes: Lanes): void;
  /** The channels of the node's inputs must stay. @param why default: that the operator is not followed */
  stop(node: Node, why?: string): void;
}

/** What is known while channels are cut out of a graph. */
export interface Cut {
  readonly graph: Graph;
  readonly opset: number;
  /** Places along axis 1 that a value keeps; null where its channels are not followed. */
  kept(value: string): readonly number[] | null;
  /** Channels that a followed value had before. */
  width(value: string): number;
  /** How many dimensions a value has. */
  rank(value: string): number;
  /** Adds a constant. @returns its name */
  constant(stem: string, tensor: Tensor): string;
}

/** How an operator treats channels. */
export interface ChannelRule {
  /** Called in topological order, for nodes that read a followed value or make channels of their own. */
  follow(node: Node, flow: Flow): void;
  /** The node as it must be once channels are gone; where nothing depends on their number, there is no such method. */
  cut?(node: Node, cut: Cut): Node;
}

export function withInput(node: Node, index: number, name: string): Node {
  const inputs = [...node.inputs];
  while (inputs.length <= index) inputs.push('');
  inputs[index] = name;
  return { ...node, inputs };
}

/** The integers of an attribute, or of a constant input (newer operator sets); null where there are none, or they are computed. */
export function integersAt(graph: Graph, node: Node, attribute: string, input: number): readonly number[] | null {
  const held = node.attributes.get(attribute);
  if (held?.type === 'ints') return held.value;
  const constant = graph.constant(node.inputs[input] ?? '');
  return constant?.type.startsWith('int') ? integersOf(constant) : null;
}

/** Whether an optional input is given. */
export function isGiven(node: Node, input: number): boolean {
  return (node.inputs[input] ?? '') !== '';
}

/** What most operators do with channels: nothing. */
export function pass(node: Node, flow: Flow): void {
  flow.give(node.outputs[0]!, flow.lanes(node.inputs[0]!)!);
}

/** An axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The node with other integers in an attribute, or (where it has no such attribute) in a constant input. */
export function withIntegers(node: Node, attribute: string, input: number, values: readonly number[], cut: Cut): Node {
  if (node.attributes.has(attribute)) {
    return { ...node, attributes: new Map(node.attributes).set(attribute, { type: 'ints', value: values }) };
  }
  const name = node.inputs[input]!;
  // all of a node's integers must be of one type
  const narrow = cut.graph.constant(name)?.type === 'int32';
  return withInput(
    node,
    input,
    cut.constant(name, narrow ? int32Tensor([values.length], values) : int64Tensor(values)),
  );
}
