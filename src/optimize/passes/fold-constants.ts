import { ModelError } from '../../foundation/errors.js';
import { ELEMENT_TYPES } from '../../onnx/element-type.js';
import { Graph, makeNode, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { fixInputs, type InputDims, inferKnownShapes, type ValueShape } from '../../onnx/shapes.js';
import { elementCount, int64Tensor, type Tensor } from '../../onnx/tensor.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { GraphSession } from '../graph-session.js';

/** A constant larger than this is left to be computed: it would only make the file large. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * Operators that are not computed in advance although all they read is constant: weights of a quantized model would
 * be floats again, and random numbers always the same.
 */
const LEFT = new Set([
  'DequantizeLinear',
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);

/**
 * Replaces what does not depend on the inputs by its result, as ONNX Runtime computes it.
 *
 * @param options.inputDims makes the model static: its inputs get these sizes, and what it computes from them goes too
 * @returns a model and by how many nodes it is smaller
 * @throws ModelError where `inputDims` does not fit the inputs
 */
export async function foldConstants(
  model: Model,
  options: { inputDims?: InputDims } = {},
): Promise<{ model: Model; folded: number }> {
  const copy = copyModel(model);
  const { graph } = copy;
  sortTopologically(graph);
  if (options.inputDims) makeStatic(copy, options.inputDims);
  const shapes = inferKnownShapes(copy);
  const part = constantPart(graph, shapes);
  const results = await compute(copy, part, shapes);
  const outputs: Node[] = [];
  for (const [name, tensor] of results) {
    // an output of the graph must be written by a node
    if (graph.isOutput(name)) outputs.push(identityOf(graph, name, tensor));
    else graph.setInitializer(name, tensor);
  }
  const before = model.graph.nodes.length;
  graph.remove(part.filter((node) => node.outputs.some((output) => results.has(output))));
  graph.add(...outputs);
  removeDead(graph);
  sortTopologically(graph);
  return { model: copy, folded: before - graph.nodes.length };
}

function identityOf(graph: Graph, output: string, tensor: Tensor): Node {
  const constant = graph.freshName(`${output}_constant`);
  graph.setInitializer(constant, tensor);
  return makeNode('Identity', graph.freshName(`${output}_copy`), [constant], [output]);
}

/** Fixes the sizes of inputs and outputs, and turns what `Shape` and `Size` say into constants. */
function makeStatic(model: Model, inputDims: InputDims): void {
  const { graph } = model;
  graph.inputs = fixInputs(graph, inputDims);
  const known = inferKnownShapes(model);
  graph.outputs = graph.outputs.map((output) => ({ ...output, dims: known.get(output.name)?.dims ?? output.dims }));
  for (const node of graph.nodes) {
    const value = node.outputs[0]!;
    const sizes = known.get(value)?.values;
    if ((node.op !== 'Shape' && node.op !== 'Size') || !sizes || graph.isOutput(value)) continue;
    graph.setInitializer(value, int64Tensor(sizes, known.get(value)!.dims));
    graph.remove([node]);
  }
}

/** The nodes that read nothing but constants and each other's results, in order. */
function constantPart(graph: Graph, shapes: ReadonlyMap<string, ValueShape>): Node[] {
  const constant = new Set(['', ...graph.initializers.keys()]);
  return graph.nodes.filter((node) => {
    const copies = node.op === 'Identity' && graph.isOutput(node.outputs[0]!) && graph.constant(node.inputs[0]!);
    const foldable =
      !LEFT.has(node.op) &&
      !copies &&
      node.inputs.every((input) => constant.has(input)) &&
      node.outputs.every((output) => output === '' || isSmall(shapes.get(output)));
    if (foldable) for (const output of node.outputs) constant.add(output);
    return foldable;
  });
}

function isSmall(shape: ValueShape | undefined): boolean {
  return shape !== undefined && elementCount(shape.dims) * ELEMENT_TYPES[shape.type].bytes <= MAX_BYTES;
}

/** The values of the constant part that the rest of the graph reads. */
async function compute(
  model: Model,
  part: readonly Node[],
  shapes: ReadonlyMap<string, ValueShape>,
): Promise<Map<string, Tensor>> {
  if (part.length === 0) return new Map();
  const within = new Set(part);
  const wanted = part
    .flatMap(({ outputs }) => outputs)
    .filter((value) => model.graph.isOutput(value) || model.graph.consumers(value).some((node) => !within.has(node)));
  try {
    return await run(model, part, wanted, shapes);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    // one operator that ONNX Runtime does not have on the CPU must not keep the others
    return computeOneByOne(model, part, shapes);
  }
}

async function computeOneByOne(
  model: Model,
  part: readonly Node[],
  shapes: ReadonlyMap<string, ValueShape>,
): Promise<Map<string, Tensor>> {
  const found = new Map<string, Tensor>();
  const partly = copyModel(model);
  for (const node of part) {
    if (!node.inputs.every((input) => input === '' || partly.graph.constant(input))) continue;
    try {
      for (const [name, tensor] of await run(partly, [node], node.outputs.filter(Boolean), shapes)) {
        partly.graph.setInitializer(name, tensor);
        found.set(name, tensor);
      }
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
    }
  }
  return found;
}

async function run(
  model: Model,
  nodes: readonly Node[],
  wanted: readonly string[],
  shapes: ReadonlyMap<string, ValueShape>,
): Promise<Map<string, Tensor>> {
  if (wanted.length === 0) return new Map();
  const graph = new Graph({
    name: 'constants',
    inputs: [],
    outputs: wanted.map((name) => ({ name, type: shapes.get(name)!.type, dims: null })),
  });
  graph.add(...nodes);
  for (const input of nodes.flatMap(({ inputs }) => inputs)) {
    const tensor = model.graph.constant(input);
    if (tensor) graph.setInitializer(input, tensor);
  }
  const session = await GraphSession.open({ ...model, graph }, { optimization: 'disabled', arena: false });
  try {
    return await session.run(new Map(), wanted);
  } finally {
    await session.close();
  }
}
