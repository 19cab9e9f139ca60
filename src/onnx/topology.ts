import { ModelError } from '../foundation/errors.js';
import type { Graph, Node } from './graph.js';

/**
 * Puts the nodes of a graph in an order in which every value is written before it is read; where the file's own order
 * does, it is kept.
 *
 * @throws ModelError where a value is read that nothing writes, or the nodes form a cycle
 */
export function sortTopologically(graph: Graph): void {
  const known = new Set(['', ...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  const order: Node[] = [];
  const open = new Set<Node>();
  const done = new Set<Node>();
  for (const root of graph.nodes) {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (done.has(node)) {
        stack.pop();
        continue;
      }
      open.add(node);
      const before = node.inputs.filter((input) => !known.has(input)).map((input) => writerOf(graph, node, input));
      const cyclic = before.find((other) => open.has(other) && !done.has(other));
      if (cyclic) throw new ModelError(`the graph has a cycle through nodes ${cyclic.name} and ${node.name}`);
      if (before.length > 0) {
        stack.push(...before.reverse());
        continue;
      }
      for (const output of node.outputs) known.add(output);
      done.add(node);
      order.push(node);
      stack.pop();
    }
  }
  for (const { name } of graph.outputs) {
    if (!known.has(name)) throw new ModelError(`output ${name} of the graph is written by no node`);
  }
  graph.reorder(order);
}

function writerOf(graph: Graph, reader: Node, input: string): Node {
  const writer = graph.producer(input);
  if (!writer) throw new ModelError(`node ${reader.name} (${reader.op}) reads ${input}, which nothing writes`);
  return writer;
}

/** Removes nodes and initializers that no output of the graph depends on. @returns how many nodes went */
export function removeDead(graph: Graph): number {
  const live = new Set<Node>();
  const needed = new Set<string>();
  const values = graph.outputs.map(({ name }) => name);
  for (let value = values.pop(); value !== undefined; value = values.pop()) {
    if (needed.has(value)) continue;
    needed.add(value);
    const node = graph.producer(value);
    if (!node || live.has(node)) continue;
    live.add(node);
    values.push(...node.inputs);
  }
  const dead = graph.nodes.filter((node) => !live.has(node));
  graph.remove(dead);
  for (const name of [...graph.initializers.keys()]) if (!needed.has(name)) graph.dropInitializer(name);
  return dead.length;
}
