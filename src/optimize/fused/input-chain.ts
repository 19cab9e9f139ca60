import type { ManifestInput } from '../../models/manifest.js';
import { type Graph, type Node, stringAttribute } from '../../onnx/graph.js';
import { floatsOf, integersOf, type Tensor } from '../../onnx/tensor.js';

/** What lies between a model's picture input and the layer that reads it; each node is the only one that reads the last. */
export interface InputChain {
  /** Arithmetic by constants: `× 1/255`, `- mean`, `÷ std`. */
  readonly arithmetic: readonly Node[];
  /** null in a model that is not quantized. */
  readonly quantize: Node | null;
  /** Adds channels that hold 0 to the quantized picture; null where nothing does. */
  readonly pad: Node | null;
  readonly dequantize: Node | null;
  /** null where something other than one convolution reads the picture. */
  readonly conv: Node | null;
}

/** What the arithmetic makes of a channel's number. */
type Step = (value: number, channel: number) => number;

/** Follows a picture `[batch, 3, height, width]` to its first layer; those who only ask for its shape do not count. */
export function followInput(graph: Graph, input: string): InputChain {
  const arithmetic: Node[] = [];
  let quantize: Node | null = null;
  let pad: Node | null = null;
  let dequantize: Node | null = null;
  let value = input;
  for (let node = onlyReader(graph, value); node; node = onlyReader(graph, value)) {
    if (node.op === 'Conv') {
      const conv = node.inputs[0] === value && (quantize === null) === (dequantize === null) ? node : null;
      return { arithmetic, quantize, pad, dequantize, conv };
    }
    if (quantize === null && stepOf(graph, node, value)) arithmetic.push(node);
    else if (quantize === null && node.op === 'QuantizeLinear') quantize = node;
    else if (quantize && !dequantize && !pad && isChannelPad(graph, node)) pad = node;
    else if (quantize && !dequantize && node.op === 'DequantizeLinear') dequantize = node;
    else break;
    value = node.outputs[0]!;
  }
  return { arithmetic, quantize, pad, dequantize, conv: null };
}

/** The node that computes with a value; null where there are several, or the value leaves the graph. */
function onlyReader(graph: Graph, value: string): Node | null {
  const readers = graph.consumers(value).filter(({ op }) => op !== 'Shape');
  return readers.length === 1 && !graph.isOutput(value) ? readers[0]! : null;
}

function isChannelPad(graph: Graph, node: Node): boolean {
  if (node.op !== 'Pad' || stringAttribute(node, 'mode', 'constant') !== 'constant') return false;
  const pads = graph.constant(node.inputs[1] ?? '');
  return pads?.type === 'int64' && integersOf(pads).every((count, at) => count === 0 || at === 5);
}

/** @returns null where a node is no arithmetic with one number, or one number per channel */
function stepOf(graph: Graph, node: Node, value: string): Step | null {
  if (node.op === 'Identity') return (x) => x;
  const first = node.inputs[0] === value;
  const constant = node.inputs.length === 2 ? graph.constant(node.inputs[first ? 1 : 0]!) : null;
  const numbers = constant && perChannel(constant);
  if (!numbers) return null;
  const at = (channel: number) => numbers[channel % numbers.length]!;
  switch (node.op) {
    case 'Mul':
      return (x, c) => x * at(c);
    case 'Add':
      return (x, c) => x + at(c);
    case 'Sub':
      return first ? (x, c) => x - at(c) : null;
    case 'Div':
      return first ? (x, c) => x / at(c) : null;
    default:
      return null;
  }
}

/** One number, or one for each of three channels. */
function perChannel(tensor: Tensor): Float32Array | null {
  if (tensor.type !== 'float32') return null;
  const { dims } = tensor;
  const values = floatsOf(tensor);
  if (values.length === 1) return values;
  return values.length === 3 && dims.at(-1) === 1 && dims.at(-2) === 1 && dims.at(-3) === 3 ? values : null;
}

/**
 * What the layers get for every byte of a picture.
 *
 * @returns per channel, in the model's colour order, 256 numbers
 */
export function valuesOfBytes(graph: Graph, chain: InputChain, input: ManifestInput): readonly Float32Array[] {
  return [0, 1, 2].map((channel) => {
    const mean = input.mean[channel]!;
    const std = input.std[channel]!;
    return Float32Array.from({ length: 256 }, (_, byte) => {
      let x = Math.fround((byte * input.scale - mean) / std);
      for (const node of chain.arithmetic) {
        const [a = '', b = ''] = node.inputs;
        const step = stepOf(graph, node, graph.constant(a) ? b : a)!;
        x = Math.fround(step(x, channel));
      }
      return x;
    });
  });
}

/** Whether a chain's QuantizeLinear makes of every byte that very byte, or that less 128 where it gives int8. */
export function keepsBytes(graph: Graph, { quantize }: InputChain, values: readonly Float32Array[]): boolean {
  const scale = graph.constant(quantize?.inputs[1] ?? '');
  const zero = graph.constant(quantize?.inputs[2] ?? '');
  if (scale?.bytes.length !== 4 || (zero?.type !== 'uint8' && zero?.type !== 'int8')) return false;
  const step = floatsOf(scale)[0]!;
  const zeroPoint = integersOf(zero)[0]! + (zero.type === 'int8' ? 128 : 0);
  return values.every((channel) => channel.every((value, byte) => Math.round(value / step) + zeroPoint === byte));
}
