import { ModelError } from '../foundation/errors.js';
import type { ElementType } from './element-type.js';
import type { Graph, Node, Value } from './graph.js';
import { type Model, opsetOf } from './model.js';
import { Call, few, type Known } from './shape-rules/call.js';
import { shapeRuleOf } from './shape-rules/operators.js';
import { elementCount, elementsOf, floatsOf, integersOf, type Tensor } from './tensor.js';
import { sortTopologically } from './topology.js';
import { outputTypes } from './types.js';

/** Type and shape of a value. */
export interface ValueShape {
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** Sizes of a model's inputs by their names; inputs of fixed size may be left out. */
export type InputDims = ReadonlyMap<string, readonly number[]>;

/**
 * The type and shape of every value of a model at given input sizes, constants included. Shape arithmetic is computed.
 * Where a size depends on the picture (boxes that are left after suppression), it is the most that there can be.
 *
 * @throws ModelError naming node and operator where an operator is not known, shapes do not fit, or a shape depends on
 *   computed data; naming the input where `inputDims` does not say its size or contradicts the model
 */
export function inferShapes(model: Model, inputDims: InputDims): ReadonlyMap<string, ValueShape> {
  return infer(model, inputDims, (error) => {
    throw error;
  });
}

/**
 * As `inferShapes`, but what cannot be known is missing from the answer instead of being an error. Elements that are
 * few and do not depend on the data are told too, int64 beyond 2^53 inexactly.
 *
 * @param inputDims without it, inputs of open size are not known either
 * @throws ModelError where `inputDims` does not fit the inputs; as `inferShapes` where the graph cannot be ordered
 */
export function inferKnownShapes(model: Model, inputDims?: InputDims): ReadonlyMap<string, Known> {
  if (inputDims) for (const input of model.graph.inputs) knownInput(input, inputDims.get(input.name));
  return infer(model, inputDims ?? new Map(), () => {});
}

function infer(model: Model, inputDims: InputDims, onFailure: (error: ModelError) => void): Map<string, Known> {
  const graph = model.graph.clone();
  sortTopologically(graph);
  const known = new Map<string, Known>();
  // failures that are ours stay what they are
  const attempt = (deed: () => void) => {
    try {
      deed();
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      onFailure(error);
    }
  };
  for (const input of graph.inputs) attempt(() => known.set(input.name, knownInput(input, inputDims.get(input.name))));
  for (const [name, tensor] of graph.initializers) known.set(name, knownConstant(tensor));
  for (const node of graph.nodes) {
    attempt(() => {
      for (const [name, value] of inferNode(node, opsetOf(model), known)) known.set(name, value);
    });
  }
  return known;
}

function knownInput({ name, type, dims }: Value, given: readonly number[] | undefined): Known {
  const wanted = given ?? dims ?? [];
  const fits =
    !dims || (dims.length === wanted.length && dims.every((dim, i) => typeof dim === 'string' || dim === wanted[i]));
  if (!fits) {
    throw new ModelError(`input ${name} is [${dims.join(', ')}], not [${wanted.join(', ')}]`, { input: name });
  }
  if ((!given && !dims) || !wanted.every((dim) => typeof dim === 'number')) {
    throw new ModelError(`input ${name} [${wanted.join(', ')}] has no fixed size: say which`, { input: name });
  }
  return { type, dims: wanted as readonly number[], values: null, atMost: false };
}

function knownConstant(tensor: Tensor): Known {
  const { type, dims } = tensor;
  return { type, dims, values: few(dims) ? numbersOf(tensor) : null, atMost: false };
}

function numbersOf(tensor: Tensor): readonly number[] | null {
  switch (tensor.type) {
    case 'bfloat16':
      return null;
    case 'float32':
    case 'float16':
      return Array.from(floatsOf(tensor));
    case 'float64':
      return Array.from(elementsOf(tensor), Number);
    default:
      return integersOf(tensor);
  }
}

function inferNode(
  node: Node,
  opset: number,
  known: ReadonlyMap<string, Known>,
): readonly (readonly [string, Known])[] {
  const rule = shapeRuleOf(node);
  const context = { node: node.name, op: node.op };
  const operator = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
  if (!rule) throw new ModelError(`node ${node.name}: operator ${operator} is not known`, context);
  const inputs = node.inputs.map((input) => (input === '' ? null : (known.get(input) ?? null)));
  const missing = node.inputs.find((input) => input !== '' && !known.has(input));
  if (missing) throw new ModelError(`node ${node.name} (${operator}): the shape of ${missing} is not known`, context);
  const atMost = DATA_DEPENDENT.has(node.op) || inputs.some((input) => input?.atMost);
  const shapes = rule(new Call(node, opset, inputs));
  const types = outputTypes(node, (input) => inputs[input]?.type ?? null);
  return node.outputs.flatMap((output, i): (readonly [string, Known])[] => {
    const shape = shapes[i];
    const type = types[i];
    if (output === '') return [];
    if (!shape || !type)
      throw new ModelError(`node ${node.name} (${operator}): output ${output} is not known`, context);
    checkDims(node, shape.dims);
    const exact = !atMost || shape.values !== null;
    return [[output, { type, dims: shape.dims, values: shape.values, atMost: !exact }]];
  });
}

/** Operators that give as many elements as the data has. */
const DATA_DEPENDENT = new Set(['NonMaxSuppression', 'NonZero']);

function checkDims({ name, op }: Node, dims: readonly number[]): void {
  if (dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) && Number.isSafeInteger(elementCount(dims))) return;
  throw new ModelError(`node ${name} (${op}) would give [${dims.join(', ')}]`, { node: name, op });
}

/** The inputs of a graph at given sizes. @throws ModelError where they do not fit */
export function fixInputs(graph: Graph, inputDims: InputDims): readonly Value[] {
  return graph.inputs.map((input) =>
    inputDims.has(input.name) ? { ...input, dims: knownInput(input, inputDims.get(input.name)).dims } : input,
  );
}
