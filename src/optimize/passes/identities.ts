import type { ElementType } from '../../onnx/element-type.js';
import { type Graph, intsAttribute, type Node, stringAttribute } from '../../onnx/graph.js';
import type { ValueShape } from '../../onnx/shapes.js';
import { elementCount, floatsOf, integersOf, isInteger } from '../../onnx/tensor.js';

/** What is known of a graph while nodes are judged. */
export interface Facts {
  readonly graph: Graph;
  readonly types: ReadonlyMap<string, ElementType>;
  /** Of the values whose sizes do not depend on how large the inputs are. */
  readonly shapes: ReadonlyMap<string, ValueShape>;
  readonly opset: number;
}

type Judge = (node: Node, facts: Facts) => boolean;

/** The limits of a slice that goes to the end, as exporters write them. */
const TO_THE_END = 2 ** 31 - 1;
/** Operators after which a ReLU changes nothing. */
const NEVER_NEGATIVE = new Set(['Relu', 'Sigmoid', 'Softmax', 'HardSigmoid', 'Abs']);

/** Whether the first output of a node is always its first input, in type, shape and elements. */
export function doesNothing(node: Node, facts: Facts): boolean {
  const judge = node.domain === '' ? JUDGES.get(node.op) : undefined;
  const used = node.outputs.slice(1).some((output) => output !== '' && isRead(facts.graph, output));
  return judge !== undefined && !used && node.inputs[0] !== '' && node.inputs.length > 0 && judge(node, facts);
}

function isRead(graph: Graph, value: string): boolean {
  return graph.isOutput(value) || graph.consumers(value).length > 0;
}

function sameShape({ inputs, outputs }: Node, { shapes }: Facts): boolean {
  const before = shapes.get(inputs[0]!)?.dims;
  const after = shapes.get(outputs[0]!)?.dims;
  return before !== undefined && after !== undefined && String(before) === String(after);
}

function integers(graph: Graph, value: string | undefined): readonly number[] | null {
  const tensor = value ? graph.constant(value) : null;
  return tensor && isInteger(tensor) ? integersOf(tensor) : null;
}

const isOutOfTraining: Judge = (node, { graph, opset }) => {
  if (opset < 7) return false;
  const training = node.inputs[2] ?? '';
  return training === '' || integers(graph, training)?.[0] === 0;
};

const castsToItsOwnType: Judge = (node, { types }) => {
  const [before, after] = [types.get(node.inputs[0]!), types.get(node.outputs[0]!)];
  return before !== undefined && before === after;
};

const keepsTheOrder: Judge = (node) => intsAttribute(node, 'perm', null)?.every((axis, i) => axis === i) ?? false;

const takesAll: Judge = (node, facts) => {
  const { graph, opset } = facts;
  const listed = (input: number, attribute: string) =>
    opset < 10 ? intsAttribute(node, attribute, null) : integers(graph, node.inputs[input]);
  const steps = node.inputs[4] ? integers(graph, node.inputs[4]) : [];
  if (!steps?.every((step) => step === 1)) return false;
  const starts = listed(1, 'starts');
  const ends = listed(2, 'ends');
  const wholeRange = starts?.every((start) => start === 0) && ends?.every((end) => end >= TO_THE_END);
  return wholeRange || sameShape(node, facts);
};

const addsNothing: Judge = (node, { graph, opset }) => {
  const pads = opset < 11 ? intsAttribute(node, 'pads', null) : integers(graph, node.inputs[1]);
  return pads?.every((pad) => pad === 0) ?? false;
};

const repeatsOnce: Judge = (node, { graph }) => integers(graph, node.inputs[1])?.every((count) => count === 1) ?? false;

const isUnbounded: Judge = (node) =>
  node.inputs.slice(1).every((input) => input === '') && !node.attributes.has('min') && !node.attributes.has('max');

const readsNothingNegative: Judge = (node, { graph }) => {
  const writer = graph.producer(node.inputs[0]!);
  return writer !== null && writer.domain === '' && NEVER_NEGATIVE.has(writer.op);
};

const keepsItsSize: Judge = (node, { graph, opset }) => {
  const input = node.inputs[opset < 11 ? 1 : 2];
  const scales = input ? graph.constant(input) : null;
  const crops = stringAttribute(node, 'coordinate_transformation_mode', '') === 'tf_crop_and_resize';
  return !crops && scales !== null && elementCount(scales.dims) > 0 && floatsOf(scales).every((scale) => scale === 1);
};

/** x + 0, x - 0, x * 1, x / 1: only where the constant is a scalar, which cannot add a dimension. */
const combinesWith =
  (neutral: number): Judge =>
  (node, { graph }) => {
    const constant = graph.constant(node.inputs[1] ?? '');
    if (constant?.dims.length !== 0) return false;
    if (constant.type === 'bfloat16') return false;
    return (isInteger(constant) ? integersOf(constant) : floatsOf(constant))[0] === neutral;
  };

const JUDGES = new Map<string, Judge>(
  Object.entries<Judge>({
    Identity: () => true,
    Dropout: isOutOfTraining,
    Cast: castsToItsOwnType,
    CastLike: castsToItsOwnType,
    Reshape: sameShape,
    Flatten: sameShape,
    Squeeze: sameShape,
    Unsqueeze: sameShape,
    Expand: sameShape,
    Transpose: keepsTheOrder,
    Slice: takesAll,
    Concat: ({ inputs }) => inputs.length === 1,
    Sum: ({ inputs }) => inputs.length === 1,
    Max: ({ inputs }) => inputs.length === 1,
    Min: ({ inputs }) => inputs.length === 1,
    Split: ({ outputs }) => outputs.length === 1,
    Pad: addsNothing,
    Tile: repeatsOnce,
    Clip: isUnbounded,
    Relu: readsNothingNegative,
    Resize: keepsItsSize,
    Upsample: keepsItsSize,
    Add: combinesWith(0),
    Sub: combinesWith(0),
    Mul: combinesWith(1),
    Div: combinesWith(1),
  }),
);
