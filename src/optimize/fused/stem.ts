import { type Graph, intAttribute, intsAttribute, type Node, stringAttribute } from '../../onnx/graph.js';
import { elementCount, elementsOf, integersOf, type Tensor } from '../../onnx/tensor.js';

/** The first convolution of a model, as far as it must be known to write it anew. */
export interface Stem {
  readonly conv: Node;
  /** `[out, in, height, width]`; the numbers themselves where they are quantized. */
  readonly weights: Tensor;
  /** Makes floats of the weights; null where they are floats. */
  readonly dequantize: Node | null;
  /** What stands for 0 among the weights. */
  readonly zero: number;
  readonly strides: readonly [height: number, width: number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

/** @returns null where the weights are not constant, or the convolution is grouped, dilated or padded by rule */
export function readStem(graph: Graph, conv: Node): Stem | null {
  const weightsName = conv.inputs[1]!;
  const dequantize = graph.producer(weightsName);
  if (dequantize && dequantize.op !== 'DequantizeLinear') return null;
  const weights = graph.constant(dequantize ? dequantize.inputs[0]! : weightsName);
  const plain =
    intAttribute(conv, 'group', 1) === 1 &&
    intsAttribute(conv, 'dilations', [1, 1]).every((dilation) => dilation === 1) &&
    stringAttribute(conv, 'auto_pad', 'NOTSET') === 'NOTSET';
  if (weights?.dims.length !== 4 || !plain) return null;
  const zeros = dequantize?.inputs[2] ? graph.constant(dequantize.inputs[2]) : null;
  const zero = zeros ? integersOf(zeros) : [0];
  if (zero.some((value) => value !== zero[0])) return null;
  const [sy = 1, sx = 1] = intsAttribute(conv, 'strides', [1, 1]);
  const [top = 0, left = 0, bottom = 0, right = 0] = intsAttribute(conv, 'pads', [0, 0, 0, 0]);
  return { conv, weights, dequantize, zero: zero[0]!, strides: [sy, sx], pads: [top, left, bottom, right] };
}

/** A convolution with other weights; the old ones are left to whoever else reads them. */
export function withWeights(graph: Graph, { conv, dequantize }: Stem, weights: Tensor): Node {
  const name = graph.freshName(`${conv.name}/fused_weights`);
  graph.setInitializer(name, weights);
  if (!dequantize) return { ...conv, inputs: conv.inputs.map((input, i) => (i === 1 ? name : input)) };
  const floats = graph.freshName(`${name}_dequantized`);
  graph.add({
    ...dequantize,
    name: graph.freshName(`${name}/DequantizeLinear`),
    inputs: [name, ...dequantize.inputs.slice(1)],
    outputs: [floats],
  });
  return { ...conv, inputs: conv.inputs.map((input, i) => (i === 1 ? floats : input)) };
}

/**
 * A tensor of the same type whose elements come from another one.
 *
 * @param source index in `from` of the element at an index; -1: `fill`
 */
export function rearrange(
  from: Tensor,
  dims: readonly number[],
  source: (index: number) => number,
  fill: number,
): Tensor {
  const elements = elementsOf(from) as Int8Array;
  const Elements = elements.constructor as Int8ArrayConstructor;
  const to = new Elements(elementCount(dims));
  for (let i = 0; i < to.length; i++) {
    const at = source(i);
    to[i] = at < 0 ? fill : elements[at]!;
  }
  return { type: from.type, dims, bytes: new Uint8Array(to.buffer) };
}

/** A stem without the channels that were added to the picture's three. */
export function withoutPadding(stem: Stem): Stem {
  const [out = 0, channels = 3, height = 1, width = 1] = stem.weights.dims;
  const kept = 3 * height * width;
  const all = channels * height * width;
  const source = (i: number) => Math.floor(i / kept) * all + (i % kept);
  return { ...stem, weights: rearrange(stem.weights, [out, 3, height, width], source, 0) };
}

/** The weights, of three channels, for a picture whose channels come in the opposite order. */
export function swappedChannels({ weights }: Stem): Tensor {
  const [, channels = 1, height = 1, width = 1] = weights.dims;
  const plane = height * width;
  return rearrange(weights, weights.dims, (i) => i + (2 - 2 * (Math.floor(i / plane) % channels)) * plane, 0);
}
