import { intAttribute, type Node } from '../../onnx/graph.js';
import type { Tensor } from '../../onnx/tensor.js';
import { type ChannelRule, type Cut, type Flow, withInput } from './channel-rule.js';
import { take } from './take.js';

/** Operators that make channels of their own out of weights. */
export const FILTER_OPS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

const conv: ChannelRule = {
  follow(node, flow) {
    const weights = flow.graph.constant(node.inputs[1]!);
    if (!weights || !biasIsConstant(node, flow)) return flow.stop(node, 'its weights are computed');
    const group = intAttribute(node, 'group', 1);
    const [outputs, inputsPerGroup] = weights.dims as [number, number];
    const lanes = flow.lanes(node.inputs[0]!);
    if (group === 1) return flow.give(node.outputs[0]!, flow.channels.fresh(outputs));
    if (inputsPerGroup === 1) {
      if (lanes) flow.give(node.outputs[0]!, repeated(lanes, outputs / group));
      return;
    }
    // every group must keep as many inputs and outputs as the others: the same places of all go together
    if (lanes) tieGroups(flow, lanes, group);
    const made = flow.channels.fresh(outputs);
    tieGroups(flow, made, group);
    flow.give(node.outputs[0]!, made);
  },

  cut(node, cut) {
    const weights = cut.graph.constant(node.inputs[1]!);
    if (!weights) return node;
    const group = intAttribute(node, 'group', 1);
    const inputsPerGroup = weights.dims[1]!;
    const inputs = cut.kept(node.inputs[0]!);
    const outputs = cut.kept(node.outputs[0]!);
    let left = outputs ? take(weights, 0, outputs) : weights;
    let changed = node;
    if (inputs && group > 1 && inputsPerGroup === 1) {
      const attributes = new Map(node.attributes).set('group', { type: 'int', value: inputs.length });
      changed = { ...node, attributes };
    } else if (inputs) {
      left = take(
        left,
        1,
        inputs.filter((place) => place < inputsPerGroup),
      );
    }
    return withBias(withConstant(changed, 1, left, cut), outputs, cut);
  },
};

/** Its weights are [inputs, outputs per group, …]. */
const convTranspose: ChannelRule = {
  follow(node, flow) {
    const weights = flow.graph.constant(node.inputs[1]!);
    if (!weights || !biasIsConstant(node, flow)) return flow.stop(node, 'its weights are computed');
    const group = intAttribute(node, 'group', 1);
    const [inputs, outputsPerGroup] = weights.dims as [number, number];
    const lanes = flow.lanes(node.inputs[0]!);
    if (group === 1) return flow.give(node.outputs[0]!, flow.channels.fresh(outputsPerGroup));
    if (group !== inputs) return flow.stop(node, 'transposed convolutions in groups are not followed');
    if (lanes) flow.give(node.outputs[0]!, repeated(lanes, outputsPerGroup));
  },

  cut(node, cut) {
    const weights = cut.graph.constant(node.inputs[1]!);
    if (!weights) return node;
    const inputs = cut.kept(node.inputs[0]!);
    const outputs = cut.kept(node.outputs[0]!);
    let left = inputs ? take(weights, 0, inputs) : weights;
    let changed = node;
    if (intAttribute(node, 'group', 1) === 1) {
      if (outputs) left = take(left, 1, outputs);
    } else if (inputs) {
      changed = { ...node, attributes: new Map(node.attributes).set('group', { type: 'int', value: inputs.length }) };
    }
    return withBias(withConstant(changed, 1, left, cut), outputs, cut);
  },
};

/** Rows times a constant matrix; the rows have two dimensions. */
const dense: ChannelRule = {
  follow(node, flow) {
    const weights = flow.graph.constant(node.inputs[1]!);
    const rows = flow.dims(node.inputs[0]!);
    if (!weights || !biasIsConstant(node, flow)) return flow.stop(node, 'its weights are computed');
    if (weights.dims.length !== 2 || rows.length !== 2 || intAttribute(node, 'transA', 0) !== 0) {
      return flow.stop(node, 'only rows times a matrix are followed');
    }
    flow.give(node.outputs[0]!, flow.channels.fresh(weights.dims[outputAxis(node)]!));
  },

  cut(node, cut) {
    const weights = cut.graph.constant(node.inputs[1]!);
    const outputs = cut.kept(node.outputs[0]!);
    if (!weights || !outputs) return node;
    const inputs = cut.kept(node.inputs[0]!);
    const axis = outputAxis(node);
    const left = take(weights, axis, outputs);
    return withBias(withConstant(node, 1, inputs ? take(left, 1 - axis, inputs) : left, cut), outputs, cut);
  },
};

export const FILTER_RULES: Readonly<Record<string, ChannelRule>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: dense,
  MatMul: dense,
};

function outputAxis(node: Node): number {
  return intAttribute(node, 'transB', 0) === 1 ? 0 : 1;
}

function biasIsConstant(node: Node, flow: Flow): boolean {
  const bias = node.inputs[2] ?? '';
  return bias === '' || flow.graph.constant(bias) !== null;
}

function repeated(lanes: Int32Array, times: number): Int32Array {
  return Int32Array.from({ length: lanes.length * times }, (_, i) => lanes[Math.floor(i / times)]!);
}

function tieGroups(flow: Flow, lanes: Int32Array, group: number): void {
  const size = lanes.length / group;
  const first = lanes.subarray(0, size);
  for (let i = 1; i < group; i++) flow.channels.tie(first, lanes.subarray(i * size, (i + 1) * size));
}

function withConstant(node: Node, input: number, tensor: Tensor, cut: Cut): Node {
  const name = node.inputs[input]!;
  return tensor === cut.graph.constant(name) ? node : withInput(node, input, cut.constant(name, tensor));
}

/** A bias runs along the outputs; that of Gemm may also be one number for all. */
function withBias(node: Node, outputs: readonly number[] | null, cut: Cut): Node {
  const bias = cut.graph.constant(node.inputs[2] ?? '');
  if (!bias || !outputs) return node;
  const axis = bias.dims.length - 1;
  if (axis < 0 || bias.dims[axis] === 1) return node;
  return withConstant(node, 2, take(bias, axis, outputs), cut);
}
