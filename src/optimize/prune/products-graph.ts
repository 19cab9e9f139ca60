import { type Attribute, Graph, makeNode } from '../../onnx/graph.js';
import { float32Tensor, int64Tensor } from '../../onnx/tensor.js';
import type { LinearMap } from './linear-map.js';

/** Shapes of what a map reads and should give. */
export interface MapShapes {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Places along axis 1 of `to` that the map gives. */
  readonly kept: readonly number[];
}

/**
 * A graph (operator set 17) that multiplies what a map reads on a frame with itself, and with what the map should give.
 * Inputs: `from`, `to`, `chosen` (places of the output, [samples]), `weights` (of the chosen places). Outputs: `gram`
 * and `cross`, as in `ProductSums`.
 */
export function productsGraph(map: LinearMap, shapes: MapShapes, samples: number): Graph {
  const { from, to, kept } = shapes;
  const { groups } = map;
  const graph = new Graph({
    name: 'products',
    inputs: [
      { name: 'from', type: 'float32', dims: from },
      { name: 'to', type: 'float32', dims: to },
      { name: 'chosen', type: 'int64', dims: [samples] },
      { name: 'weights', type: 'float32', dims: [samples] },
    ],
    outputs: [
      { name: 'gram', type: 'float32', dims: null },
      { name: 'cross', type: 'float32', dims: null },
    ],
  });
  const steps = new Steps(graph);
  const sameSize = from.slice(2).join() === to.slice(2).join();
  const onePlace = map.kernel[0] * map.kernel[1] === 1 && sameSize;
  const taps = onePlace ? ['from'] : tapsOf(map, to, steps);
  graph.setInitializer('ones', float32Tensor([groups, 1, samples], new Float32Array(groups * samples).fill(1)));
  const read = steps.apply(
    'Concat',
    [...taps.map((tap) => samplesOf(tap, groups, map.inputs, steps)), 'ones'],
    int('axis', 1),
  );
  const wanted = kept.length === to[1] ? 'to' : steps.apply('Gather', ['to', steps.integers(...kept)], int('axis', 1));
  const given = samplesOf(wanted, groups, map.outputs, steps);
  const turned = steps.apply('Transpose', [steps.apply('Mul', [read, 'weights'])], ints('perm', 0, 2, 1));
  steps.apply('MatMul', [read, turned], {}, 'gram');
  steps.apply('MatMul', [given, turned], {}, 'cross');
  return graph;
}

/** What the kernel sees at each of its places, [N, C, output height, output width] each. */
function tapsOf({ kernel, strides, dilations, pads }: LinearMap, to: readonly number[], steps: Steps): string[] {
  const reach = [0, 1].map((axis) => (to[axis + 2]! - 1) * strides[axis]! + 1);
  const beyond = [0, 1].map((axis) => (kernel[axis]! - 1) * dilations[axis]!);
  // behind, perhaps more than the map itself pads: what is never sliced does no harm
  const padded = steps.apply('Pad', ['from', steps.integers(0, 0, ...pads, 0, 0, ...beyond)]);
  const taps: string[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const [top, left] = [row * dilations[0], column * dilations[1]];
      const starts = steps.integers(top, left);
      const ends = steps.integers(top + reach[0]!, left + reach[1]!);
      taps.push(steps.apply('Slice', [padded, starts, ends, steps.integers(2, 3), steps.integers(...strides)]));
    }
  }
  return taps;
}

/** [N, C, …] as [groups, C / groups, chosen places of all N] */
function samplesOf(value: string, groups: number, channels: number, steps: Steps): string {
  const flat = steps.apply('Reshape', [value, steps.integers(0, 0, -1)]);
  const byChannel = steps.apply('Transpose', [flat], ints('perm', 1, 0, 2));
  const grouped = steps.apply('Reshape', [byChannel, steps.integers(groups, channels / groups, -1)]);
  return steps.apply('Gather', [grouped, 'chosen'], int('axis', 2));
}

/** Adds nodes to a graph, one on the other. */
class Steps {
  readonly #graph: Graph;
  #count = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** @returns the name of the node's output */
  apply(op: string, inputs: string[], attributes: Record<string, Attribute> = {}, output = this.#name()): string {
    this.#graph.add(makeNode(op, output, inputs, [output], attributes));
    return output;
  }

  integers(...values: number[]): string {
    const name = this.#name();
    this.#graph.setInitializer(name, int64Tensor(values));
    return name;
  }

  #name(): string {
    return `value ${this.#count++}`;
  }
}

const int = (name: string, value: number): Record<string, Attribute> => ({ [name]: { type: 'int', value } });

const ints = (name: string, ...value: number[]): Record<string, Attribute> => ({ [name]: { type: 'ints', value } });
