import { type Graph, makeNode, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { float32Tensor, floatsOf } from '../../onnx/tensor.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';
import type { Int8Layer } from './layers.js';
import type { Quantizer } from './quantizer.js';
import { inGroups, sizesOf } from './value-groups.js';
import { dequantizeWeights, quantizeWeights } from './weights.js';

/** What quantizing one layer alone does to it. */
export interface LayerError {
  /** Signal to quantization noise at its output, in dB: 10 log10(Σ y² / Σ (y - ŷ)²). */
  readonly sqnrDb: number;
  /** Mean of y - ŷ before the activation, per channel; null for layers without pictures. */
  readonly meanError: Float32Array | null;
}

export interface ProbeOptions {
  readonly quantizers: ReadonlyMap<string, Quantizer>;
  readonly weightLimit: number;
  readonly inputs: ModelInputs;
  /** Of the inputs, spread over all. */
  readonly pictures: number;
  readonly signal: AbortSignal | undefined;
  onProgress(share: number): void;
}

/**
 * Computes every layer twice on the float model's values, as it is and with its input, weights and output quantized, and
 * compares the two inside the graph: only sums leave it. Each layer is therefore judged alone.
 */
export async function probeLayers(
  model: Model,
  layers: readonly Int8Layer[],
  options: ProbeOptions,
): Promise<Map<string, LayerError>> {
  const sizes = await sizesOf(
    model,
    [...new Set(layers.flatMap(({ input, output }) => [input, output]))],
    options.inputs,
  );
  const groups = inGroups(layers, ({ input, output }) => sizes.get(input)! + sizes.get(output)!);
  const errors = new Map<string, LayerError>();
  for (const [at, group] of groups.entries()) {
    const onProgress = (share: number) => options.onProgress((at + share) / groups.length);
    for (const [node, error] of await probeGroup(model, group, { ...options, onProgress })) errors.set(node, error);
  }
  return errors;
}

async function probeGroup(
  model: Model,
  layers: readonly Int8Layer[],
  options: ProbeOptions,
): Promise<[string, LayerError][]> {
  const { inputs, signal } = options;
  const copy = copyModel(model);
  const { graph } = copy;
  const probes = layers.map((layer, at) => new Probe(graph, layer, `probe_${at}`, options));
  graph.outputs = probes.flatMap(({ outputs }) => outputs).map((name) => ({ name, type: 'float32', dims: null }));
  removeDead(graph);
  sortTopologically(graph);
  const session = await GraphSession.open(copy, { arena: false });
  const pictures = Math.min(options.pictures, inputs.count);
  try {
    for (let i = 0; i < pictures; i++) {
      signal?.throwIfAborted();
      const seen = await session.run(await inputs.read(Math.floor((i * inputs.count) / pictures)));
      for (const probe of probes) probe.add((name) => floatsOf(seen.get(name)!));
      options.onProgress((i + 1) / pictures);
    }
  } finally {
    await session.close();
  }
  return probes.map((probe, at) => [layers[at]!.node.name, probe.result(pictures)]);
}

/** A second copy of a layer in the graph, in quantized numbers, and the comparison with the first. */
class Probe {
  readonly #graph: Graph;
  readonly #stem: string;
  readonly #withMeans: boolean;
  /** Sums over the pictures, as those below. */
  readonly #means: Float32Array;
  #signal = 0;
  #noise = 0;

  constructor(graph: Graph, layer: Int8Layer, stem: string, options: ProbeOptions) {
    this.#graph = graph;
    this.#stem = stem;
    this.#means = new Float32Array(graph.constant(layer.weights)!.dims[layer.channelAxis]!);
    this.#withMeans = layer.node.op === 'Conv' || layer.node.op === 'ConvTranspose';
    const input = options.quantizers.get(layer.input)!;
    const sum = this.#layer(layer, this.#rounded(layer.input, input, 'input'), input.scale, options.weightLimit);
    const active = layer.activation
      ? this.#node({ ...layer.activation, inputs: [sum, ...layer.activation.inputs.slice(1)] }, 'active')
      : sum;
    const output = options.quantizers.get(layer.output);
    const result = output ? this.#rounded(active, output, 'output') : active;
    this.#op('Sub', [layer.output, result], 'error');
    this.#op('ReduceSumSquare', [`${stem}_error`], 'noise');
    this.#op('ReduceSumSquare', [layer.output], 'signal');
    if (!this.#withMeans) return;
    this.#op('Sub', [layer.sum, sum], 'difference');
    this.#op('GlobalAveragePool', [`${stem}_difference`], 'means');
  }

  get outputs(): string[] {
    return ['noise', 'signal', ...(this.#withMeans ? ['means'] : [])].map((part) => `${this.#stem}_${part}`);
  }

  /** Adds what one picture gave. */
  add(read: (output: string) => Float32Array): void {
    this.#noise += read(`${this.#stem}_noise`)[0]!;
    this.#signal += read(`${this.#stem}_signal`)[0]!;
    if (!this.#withMeans) return;
    const means = read(`${this.#stem}_means`);
    const sums = this.#means;
    const batch = means.length / sums.length;
    for (let i = 0; i < means.length; i++) sums[i % sums.length]! += means[i]! / batch;
  }

  result(pictures: number): LayerError {
    const sqnrDb = this.#noise > 0 ? 10 * Math.log10(this.#signal / this.#noise) : Number.POSITIVE_INFINITY;
    return { sqnrDb, meanError: this.#withMeans ? this.#means.map((sum) => sum / pictures) : null };
  }

  #layer(layer: Int8Layer, input: string, inputScale: number, limit: number): string {
    const graph = this.#graph;
    const bias = layer.bias === null ? null : floatsOf(graph.constant(layer.bias)!);
    const weights = quantizeWeights(graph.constant(layer.weights)!, layer.channelAxis, bias, inputScale, limit);
    const name = `${this.#stem}_weights`;
    graph.setInitializer(name, float32Tensor(weights.dims, dequantizeWeights(weights, layer.channelAxis)));
    return this.#node({ ...layer.node, inputs: [input, name, ...layer.node.inputs.slice(2)] }, 'sum');
  }

  /** A value after quantizing and dequantizing. */
  #rounded(value: string, quantizer: Quantizer, part: string): string {
    const scale = `${this.#stem}_${part}_scale`;
    const zeroPoint = `${this.#stem}_${part}_zero_point`;
    this.#graph.setInitializer(scale, float32Tensor([], [quantizer.scale]));
    const bytes = Uint8Array.of(quantizer.zeroPoint);
    this.#graph.setInitializer(zeroPoint, { type: quantizer.type, dims: [], bytes });
    const numbers = this.#op('QuantizeLinear', [value, scale, zeroPoint], `${part}_numbers`);
    return this.#op('DequantizeLinear', [numbers, scale, zeroPoint], part);
  }

  #op(op: string, inputs: readonly string[], part: string): string {
    return this.#node(makeNode(op, '', inputs, []), part);
  }

  #node(node: Node, part: string): string {
    const output = `${this.#stem}_${part}`;
    this.#graph.add({ ...node, name: output, outputs: [output] });
    return output;
  }
}
