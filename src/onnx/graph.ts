import { ModelError } from '../foundation/errors.js';
import type { ElementType } from './element-type.js';
import type { Tensor } from './tensor.js';

/** What a node's attribute may be. Graphs (the bodies of If and Loop) are refused when a model is read. */
export type Attribute =
  | { readonly type: 'float' | 'int'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'tensor'; readonly value: Tensor };

/** An operation. Nodes are values: to change one, replace it in its graph. */
export interface Node {
  /** Unique in its graph. */
  readonly name: string;
  readonly op: string;
  /** '' is ONNX's own. */
  readonly domain: string;
  /** Names of values; '' stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A dimension: its size, or the name that a dynamic one has ('' where it has none). */
export type Dim = number | string;

/** An input or output of a graph; `dims` is null where the file does not say. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dim[] | null;
}

interface Links {
  readonly producers: ReadonlyMap<string, Node>;
  readonly consumers: ReadonlyMap<string, readonly Node[]>;
}

const NONE: readonly Node[] = [];

/** A model's computation: nodes that read and write named values. Constants are initializers; there are no Constant nodes. */
export class Graph {
  name: string;
  inputs: readonly Value[];
  outputs: readonly Value[];
  #nodes: Node[] = [];
  readonly #initializers = new Map<string, Tensor>();
  #links: Links | null = null;
  #fresh = 0;

  constructor(parts: { name: string; inputs: readonly Value[]; outputs: readonly Value[] }) {
    this.name = parts.name;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
  }

  /** In the order of the file until `sortTopologically` was called. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  get initializers(): ReadonlyMap<string, Tensor> {
    return this.#initializers;
  }

  /** The node that writes a value; null for inputs, initializers and names that nothing writes. */
  producer(value: string): Node | null {
    return this.#linked().producers.get(value) ?? null;
  }

  /** The nodes that read a value, each once. */
  consumers(value: string): readonly Node[] {
    return this.#linked().consumers.get(value) ?? NONE;
  }

  /** The constant that a value is; null where it is computed. */
  constant(value: string): Tensor | null {
    return this.#initializers.get(value) ?? null;
  }

  isOutput(value: string): boolean {
    return this.outputs.some(({ name }) => name === value);
  }

  isInput(value: string): boolean {
    return this.inputs.some(({ name }) => name === value);
  }

  add(...nodes: readonly Node[]): void {
    this.#nodes.push(...nodes);
    this.#links = null;
  }

  /** Puts nodes in the place of one. @throws RangeError where it is not in this graph */
  replace(node: Node, ...others: readonly Node[]): void {
    const at = this.#nodes.indexOf(node);
    if (at < 0) throw new RangeError(`node ${node.name} is not in graph ${this.name}`);
    this.#nodes.splice(at, 1, ...others);
    this.#links = null;
  }

  remove(nodes: Iterable<Node>): void {
    const gone = new Set(nodes);
    this.#nodes = this.#nodes.filter((node) => !gone.has(node));
    this.#links = null;
  }

  /** Lets every node that reads value `from` read `to`; outputs of the graph stay as they are. */
  reroute(from: string, to: string): void {
    this.#nodes = this.#nodes.map((node) =>
      node.inputs.includes(from)
        ? { ...node, inputs: node.inputs.map((input) => (input === from ? to : input)) }
        : node,
    );
    this.#links = null;
  }

  /** @param order the same nodes, in another order */
  reorder(order: readonly Node[]): void {
    this.#nodes = [...order];
  }

  setInitializer(name: string, tensor: Tensor): void {
    this.#initializers.set(name, tensor);
  }

  dropInitializer(name: string): void {
    this.#initializers.delete(name);
  }

  /** A name of a value, node or initializer that nothing has yet: `stem`, or `stem_1`, … */
  freshName(stem: string): string {
    const { producers, consumers } = this.#linked();
    const taken = (name: string) =>
      producers.has(name) ||
      consumers.has(name) ||
      this.#initializers.has(name) ||
      this.isInput(name) ||
      this.#nodes.some((node) => node.name === name);
    let name = stem;
    while (taken(name)) name = `${stem}_${++this.#fresh}`;
    return name;
  }

  /** A graph that can be changed by itself; constants are shared, since nobody writes into them. */
  clone(): Graph {
    const copy = new Graph(this);
    copy.#nodes = [...this.#nodes];
    for (const [name, tensor] of this.#initializers) copy.#initializers.set(name, tensor);
    return copy;
  }

  #linked(): Links {
    this.#links ??= link(this.#nodes);
    return this.#links;
  }
}

function link(nodes: readonly Node[]): Links {
  const producers = new Map<string, Node>();
  const consumers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      const other = producers.get(output);
      if (other) throw new ModelError(`value ${output} is written by two nodes, ${other.name} and ${node.name}`);
      producers.set(output, node);
    }
    for (const input of new Set(node.inputs)) {
      if (input === '') continue;
      const readers = consumers.get(input);
      if (readers) readers.push(node);
      else consumers.set(input, [node]);
    }
  }
  return { producers, consumers };
}

/** A node of ONNX's own operators. */
export function makeNode(
  op: string,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Node {
  return { name, op, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) };
}

/** An integer attribute, or `fallback` where the node does not have it. */
export function intAttribute<T>(node: Node, name: string, fallback: T): number | T {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'int' ? attribute.value : fallback;
}

export function intsAttribute<T>(node: Node, name: string, fallback: T): readonly number[] | T {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'ints' ? attribute.value : fallback;
}

export function floatAttribute<T>(node: Node, name: string, fallback: T): number | T {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'float' ? attribute.value : fallback;
}

export function stringAttribute<T>(node: Node, name: string, fallback: T): string | T {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'string' ? attribute.value : fallback;
}
