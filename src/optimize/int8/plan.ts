import { type Graph, type Node, stringAttribute } from '../../onnx/graph.js';
import type { Int8Layer } from './layers.js';
import type { PictureInput } from './picture-input.js';
import type { Scheme } from './quantizer.js';

/** What of a graph runs in int8, and which values share a quantizer. */
export interface Int8Plan {
  readonly layers: readonly Int8Layer[];
  /** All int8 operations: the layers', their activations and what lies between. */
  readonly nodes: ReadonlySet<Node>;
  /** Each quantized value, with the observed values that its numbers come from (sorted). Same sources: same quantizer. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** They move numbers and change none: input and output need the same quantizer, and then run on bytes. */
// biome-ignore format: words read better in rows than one to a line
const MOVES: ReadonlySet<string> = new Set([
  'MaxPool', 'Resize', 'Reshape', 'Transpose', 'Flatten', 'Squeeze', 'Unsqueeze', 'Slice', 'Gather', 'Split',
  'DepthToSpace', 'Expand', 'Tile', 'Identity',
]);
/** They compute and have int8 kernels of their own in ONNX Runtime (QLinearAdd, …). */
const COMPUTES: ReadonlySet<string> = new Set([
  'Add',
  'Mul',
  'Sigmoid',
  'LeakyRelu',
  'AveragePool',
  'GlobalAveragePool',
]);
/** TensorRT fuses the others into the layer before, where a quantizer between would only hinder. */
const COMPUTES_TENSORRT: ReadonlySet<string> = new Set(['Add', 'AveragePool', 'GlobalAveragePool']);

export interface PlanOptions {
  readonly scheme: Scheme;
  /** Names of layers' nodes that stay in float. */
  readonly inFloat: ReadonlySet<string>;
  /** One quantizer for all that a Concat joins, instead of one for each and requantizing. */
  readonly shareConcat: boolean;
  readonly picture: PictureInput | null;
}

/** Decides what runs in int8: an operation between layers does where it reads and is read by something that does. */
export function makePlan(graph: Graph, allLayers: readonly Int8Layer[], options: PlanOptions): Int8Plan {
  const layers = allLayers.filter(({ node, reason }) => reason === null && !options.inFloat.has(node.name));
  const between = new Set(graph.nodes.filter((node) => hasInt8(node, options.scheme)));
  const written = new Set(layers.map(({ output }) => output));
  if (options.picture) written.add(options.picture.value);
  const read = new Set(layers.map(({ input }) => input));
  const replaced = new Set(options.picture?.chain);
  const int8Written = (value: string) => written.has(value) || between.has(graph.producer(value)!);
  const int8Read = (value: string) => read.has(value) || graph.consumers(value).some((node) => between.has(node));
  for (let before = -1; before !== between.size; ) {
    before = between.size;
    for (const node of between) {
      const reads = dataInputs(node).some(int8Written);
      if (replaced.has(node) || !reads || !node.outputs.some(int8Read)) between.delete(node);
    }
  }
  const nodes = new Set(between);
  const values = new Set<string>();
  for (const { node, input, activation, output } of layers) {
    nodes.add(node);
    if (activation) nodes.add(activation);
    values.add(input);
    // ONNX Runtime only has kernels from int8 to int8
    if (options.scheme !== 'tensorrt' || graph.consumers(output).some((reader) => between.has(reader))) {
      values.add(output);
    }
  }
  for (const node of between) {
    for (const value of [...dataInputs(node), ...node.outputs]) if (!graph.constant(value)) values.add(value);
  }
  return { layers, nodes, values: new Map(shared(graph, [...values], between, options)) };
}

/** The inputs of a node that are pictures or features, not shapes, axes or limits. */
export function dataInputs(node: Node): readonly string[] {
  return MOVES.has(node.op) ? node.inputs.slice(0, 1) : node.inputs;
}

function hasInt8(node: Node, scheme: Scheme): boolean {
  if (node.domain !== '') return false;
  switch (node.op) {
    case 'Concat':
      return true;
    case 'Resize':
      return stringAttribute(node, 'mode', 'nearest') === 'nearest';
    case 'MaxPool':
      return node.outputs.length === 1;
    default:
      return MOVES.has(node.op) || (scheme === 'tensorrt' ? COMPUTES_TENSORRT : COMPUTES).has(node.op);
  }
}

/**
 * The observed values behind a value: those of the input for an operation that only moves numbers, all inputs' for a Concat.
 * Whether these run in int8 or not makes no difference to where the numbers come from.
 */
function sourcesOf(graph: Graph, value: string, picture: PictureInput | null): readonly string[] {
  const sources = new Set<string>();
  const seen = new Set<string>();
  const open = [value];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const node = at === picture?.value ? null : graph.producer(at);
    if (node && (node.op === 'Concat' || (MOVES.has(node.op) && hasInt8(node, 'cpu')))) open.push(...dataInputs(node));
    else if (!graph.constant(at)) sources.add(at);
  }
  return [...sources].sort();
}

function shared(
  graph: Graph,
  values: readonly string[],
  between: ReadonlySet<Node>,
  { shareConcat, picture }: PlanOptions,
): [string, readonly string[]][] {
  const own = values.map((value): [string, readonly string[]] => [value, sourcesOf(graph, value, picture)]);
  if (!shareConcat) return own;
  const groups = new Map<string, Set<string>>();
  for (const node of between) {
    if (node.op !== 'Concat') continue;
    const sources = sourcesOf(graph, node.outputs[0]!, picture);
    if (!sharable(graph, sources) || (picture && sources.includes(picture.value))) continue;
    const joined = new Set(sources);
    for (const source of sources) for (const other of groups.get(source) ?? []) joined.add(other);
    for (const source of joined) groups.set(source, joined);
  }
  return own.map(([value, sources]) => [
    value,
    [...new Set(sources.flatMap((s) => [...(groups.get(s) ?? [s])]))].sort(),
  ]);
}

/** A ReLU is only absorbed by a zero point at the lowest number, a clip by a range within its own: neither may be widened. */
function sharable(graph: Graph, sources: readonly string[]): boolean {
  const writers = new Set(sources.map((source) => graph.producer(source)?.op ?? ''));
  return !writers.has('Clip') && (!writers.has('Relu') || writers.size === 1);
}
