import { type Graph, intAttribute } from '../../onnx/graph.js';
import type { Work } from './choose-filters.js';
import { FILTER_OPS } from './filter-rules.js';
import type { FollowedChannels } from './follow-channels.js';
import type { Ranking } from './importance.js';

interface Layer {
  /** Multiplications per pair of an input and an output channel. */
  readonly perPair: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Places among inputs and outputs of a channel of each group. */
  readonly takes: ReadonlyMap<Ranking, readonly [inputs: number, outputs: number]>;
}

/** Counts multiplications of the layers that make and read the channels of rankings. */
export function workOf(
  graph: Graph,
  { channels, lanes }: FollowedChannels,
  shapes: ReadonlyMap<string, readonly number[]>,
  rankings: readonly Ranking[],
): Work {
  const owners = new Map(rankings.flatMap((ranking) => ranking.order.map((id) => [id, ranking] as const)));
  const layers: Layer[] = [];
  for (const node of graph.nodes) {
    const weights = FILTER_OPS.has(node.op) ? graph.constant(node.inputs[1]!) : null;
    const to = shapes.get(node.outputs[0]!);
    if (!weights || !to) continue;
    const group = intAttribute(node, 'group', 1);
    const inputs = shapes.get(node.inputs[0]!)?.[1] ?? 1;
    const kernel = weights.dims.slice(2).reduce((product, dim) => product * dim, 1);
    const places = to.slice(2).reduce((product, dim) => product * dim, to[0] ?? 1);
    const takes = new Map<Ranking, [number, number]>();
    for (const [side, value] of [node.inputs[0]!, node.outputs[0]!].entries()) {
      for (const lane of lanes.get(value) ?? []) {
        const owner = owners.get(channels.idOf(lane));
        if (!owner) continue;
        const pair = takes.get(owner) ?? [0, 0];
        pair[side]! += 1 / owner.order.length;
        takes.set(owner, pair);
      }
    }
    // in groups, an output channel reads inputs / group channels; depthwise, both sides go together
    const depthwise = group > 1 && group === inputs;
    layers.push({
      perPair: (kernel * places) / (depthwise ? 1 : group),
      inputs: depthwise ? 1 : inputs,
      outputs: to[1] ?? 1,
      takes: depthwise ? new Map([...takes].map(([owner, [, out]]) => [owner, [0, out]])) : takes,
    });
  }
  return {
    saving(removed, ranking, count) {
      let saved = 0;
      for (const { perPair, inputs, outputs, takes } of layers) {
        const own = takes.get(ranking);
        if (!own) continue;
        let [left, right] = [inputs, outputs];
        for (const [owner, [a, b]] of takes) {
          left -= a * removed.get(owner)!;
          right -= b * removed.get(owner)!;
        }
        saved += perPair * (left * right - (left - own[0] * count) * (right - own[1] * count));
      }
      return saved;
    },
  };
}
