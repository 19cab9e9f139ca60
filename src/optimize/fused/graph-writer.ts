import type { Attribute, Graph, Node } from '../../onnx/graph.js';
import { makeNode } from '../../onnx/graph.js';
import type { Tensor } from '../../onnx/tensor.js';

/** Adds nodes to the end of a graph, one after the other, under names that nothing has yet. */
export class GraphWriter {
  readonly #graph: Graph;
  readonly #prefix: string;

  /** @param prefix of all names */
  constructor(graph: Graph, prefix: string) {
    this.#graph = graph;
    this.#prefix = prefix;
  }

  /** @param output the value's name; default: a fresh one @returns the value that the node writes */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = this.#graph.freshName(`${this.#prefix}/${op}_output`),
  ): string {
    this.#graph.add(makeNode(op, this.#graph.freshName(`${this.#prefix}/${op}`), inputs, [output], attributes));
    return output;
  }

  /** The first of `outputs` values of a node that has several. */
  nodes(op: string, inputs: readonly string[], outputs: number, attributes: Readonly<Record<string, Attribute>>): Node {
    const names: string[] = [];
    for (let i = 0; i < outputs; i++) names.push(this.#graph.freshName(`${this.#prefix}/${op}_output_${i}`));
    const node = makeNode(op, this.#graph.freshName(`${this.#prefix}/${op}`), inputs, names, attributes);
    this.#graph.add(node);
    return node;
  }

  /** @returns the name of a constant with this content */
  constant(stem: string, tensor: Tensor): string {
    const name = this.#graph.freshName(`${this.#prefix}/${stem}`);
    this.#graph.setInitializer(name, tensor);
    return name;
  }
}

/** An attribute of one integer. */
export function asIntAttribute(value: number): Attribute {
  return { type: 'int', value };
}

export function ints(...value: readonly number[]): Attribute {
  return { type: 'ints', value };
}
