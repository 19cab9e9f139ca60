import type { ManifestInput } from '../../models/manifest.js';
import type { Graph, Node, Value } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { float32Tensor, floatsOf, int64Tensor, integersOf, type Tensor, uint8Tensor } from '../../onnx/tensor.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { asIntAttribute, GraphWriter, ints } from './graph-writer.js';
import { followInput, type InputChain, keepsBytes, valuesOfBytes } from './input-chain.js';
import { CELL, cellConv, cellKernel, cellWeights, perFilter, resultsOf, spreadResults } from './pixel-cells.js';
import { readStem, type Stem, swappedChannels, withoutPadding, withWeights } from './stem.js';

const PASS = 'fuse input';
const NCHW_OF_NHWC = [0, 3, 1, 2];

interface FusedInput {
  readonly model: Model;
  /** What the variant's manifest entry says of its input. */
  readonly input: ManifestInput;
  readonly notes: readonly string[];
}

/** Everything that the steps below work on. */
interface Work {
  readonly graph: Graph;
  readonly writer: GraphWriter;
  /** The picture: name of the graph's input. */
  readonly picture: string;
  readonly input: ManifestInput;
  readonly notes: string[];
}

/**
 * Gives a model an input of bytes, `[batch, height, width, 3]` in RGB, as a frame has them: layout, colour order and
 * normalisation become part of the graph. In a quantized model whose first QuantizeLinear gives the bytes back, they go
 * straight into the quantized graph.
 *
 * @throws Refusal where the model takes bytes already, or its input is no picture of floats
 */
export function fuseInput(model: Model, input: ManifestInput): FusedInput {
  const copy = copyModel(model);
  const { graph } = copy;
  const value = pictureOf(graph, input);
  const work = { graph, writer: new GraphWriter(graph, 'fused_input'), picture: value.name, input, notes: [] };
  const chain = followInput(graph, value.name);
  graph.inputs = [{ name: value.name, type: 'uint8', dims: bytesDims(value, input) }];
  keepShapes(work);
  const read = input.layout === 'nchw' && chain.conv ? readStem(graph, chain.conv) : null;
  const stem = read && withoutPadding(read);
  const values = valuesOfBytes(graph, chain, input);
  const followed = input.layout === 'nchw' && chain.dequantize !== null && (chain.pad === null || stem !== null);
  const straight = followed && keepsBytes(graph, chain, values);
  if (straight && !(stem && fuseCells(work, chain, stem))) fuseBytes(work, chain, stem);
  else if (!straight) fuseFloats(work, chain, stem, values);
  removeDead(graph);
  sortTopologically(graph);
  const plain = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } satisfies Partial<ManifestInput>;
  return {
    model: copy,
    input: { ...input, ...plain, layout: 'nhwc', type: 'uint8', colour: 'rgb' },
    notes: work.notes,
  };
}

function pictureOf(graph: Graph, input: ManifestInput): Value {
  const [value, ...others] = graph.inputs;
  if (!value || others.length > 0) throw new Refusal(PASS, `${graph.inputs.length} inputs, expected one picture`);
  if (value.type === 'uint8') throw new Refusal(PASS, `input ${value.name} takes bytes already`);
  const channels = value.dims?.[input.layout === 'nchw' ? 1 : 3];
  if (value.type !== 'float32' || value.dims?.length !== 4 || channels !== 3) {
    const shape = value.dims?.join(', ') ?? 'of unknown shape';
    throw new Refusal(PASS, `input ${value.name} is ${value.type} [${shape}], expected a float32 picture`);
  }
  return value;
}

function bytesDims({ dims }: Value, { layout }: ManifestInput): Value['dims'] {
  const [batch = '', ...rest] = dims!;
  if (layout === 'nhwc') return dims;
  const [channels = 3, height = '', width = ''] = rest;
  return [batch, height, width, channels];
}

/** Those who ask for the picture's shape get it in the order that they know. */
function keepShapes({ graph, writer, picture, input }: Work): void {
  if (input.layout === 'nhwc') return;
  for (const reader of graph.consumers(picture).filter(({ op }) => op === 'Shape')) {
    const whole = writer.node('Shape', [picture]);
    const order = writer.constant('order', int64Tensor(NCHW_OF_NHWC));
    const ordered = writer.node('Gather', [whole, order], { axis: asIntAttribute(0) });
    const start = reader.attributes.get('start');
    const end = reader.attributes.get('end');
    if (start || end) {
      const range = (name: string, at: number) => writer.constant(name, int64Tensor([at]));
      const from = range('start', start?.type === 'int' ? start.value : 0);
      const to = range('end', end?.type === 'int' ? end.value : 4);
      writer.node('Slice', [ordered, from, to, range('axis', 0)], {}, reader.outputs[0]);
    } else writer.node('Identity', [ordered], {}, reader.outputs[0]);
    graph.remove([reader]);
  }
}

/** Bytes into a quantized graph whose first convolution reads four pixels at a time. @returns false where it cannot */
function fuseCells({ graph, writer, picture, input, notes }: Work, chain: InputChain, stem: Stem): boolean {
  const kernel = cellKernel(stem);
  const results = resultsOf(graph, stem.conv);
  const { width, multipleOf } = input;
  if (!kernel || !results || (width === 'dynamic' ? multipleOf : width) % CELL !== 0) return false;
  const [out = 0] = stem.weights.dims;
  const shape = writer.constant('cells_shape', int64Tensor([0, 0, -1, CELL * 3]));
  const cells = writer.node('Reshape', [picture, shape]);
  const planes = writer.node('Transpose', [cells], { perm: ints(...NCHW_OF_NHWC) });
  const floats = dequantized(graph, writer, planes, chain);
  const dequantize = stem.dequantize && withFilters(graph, stem.dequantize, out, kernel.results);
  const swap = input.colour === 'bgr';
  const conv = withWeights(graph, { ...stem, dequantize }, cellWeights(stem, kernel, swap));
  const bias = conv.inputs[2] ? [biasOf(graph, conv.inputs[2], out, kernel.results)] : [];
  const over = cellConv(conv, stem, kernel, [floats, conv.inputs[1]!, ...bias]);
  graph.replace(stem.conv, over);
  const last = results.at(-1)!;
  const packed = graph.freshName(`${last.outputs[0]}_cells`);
  graph.replace(last, { ...last, outputs: [packed] });
  spreadResults(writer, packed, out, last.outputs[0]!);
  notes.push(`bytes go straight into ${stem.conv.name}, ${CELL} pixels at a time`);
  return true;
}

/** Real numbers of bytes, which the quantized graph takes for its own; int8 numbers are made of them where it wants those. */
function dequantized(graph: Graph, writer: GraphWriter, bytes: string, chain: InputChain): string {
  const [, scale = '', zero = ''] = chain.dequantize!.inputs;
  const constant = graph.constant(zero);
  if (constant?.type !== 'int8') return writer.node('DequantizeLinear', [bytes, scale, zero]);
  const zeroOfBytes = Uint8Array.of(integersOf(constant)[0]! + 128);
  const floats = writer.node('DequantizeLinear', [bytes, scale, writer.constant('zero', uint8Tensor([], zeroOfBytes))]);
  return writer.node('DequantizeLinear', [writer.node('QuantizeLinear', [floats, scale, zero]), scale, zero]);
}

/** A DequantizeLinear whose scales, one per filter, are repeated for the filters of cells. */
function withFilters(graph: Graph, node: Node, out: number, results: number): Node {
  const inputs = node.inputs.map((name, i) => {
    const constant = graph.constant(name);
    if (i === 0 || !constant) return name;
    const repeated = perFilter(constant, out, results);
    if (repeated === constant) return name;
    const fresh = graph.freshName(`${name}_cells`);
    graph.setInitializer(fresh, repeated);
    return fresh;
  });
  return { ...node, inputs };
}

function biasOf(graph: Graph, name: string, out: number, results: number): string {
  const writer = new GraphWriter(graph, 'fused_bias');
  const constant = graph.constant(name);
  if (constant) return writer.constant('bias', perFilter(constant, out, results));
  const dequantize = graph.producer(name)!;
  const numbers = writer.constant('numbers', perFilter(graph.constant(dequantize.inputs[0]!)!, out, results));
  const { inputs, attributes } = withFilters(graph, dequantize, out, results);
  return writer.node('DequantizeLinear', [numbers, ...inputs.slice(1)], Object.fromEntries(attributes));
}

/** Bytes in the place of the numbers that QuantizeLinear would make of them. */
function fuseBytes(work: Work, chain: InputChain, stem: Stem | null): void {
  const { graph, writer, input, notes } = work;
  // where the first convolution is known, its weights are turned round instead
  const planes = arranged(stem ? { ...work, input: { ...input, colour: 'rgb' } } : work);
  const floats = dequantized(graph, writer, planes, chain);
  notes.push('bytes go straight into the quantized graph');
  if (!stem) {
    graph.reroute(chain.dequantize!.outputs[0]!, floats);
    return;
  }
  const conv = withWeights(graph, stem, input.colour === 'bgr' ? swappedChannels(stem) : stem.weights);
  graph.replace(stem.conv, { ...conv, inputs: [floats, ...conv.inputs.slice(1)] });
}

/** Floats made in the graph; what multiplies them goes into the first convolution where it can. */
function fuseFloats(work: Work, chain: InputChain, stem: Stem | null, values: readonly Float32Array[]): void {
  const { graph, writer, input, picture, notes } = work;
  const floating = stem && !stem.dequantize ? stem : null;
  const factors = floating && factorsOf(values);
  if (floating && factors) {
    const swap = input.colour === 'bgr';
    const turned = swap ? { ...floating, weights: swappedChannels(floating) } : floating;
    const planes = writer.node('Transpose', [picture], { perm: ints(...NCHW_OF_NHWC) });
    const floats = writer.node('Cast', [planes], { to: asIntAttribute(1) });
    const weights = scaled(turned.weights, swap ? factors.toReversed() : factors);
    const conv = withWeights(graph, floating, weights);
    graph.replace(floating.conv, { ...conv, inputs: [floats, ...conv.inputs.slice(1)] });
    graph.remove(chain.arithmetic);
    notes.push(`normalisation is part of the weights of ${floating.conv.name}`);
    return;
  }
  const floats = normalised(writer, writer.node('Cast', [arranged(work)], { to: asIntAttribute(1) }), input);
  reroute(work, floats);
}

/** Whatever computed with the picture computes with `floats`; what this pass has added reads the bytes. */
function reroute({ graph, picture }: Work, floats: string): void {
  for (const node of graph.consumers(picture)) {
    if (node.name.startsWith('fused_input/')) continue;
    graph.replace(node, { ...node, inputs: node.inputs.map((name) => (name === picture ? floats : name)) });
  }
}

/** The bytes in the model's layout and colour order. Whole planes change places; single bytes would take a millisecond. */
function arranged({ writer, picture, input }: Work): string {
  const planar = input.layout === 'nchw';
  const bytes = planar ? writer.node('Transpose', [picture], { perm: ints(...NCHW_OF_NHWC) }) : picture;
  if (input.colour === 'rgb') return bytes;
  const order = writer.constant('colours', int64Tensor([2, 1, 0]));
  return writer.node('Gather', [bytes, order], { axis: asIntAttribute(planar ? 1 : 3) });
}

function normalised(writer: GraphWriter, floats: string, { layout, scale, mean, std }: ManifestInput): string {
  const dims = layout === 'nchw' ? [1, 3, 1, 1] : [1, 1, 1, 3];
  const alike = (values: readonly number[]) => values.every((value) => value === values[0]);
  const constant = (name: string, values: readonly number[]) =>
    writer.constant(name, alike(values) ? float32Tensor([], [values[0]!]) : float32Tensor(dims, values));
  const factors = std.map((value) => scale / value);
  const offsets = mean.map((value, c) => -value / std[c]!);
  let value = floats;
  if (factors.some((factor) => factor !== 1)) value = writer.node('Mul', [value, constant('factors', factors)]);
  if (offsets.some((offset) => offset !== 0)) value = writer.node('Add', [value, constant('offsets', offsets)]);
  return value;
}

/** One factor per channel where the values are nothing but multiples of the bytes; null where something is added. */
function factorsOf(values: readonly Float32Array[]): readonly number[] | null {
  const factors = values.map((channel) => channel[255]! / 255);
  const good = values.every((channel, c) =>
    channel.every((value, byte) => Math.abs(value - byte * factors[c]!) <= 1e-6 * Math.abs(channel[255]!)),
  );
  return good && factors.every((factor) => factor !== 0) ? factors : null;
}

function scaled(weights: Tensor, factors: readonly number[]): Tensor {
  const [, channels = 1, height = 1, width = 1] = weights.dims;
  const plane = height * width;
  return float32Tensor(
    weights.dims,
    floatsOf(weights).map((value, i) => value * factors[Math.floor(i / plane) % channels]!),
  );
}
