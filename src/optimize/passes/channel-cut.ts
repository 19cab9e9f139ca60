import type { Graph, Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { type InputDims, inferKnownShapes, type ValueShape } from '../../onnx/shapes.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { type Demand, type InputDemand, inputDemands, type Wanted } from './channel-demand.js';
import { patched } from './channel-patch.js';
import { takeAlong } from './take-along.js';

/** What comes of a cut: the model, and the nodes whose filters went. */
export interface CutModel {
  readonly model: Model;
  readonly cut: readonly { readonly node: string; readonly before: number; readonly after: number }[];
}

/**
 * Cuts an output of a model down to some positions along one axis: follows them back to the convolutions (or matrix
 * products) that make them, and slices their weights.
 *
 * @param probe sizes of the inputs at which shapes are looked at
 * @throws Refusal naming the node where the positions cannot be followed
 */
export function cutOutput(model: Model, pass: string, output: string, demand: Demand, probe: InputDims): CutModel {
  const copy = copyModel(model);
  const { graph } = copy;
  sortTopologically(graph);
  const shapes = inferKnownShapes(copy, probe);
  const demands = new Demands(pass, graph, shapes);
  demands.spread(output, demand);
  const cut = demands.apply();
  graph.outputs = graph.outputs.map((value) =>
    value.name === output
      ? {
          ...value,
          dims:
            value.dims?.map((dim, i) => (i === demand.axis && typeof dim === 'number' ? demand.keep.length : dim)) ??
            null,
        }
      : value,
  );
  removeDead(graph);
  sortTopologically(graph);
  demands.verify(inferKnownShapes(copy, probe));
  return { model: copy, cut };
}

interface ValueDemand {
  /** null: all of it. */
  readonly demand: Demand | null;
  /** Whether it is a reason to cut: that a slice takes only a part of a value is none. */
  readonly isReason: boolean;
}

/** The wanted parts of the values of a graph. */
class Demands {
  readonly #ofValues = new Map<string, ValueDemand>();
  readonly #ofInputs = new Map<Node, readonly InputDemand[]>();

  constructor(
    private readonly pass: string,
    private readonly graph: Graph,
    private readonly shapes: ReadonlyMap<string, ValueShape>,
  ) {}

  /** Goes from the outputs back to the constants. The graph is in topological order. */
  spread(output: string, demand: Demand): void {
    for (const { name } of this.graph.outputs) this.#want(name, name === output ? demand : null, true);
    for (const node of [...this.graph.nodes].reverse()) {
      // what asks only for sizes follows
      if (node.op === 'Shape' || node.op === 'Size') continue;
      const isCut = this.#isCut(node);
      const inputs = isCut ? inputDemands(this.#wanted(node)) : this.#unasked(node);
      this.#ofInputs.set(node, inputs);
      for (const [i, input] of inputs.entries()) if (input !== 'none') this.#want(node.inputs[i]!, input, isCut);
    }
    const whole = this.graph.inputs.find(({ name }) => this.#given(name));
    if (whole) throw new Refusal(this.pass, `the classes go back to input ${whole.name}, not to convolutions`);
  }

  apply(): CutModel['cut'] {
    const cut: { node: string; before: number; after: number }[] = [];
    for (const [node, inputs] of this.#ofInputs) {
      if (!this.#isCut(node) && !(node.op === 'Slice' && this.#given(node.inputs[0]!))) continue;
      const sliced = node.inputs.map((input, i) => this.#input(node, input, inputs[i]!));
      const given = (value: string) => this.#given(value);
      const changed = patched({ ...this.#wanted(node), inputDemands: inputs, sliced, given });
      this.graph.replace(node, changed);
      if (!['Conv', 'MatMul', 'Gemm'].includes(node.op)) continue;
      const demand = this.#given(node.outputs[0]!)!;
      const before = this.shapes.get(node.outputs[0]!)!.dims[demand.axis]!;
      cut.push({ node: node.name, before, after: demand.keep.length });
    }
    return cut.reverse();
  }

  /** @throws Refusal where a value did not become what it should: a size written down somewhere else */
  verify(shapes: ReadonlyMap<string, ValueShape>): void {
    for (const value of this.#ofValues.keys()) {
      const demand = this.#given(value);
      if (!demand || this.graph.constant(value)) continue;
      const producer = this.graph.producer(value);
      if (producer && shapes.get(value)?.dims[demand.axis] !== demand.keep.length) {
        throw new Refusal(this.pass, 'its size is fixed in a way that is not understood', producer);
      }
    }
  }

  #wanted(node: Node): Wanted {
    const demands = node.outputs.map((output) => this.#given(output) ?? (node.op === 'Slice' ? this.#all(node) : null));
    return { pass: this.pass, graph: this.graph, shapes: this.shapes, node, demands };
  }

  #isCut(node: Node): boolean {
    return node.outputs.some((output) => this.#given(output));
  }

  /** What is left of a value; null where all of it is. */
  #given(value: string): Demand | null {
    const entry = this.#ofValues.get(value);
    return entry?.isReason ? entry.demand : null;
  }

  /** What a node wants of its inputs when all of its outputs is wanted. */
  #unasked(node: Node): readonly InputDemand[] {
    const all = node.inputs.map(() => null);
    if (node.op !== 'Slice' || !this.#all(node)) return all;
    try {
      return inputDemands(this.#wanted(node));
    } catch (error) {
      if (error instanceof Refusal) return all;
      throw error;
    }
  }

  /** All that a slice gives, along the axis that it makes shorter. */
  #all(node: Node): Demand | null {
    const before = this.shapes.get(node.inputs[0]!)?.dims;
    const after = this.shapes.get(node.outputs[0]!)?.dims;
    const axis = after?.findIndex((dim, i) => dim !== before?.[i]) ?? -1;
    return axis < 0 ? null : { axis, keep: Array.from({ length: after![axis]! }, (_, at) => at) };
  }

  /** Constants are cut for each reader by itself; other values for all of their readers together. */
  #want(value: string, demand: Demand | null, isReason: boolean): void {
    if (value === '' || this.graph.constant(value)) return;
    const other = this.#ofValues.get(value);
    this.#ofValues.set(
      value,
      other
        ? { demand: this.#union(value, other.demand, demand), isReason: other.isReason || isReason }
        : { demand, isReason },
    );
  }

  #union(value: string, a: Demand | null, b: Demand | null): Demand | null {
    if (!a || !b || a.axis !== b.axis) return null;
    const keep = [...new Set([...a.keep, ...b.keep])].sort((x, y) => x - y);
    return keep.length === this.shapes.get(value)?.dims[a.axis] ? null : { axis: a.axis, keep };
  }

  /** The name of an input as the node reads it afterwards. */
  #input(node: Node, input: string, demand: InputDemand): string {
    if (demand === null || demand === 'none') return input;
    const tensor = this.graph.constant(input);
    if (tensor) {
      const name = this.graph.freshName(`${input}_kept`);
      this.graph.setInitializer(name, takeAlong(tensor, demand.axis, demand.keep));
      return name;
    }
    const given = this.#given(input);
    const whole = demand.keep.length === this.shapes.get(input)?.dims[demand.axis];
    if ((whole && given === null) || String(given?.keep) === String(demand.keep)) return input;
    // slices take their part of what the others need too
    if (node.op === 'Slice' && (given === null || given.axis === demand.axis)) return input;
    throw new Refusal(this.pass, `other nodes need more of ${input} than it does`, node);
  }
}
