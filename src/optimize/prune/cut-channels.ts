import { copyModel, type Model, opsetOf } from '../../onnx/model.js';
import { removeDead } from '../../onnx/topology.js';
import type { Cut } from './channel-rule.js';
import { type FollowedChannels, ruleOf } from './follow-channels.js';

/**
 * Cuts channels out of a model: out of the filters that make them and of everything that reads them, together.
 *
 * @param removed ids of the channels that go
 * @param dims shapes of the model's values
 */
export function cutChannels(
  model: Model,
  followed: FollowedChannels,
  removed: ReadonlySet<number>,
  dims: ReadonlyMap<string, readonly number[]>,
): Model {
  const pruned = copyModel(model);
  const { graph } = pruned;
  const kept = new Map([...followed.lanes].map(([value]) => [value, keptPlaces(followed, value, removed)]));
  const isWhole = (value: string) => (kept.get(value)?.length ?? -1) === (followed.lanes.get(value)?.length ?? -1);
  const cut: Cut = {
    graph,
    opset: opsetOf(model),
    kept: (value) => kept.get(value) ?? null,
    width: (value) => followed.lanes.get(value)?.length ?? 0,
    rank: (value) => dims.get(value)?.length ?? 0,
    constant(stem, tensor) {
      const name = graph.freshName(stem);
      graph.setInitializer(name, tensor);
      return name;
    },
  };
  for (const node of graph.nodes) {
    if ([...node.inputs, ...node.outputs].every(isWhole)) continue;
    const changed = ruleOf(node)?.cut?.(node, cut) ?? node;
    if (changed !== node) graph.replace(node, changed);
  }
  removeDead(graph);
  return pruned;
}

/** Places along axis 1 of a followed value that stay. */
export function keptPlaces(
  { channels, lanes }: FollowedChannels,
  value: string,
  removed: ReadonlySet<number>,
): number[] {
  const places: number[] = [];
  for (const [place, lane] of (lanes.get(value) ?? []).entries()) {
    if (!removed.has(channels.idOf(lane))) places.push(place);
  }
  return places;
}
