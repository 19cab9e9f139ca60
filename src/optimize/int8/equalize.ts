import { type Graph, intAttribute, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { float32Tensor, floatsOf, type Tensor } from '../../onnx/tensor.js';
import type { Int8Layer } from './layers.js';
import { largestPerChannel, scaleChannels } from './weights.js';

/** Passes over all pairs; the ranges have settled by then. */
const PASSES = 5;
/** A channel is scaled by no more than this: beyond, it is noise that would be blown up. */
const MOST = 32;

/** A layer and those that alone read its ReLU: a channel may be scaled down in the one and up in the others. */
interface Pair {
  readonly writer: Int8Layer;
  readonly readers: readonly Int8Layer[];
}

/**
 * Cross-layer equalization: Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019),
 * section 4.1. In convolution, ReLU, convolution the channels between are scaled so that the two layers' weights span the
 * same range in each; the model computes the same.
 *
 * @returns the model and how many pairs were equalized; the same model where there is none
 */
export function equalize(model: Model, layers: readonly Int8Layer[]): { model: Model; pairs: number } {
  const pairs = findPairs(model.graph, layers);
  if (pairs.length === 0) return { model, pairs: 0 };
  const copy = copyModel(model);
  for (let pass = 0; pass < PASSES; pass++) for (const pair of pairs) equalizePair(copy.graph, pair);
  return { model: copy, pairs: pairs.length };
}

function findPairs(graph: Graph, layers: readonly Int8Layer[]): Pair[] {
  const plain = layers.filter(
    (layer) => layer.node.op === 'Conv' && layer.reason === null && ownsWeights(graph, layer),
  );
  const byNode = new Map(plain.map((layer) => [layer.node, layer]));
  const pairs: Pair[] = [];
  for (const writer of plain) {
    // a clip's upper limit would have to be scaled per channel
    if (writer.activation?.op !== 'Relu' || graph.isOutput(writer.output)) continue;
    const readers = graph.consumers(writer.output).filter(({ op }) => op !== 'Shape');
    const known = readers.map((node) => byNode.get(node)).filter((layer) => layer?.input === writer.output);
    if (readers.length > 0 && known.length === readers.length) pairs.push({ writer, readers: known as Int8Layer[] });
  }
  return pairs;
}

/** Two layers that share weights cannot be scaled one by one. */
function ownsWeights(graph: Graph, { node, weights, bias }: Int8Layer): boolean {
  return [weights, bias].every((name) => name === null || graph.consumers(name).every((reader) => reader === node));
}

function equalizePair(graph: Graph, { writer, readers }: Pair): void {
  const written = largestPerChannel(graph.constant(writer.weights)!, 0);
  const read = new Float32Array(written.length);
  for (const { node, weights } of readers) {
    const most = largestPerInput(graph.constant(weights)!, node);
    for (let i = 0; i < read.length; i++) read[i] = Math.max(read[i]!, most[i]!);
  }
  const down = written.map((most, channel) => factorOf(most, read[channel]!));
  setFloats(graph, writer.weights, scaleChannels(graph.constant(writer.weights)!, 0, down));
  if (writer.bias !== null) {
    const bias = floatsOf(graph.constant(writer.bias)!);
    setFloats(
      graph,
      writer.bias,
      bias.map((value, channel) => value * down[channel]!),
    );
  }
  for (const { node, weights } of readers) {
    const tensor = graph.constant(weights)!;
    const data = Float32Array.from(floatsOf(tensor));
    eachInput(tensor, node, (channel, from, to) => {
      for (let i = from; i < to; i++) data[i]! /= down[channel]!;
    });
    setFloats(graph, weights, data);
  }
}

/** √(r2 / r1): brings the writer's range r1 and the readers' r2 to the same. */
function factorOf(written: number, read: number): number {
  if (written === 0 || read === 0) return 1;
  return Math.min(MOST, Math.max(1 / MOST, Math.sqrt(read / written)));
}

function largestPerInput(weights: Tensor, node: Node): Float32Array {
  const data = floatsOf(weights);
  const most = new Float32Array(weights.dims[1]! * intAttribute(node, 'group', 1));
  eachInput(weights, node, (channel, from, to) => {
    for (let i = from; i < to; i++) most[channel] = Math.max(most[channel]!, Math.abs(data[i]!));
  });
  return most;
}

/** Weights are `[out, in / groups, …kernel]`: goes through the kernels with the input channel that each reads. */
function eachInput({ dims }: Tensor, node: Node, kernel: (channel: number, from: number, to: number) => void): void {
  const [out = 0, perGroup = 0, ...sizes] = dims;
  const size = sizes.reduce((a, b) => a * b, 1);
  const outPerGroup = out / intAttribute(node, 'group', 1);
  for (let o = 0; o < out; o++) {
    const first = Math.floor(o / outPerGroup) * perGroup;
    for (let i = 0; i < perGroup; i++) kernel(first + i, (o * perGroup + i) * size, (o * perGroup + i + 1) * size);
  }
}

function setFloats(graph: Graph, name: string, data: Float32Array): void {
  graph.setInitializer(name, float32Tensor(graph.constant(name)!.dims, data));
}
