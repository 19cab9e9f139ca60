import { makeNode } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { integersOf } from '../../onnx/tensor.js';
import { removeDead } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';

/** Bytes of values that are looked at in one pass over the pictures: what a large model may hold at once. */
const GROUP_BYTES = 96 * 2 ** 20;

/** Bytes of each float value on the first picture. */
export async function sizesOf(
  model: Model,
  values: readonly string[],
  inputs: ModelInputs,
): Promise<ReadonlyMap<string, number>> {
  const copy = copyModel(model);
  const { graph } = copy;
  const shapes = values.map((value) => [value, graph.freshName(`${value}_shape`)] as const);
  graph.add(...shapes.map(([value, shape]) => makeNode('Shape', shape, [value], [shape])));
  graph.outputs = shapes.map(([, name]) => ({ name, type: 'int64', dims: null }));
  removeDead(graph);
  const session = await GraphSession.open(copy, { arena: false });
  try {
    const dims = await session.run(await inputs.read(0));
    return new Map(shapes.map(([value, shape]) => [value, integersOf(dims.get(shape)!).reduce((a, b) => a * b, 4)]));
  } finally {
    await session.close();
  }
}

/**
 * Cuts a list into parts that hold no more than is good at once; an item that is larger than that is a part of its own.
 *
 * @param items in the order in which the graph computes them, so that the first parts need only its beginning
 */
export function inGroups<T>(items: readonly T[], bytesOf: (item: T) => number): T[][] {
  const groups: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = bytesOf(item);
    if (bytes + size > GROUP_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(item);
    bytes += size;
  }
  return groups;
}
