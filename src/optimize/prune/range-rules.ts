import { intAttribute, intsAttribute, type Node } from '../../onnx/graph.js';
import { floatsOf, int64Tensor } from '../../onnx/tensor.js';
import {
  axisOf,
  type ChannelRule,
  type Flow,
  integersAt,
  isGiven,
  pass,
  withInput,
  withIntegers,
} from './channel-rule.js';

const slice: ChannelRule = {
  follow(node, flow) {
    const lanes = flow.lanes(node.inputs[0]!)!;
    const range = channelRange(node, flow.graph, lanes.length, flow.dims(node.inputs[0]!).length);
    if (range === 'unknown') return flow.stop(node, 'its range is computed, or has steps among the channels');
    flow.give(node.outputs[0]!, range ? lanes.slice(range.from, range.to) : lanes);
  },

  cut(node, cut) {
    const kept = cut.kept(node.inputs[0]!);
    if (!kept) return node;
    const range = channelRange(node, cut.graph, cut.width(node.inputs[0]!), cut.rank(node.inputs[0]!));
    if (range === null || range === 'unknown') return node;
    const { starts, ends, at } = range;
    const before = (limit: number) => kept.filter((place) => place < limit).length;
    return withIntegers(
      withIntegers(node, 'starts', 1, starts.with(at, before(range.from)), cut),
      'ends',
      2,
      ends.with(at, before(range.to)),
      cut,
    );
  },
};

interface ChannelRange {
  readonly from: number;
  readonly to: number;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Which of the starts and ends is that of the channels. */
  readonly at: number;
}

/** @returns null where a Slice leaves the channels alone */
function channelRange(node: Node, graph: Flow['graph'], width: number, rank: number): ChannelRange | null | 'unknown' {
  const starts = integersAt(graph, node, 'starts', 1);
  const ends = integersAt(graph, node, 'ends', 2);
  const axes = integersAt(graph, node, 'axes', 3) ?? (isGiven(node, 3) ? null : (starts?.map((_, i) => i) ?? null));
  const steps = integersAt(graph, node, 'steps', 4) ?? (isGiven(node, 4) ? null : (starts?.map(() => 1) ?? null));
  if (!axes) return 'unknown';
  const at = axes.findIndex((axis) => axisOf(axis, rank) === 1);
  if (at < 0) return null;
  if (!starts || !ends || steps?.[at] !== 1) return 'unknown';
  const clamp = (place: number) => Math.min(width, Math.max(0, place < 0 ? place + width : place));
  return { from: clamp(starts[at]!), to: clamp(ends[at]!), starts, ends, at };
}

const split: ChannelRule = {
  follow(node, flow) {
    const lanes = flow.lanes(node.inputs[0]!)!;
    const alongChannels = splitAxis(node, flow.dims(node.inputs[0]!).length) === 1;
    let from = 0;
    for (const output of node.outputs) {
      const width = flow.dims(output)[1]!;
      flow.give(output, alongChannels ? lanes.slice(from, from + width) : lanes);
      from += width;
    }
  },

  cut(node, cut) {
    const sizes = node.outputs.map((output) => cut.kept(output)?.length ?? 0);
    if (splitAxis(node, cut.rank(node.inputs[0]!)) !== 1 || sizes.includes(0)) return node;
    if (cut.opset < 13) {
      return { ...node, attributes: new Map(node.attributes).set('split', { type: 'ints', value: sizes }) };
    }
    const attributes = new Map(node.attributes);
    attributes.delete('num_outputs');
    return withInput({ ...node, attributes }, 1, cut.constant(`${node.name}/split`, int64Tensor(sizes)));
  },
};

function splitAxis(node: Node, rank: number): number {
  return axisOf(intAttribute(node, 'axis', 0), rank);
}

const resize: ChannelRule = {
  follow(node, flow) {
    const axes = intsAttribute(node, 'axes', null);
    const rank = flow.dims(node.inputs[0]!).length;
    const at = axes ? axes.findIndex((axis) => axisOf(axis, rank) === 1) : 1;
    if (at >= 0 && !keepsChannels(node, flow, at)) return flow.stop(node, 'its scales or sizes are computed');
    if (at >= 0 && stringMode(node) === 'tf_crop_and_resize') return flow.stop(node, 'it crops');
    pass(node, flow);
  },

  cut(node, cut) {
    const kept = cut.kept(node.inputs[0]!);
    const sizes = integersAt(cut.graph, node, '', SIZES);
    if (!kept || !sizes) return node;
    const at =
      intsAttribute(node, 'axes', null)?.findIndex((axis) => axisOf(axis, cut.rank(node.inputs[0]!)) === 1) ?? 1;
    return at < 0 ? node : withIntegers(node, '', SIZES, sizes.with(at, kept.length), cut);
  },
};

const SIZES = 3;

function stringMode(node: Node): string | null {
  const mode = node.attributes.get('coordinate_transformation_mode');
  return mode?.type === 'string' ? mode.value : null;
}

/** Upsample and Resize of operator set 10 have their scales where roi comes later. */
function keepsChannels(node: Node, flow: Flow, at: number): boolean {
  if (isGiven(node, SIZES)) {
    return integersAt(flow.graph, node, '', SIZES)?.[at] === flow.dims(node.inputs[0]!)[1];
  }
  const scales = flow.graph.constant(node.inputs[node.inputs.length === 2 ? 1 : 2] ?? '');
  return scales !== null && floatsOf(scales)[at] === 1;
}

/** Operators that say in numbers which channels they give, or how many. */
export const RANGE_RULES: Readonly<Record<string, ChannelRule>> = {
  Slice: slice,
  Split: split,
  Resize: resize,
  Upsample: resize,
};
