import { type Graph, intAttribute, makeNode, type Node } from '../../onnx/graph.js';
import { float32Tensor, floatsOf, int64Tensor, type Tensor } from '../../onnx/tensor.js';
import type { PictureInput } from './picture-input.js';
import type { Int8Plan } from './plan.js';

/** ONNX Runtime's fast int8 convolutions read this many channels at once; others build a matrix of patches first. */
const CHANNELS_AT_ONCE = 4;

/**
 * Channels of zeros to add to the picture, so that the first convolution takes the fast way: of 3 channels it costs three
 * times what it does in float. 0 where something other than a plain convolution reads the picture.
 */
export function paddingOf(graph: Graph, plan: Int8Plan, picture: PictureInput): number {
  const readers = graph.consumers(picture.value).filter(({ op }) => op !== 'Shape');
  const layers = plan.layers.filter(({ node, input }) => readers.includes(node) && input === picture.value);
  if (graph.isOutput(picture.value) || layers.length === 0 || layers.length < readers.length) return 0;
  const channels = graph.constant(layers[0]!.weights)!.dims[1]!;
  const plain = layers.every(({ node }) => node.op === 'Conv' && intAttribute(node, 'group', 1) === 1);
  return plain ? (CHANNELS_AT_ONCE - (channels % CHANNELS_AT_ONCE)) % CHANNELS_AT_ONCE : 0;
}

/** A node that appends `padding` channels to int8 pictures `[N, C, H, W]`, filled with the number that stands for 0. */
export function padPicture(
  graph: Graph,
  numbers: string,
  padding: number,
  zero: string,
  fresh: (stem: string) => string,
): Node {
  const pads = fresh(`${numbers}_pads`);
  graph.setInitializer(pads, int64Tensor([0, 0, 0, 0, 0, padding, 0, 0]));
  return makeNode('Pad', fresh(`${numbers}_pad`), [numbers, pads, zero], [fresh(`${numbers}_padded`)]);
}

/** Weights `[out, in, height, width]` with `padding` input channels more, of zeros. */
export function paddedWeights(weights: Tensor, padding: number): Tensor {
  if (padding === 0) return weights;
  const [out = 0, channels = 0, ...kernel] = weights.dims;
  const each = kernel.reduce((a, b) => a * b, 1);
  const data = floatsOf(weights);
  const padded = new Float32Array(out * (channels + padding) * each);
  for (let o = 0; o < out; o++) {
    padded.set(data.subarray(o * channels * each, (o + 1) * channels * each), o * (channels + padding) * each);
  }
  return float32Tensor([out, channels + padding, ...kernel], padded);
}
