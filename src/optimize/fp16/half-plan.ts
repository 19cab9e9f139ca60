import { halfTable, toHalf } from '../../foundation/half.js';
import type { ElementType } from '../../onnx/element-type.js';
import type { Graph, Node } from '../../onnx/graph.js';
import { floatsOf, type Tensor } from '../../onnx/tensor.js';

/** The largest number that half precision can hold. */
const LARGEST_HALF = 65_504;
/** Calibration pictures are not all pictures: values may become twice as large before they overflow. */
const HEADROOM = 2;
/** Rounding to 11 bits loses 0.02 %; a node whose weights lose ten times as much has weights too small for its format. */
const MOST_LOST = 0.002;

/** What the arithmetic of a detector is spent on: what lies behind the last of them is not worth its rounding. */
const HEAVY = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm']);

const SIZES = new Set(['Shape', 'Size']);

/** Operators that ONNX, or one of the providers, does not compute in half precision, or that make floats of nothing. */
// biome-ignore format: words read better in rows than one to a line
export const DEFAULT_BLOCK_LIST: readonly string[] = [
  'Range', 'ConstantOfShape', 'EyeLike', 'CumSum', 'TopK', 'NonMaxSuppression', 'RoiAlign', 'GridSample',
  'QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'Multinomial', 'RandomNormal', 'RandomUniform',
  'RandomNormalLike', 'RandomUniformLike', 'If', 'Loop', 'Scan',
];

/** Inputs that stay float32 in a half-precision node: sizes and scales. */
const FLOAT_INPUTS: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2], Upsample: [1] };

/** A node that is left in float32, and why. */
export interface KeptInFloat {
  readonly node: string;
  readonly reason: string;
}

/** Whether input `index` of a half-precision node is read as half precision, if it is a float. */
export function readsHalf({ op }: Node, index: number): boolean {
  return !FLOAT_INPUTS[op]?.includes(index);
}

/**
 * The nodes that could compute in half precision: those that make numbers of the picture before the last heavy operation.
 * Behind it, in the decoding of boxes, there is little to gain, and half precision places a box only to half a pixel.
 * Arithmetic with sizes must stay exact.
 *
 * @param graph in topological order
 */
export function candidates(graph: Graph, types: ReadonlyMap<string, ElementType>): readonly Node[] {
  const leading = new Set<Node>();
  const waiting = graph.nodes.filter(({ op, domain }) => HEAVY.has(op) && domain === '');
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (leading.has(node)) continue;
    leading.add(node);
    for (const input of node.inputs) {
      const producer = graph.producer(input);
      if (producer) waiting.push(producer);
    }
  }
  const ofPicture = new Set(graph.inputs.map(({ name }) => name));
  const isFloat = (value: string) => types.get(value) === 'float32';
  return graph.nodes.filter((node) => {
    if (SIZES.has(node.op) || !node.inputs.some((input) => ofPicture.has(input))) return false;
    for (const output of node.outputs) ofPicture.add(output);
    return leading.has(node) && [...node.inputs, ...node.outputs].some(isFloat);
  });
}

/** Of nodes that could be converted, those that hang together with none of the heavy ones: they would only be cast to and fro. */
export function withoutHeavy(graph: Graph, nodes: ReadonlySet<Node>): ReadonlySet<Node> {
  const alone = new Set(nodes);
  const waiting = [...nodes].filter(({ op }) => HEAVY.has(op));
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (!alone.delete(node)) continue;
    const before = node.inputs.map((input) => graph.producer(input));
    const after = node.outputs.flatMap((output) => graph.consumers(output));
    for (const other of [...before, ...after]) if (other && alone.has(other)) waiting.push(other);
  }
  return alone;
}

/** @returns why a node has to stay in float32; null where it need not */
export function reasonForFloat(
  graph: Graph,
  node: Node,
  types: ReadonlyMap<string, ElementType>,
  largest: ReadonlyMap<string, number>,
  blocked: ReadonlySet<string>,
): string | null {
  if (node.domain !== '') return `operators of ${node.domain} are not known`;
  if (blocked.has(node.op)) return `${node.op} is on the block list`;
  if (blocked.has(node.name)) return 'it is on the block list';
  if (node.outputs.some((output) => output !== '' && !types.has(output))) return 'the type of its result is not known';
  for (const value of [...node.inputs, ...node.outputs]) {
    const size = largest.get(value) ?? 0;
    if (size * HEADROOM > LARGEST_HALF)
      return `${value} reaches ${size.toPrecision(3)}, half precision ${LARGEST_HALF}`;
  }
  for (const [index, input] of node.inputs.entries()) {
    const tensor = graph.constant(input);
    const reason = tensor?.type === 'float32' && readsHalf(node, index) ? reasonOf(tensor) : null;
    if (reason) return `${input} ${reason}`;
  }
  return null;
}

/** What is lost of a constant in half precision; infinities, which masks are made of, are no loss. */
function reasonOf(tensor: Tensor): string | null {
  const table = halfTable();
  let whole = 0;
  let lost = 0;
  for (const value of floatsOf(tensor)) {
    if (!Number.isFinite(value)) continue;
    const half = table[toHalf(value)]!;
    if (!Number.isFinite(half)) return `holds ${value.toPrecision(3)}, beyond ${LARGEST_HALF}`;
    whole += Math.abs(value);
    lost += Math.abs(value - half);
  }
  return lost > MOST_LOST * whole ? `loses ${((100 * lost) / whole).toFixed(1)} % in half precision` : null;
}
