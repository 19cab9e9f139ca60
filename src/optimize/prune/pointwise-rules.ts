import type { Node } from '../../onnx/graph.js';
import { type ChannelRule, type Flow, pass, withInput } from './channel-rule.js';
import type { Lanes } from './channels.js';
import { take } from './take.js';

/** One value in, the same channels out, whatever the other inputs are (limits, ratios: one number each). */
const unary: ChannelRule = { follow: pass };

// biome-ignore format: words read better in rows than one to a line
const UNARY = [
  'Relu', 'LeakyRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Clip', 'Tanh', 'Elu', 'Selu', 'Celu', 'Softplus',
  'Softsign', 'Mish', 'Gelu', 'ThresholdedRelu', 'Erf', 'Exp', 'Log', 'Sqrt', 'Abs', 'Neg', 'Floor', 'Ceil', 'Round',
  'Reciprocal', 'Identity', 'Dropout', 'Cast',
];

/** Two or more values joined element by element, shapes broadcast: what meets at one place is one channel. */
const joined: ChannelRule = {
  follow(node, flow) {
    const rank = flow.dims(node.outputs[0]!).length;
    const width = flow.dims(node.outputs[0]!)[1] ?? 1;
    let made: Lanes | null = null;
    for (const input of node.inputs) {
      const size = widthOf(flow, input, rank);
      const lanes = flow.lanes(input);
      if (lanes && flow.dims(input).length !== rank) return flow.stop(node, 'a value of fewer dimensions joins it');
      if (size === 1 && lanes) flow.channels.lock(lanes, `node ${node.name} (${node.op}) spreads it over all channels`);
      if (size === 1 || size !== width) continue;
      if (!lanes && !flow.graph.constant(input))
        return flow.stop(node, 'a value joins it whose channels are not followed');
      if (lanes && made) flow.channels.tie(made, lanes);
      made ??= lanes;
    }
    if (made) flow.give(node.outputs[0]!, made);
  },

  cut(node, cut) {
    const outputs = cut.kept(node.outputs[0]!);
    if (!outputs) return node;
    // shapes are aligned to the right: this many axes follow that of the channels
    const behind = cut.rank(node.outputs[0]!) - 2;
    let changed = node;
    for (const [index, input] of node.inputs.entries()) {
      const constant = cut.graph.constant(input);
      const axis = constant ? constant.dims.length - 1 - behind : -1;
      if (!constant || axis < 0 || constant.dims[axis] === 1) continue;
      changed = withInput(changed, index, cut.constant(input, take(constant, axis, outputs)));
    }
    return changed;
  },
};

/** One number per channel in every input but the first. */
const perChannel: ChannelRule = {
  follow(node, flow) {
    const [value, ...numbers] = node.inputs;
    if (!numbers.every((name) => name === '' || flow.graph.constant(name))) {
      return flow.stop(node, 'its numbers are computed');
    }
    flow.give(node.outputs[0]!, flow.lanes(value!)!);
  },

  cut(node, cut) {
    const kept = cut.kept(node.outputs[0]!);
    if (!kept) return node;
    return node.inputs.slice(1).reduce((changed: Node, name, i) => {
      const constant = cut.graph.constant(name);
      return constant ? withInput(changed, i + 1, cut.constant(name, take(constant, 0, kept))) : changed;
    }, node);
  },
};

export const POINTWISE_RULES: Readonly<Record<string, ChannelRule>> = {
  ...Object.fromEntries(UNARY.map((op) => [op, unary])),
  ...Object.fromEntries(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'PRelu'].map((op) => [op, joined])),
  BatchNormalization: perChannel,
  InstanceNormalization: perChannel,
};

/** Places of a value along axis 1 of an output with `rank` dimensions: 1 where it has no such axis. */
function widthOf(flow: Flow, value: string, rank: number): number {
  const dims = flow.graph.constant(value)?.dims ?? flow.dims(value);
  return dims[dims.length - rank + 1] ?? 1;
}
