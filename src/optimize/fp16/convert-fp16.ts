import { toHalf } from '../../foundation/half.js';
import { ELEMENT_TYPES, type ElementType } from '../../onnx/element-type.js';
import { type Graph, intAttribute, makeNode, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { floatsOf, type Tensor } from '../../onnx/tensor.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { inferTypes } from '../../onnx/types.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import {
  candidates,
  DEFAULT_BLOCK_LIST,
  type KeptInFloat,
  readsHalf,
  reasonForFloat,
  withoutHeavy,
} from './half-plan.js';
import { largestValues } from './value-ranges.js';

const PASS = 'fp16';
const QUANTIZED = new Set(['QuantizeLinear', 'DequantizeLinear', 'QLinearConv', 'ConvInteger', 'MatMulInteger']);

export interface Fp16Options {
  /** Pictures on which no value may come near what half precision can hold. */
  readonly inputs: ModelInputs;
  /** Operators or names of nodes that stay in float32, besides those that always do. */
  readonly blockList?: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Half-precision weights and arithmetic up to the last convolution or matrix product. Inputs, outputs and the decoding
 * of boxes stay float32.
 *
 * @returns the model, and the nodes before the last convolution that had to stay in float32
 * @throws Refusal where the model is quantized or half precision already, or nothing could be converted; ModelError where
 *   it cannot be computed on the inputs; what `signal` was aborted with
 */
export async function convertToFp16(
  model: Model,
  options: Fp16Options,
): Promise<{ model: Model; keptInFloat: KeptInFloat[]; notes: string[] }> {
  const copy = copyModel(model);
  const { graph } = copy;
  sortTopologically(graph);
  refuseOthers(graph);
  const types = inferTypes(graph);
  const nodes = candidates(graph, types);
  const largest = await largestValues(copy, floatValues(graph, nodes, types), options);
  const blocked = new Set([...DEFAULT_BLOCK_LIST, ...(options.blockList ?? [])]);
  const keptInFloat: KeptInFloat[] = [];
  const halves = new Set<Node>();
  for (const node of nodes) {
    const reason = reasonForFloat(graph, node, types, largest, blocked);
    if (reason === null) halves.add(node);
    else keptInFloat.push({ node: node.name, reason });
  }
  for (const node of withoutHeavy(graph, halves)) {
    halves.delete(node);
    keptInFloat.push({ node: node.name, reason: 'nothing heavy around it is in half precision' });
  }
  if (halves.size === 0)
    throw new Refusal(PASS, `no node could be converted; ${keptInFloat[0]?.reason ?? 'none is heavy'}`);
  new Conversion(graph, types, halves).run();
  removeDead(graph);
  sortTopologically(graph);
  return {
    model: copy,
    keptInFloat,
    notes: [`${halves.size} nodes in half precision, ${keptInFloat.length} kept in float`],
  };
}

function refuseOthers(graph: Graph): void {
  const quantized = graph.nodes.find(({ op }) => QUANTIZED.has(op));
  if (quantized) throw new Refusal(PASS, 'the model is quantized', quantized);
  const halved = [...graph.initializers].find(([, { type }]) => type === 'float16' || type === 'bfloat16');
  if (halved) throw new Refusal(PASS, `the model has 16-bit floats already (${halved[0]})`);
}

/** Everything computed that the nodes read or write as floats. */
function floatValues(graph: Graph, nodes: readonly Node[], types: ReadonlyMap<string, ElementType>): readonly string[] {
  const values = new Set(nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  return [...values].filter((value) => types.get(value) === 'float32' && !graph.initializers.has(value));
}

/** Rewrites nodes to half precision, with casts only where the two precisions meet, one for each value and direction. */
class Conversion {
  readonly #graph: Graph;
  readonly #types: ReadonlyMap<string, ElementType>;
  readonly #halves: ReadonlySet<Node>;
  /** Values that are half precision from now on. */
  readonly #halved: ReadonlySet<string>;
  /** Half-precision names of constants and of float values. */
  readonly #asHalf = new Map<string, string>();
  /** Float names of half-precision values. */
  readonly #asFloat = new Map<string, string>();

  constructor(graph: Graph, types: ReadonlyMap<string, ElementType>, halves: ReadonlySet<Node>) {
    this.#graph = graph;
    this.#types = types;
    this.#halves = halves;
    this.#halved = new Set([...halves].flatMap(({ outputs }) => outputs.filter((output) => this.#isFloat(output))));
  }

  run(): void {
    for (const { name } of this.#graph.outputs) if (this.#halved.has(name)) this.#asFloat.set(name, name);
    for (const node of [...this.#graph.nodes]) {
      if (this.#halves.has(node)) this.#graph.replace(node, this.#halve(node));
      else if (node.inputs.some((input) => this.#halved.has(input))) {
        this.#graph.replace(node, { ...node, inputs: node.inputs.map((input) => this.#float(input)) });
      }
    }
    for (const { name } of this.#graph.outputs) {
      if (this.#halved.has(name)) this.#graph.add(this.#cast(this.#nameOfHalf(name), name, 'float32'));
    }
  }

  #halve(node: Node): Node {
    const inputs = node.inputs.map((input, i) => {
      if (!this.#isFloat(input)) return input;
      return readsHalf(node, i) ? this.#half(input) : this.#float(input);
    });
    const outputs = node.outputs.map((output) => (this.#halved.has(output) ? this.#nameOfHalf(output) : output));
    if (node.op !== 'Cast' || intAttribute(node, 'to', 0) !== ELEMENT_TYPES.float32.code) {
      return { ...node, inputs, outputs };
    }
    const attributes = new Map(node.attributes).set('to', { type: 'int', value: ELEMENT_TYPES.float16.code });
    return { ...node, inputs, outputs, attributes };
  }

  #half(value: string): string {
    if (this.#halved.has(value)) return this.#nameOfHalf(value);
    const known = this.#asHalf.get(value);
    if (known !== undefined) return known;
    const name = this.#graph.freshName(`${value}_half`);
    this.#asHalf.set(value, name);
    const constant = this.#graph.constant(value);
    if (constant) this.#graph.setInitializer(name, halfTensor(constant));
    else this.#graph.add(this.#cast(value, name, 'float16'));
    return name;
  }

  #float(value: string): string {
    if (!this.#halved.has(value)) return value;
    const known = this.#asFloat.get(value);
    if (known !== undefined) return known;
    const name = this.#graph.freshName(`${value}_float`);
    this.#asFloat.set(value, name);
    this.#graph.add(this.#cast(this.#nameOfHalf(value), name, 'float32'));
    return name;
  }

  /** Values keep their names, but for outputs of the graph, which casts make. */
  #nameOfHalf(value: string): string {
    if (!this.#graph.isOutput(value)) return value;
    const known = this.#asHalf.get(value);
    if (known !== undefined) return known;
    const name = this.#graph.freshName(`${value}_half`);
    this.#asHalf.set(value, name);
    return name;
  }

  #cast(from: string, to: string, type: 'float32' | 'float16'): Node {
    const attributes = { to: { type: 'int', value: ELEMENT_TYPES[type].code } } as const;
    return makeNode('Cast', this.#graph.freshName(`${to}/Cast`), [from], [to], attributes);
  }

  #isFloat(value: string): boolean {
    return this.#types.get(value) === 'float32';
  }
}

function halfTensor(tensor: Tensor): Tensor {
  const bits = Uint16Array.from(floatsOf(tensor), toHalf);
  return { type: 'float16', dims: tensor.dims, bytes: new Uint8Array(bits.buffer) };
}
