import type { Graph, Node } from '../../onnx/graph.js';
import { floatsOf, integersOf, type Tensor } from '../../onnx/tensor.js';
import type { Quantizer, Scheme } from './quantizer.js';

/** The model's picture, quantized without loss: bytes in are bytes out. */
export interface PictureInput {
  /** Name of the graph's input. */
  readonly input: string;
  /** What the layers read: the picture after the arithmetic below. */
  readonly value: string;
  /** The nodes from the input to the value; the scale of the quantizer takes their place. */
  readonly chain: readonly Node[];
  /** Those among them that move pixels and are done on bytes instead. */
  readonly moves: readonly Node[];
  /** Of what the chain reads: number = byte (- 128 for s8) where the input's range is bytes. */
  readonly reads: Quantizer;
  /** Of `value`. */
  readonly writes: Quantizer;
}

/** How far a zero point may lie from an integer and still count as one. */
const SLACK = 1e-4;

/**
 * Finds the picture input and the arithmetic by constants that follows it (`× 1/255`, `- mean`, `/ std`: the same for all
 * channels), as far as one quantizer can stand for both without loss.
 *
 * @param range of the input's pixels, 0 to 255 for bytes
 * @returns a reason where the picture cannot be quantized without loss
 */
export function findPictureInput(
  graph: Graph,
  range: readonly [number, number],
  scheme: Scheme,
): PictureInput | { readonly reason: string } {
  const pictures = graph.inputs.filter(({ dims }) => dims?.length === 4);
  if (pictures.length !== 1) return { reason: `${pictures.length} inputs look like pictures` };
  if (scheme === 'tensorrt') return { reason: 'TensorRT has 127 levels above 0, fewer than bytes' };
  const input = pictures[0]!.name;
  const chain: Node[] = [];
  const moves: Node[] = [];
  let value = input;
  let factor = 1;
  let offset = 0;
  for (let node = onlyReader(graph, value); node; node = onlyReader(graph, value)) {
    const step = affineStep(graph, node, value);
    if (step) {
      factor *= step.factor;
      offset = offset * step.factor + step.offset;
    } else if (node.op === 'Transpose') moves.push(node);
    else break;
    chain.push(node);
    value = node.outputs[0]!;
  }
  if (factor <= 0) return { reason: 'the arithmetic after the input inverts it' };
  const step = (range[1] - range[0]) / 255;
  const type = scheme === 'cpu' ? 'uint8' : 'int8';
  const shift = scheme === 'cpu' ? 0 : -128;
  const zeroOfInput = -range[0] / step;
  const zeroOfValue = zeroOfInput - offset / factor / step;
  for (const zero of [zeroOfInput, zeroOfValue]) {
    if (zero < 0 || zero > 255 || Math.abs(zero - Math.round(zero)) > SLACK) {
      return { reason: `0 is no pixel value of the picture that the layers read, it lies at ${zero.toFixed(3)}` };
    }
  }
  return {
    input,
    value,
    chain,
    moves,
    reads: { type, scale: Math.fround(step), zeroPoint: Math.round(zeroOfInput) + shift },
    writes: { type, scale: Math.fround(step * factor), zeroPoint: Math.round(zeroOfValue) + shift },
  };
}

/** The one node that computes with a value; null where there are several, or the value leaves the graph. */
function onlyReader(graph: Graph, value: string): Node | null {
  const readers = graph.consumers(value).filter(({ op }) => op !== 'Shape');
  return readers.length === 1 && !graph.isOutput(value) ? readers[0]! : null;
}

function affineStep(graph: Graph, node: Node, value: string): { factor: number; offset: number } | null {
  if (node.op === 'Cast' || node.op === 'Identity') return { factor: 1, offset: 0 };
  const first = node.inputs[0] === value;
  const constant = node.inputs.length === 2 ? scalarOf(graph.constant(node.inputs[first ? 1 : 0]!)) : null;
  if (constant === null) return null;
  switch (node.op) {
    case 'Mul':
      return { factor: constant, offset: 0 };
    case 'Add':
      return { factor: 1, offset: constant };
    case 'Div':
      return first && constant !== 0 ? { factor: 1 / constant, offset: 0 } : null;
    case 'Sub':
      return first ? { factor: 1, offset: -constant } : null;
    default:
      return null;
  }
}

/** A constant all of whose elements are the same number. */
function scalarOf(tensor: Tensor | null): number | null {
  if (!tensor) return null;
  const values = tensor.type.startsWith('float') ? floatsOf(tensor) : integersOf(tensor);
  const [first] = values;
  return first !== undefined && values.every((value: number) => value === first) ? first : null;
}
