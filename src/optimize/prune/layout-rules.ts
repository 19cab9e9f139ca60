import { intAttribute, intsAttribute, type Node } from '../../onnx/graph.js';
import { axisOf, type ChannelRule, type Flow, integersAt, isGiven, pass, withIntegers } from './channel-rule.js';
import type { Lanes } from './channels.js';

const pool: ChannelRule = {
  follow(node, flow) {
    if ((node.outputs[1] ?? '') !== '') return flow.stop(node, 'it also gives indices');
    pass(node, flow);
  },
};

const concat: ChannelRule = {
  follow(node, flow) {
    const rank = flow.dims(node.outputs[0]!).length;
    const parts = node.inputs.map((input) => flow.lanes(input));
    if (axisOf(intAttribute(node, 'axis', 1), rank) !== 1) {
      const [first] = parts;
      if (!first || !parts.every((lanes) => lanes !== null)) {
        return flow.stop(node, 'a value joins it whose channels are not followed');
      }
      for (const lanes of parts) flow.channels.tie(first, lanes!);
      return flow.give(node.outputs[0]!, first);
    }
    const all = parts.map((lanes, i) => lanes ?? unfollowed(node, node.inputs[i]!, flow));
    flow.give(node.outputs[0]!, Int32Array.from(all.flatMap((lanes) => [...lanes])));
  },
};

/** Channels that nobody can remove, to stand beside others that somebody can. */
function unfollowed(node: Node, value: string, flow: Flow): Lanes {
  const lanes = flow.channels.fresh(flow.dims(value)[1]!);
  flow.channels.lock(lanes, `node ${node.name} (${node.op}) reads ${value}, whose channels are not followed`);
  return lanes;
}

const pad: ChannelRule = {
  follow(node, flow) {
    const pads = integersAt(flow.graph, node, 'pads', 1);
    const rank = flow.dims(node.inputs[0]!).length;
    if (!pads || isGiven(node, 3) || pads[1] !== 0 || pads[rank + 1] !== 0) {
      return flow.stop(node, 'its padding is computed, or adds channels');
    }
    pass(node, flow);
  },
};

const reduce: ChannelRule = {
  follow(node, flow) {
    const axes = integersAt(flow.graph, node, 'axes', 1);
    const rank = flow.dims(node.inputs[0]!).length;
    if (!axes?.every((axis) => axisOf(axis, rank) > 1)) return flow.stop(node, 'it sums over channels');
    pass(node, flow);
  },
};

const squeeze: ChannelRule = {
  follow(node, flow) {
    const axes = integersAt(flow.graph, node, 'axes', 1);
    const rank = flow.dims(node.inputs[0]!).length;
    if (!axes?.every((axis) => axisOf(axis, rank) > 1)) return flow.stop(node, 'it may move the channels');
    pass(node, flow);
  },
};

/** Rows of a matrix: every channel with all its places, one after the other. */
const flatten: ChannelRule = {
  follow(node, flow) {
    const [batch, , ...places] = flow.dims(node.inputs[0]!);
    const rows = flow.dims(node.outputs[0]!);
    const each = places.reduce((product, dim) => product * dim, 1);
    const lanes = flow.lanes(node.inputs[0]!)!;
    const shape = node.op === 'Reshape' ? integersAt(flow.graph, node, '', 1) : [];
    if (rows.length !== 2 || rows[0] !== batch || rows[1] !== lanes.length * each || !shape) {
      return flow.stop(node, 'it mixes channels with other dimensions');
    }
    flow.give(
      node.outputs[0]!,
      Int32Array.from({ length: rows[1] }, (_, i) => lanes[Math.floor(i / each)]!),
    );
  },

  cut(node, cut) {
    const kept = cut.kept(node.outputs[0]!);
    const shape = node.op === 'Reshape' ? integersAt(cut.graph, node, '', 1) : null;
    if (!kept || !shape || shape[1] === -1) return node;
    return withIntegers(node, '', 1, shape.with(1, kept.length), cut);
  },
};

/** Asking for a shape is harmless as long as nobody looks at the number of channels. */
const shape: ChannelRule = {
  follow(node, flow) {
    const rank = flow.dims(node.inputs[0]!).length;
    const first = axisOf(intAttribute(node, 'start', 0), rank);
    const beyond = axisOf(intAttribute(node, 'end', rank), rank);
    const looks = (reader: Node) => {
      const places = placesRead(reader, flow, beyond - first);
      return places === null || places.some((place) => place + first === 1);
    };
    const reader = first > 1 || beyond < 2 ? undefined : flow.graph.consumers(node.outputs[0]!).find(looks);
    if (reader) flow.stop(node, `node ${reader.name} (${reader.op}) may read the number of channels from it`);
  },
};

/** Which numbers of a shape of `length` numbers a node reads; null where it cannot be told. */
function placesRead(node: Node, flow: Flow, length: number): number[] | null {
  if (node.op === 'Gather') {
    const indices = integersAt(flow.graph, node, '', 1);
    return indices?.map((index) => axisOf(index, length)) ?? null;
  }
  if (node.op !== 'Slice') return null;
  const [start] = integersAt(flow.graph, node, 'starts', 1) ?? [];
  const [end] = integersAt(flow.graph, node, 'ends', 2) ?? [];
  if (start === undefined || end === undefined || isGiven(node, 4)) return null;
  return [...Array(length).keys()].slice(start, end);
}

const transpose: ChannelRule = {
  follow(node, flow) {
    const order = intsAttribute(node, 'perm', null);
    if (order?.[1] !== 1) return flow.stop(node, 'it moves the channels');
    pass(node, flow);
  },
};

export const LAYOUT_RULES: Readonly<Record<string, ChannelRule>> = {
  ...Object.fromEntries(
    ['MaxPool', 'AveragePool', 'LpPool', 'GlobalAveragePool', 'GlobalMaxPool'].map((op) => [op, pool]),
  ),
  ...Object.fromEntries(['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSum', 'ReduceL2'].map((op) => [op, reduce])),
  Concat: concat,
  Pad: pad,
  Squeeze: squeeze,
  Flatten: flatten,
  Reshape: flatten,
  Shape: shape,
  Transpose: transpose,
};
