import type { Graph, Node } from '../../onnx/graph.js';
import type { Variation } from './channel-variations.js';
import type { FilterGroup } from './filter-groups.js';
import type { FollowedChannels } from './follow-channels.js';
import { invertCovariance } from './least-squares.js';
import { filters } from './reader-weights.js';

/**
 * How much a filter matters. `l1`, `l2`: the norm of its weights (Li et al., "Pruning filters for efficient ConvNets",
 * 2017). `energy`: the variance of what it adds to the layers that read it (in the manner of ThiNet, Luo et al., 2017).
 * `residual`: the part of that which the other channels cannot make up for; filters are removed one by one, the weights
 * of the rest adapted each time (optimal brain surgeon, Hassibi and Stork, 1993, on the channels' covariance).
 */
export type Importance = 'l1' | 'l2' | 'energy' | 'residual';

/** Who reads a group's channels: a layer's weights, and how what it reads varies. */
export interface ChannelReader {
  readonly node: Node;
  /** Channels that it reads, of this group and of others. */
  readonly inputs: number;
  /** [rows, inputs]: a row is an output at one place of the kernel. */
  readonly weights: Float64Array;
  readonly variation: Variation;
}

/** A group's filters, from the one that matters least. */
export interface Ranking {
  readonly group: FilterGroup;
  /** Ids of its channels. */
  readonly order: readonly number[];
}

/** Share of the mean variance added to every channel's: what can only just be told from the others is not. */
const RIDGE = 1e-3;

/** @param readers of the group's channels */
export function rank(
  group: FilterGroup,
  readers: readonly ChannelReader[],
  followed: FollowedChannels,
  graph: Graph,
  importance: Importance,
): Ranking {
  if (importance === 'l1' || importance === 'l2') {
    const scores = norms(group, followed, graph, importance);
    return { group, order: group.channels.toSorted((a, b) => scores.get(a)! - scores.get(b)!) };
  }
  const states = readers.map((reader) => new ReaderState(reader, group, followed, importance === 'residual'));
  const order: number[] = [];
  const left = new Set(group.channels);
  while (left.size > 0) {
    const cheapest = cheapestOf(left, states);
    for (const state of states) state.remove(cheapest);
    left.delete(cheapest);
    order.push(cheapest);
  }
  return { group, order };
}

function cheapestOf(channels: ReadonlySet<number>, states: readonly ReaderState[]): number {
  let cheapest = -1;
  let price = Number.POSITIVE_INFINITY;
  for (const channel of channels) {
    const cost = states.reduce((sum, state) => sum + state.costOf(channel), 0);
    if (cost < price || cheapest < 0) [cheapest, price] = [channel, cost];
  }
  return cheapest;
}

function norms(
  group: FilterGroup,
  { channels, lanes }: FollowedChannels,
  graph: Graph,
  importance: 'l1' | 'l2',
): Map<number, number> {
  const scores = new Map(group.channels.map((channel) => [channel, 0]));
  for (const node of group.producers) {
    const { rows, perRow } = filters(graph, node);
    for (const [row, lane] of lanes.get(node.outputs[0]!)!.entries()) {
      const channel = channels.idOf(lane);
      if (!scores.has(channel)) continue;
      let sum = 0;
      for (let i = 0; i < perRow; i++) {
        const weight = Math.abs(rows[row * perRow + i]!);
        sum += importance === 'l1' ? weight : weight * weight;
      }
      scores.set(channel, scores.get(channel)! + (importance === 'l1' ? sum : Math.sqrt(sum)));
    }
  }
  return scores;
}

/** One reader while filters are taken from it. */
class ReaderState {
  readonly #inputs: number;
  readonly #rows: number;
  readonly #weights: Float64Array;
  readonly #covariance: Float64Array;
  /** Inverse of the covariance of the channels that are left; null where nothing is made up for. */
  readonly #precision: Float64Array | null;
  /** Variance of all outputs, places of the kernel taken as independent. */
  readonly #variance: number;
  /** Places among the inputs, by channel. */
  readonly #places = new Map<number, number[]>();

  constructor(reader: ChannelReader, group: FilterGroup, { channels, lanes }: FollowedChannels, compensated: boolean) {
    const { inputs } = reader;
    this.#inputs = inputs;
    this.#rows = reader.weights.length / inputs;
    this.#weights = compensated ? reader.weights.slice() : reader.weights;
    this.#covariance = reader.variation.covariance;
    this.#precision = compensated ? invertCovariance(reader.variation.covariance, inputs, RIDGE) : null;
    this.#variance = outputVariance(reader) || 1;
    const members = new Set(group.channels);
    for (const [place, lane] of lanes.get(reader.node.inputs[0]!)!.entries()) {
      const channel = channels.idOf(lane);
      if (!members.has(channel)) continue;
      const places = this.#places.get(channel);
      if (places) places.push(place);
      else this.#places.set(channel, [place]);
    }
  }

  costOf(channel: number): number {
    const places = this.#places.get(channel);
    if (!places) return 0;
    const spread = this.#spread(places);
    let cost = 0;
    for (let row = 0; row < this.#rows; row++) {
      for (const [i, a] of places.entries()) {
        for (const [j, b] of places.entries()) {
          const at = row * this.#inputs;
          cost += this.#weights[at + a]! * this.#weights[at + b]! * spread[i * places.length + j]!;
        }
      }
    }
    return Math.max(0, cost) / this.#variance;
  }

  remove(channel: number): void {
    const places = this.#places.get(channel);
    const precision = this.#precision;
    if (!places || !precision) return;
    const n = this.#inputs;
    // one place after the other: the same as all at once, and no matrix to invert
    for (const place of places) {
      const pivot = precision[place * n + place]!;
      const column = precision.slice(place * n, place * n + n);
      for (let row = 0; row < this.#rows; row++) {
        const factor = this.#weights[row * n + place]! / pivot;
        if (factor === 0) continue;
        for (let i = 0; i < n; i++) this.#weights[row * n + i]! -= factor * column[i]!;
      }
      for (let i = 0; i < n; i++) {
        const factor = column[i]! / pivot;
        if (factor === 0) continue;
        for (let j = 0; j < n; j++) precision[i * n + j]! -= factor * column[j]!;
      }
    }
    this.#places.delete(channel);
  }

  /** Covariance of a channel's places, given (where that is made up for) all others that are left. */
  #spread(places: readonly number[]): Float64Array {
    const n = this.#inputs;
    const from = this.#precision ?? this.#covariance;
    if (places.length === 1) {
      const own = from[places[0]! * (n + 1)]!;
      return Float64Array.of(this.#precision ? 1 / own : own);
    }
    const block = new Float64Array(places.length ** 2);
    for (const [i, a] of places.entries()) {
      for (const [j, b] of places.entries()) block[i * places.length + j] = from[a * n + b]!;
    }
    return this.#precision ? invertCovariance(block, places.length, 0) : block;
  }
}

function outputVariance({ inputs, weights, variation: { covariance } }: ChannelReader): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at += inputs) {
    for (let i = 0; i < inputs; i++) {
      let product = 0;
      for (let j = 0; j < inputs; j++) product += covariance[i * inputs + j]! * weights[at + j]!;
      sum += product * weights[at + i]!;
    }
  }
  return sum;
}
