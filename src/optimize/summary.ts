import { sum } from '../foundation/statistics.js';
import type { Graph, Node } from '../onnx/graph.js';
import { intAttribute } from '../onnx/graph.js';
import type { Model } from '../onnx/model.js';
import { type InputDims, inferKnownShapes, type ValueShape } from '../onnx/shapes.js';
import { elementCount, type Tensor } from '../onnx/tensor.js';

/** What one node of a model computes and holds. */
export interface LayerSummary {
  readonly name: string;
  readonly op: string;
  /** Of the first output; null where the operator is not known. */
  readonly outputDims: readonly number[] | null;
  /** Multiplications with addition: those of convolutions and matrix products, the rest is counted as nothing. */
  readonly macs: number;
  /** Elements of the constants that it is the first to read, shapes and lists of axes left out. */
  readonly parameters: number;
  /** Bytes of the same constants as they are stored. */
  readonly bytes: number;
}

export interface ModelSummary {
  readonly layers: readonly LayerSummary[];
  readonly macs: number;
  readonly parameters: number;
  readonly bytes: number;
}

/**
 * Layers, multiplications and parameters of a model at given input sizes. Weights of a quantized model are told with
 * the layer that uses them; the nodes that only make floats of them are left out.
 *
 * @throws ModelError where an input has no fixed size and `inputDims` does not say it
 */
export function summarizeModel(model: Model, inputDims: InputDims): ModelSummary {
  const { graph } = model;
  const shapes = inferKnownShapes(model, inputDims);
  const counted = new Set<string>();
  const layers = graph.nodes
    .filter((node) => !isWeightOnly(graph, node))
    .map((node): LayerSummary => {
      const constants = constantsOf(graph, node).filter(([name]) => !counted.has(name));
      for (const [name] of constants) counted.add(name);
      return {
        name: node.name,
        op: node.op,
        outputDims: shapes.get(node.outputs[0] ?? '')?.dims ?? null,
        macs: macsOf(node, shapes),
        parameters: sum(constants.map(([, { dims }]) => elementCount(dims))),
        bytes: sum(constants.map(([, { bytes }]) => bytes.length)),
      };
    });
  return {
    layers,
    macs: sum(layers.map(({ macs }) => macs)),
    parameters: sum(layers.map(({ parameters }) => parameters)),
    bytes: sum(layers.map(({ bytes }) => bytes)),
  };
}

/** DequantizeLinear of a constant. */
function isWeightOnly(graph: Graph, { op, inputs }: Node): boolean {
  return op === 'DequantizeLinear' && graph.constant(inputs[0] ?? '') !== null;
}

function constantsOf(graph: Graph, node: Node): (readonly [string, Tensor])[] {
  return node.inputs.flatMap((input): (readonly [string, Tensor])[] => {
    const tensor = graph.constant(input);
    if (tensor) return tensor.type === 'int64' || tensor.type === 'bool' ? [] : [[input, tensor]];
    const writer = graph.producer(input);
    return writer && isWeightOnly(graph, writer) ? constantsOf(graph, writer) : [];
  });
}

function macsOf(node: Node, shapes: ReadonlyMap<string, ValueShape>): number {
  const dims = (input: number) => shapes.get(node.inputs[input] ?? '')?.dims;
  const output = shapes.get(node.outputs[0] ?? '')?.dims;
  if (!output) return 0;
  const outputs = elementCount(output);
  switch (node.op) {
    case 'Conv':
    case 'ConvInteger':
      return outputs * elementCount(dims(1)!.slice(1));
    case 'QLinearConv':
      return outputs * elementCount(dims(3)!.slice(1));
    case 'ConvTranspose':
      return elementCount(dims(0)!) * elementCount(dims(1)!.slice(1));
    case 'MatMul':
    case 'MatMulInteger':
    case 'QLinearMatMul':
      return outputs * dims(0)!.at(-1)!;
    case 'Gemm':
      return outputs * dims(0)![intAttribute(node, 'transA', 0) === 1 ? 0 : 1]!;
    default:
      return 0;
  }
}
