import { ELEMENT_TYPES } from '../../onnx/element-type.js';
import { type Graph, intAttribute, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { inferKnownShapes } from '../../onnx/shapes.js';
import { elementCount, elementsOf, int64Tensor, integersOf, type Tensor } from '../../onnx/tensor.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { inferTypes } from '../../onnx/types.js';
import { GraphSession } from '../graph-session.js';
import { type PictureSize, pictureSizeOf } from './picture-size.js';

const PASS = 'fix size';
/** What does not change from the one to the other does not depend on the batch. */
const BATCHES = [1, 2] as const;
const SIZES = new Set(['Shape', 'Size']);

/**
 * Fixes the size of a model's picture and leaves its batch free: what it computes from the size alone, the places of its
 * anchors above all, becomes constant.
 *
 * @returns a model and by how many nodes it is smaller
 * @throws Refusal where the input is not one picture; ModelError where the model does not take that size
 */
export async function fixSize(
  model: Model,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<{ model: Model; folded: number }> {
  const copy = copyModel(model);
  const { graph } = copy;
  sortTopologically(graph);
  const size = pictureSizeOf(graph);
  if (!size) throw new Refusal(PASS, 'expected one input, a picture of 3 channels');
  const input = graph.inputs[0]!;
  const batch = input.dims![0]!;
  const dims = (count: number | string) =>
    size.order === 'nchw' ? [count, 3, height, width] : [count, height, width, 3];
  const values = sizesRead(graph);
  const batches = typeof batch === 'number' ? [batch] : BATCHES;
  const found: Map<string, Tensor>[] = [];
  for (const count of batches) found.push(await valuesAt(copy, values, size, dims(count) as number[]));
  const most = batches.at(-1)!;
  const shapes = inferKnownShapes(copy, new Map([[size.picture, dims(most) as number[]]]));
  const [first, last] = [found[0]!, found.at(-1)!];
  for (const name of values) {
    const [one, other] = [first.get(name)!, last.get(name)!];
    const isBatch = (value: string) => shapes.get(value)?.dims[0] === most;
    const constant = sameBytes(one, other) ? one : keepingBatch(graph, name, one, other, isBatch);
    if (!constant) continue;
    const fixed = graph.freshName(`${name}_fixed`);
    graph.setInitializer(fixed, constant);
    graph.reroute(name, fixed);
  }
  graph.inputs = [{ ...input, dims: dims(batch) }];
  removeDead(graph);
  sortTopologically(graph);
  return { model: copy, folded: model.graph.nodes.length - graph.nodes.length };
}

/** Values that are made of sizes alone and read by nodes that compute with the picture. */
function sizesRead(graph: Graph): readonly string[] {
  const ofPicture = new Set(graph.inputs.map(({ name }) => name));
  const ofSize = new Set<string>();
  const working: Node[] = [];
  for (const node of graph.nodes) {
    const sized = SIZES.has(node.op);
    const seen = !sized && node.inputs.some((input) => ofPicture.has(input));
    if (seen) working.push(node);
    if (seen || sized || node.inputs.some((input) => ofSize.has(input))) {
      for (const output of node.outputs) (seen ? ofPicture : ofSize).add(output);
    }
  }
  return [...new Set(working.flatMap(({ inputs }) => inputs.filter((input) => ofSize.has(input))))];
}

/** What values are for grey pictures of some shape. */
async function valuesAt(
  model: Model,
  values: readonly string[],
  { picture }: PictureSize,
  dims: readonly number[],
): Promise<Map<string, Tensor>> {
  if (values.length === 0) return new Map();
  const probe = copyModel(model);
  const types = inferTypes(probe.graph);
  probe.graph.outputs = values.map((name) => ({ name, type: types.get(name) ?? 'int64', dims: null }));
  removeDead(probe.graph);
  const { type } = probe.graph.inputs[0]!;
  const bytes = new Uint8Array(elementCount(dims) * ELEMENT_TYPES[type].bytes);
  const session = await GraphSession.open(probe);
  try {
    const results = await session.run(new Map([[picture, { type, dims, bytes }]]));
    // what the runtime gives is its own memory
    return new Map([...results].map(([name, tensor]) => [name, { ...tensor, bytes: tensor.bytes.slice() }]));
  } finally {
    await session.close();
  }
}

function sameBytes(a: Tensor, b: Tensor): boolean {
  return elementCount(a.dims) === elementCount(b.dims) && elementsOf(a).every((value, i) => value === elementsOf(b)[i]);
}

/** A shape whose first number is the batch, for those who only take it to keep that: 0 says as much. */
function keepingBatch(
  graph: Graph,
  name: string,
  one: Tensor,
  other: Tensor,
  isBatch: (value: string) => boolean,
): Tensor | null {
  if (one.type !== 'int64' || one.dims.length !== 1 || one.dims[0] !== other.dims[0]) return null;
  const [from, to] = [integersOf(one), integersOf(other)];
  const restAlike = from.slice(1).every((value, i) => value === to[i + 1]);
  if (!restAlike || from[0] !== BATCHES[0] || to[0] !== BATCHES[1]) return null;
  const keeps = (node: Node) =>
    node.op === 'Reshape' &&
    node.inputs[1] === name &&
    intAttribute(node, 'allowzero', 0) === 0 &&
    isBatch(node.inputs[0]!);
  return graph.consumers(name).every(keeps) && !graph.isOutput(name) ? int64Tensor([0, ...from.slice(1)]) : null;
}
