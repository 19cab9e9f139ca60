import type { Graph, Node } from '../../onnx/graph.js';
import { FILTER_OPS } from './filter-rules.js';
import type { FollowedChannels } from './follow-channels.js';

/** Channels that live in exactly the same values: interchangeable, as far as the graph goes. */
export interface FilterGroup {
  /** Ids of the channels, ascending. */
  readonly channels: readonly number[];
  /** The nodes that make them. */
  readonly producers: readonly Node[];
  /** Why they must stay; null where they may go. */
  readonly reason: string | null;
}

/** Sorts channels into groups; where one of a group must stay, so must all (half a group is not worth the trouble). */
export function filterGroups(graph: Graph, { channels, lanes }: FollowedChannels): FilterGroup[] {
  const valuesOf = new Map<number, Set<number>>();
  for (const [index, followed] of [...lanes.values()].entries()) {
    for (const lane of followed) {
      const id = channels.idOf(lane);
      const values = valuesOf.get(id);
      if (values) values.add(index);
      else valuesOf.set(id, new Set([index]));
    }
  }
  const bySignature = new Map<string, number[]>();
  for (const [id, values] of valuesOf) {
    const signature = [...values].join();
    const same = bySignature.get(signature);
    if (same) same.push(id);
    else bySignature.set(signature, [id]);
  }
  const producersOf = producersByChannel(graph, { channels, lanes });
  return [...bySignature.values()].map((ids) => {
    const reason = ids.map((id) => channels.reasonToStay(id)).find((text) => text !== null) ?? null;
    return { channels: ids.sort((a, b) => a - b), producers: producersOf.get(ids[0]!) ?? [], reason };
  });
}

function producersByChannel(graph: Graph, { channels, lanes }: FollowedChannels): Map<number, Node[]> {
  const producers = new Map<number, Node[]>();
  for (const node of graph.nodes) {
    const made = FILTER_OPS.has(node.op) ? lanes.get(node.outputs[0]!) : undefined;
    for (const id of new Set(made && [...made].map((lane) => channels.idOf(lane)))) {
      const others = producers.get(id);
      if (others) others.push(node);
      else producers.set(id, [node]);
    }
  }
  return producers;
}
