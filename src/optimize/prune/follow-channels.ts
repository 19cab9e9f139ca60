import type { Graph, Node } from '../../onnx/graph.js';
import type { ChannelRule, Flow } from './channel-rule.js';
import { Channels, type Lanes } from './channels.js';
import { FILTER_OPS, FILTER_RULES } from './filter-rules.js';
import { LAYOUT_RULES } from './layout-rules.js';
import { POINTWISE_RULES } from './pointwise-rules.js';
import { RANGE_RULES } from './range-rules.js';

const RULES: ReadonlyMap<string, ChannelRule> = new Map(
  Object.entries({ ...FILTER_RULES, ...POINTWISE_RULES, ...LAYOUT_RULES, ...RANGE_RULES }),
);

/** Null for an operator that is not understood. */
export function ruleOf(node: Node): ChannelRule | null {
  return node.domain === '' ? (RULES.get(node.op) ?? null) : null;
}

/** Where every channel of a graph goes. */
export interface FollowedChannels {
  readonly channels: Channels;
  /** By value; those that are not here are not followed. */
  readonly lanes: ReadonlyMap<string, Lanes>;
}

/**
 * Follows the channels that convolutions and matrices make through the graph, to whatever reads them. Channels that
 * reach an output of the graph, or an operator that is not understood, are locked.
 *
 * @param graph topologically sorted
 * @param dims shapes of values, those that are known
 */
export function followChannels(graph: Graph, dims: ReadonlyMap<string, readonly number[]>): FollowedChannels {
  const channels = new Channels();
  const followed = new Map<string, Lanes>();
  const flow: Flow = {
    graph,
    channels,
    dims: (value) => graph.constant(value)?.dims ?? dims.get(value) ?? [],
    lanes: (value) => followed.get(value) ?? null,
    give: (value, lanes) => followed.set(value, lanes),
    stop(node, why = 'the operator is not followed') {
      for (const input of node.inputs) {
        const lanes = followed.get(input);
        if (lanes) channels.lock(lanes, `node ${node.name} (${node.op}) reads them: ${why}`);
      }
    },
  };
  const isKnown = (value: string) => graph.constant(value) !== null || dims.has(value);
  for (const node of graph.nodes) {
    const makes = node.domain === '' && FILTER_OPS.has(node.op);
    if (!makes && !node.inputs.some((input) => followed.has(input))) continue;
    const rule = ruleOf(node);
    // every rule but those that join values speaks of the first input
    const speaks = makes || JOINING.has(node.op) || followed.has(node.inputs[0]!);
    const unknown = [...node.inputs, ...node.outputs].find((value) => value !== '' && !isKnown(value));
    if (!rule || !speaks) flow.stop(node);
    else if (unknown !== undefined) flow.stop(node, `the shape of ${unknown} is not known`);
    else rule.follow(node, flow);
  }
  for (const { name } of graph.outputs) {
    const lanes = followed.get(name);
    if (lanes) channels.lock(lanes, `they are output ${name} of the graph`);
  }
  return { channels, lanes: followed };
}

const JOINING: ReadonlySet<string> = new Set(['Concat', 'Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'PRelu']);
