import type { Model } from '../../onnx/model.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { channelVariations } from './channel-variations.js';
import type { FilterGroup } from './filter-groups.js';
import { FILTER_OPS } from './filter-rules.js';
import type { FollowedChannels } from './follow-channels.js';
import type { ChannelReader } from './importance.js';
import { readerWeights } from './reader-weights.js';
import type { PlaceWeights } from './salience.js';

/** The layers that read followed channels, with how these vary over the frames. */
export async function filterReaders(
  { graph, ...rest }: Model,
  { lanes }: FollowedChannels,
  shapes: ReadonlyMap<string, readonly number[]>,
  inputs: ModelInputs,
  options: {
    readonly weights: PlaceWeights;
    readonly signal?: AbortSignal | undefined;
    onFrame?(done: number, total: number): void;
  },
): Promise<ChannelReader[]> {
  const found = graph.nodes.flatMap((node) => {
    if (!FILTER_OPS.has(node.op) || !graph.constant(node.inputs[1]!) || !lanes.has(node.inputs[0]!)) return [];
    const read = readerWeights(graph, node);
    return read ? [{ node, ...read }] : [];
  });
  const values = new Map(found.map(({ node }) => [node.inputs[0]!, shapes.get(node.inputs[0]!)!]));
  const variations = await channelVariations({ ...rest, graph }, values, inputs, options);
  return found.map((reader) => ({ ...reader, variation: variations.get(reader.node.inputs[0]!)! }));
}

/** Those of the readers that read a group's channels. */
export function readersOf(
  group: FilterGroup,
  readers: readonly ChannelReader[],
  { channels, lanes }: FollowedChannels,
): ChannelReader[] {
  const [first] = group.channels;
  return readers.filter(({ node }) => lanes.get(node.inputs[0]!)!.some((lane) => channels.idOf(lane) === first));
}
