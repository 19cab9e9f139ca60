import { intAttribute, makeNode, type Node } from '../../onnx/graph.js';
import { Refusal } from '../../onnx/refusal.js';
import { int64Tensor, integersOf } from '../../onnx/tensor.js';
import { type Demand, dimsOf, type InputDemand, sliceStart, type Wanted } from './channel-demand.js';

/** A node of which less is wanted, with what it gets from now on. */
export interface Patch extends Wanted {
  readonly inputDemands: readonly InputDemand[];
  /** Names of its inputs; constants among them are cut already. */
  readonly sliced: readonly string[];
  /** What is left of a value; null where all of it is. */
  given(value: string): Demand | null;
}

/** The node as it must be when its inputs are cut. */
export function patched(patch: Patch): Node {
  const { node, sliced } = patch;
  switch (node.op) {
    case 'Concat':
      return { ...node, inputs: sliced.filter((_, i) => patch.inputDemands[i] !== 'none') };
    case 'Split':
      return split(patch);
    case 'Slice':
      return slice(patch);
    case 'Reshape':
      return { ...node, inputs: [sliced[0]!, shapeFor(patch)] };
    default:
      return { ...node, inputs: sliced };
  }
}

function split(patch: Patch): Node {
  const { node, sliced, demands, graph } = patch;
  const rank = dimsOf(patch, node.inputs[0]!).length;
  const axis = (intAttribute(node, 'axis', 0) + rank) % rank;
  const sizes = node.outputs.map((output, i) => {
    const demand = demands[i];
    return demand?.axis === axis ? demand.keep.length : dimsOf(patch, output)[axis]!;
  });
  const name = graph.freshName(`${node.name}_sizes`);
  const attributes = new Map([...node.attributes].filter(([key]) => key !== 'num_outputs' && key !== 'split'));
  if (node.attributes.has('split')) {
    return { ...node, inputs: sliced, attributes: new Map([...attributes, ['split', { type: 'ints', value: sizes }]]) };
  }
  graph.setInitializer(name, int64Tensor(sizes));
  return { ...node, inputs: [sliced[0]!, name], attributes };
}

/** What is wanted of a slice lies together in what is left of its input. */
function slice(patch: Patch): Node {
  const { node, sliced, demands, graph, pass } = patch;
  const { axis, keep } = demands[0]!;
  const start = sliceStart(patch, axis);
  if (start === null) return { ...node, inputs: sliced };
  const given = patch.given(node.inputs[0]!);
  if (given !== null && given.axis !== axis) throw new Refusal(pass, 'its input cannot be cut', node);
  const length = dimsOf(patch, node.inputs[0]!)[axis]!;
  const left = given?.keep ?? Array.from({ length }, (_, at) => at);
  const from = left.indexOf(keep[0]! + start);
  const together = keep.every((at, i) => left[from + i] === at + start);
  if (from < 0 || !together) throw new Refusal(pass, 'other nodes need what lies between its classes', node);
  const rank = dimsOf(patch, node.inputs[0]!).length;
  const list = (input: number) => integersOf(graph.constant(node.inputs[input]!)!);
  const axes = node.inputs[3] ? list(3) : list(1).map((_, i) => i);
  const at = axes.findIndex((one) => (one + rank) % rank === axis);
  const constant = (stem: string, values: readonly number[]) => {
    const name = graph.freshName(`${node.name}_${stem}`);
    graph.setInitializer(name, int64Tensor(values));
    return name;
  };
  const starts = constant('starts', list(1).with(at, from));
  const ends = constant(
    'ends',
    list(2)
      .map((end) => Math.min(end, 2 ** 31 - 1))
      .with(at, from + keep.length),
  );
  return { ...node, inputs: [sliced[0]!, starts, ends, ...node.inputs.slice(3)] };
}

/** The wanted shape where the number of classes is written in it; -1, 0 and what is computed find it by themselves. */
function shapeFor(patch: Patch): string {
  const { axis, keep } = patch.demands[0]!;
  return withSize(patch, patch.node.inputs[1]!, axis, keep.length);
}

function withSize(patch: Patch, shape: string, at: number, size: number): string {
  const { graph, node, shapes } = patch;
  const constant = graph.constant(shape);
  const name = graph.freshName(`${node.name}_shape`);
  if (constant) {
    const sizes = integersOf(constant);
    if (sizes[at]! <= 0) return shape;
    graph.setInitializer(name, { ...int64Tensor(sizes.with(at, size)), dims: constant.dims });
    return name;
  }
  const writer = graph.producer(shape);
  if (writer?.op !== 'Concat') return shape;
  let start = 0;
  for (const [i, part] of writer.inputs.entries()) {
    const length = shapes.get(part)?.dims[0] ?? 0;
    if (at < start + length) {
      const changed = withSize(patch, part, at - start, size);
      if (changed === part) return shape;
      const output = graph.freshName(`${node.name}_shape`);
      graph.add(
        makeNode('Concat', output, writer.inputs.with(i, changed), [output], { axis: { type: 'int', value: 0 } }),
      );
      return output;
    }
    start += length;
  }
  return shape;
}
