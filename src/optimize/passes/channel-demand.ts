import { type Graph, intAttribute, intsAttribute, type Node, stringAttribute } from '../../onnx/graph.js';
import { Refusal } from '../../onnx/refusal.js';
import type { ValueShape } from '../../onnx/shapes.js';
import { elementCount, integersOf, isInteger } from '../../onnx/tensor.js';

/** The positions along one axis of a value that are wanted of it, ascending. */
export interface Demand {
  readonly axis: number;
  readonly keep: readonly number[];
}

/** What a node wants of each of its inputs: a part, all (null), or nothing ('none'). */
export type InputDemand = Demand | null | 'none';

/** A node whose outputs are wanted in part, and the graph it stands in. */
export interface Wanted {
  readonly pass: string;
  readonly graph: Graph;
  readonly shapes: ReadonlyMap<string, ValueShape>;
  readonly node: Node;
  /** Of each output; null where all of it is wanted. */
  readonly demands: readonly (Demand | null)[];
}

type Rule = (wanted: Wanted) => readonly InputDemand[];

/** Operators that compute each element from the same element of their inputs. */
// biome-ignore format: words read better in rows than one to a line
const POINTWISE = [
  'Identity', 'Relu', 'LeakyRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Exp', 'Log', 'Sqrt', 'Neg', 'Abs',
  'Cast', 'Clip', 'Softplus', 'Mish', 'Erf', 'Dropout', 'Reciprocal', 'Floor', 'Ceil', 'Round',
];
const BROADCASTING = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'PRelu', 'Where', 'Equal', 'Greater', 'Less'];

/** What a node must get so that the wanted part of its outputs can be computed. @throws Refusal naming it where it is not understood */
export function inputDemands(wanted: Wanted): readonly InputDemand[] {
  const { node, pass } = wanted;
  const rule = node.domain === '' ? RULES.get(node.op) : undefined;
  if (!rule) throw new Refusal(pass, 'the head goes through an operator that cannot be followed', node);
  return rule(wanted);
}

/** Shape of a value. @throws Refusal where it is not known */
export function dimsOf({ pass, node, shapes }: Wanted, value: string): readonly number[] {
  const shape = shapes.get(value);
  if (shape) return shape.dims;
  throw new Refusal(pass, `the shape of ${value} is not known`, node);
}

function only({ demands, node, pass }: Wanted): Demand {
  const demand = demands[0];
  if (demand) return demand;
  throw new Refusal(pass, 'only a part of it is understood', node);
}

const first: Rule = (wanted) => wanted.node.inputs.map((_, i) => (i === 0 ? only(wanted) : null));

const broadcasting: Rule = (wanted) => {
  const { axis, keep } = only(wanted);
  const rank = dimsOf(wanted, wanted.node.outputs[0]!).length;
  return wanted.node.inputs.map((input) => {
    const dims = dimsOf(wanted, input);
    const own = axis - (rank - dims.length);
    return own < 0 || dims[own] === 1 ? null : { axis: own, keep };
  });
};

/** Where each input of a Concat begins along its axis. */
function concatStarts(wanted: Wanted, axis: number): number[] {
  let start = 0;
  return wanted.node.inputs.map((input) => {
    const own = start;
    start += dimsOf(wanted, input)[axis]!;
    return own;
  });
}

const concat: Rule = (wanted) => {
  const { node } = wanted;
  const { axis, keep } = only(wanted);
  const rank = dimsOf(wanted, node.outputs[0]!).length;
  const along = intAttribute(node, 'axis', 1);
  if ((along + rank) % rank !== axis) return node.inputs.map(() => ({ axis, keep }));
  const starts = concatStarts(wanted, axis);
  return node.inputs.map((input, i) => {
    const length = dimsOf(wanted, input)[axis]!;
    const own = keep.map((at) => at - starts[i]!).filter((at) => at >= 0 && at < length);
    if (own.length === 0) return 'none';
    return own.length === length ? null : { axis, keep: own };
  });
};

const transpose: Rule = (wanted) => {
  const { axis, keep } = only(wanted);
  const rank = dimsOf(wanted, wanted.node.outputs[0]!).length;
  const order = intsAttribute(wanted.node, 'perm', null) ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return [{ axis: (order[axis]! + rank) % rank, keep }];
};

/** An axis that comes through whole: the same length, and as many elements before it. */
const rearranged: Rule = (wanted) => {
  const { node, pass } = wanted;
  const { axis, keep } = only(wanted);
  const before = dimsOf(wanted, node.inputs[0]!);
  const after = dimsOf(wanted, node.outputs[0]!);
  const own = before.findIndex(
    (length, i) => length === after[axis] && elementCount(before.slice(0, i)) === elementCount(after.slice(0, axis)),
  );
  if (own < 0) throw new Refusal(pass, `[${before}] to [${after}] mixes the classes with something else`, node);
  return [{ axis: own, keep }, ...node.inputs.slice(1).map(() => null)];
};

const split: Rule = (wanted) => {
  const { node, demands, pass } = wanted;
  const { axis } = demands.find((demand) => demand !== null)!;
  const input = dimsOf(wanted, node.inputs[0]!);
  const rest = node.inputs.slice(1).map(() => null);
  if ((intAttribute(node, 'axis', 0) + input.length) % input.length !== axis) {
    const same = demands.every((demand) => demand?.axis === axis && String(demand.keep) === String(demands[0]!.keep));
    if (!same) throw new Refusal(pass, 'its parts are needed in different ways', node);
    return [demands[0]!, ...rest];
  }
  let start = 0;
  const keep = node.outputs.flatMap((output, i) => {
    const length = dimsOf(wanted, output)[axis]!;
    const demand = demands[i];
    if (demand && demand.axis !== axis) throw new Refusal(pass, 'its parts are needed in different ways', node);
    const own = (demand?.keep ?? Array.from({ length }, (_, at) => at)).map((at) => at + start);
    start += length;
    return own;
  });
  return [{ axis, keep }, ...rest];
};

/** Where a slice with steps of 1 begins along an axis. @throws Refusal where it is not that */
export function sliceStart(wanted: Wanted, axis: number): number | null {
  const { node, graph, pass } = wanted;
  const list = (input: number) => {
    const tensor = graph.constant(node.inputs[input] ?? '');
    return tensor && isInteger(tensor) ? integersOf(tensor) : null;
  };
  const dims = dimsOf(wanted, node.inputs[0]!);
  const starts = list(1);
  if (!starts) throw new Refusal(pass, 'where it cuts is not constant', node);
  if (node.inputs[4] && !list(4)?.every((step) => step === 1)) throw new Refusal(pass, 'it takes steps', node);
  const axes = (list(3) ?? starts.map((_, i) => i)).map((given) => (given + dims.length) % dims.length);
  const at = axes.indexOf(axis);
  if (at < 0) return null;
  const start = starts[at]!;
  return Math.max(0, Math.min(dims[axis]!, start < 0 ? start + dims[axis]! : start));
}

const slice: Rule = (wanted) => {
  const { axis, keep } = only(wanted);
  const start = sliceStart(wanted, axis) ?? 0;
  return [{ axis, keep: keep.map((at) => at + start) }, ...wanted.node.inputs.slice(1).map(() => null)];
};

/** Where the classes end: each output channel is made by a filter of its own. */
const convolution: Rule = (wanted) => {
  const { node, pass } = wanted;
  const { axis, keep } = only(wanted);
  if (axis !== 1) throw new Refusal(pass, 'the classes are no channels of it', node);
  if (intAttribute(node, 'group', 1) !== 1) throw new Refusal(pass, 'its channels are in groups', node);
  const filters = { axis: 0, keep };
  return node.inputs.map((input, i) => (i === 0 || input === '' ? null : filters));
};

const product: Rule = (wanted) => {
  const { node, pass } = wanted;
  const { axis, keep } = only(wanted);
  const columns = dimsOf(wanted, node.inputs[1]!).length - 1;
  if (axis !== dimsOf(wanted, node.outputs[0]!).length - 1 || columns !== 1) {
    throw new Refusal(pass, 'the classes are no columns of it', node);
  }
  const weights = { axis: intAttribute(node, 'transB', 0) === 1 ? 0 : 1, keep };
  if (!node.inputs[2]) return [null, weights];
  const bias = dimsOf(wanted, node.inputs[2]);
  return [null, weights, bias.at(-1) === 1 || bias.length === 0 ? null : { axis: bias.length - 1, keep }];
};

const batchNormalization: Rule = (wanted) => {
  const { axis, keep } = only(wanted);
  if (axis !== 1) return first(wanted);
  return [{ axis, keep }, ...wanted.node.inputs.slice(1).map(() => ({ axis: 0, keep }))];
};

/** Scale and zero point are one each, or one per position of an axis. */
const quantization: Rule = (wanted) => {
  const { axis, keep } = only(wanted);
  const rank = dimsOf(wanted, wanted.node.inputs[0]!).length;
  const per = (intAttribute(wanted.node, 'axis', 1) + rank) % rank;
  return wanted.node.inputs.map((input, i) => {
    if (i === 0) return { axis, keep };
    return input === '' || elementCount(dimsOf(wanted, input)) === 1 || per !== axis ? null : { axis: 0, keep };
  });
};

/** Softmax over another axis than that of the classes. */
const softmax: Rule = (wanted) => {
  const { node, pass } = wanted;
  const { axis } = only(wanted);
  const rank = dimsOf(wanted, node.inputs[0]!).length;
  if ((intAttribute(node, 'axis', -1) + rank) % rank === axis) {
    throw new Refusal(pass, 'each class depends on all the others', node);
  }
  return first(wanted);
};

/** Enlarging a picture, where the scales are given per axis and that of the classes is 1. */
const resize: Rule = (wanted) => {
  const { node, pass } = wanted;
  const { axis } = only(wanted);
  const same = dimsOf(wanted, node.inputs[0]!)[axis] === dimsOf(wanted, node.outputs[0]!)[axis];
  const sized = Boolean(node.inputs[3]) || stringAttribute(node, 'coordinate_transformation_mode', '').startsWith('tf');
  if (!same || sized || node.attributes.has('axes')) throw new Refusal(pass, 'how it resizes cannot be followed', node);
  return first(wanted);
};

const RULES = new Map<string, Rule>([
  ...POINTWISE.map((op) => [op, first] as const),
  ...BROADCASTING.map((op) => [op, broadcasting] as const),
  ['Concat', concat],
  ['Transpose', transpose],
  ['Reshape', rearranged],
  ['Flatten', rearranged],
  ['Squeeze', rearranged],
  ['Unsqueeze', rearranged],
  ['Split', split],
  ['Slice', slice],
  ['Conv', convolution],
  ['MatMul', product],
  ['Gemm', product],
  ['BatchNormalization', batchNormalization],
  ['QuantizeLinear', quantization],
  ['DequantizeLinear', quantization],
  ['Softmax', softmax],
  ['Resize', resize],
]);
