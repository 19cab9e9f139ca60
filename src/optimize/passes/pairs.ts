import { type Graph, intsAttribute, type Node } from '../../onnx/graph.js';
import { integersOf, isInteger } from '../../onnx/tensor.js';

/** A node that does what this one and the one before it do together; null where there is none. */
export function shortened(node: Node, graph: Graph): Node | null {
  const before = graph.producer(node.inputs[0] ?? '');
  if (!before || node.domain !== '' || before.domain !== '' || before.op !== node.op) return null;
  const read = before.inputs[0]!;
  switch (node.op) {
    case 'Transpose': {
      const first = intsAttribute(before, 'perm', null);
      const second = intsAttribute(node, 'perm', null);
      if (!first || !second || first.length !== second.length) return null;
      const perm = { type: 'ints', value: second.map((axis) => first[axis]!) } as const;
      return { ...node, inputs: [read], attributes: new Map([['perm', perm]]) };
    }
    case 'Reshape': {
      // a 0 in the second shape is a size that the first one made
      const shape = graph.constant(node.inputs[1] ?? '');
      if (!shape || !isInteger(shape) || integersOf(shape).includes(0)) return null;
      return { ...node, inputs: [read, node.inputs[1]!] };
    }
    default:
      return null;
  }
}
