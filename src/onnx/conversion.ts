import { toHalf } from '../foundation/half.js';
import type { ElementType } from './element-type.js';
import type { Graph, Node } from './graph.js';
import type { Model } from './model.js';
import { Refusal } from './refusal.js';
import { inferKnownShapes, type ValueShape } from './shapes.js';
import { float32Tensor, int64Tensor, type Tensor } from './tensor.js';
import { inferTypes } from './types.js';

/** The pass as refusals name it. */
export const PASS = 'convert-opset';

/** What a change of an operator may ask and add. */
export class Conversion {
  readonly #types: ReadonlyMap<string, ElementType>;
  readonly #shapes: ReadonlyMap<string, ValueShape>;

  constructor(
    model: Model,
    private readonly graph: Graph,
  ) {
    this.#types = inferTypes(graph);
    this.#shapes = inferKnownShapes(model);
  }

  /** Whether anything reads a node's output. */
  isUsed(node: Node, output: number): boolean {
    const value = node.outputs[output] ?? '';
    return value !== '' && (this.graph.isOutput(value) || this.graph.consumers(value).length > 0);
  }

  /** Dimensions of a value; null where they depend on the size of the input. */
  rank(value: string): number | null {
    return this.#shapes.get(value)?.dims.length ?? null;
  }

  constant(value: string | undefined): Tensor | null {
    return value ? this.graph.constant(value) : null;
  }

  name(stem: string): string {
    return this.graph.freshName(stem);
  }

  /** A new constant list of integers. @returns its name */
  integers(stem: string, values: readonly number[]): string {
    return this.#add(stem, int64Tensor(values));
  }

  floats(stem: string, values: readonly number[]): string {
    return this.#add(stem, float32Tensor([values.length], values));
  }

  /** A new scalar constant of the type that `like` has. @throws Refusal where that is neither float32 nor float16 */
  scalar(node: Node, stem: string, value: number, like: string): string {
    const type = this.#types.get(like);
    if (type === 'float32') return this.#add(stem, float32Tensor([], [value]));
    if (type !== 'float16') throw this.refusal(`it works on ${type ?? 'an unknown type'}`, node);
    const bits = Uint16Array.of(toHalf(value));
    return this.#add(stem, { type, dims: [], bytes: new Uint8Array(bits.buffer) });
  }

  refusal(reason: string, node: Node): Refusal {
    return new Refusal(PASS, reason, node);
  }

  #add(stem: string, tensor: Tensor): string {
    const name = this.graph.freshName(stem);
    this.graph.setInitializer(name, tensor);
    return name;
  }
}
