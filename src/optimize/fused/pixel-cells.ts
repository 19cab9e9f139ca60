import type { Graph, Node } from '../../onnx/graph.js';
import { int64Tensor, type Tensor } from '../../onnx/tensor.js';
import { asIntAttribute, type GraphWriter, ints } from './graph-writer.js';
import { rearrange, type Stem } from './stem.js';

/*
 * ONNX Runtime's fast int8 convolutions read channels by fours; for the three of a picture it builds a matrix of patches
 * first, three bytes at a time, and the first layer of a small detector takes a quarter of its whole time. Four
 * neighbouring pixels of a row that lie in memory as [width, 3] are also [width / 4, 12] without moving a byte. A
 * convolution over such cells gives as many neighbouring results as its stride leaves of four pixels, side by side in
 * its channels, which in that layout are the results one after the other: exactly the same numbers, in a third of the time.
 */

/** Pixels per cell. */
export const CELL = 4;

/** The convolution of a stem, over cells. */
interface CellKernel {
  /** Results per cell. */
  readonly results: number;
  /** Cells that a kernel reads to the left and to the right of its own. */
  readonly left: number;
  readonly right: number;
}

/** @returns null where the stride does not divide a cell, or the convolution gives not width / stride results a row */
export function cellKernel({ weights, strides, pads }: Stem): CellKernel | null {
  const [, channels, , kernel = 0] = weights.dims;
  const stride = strides[1];
  const spare = pads[1] + pads[3] - kernel;
  if (channels !== 3 || (stride !== 2 && stride !== 4)) return null;
  if (spare < -stride || spare > -1) return null;
  const results = CELL / stride;
  const last = stride * (results - 1) - pads[1] + kernel - 1;
  return { results, left: Math.max(0, Math.ceil(pads[1] / CELL)), right: Math.max(0, Math.floor(last / CELL)) };
}

/** Weights `[results × out, 12, height, cells]` for weights `[out, 3, height, width]`. @param swap red and blue */
export function cellWeights({ weights, strides, pads, zero }: Stem, kernel: CellKernel, swap: boolean): Tensor {
  const [out = 0, channels = 0, height = 0, width = 0] = weights.dims;
  const { results, left, right } = kernel;
  const cells = left + 1 + right;
  const source = (index: number): number => {
    const cell = index % cells;
    const y = Math.floor(index / cells) % height;
    const position = Math.floor(index / (cells * height)) % (CELL * 3);
    const filter = Math.floor(index / (cells * height * CELL * 3));
    const result = Math.floor(filter / out);
    const pixel = (cell - left) * CELL + Math.floor(position / 3);
    const x = pixel - strides[1] * result + pads[1];
    if (x < 0 || x >= width) return -1;
    const channel = swap ? 2 - (position % 3) : position % 3;
    return (((filter % out) * channels + channel) * height + y) * width + x;
  };
  return rearrange(weights, [results * out, CELL * 3, height, cells], source, zero);
}

/** A constant of one number per filter, for the filters of cells; others stay. */
export function perFilter(tensor: Tensor, out: number, results: number): Tensor {
  if (tensor.dims.length !== 1 || tensor.dims[0] !== out || out * results === out) return tensor;
  return rearrange(tensor, [out * results], (i) => i % out, 0);
}

/** The nodes from a convolution to the QuantizeLinear of its results; null where they mix neighbouring results. */
export function resultsOf(graph: Graph, conv: Node): readonly Node[] | null {
  const nodes: Node[] = [];
  for (let value = conv.outputs[0]!; ; ) {
    const readers = graph.consumers(value);
    const [node] = readers;
    if (!node || readers.length > 1 || graph.isOutput(value) || node.inputs[0] !== value) return null;
    nodes.push(node);
    if (node.op === 'QuantizeLinear') return graph.constant(node.inputs[1]!)?.bytes.length === 4 ? nodes : null;
    if (node.op !== 'Relu' && node.op !== 'LeakyRelu' && node.op !== 'Clip') return null;
    value = node.outputs[0]!;
  }
}

/** `[batch, results × out, height, cells]` to `[batch, out, height, results × cells]`. */
export function spreadResults(writer: GraphWriter, value: string, out: number, into: string): void {
  const pixels = writer.node('Transpose', [value], { perm: ints(0, 2, 3, 1) });
  const shape = writer.constant('results_shape', int64Tensor([0, 0, -1, out]));
  const rows = writer.node('Reshape', [pixels, shape]);
  writer.node('Transpose', [rows], { perm: ints(0, 3, 1, 2) }, into);
}

/** The convolution over cells with its new weights and bias in place. */
export function cellConv(conv: Node, stem: Stem, kernel: CellKernel, inputs: readonly string[]): Node {
  const { strides, pads, weights } = stem;
  const attributes = new Map(conv.attributes);
  attributes.set('kernel_shape', ints(weights.dims[2]!, kernel.left + 1 + kernel.right));
  attributes.set('strides', ints(strides[0], 1));
  attributes.set('pads', ints(pads[0], kernel.left, pads[2], kernel.right));
  attributes.set('group', asIntAttribute(1));
  return { ...conv, inputs, attributes };
}
