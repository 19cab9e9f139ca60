import { type Graph, makeNode, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { float32Tensor, floatsOf, int8Tensor, int32Tensor, type Tensor } from '../../onnx/tensor.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { type Int8Layer, READS_SHAPE } from './layers.js';
import { paddedWeights, paddingOf, padPicture } from './pad-picture.js';
import type { PictureInput } from './picture-input.js';
import { dataInputs, type Int8Plan } from './plan.js';
import { type Quantizer, quantize, quantizerOf, type Scheme } from './quantizer.js';
import { biasScales, quantizeBias, quantizeWeights } from './weights.js';

export interface Int8Parts {
  readonly plan: Int8Plan;
  readonly scheme: Scheme;
  /** Of every value of the plan. */
  readonly quantizers: ReadonlyMap<string, Quantizer>;
  readonly picture: PictureInput | null;
  /** Largest magnitude of an s8 weight. */
  readonly weightLimit: number;
  /** By layer's node: what is added to the bias of each channel. */
  readonly biasShifts: ReadonlyMap<string, Float32Array>;
}

/** Name of a value after quantizing and dequantizing. */
export function realsOf(value: string): string {
  return `${value}_from_int8`;
}

/** The names that stand for a quantized value. An output of the graph keeps its name for what is read. */
interface Names {
  /** What is quantized. */
  readonly float: string;
  readonly numbers: string;
  /** What is read: the numbers dequantized. */
  readonly reals: string;
}

/**
 * Writes a plan into a graph as pairs of QuantizeLinear and DequantizeLinear: a value is written in float, quantized, and
 * read dequantized; the runtime fuses what lies between two pairs into one int8 kernel. What only looks at a value's shape
 * looks at the int8 numbers, or the float value would have to be kept for it.
 */
export function writeInt8(model: Model, parts: Int8Parts): Model {
  const copy = copyModel(model);
  const writer = new Int8Writer(copy.graph, parts);
  writer.write();
  removeDead(copy.graph);
  sortTopologically(copy.graph);
  return copy;
}

class Int8Writer {
  readonly #graph: Graph;
  readonly #parts: Int8Parts;
  readonly #names = new Map<string, Names>();
  readonly #taken: Set<string>;
  readonly #nodes: Node[] = [];

  constructor(graph: Graph, parts: Int8Parts) {
    this.#graph = graph;
    this.#parts = parts;
    this.#taken = new Set([
      ...graph.initializers.keys(),
      ...graph.inputs.map(({ name }) => name),
      ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
    ]);
  }

  write(): void {
    const graph = this.#graph;
    const { plan, picture } = this.#parts;
    for (const value of plan.values.keys()) {
      const numbers = this.#fresh(`${value}_int8`);
      const names = graph.isOutput(value)
        ? { float: this.#fresh(`${value}_float`), numbers, reals: value }
        : { float: value, numbers, reals: this.#fresh(realsOf(value)) };
      this.#names.set(value, names);
    }
    const layers = new Map(plan.layers.map((layer) => [layer.node, layer]));
    const before = graph.nodes;
    if (picture && plan.values.has(picture.value)) this.#quantizePicture(picture);
    for (const value of plan.values.keys()) {
      if (value !== picture?.value) this.#quantizeValue(value);
    }
    for (const node of before) {
      const layer = layers.get(node);
      const inputs = node.inputs.map((input) => this.#readBy(node, input));
      if (layer) this.#writeLayer(layer, inputs);
      else this.#nodes.push({ ...node, inputs, outputs: node.outputs.map((output) => this.#writtenAs(output)) });
    }
    graph.remove(before);
    graph.add(...this.#nodes);
  }

  /** What a node reads in place of a value. */
  #readBy(node: Node, input: string): string {
    const names = this.#names.get(input);
    if (names) return READS_SHAPE.has(node.op) ? names.numbers : names.reals;
    const tensor = this.#parts.plan.nodes.has(node) && dataInputs(node).includes(input) && this.#graph.constant(input);
    return tensor && node.op !== 'Clip' && !this.#isLayer(node) ? this.#quantizedConstant(input, tensor) : input;
  }

  #isLayer(node: Node): boolean {
    return this.#parts.plan.layers.some((layer) => layer.node === node);
  }

  #writtenAs(output: string): string {
    return this.#names.get(output)?.float ?? output;
  }

  #quantizeValue(value: string): void {
    const { float, numbers, reals } = this.#names.get(value)!;
    const quantizer = this.#parts.quantizers.get(value)!;
    this.#quantizeLinear(float, numbers, quantizer);
    this.#dequantizeLinear(numbers, reals, quantizer);
  }

  /** The quantizer reads the input itself and stands for the arithmetic behind it; bytes are read as they come. */
  #quantizePicture({ input, value, moves, reads, writes }: PictureInput): void {
    const graph = this.#graph;
    const bytes = graph.inputs.find(({ name }) => name === input)?.type;
    let numbers = input;
    if (bytes !== reads.type) {
      const float = bytes === 'float32' ? input : this.#fresh(`${input}_float`);
      if (float !== input) {
        const to = { type: 'int', value: 1 } as const;
        this.#nodes.push(makeNode('Cast', this.#fresh(`${input}_cast`), [input], [float], { to }));
      }
      numbers = this.#fresh(`${input}_int8`);
      this.#quantizeLinear(float, numbers, reads);
    }
    for (const move of moves) {
      const moved = this.#fresh(`${move.outputs[0]!}_int8`);
      this.#nodes.push({ ...move, name: this.#fresh(`${move.name}_int8`), inputs: [numbers], outputs: [moved] });
      numbers = moved;
    }
    const names = { ...this.#names.get(value)!, numbers };
    this.#names.set(value, names);
    const padding = this.#padding();
    if (padding > 0) {
      const zero = this.#constant(`${input}_zero`, quantizedScalar(writes));
      const pad = padPicture(graph, numbers, padding, zero, (stem) => this.#fresh(stem));
      this.#nodes.push(pad);
      numbers = pad.outputs[0]!;
    }
    this.#dequantizeLinear(numbers, names.reals, writes);
  }

  /** Channels to be added to the picture. */
  #padding(): number {
    const { plan, picture, scheme } = this.#parts;
    return picture && scheme !== 'tensorrt' ? paddingOf(this.#graph, plan, picture) : 0;
  }

  #writeLayer(layer: Int8Layer, inputs: readonly string[]): void {
    const { quantizers, weightLimit, biasShifts, picture } = this.#parts;
    const graph = this.#graph;
    const { node, channelAxis } = layer;
    const scale = quantizers.get(layer.input)!.scale;
    const padding = layer.input === picture?.value ? this.#padding() : 0;
    const tensor = paddedWeights(graph.constant(layer.weights)!, padding);
    const bias = shifted(layer.bias === null ? null : floatsOf(graph.constant(layer.bias)!), biasShifts.get(node.name));
    const weights = quantizeWeights(tensor, channelAxis, bias, scale, weightLimit);
    const channels = weights.scales.length;
    const read = [inputs[0]!, this.#fresh(`${layer.weights}_from_int8`)];
    this.#dequantizeConstant(
      this.#constant(`${layer.weights}_int8`, int8Tensor(weights.dims, weights.values)),
      read[1]!,
      float32Tensor([channels], weights.scales),
      int8Tensor([channels], new Int8Array(channels)),
      channelAxis,
    );
    if (bias) {
      const name = layer.bias ?? `${node.name}_bias`;
      read.push(this.#fresh(`${name}_from_int32`));
      this.#dequantizeConstant(
        this.#constant(`${name}_int32`, int32Tensor([channels], quantizeBias(bias, scale, weights.scales))),
        read[2]!,
        float32Tensor([channels], biasScales(scale, weights.scales)),
        null,
        0,
      );
    }
    this.#nodes.push({ ...node, inputs: read, outputs: node.outputs.map((output) => this.#writtenAs(output)) });
  }

  #quantizedConstant(name: string, tensor: Tensor): string {
    const values = floatsOf(tensor);
    let low = 0;
    let high = 0;
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const quantizer = quantizerOf({ low, high }, this.#parts.scheme);
    const numbers = this.#constant(`${name}_int8`, {
      type: quantizer.type,
      dims: tensor.dims,
      bytes: quantize(values, quantizer),
    });
    const reals = this.#fresh(`${name}_from_int8`);
    this.#dequantizeLinear(numbers, reals, quantizer);
    return reals;
  }

  #quantizeLinear(from: string, to: string, quantizer: Quantizer): void {
    this.#nodes.push(
      makeNode('QuantizeLinear', this.#fresh(`${to}_quantize`), [from, ...this.#scaleOf(to, quantizer)], [to]),
    );
  }

  #dequantizeLinear(from: string, to: string, quantizer: Quantizer): void {
    this.#nodes.push(
      makeNode('DequantizeLinear', this.#fresh(`${to}_dequantize`), [from, ...this.#scaleOf(to, quantizer)], [to]),
    );
  }

  #dequantizeConstant(from: string, to: string, scales: Tensor, zeroPoints: Tensor | null, axis: number): void {
    const inputs = [from, this.#constant(`${to}_scale`, scales)];
    if (zeroPoints) inputs.push(this.#constant(`${to}_zero_point`, zeroPoints));
    const name = this.#fresh(`${to}_dequantize`);
    this.#nodes.push(makeNode('DequantizeLinear', name, inputs, [to], { axis: { type: 'int', value: axis } }));
  }

  #scaleOf(stem: string, quantizer: Quantizer): [string, string] {
    return [
      this.#constant(`${stem}_scale`, float32Tensor([], [quantizer.scale])),
      this.#constant(`${stem}_zero_point`, quantizedScalar(quantizer)),
    ];
  }

  #constant(stem: string, tensor: Tensor): string {
    const name = this.#fresh(stem);
    this.#graph.setInitializer(name, tensor);
    return name;
  }

  #fresh(stem: string): string {
    let name = stem;
    for (let i = 1; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }
}

function quantizedScalar({ type, zeroPoint }: Quantizer): Tensor {
  return { type, dims: [], bytes: Uint8Array.of(zeroPoint) };
}

function shifted(bias: Float32Array | null, shift: Float32Array | undefined): Float32Array | null {
  if (!shift) return bias;
  return shift.map((value, channel) => value + (bias?.[channel] ?? 0));
}
