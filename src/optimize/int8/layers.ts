import { floatAttribute, type Graph, intAttribute, type Node } from '../../onnx/graph.js';
import type { Tensor } from '../../onnx/tensor.js';
import type { Scheme } from './quantizer.js';

/** A layer with weights, and the activation that int8 kernels do along with it. */
export interface Int8Layer {
  readonly node: Node;
  readonly input: string;
  readonly weights: string;
  readonly bias: string | null;
  /** Dimension of the weights that the output channels are. */
  readonly channelAxis: number;
  /** What the layer itself writes. */
  readonly sum: string;
  /** A ReLU or clip, that alone reads the sum. */
  readonly activation: Node | null;
  /** What the activation writes; the sum where there is none. */
  readonly output: string;
  /** Its output leads to an output of the graph without another layer between: it computes boxes and scores. */
  readonly last: boolean;
  /** Why it must stay in float; null where it can be quantized. */
  readonly reason: string | null;
}

const WITH_WEIGHTS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);
/** Their outputs are shapes, not numbers computed from the layer. */
export const READS_SHAPE: ReadonlySet<string> = new Set(['Shape', 'Size']);
const MOVES: ReadonlySet<string> = new Set(['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/** The layers of a graph, in its order. A MatMul of two computed values is none. */
export function findLayers(graph: Graph, scheme: Scheme): Int8Layer[] {
  return graph.nodes.filter((node) => isLayer(graph, node)).map((node) => describe(graph, node, scheme));
}

function isLayer(graph: Graph, node: Node): boolean {
  if (!WITH_WEIGHTS.has(node.op) || node.domain !== '') return false;
  return node.op !== 'MatMul' || graph.constant(node.inputs[1]!) !== null;
}

function describe(graph: Graph, node: Node, scheme: Scheme): Int8Layer {
  const [input = '', weights = '', bias = ''] = node.inputs;
  const sum = node.outputs[0]!;
  const activation = activationOf(graph, sum);
  const constant = graph.constant(weights);
  return {
    node,
    input,
    weights,
    bias: bias === '' ? null : bias,
    channelAxis: channelAxisOf(node, constant),
    sum,
    activation,
    output: activation?.outputs[0] ?? sum,
    last: leadsOut(graph, sum),
    reason: reasonAgainst(graph, node, constant, scheme),
  };
}

function activationOf(graph: Graph, sum: string): Node | null {
  const [reader, ...others] = graph.consumers(sum);
  if (!reader || others.length > 0 || graph.isOutput(sum)) return null;
  if (reader.op === 'Relu') return reader;
  if (reader.op !== 'Clip' || reader.inputs[0] !== sum) return null;
  return reader.inputs.slice(1).every((limit) => limit === '' || graph.constant(limit)) ? reader : null;
}

function channelAxisOf(node: Node, weights: Tensor | null): number {
  switch (node.op) {
    case 'Conv':
      return 0;
    case 'ConvTranspose':
      return 1;
    case 'Gemm':
      return intAttribute(node, 'transB', 0) === 1 ? 0 : 1;
    default:
      return (weights?.dims.length ?? 2) - 1;
  }
}

function reasonAgainst(graph: Graph, node: Node, weights: Tensor | null, scheme: Scheme): string | null {
  const bias = node.inputs[2] ?? '';
  if (!weights) return 'its weights are computed, not constant';
  if (weights.type !== 'float32') return `its weights are ${weights.type}`;
  if (bias !== '' && graph.constant(bias)?.type !== 'float32') return 'its bias is not constant float32';
  if (isExpectation(graph, node)) return 'it takes an expectation over a softmax, which int8 would coarsen';
  switch (node.op) {
    case 'ConvTranspose':
      if (scheme !== 'tensorrt') return 'ONNX Runtime has no int8 kernel for it on CPUs';
      return intAttribute(node, 'group', 1) === 1 ? null : 'its channels are in groups';
    case 'Gemm':
      if (floatAttribute(node, 'alpha', 1) !== 1 || floatAttribute(node, 'beta', 1) !== 1) return 'it scales its terms';
      if (intAttribute(node, 'transA', 0) === 1) return 'it transposes its input';
      return bias === '' || graph.constant(bias)!.dims.length === 1 ? null : 'its bias is no vector';
    case 'MatMul':
      return weights.dims.length === 2 ? null : 'its weights are no matrix';
    default:
      return null;
  }
}

/** The convolution that turns a distribution over distances into a distance, in YOLOv8 and its kin: part of the decoding. */
function isExpectation(graph: Graph, node: Node): boolean {
  let from = graph.producer(node.inputs[0]!);
  while (from && MOVES.has(from.op)) from = graph.producer(from.inputs[0]!);
  return from?.op === 'Softmax';
}

function leadsOut(graph: Graph, value: string): boolean {
  const seen = new Set<string>();
  const values = [value];
  for (let at = values.pop(); at !== undefined; at = values.pop()) {
    if (graph.isOutput(at)) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const reader of graph.consumers(at)) {
      if (READS_SHAPE.has(reader.op) || (isLayer(graph, reader) && !isExpectation(graph, reader))) continue;
      values.push(...reader.outputs);
    }
  }
  return false;
}
