import { makeNode } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { floatsOf } from '../../onnx/tensor.js';
import { removeDead } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';
import { ValueHistogram } from './histogram.js';
import { inGroups, sizesOf } from './value-groups.js';

export interface ObserveOptions {
  /** @param share of the whole that is done, 0 to 1 */
  onProgress(share: number): void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Histograms of values of a model over pictures. The values are observed in groups, each in a pass of its own over a graph
 * that ends there, and only one picture's numbers are held at a time.
 */
export async function observe(
  model: Model,
  values: readonly string[],
  inputs: ModelInputs,
  { onProgress, signal }: ObserveOptions,
): Promise<Map<string, ValueHistogram>> {
  const sizes = await sizesOf(model, values, inputs);
  const order = new Map(model.graph.nodes.flatMap(({ outputs }) => outputs).map((name, at) => [name, at]));
  const sorted = [...values].sort((a, b) => (order.get(a) ?? -1) - (order.get(b) ?? -1));
  const groups = inGroups(sorted, (value) => sizes.get(value)!);
  const histograms = new Map(values.map((value) => [value, new ValueHistogram()]));
  for (const [at, group] of groups.entries()) {
    const session = await GraphSession.open(endingAt(model, group), { arena: false });
    try {
      for (let picture = 0; picture < inputs.count; picture++) {
        signal?.throwIfAborted();
        const seen = await session.run(await inputs.read(picture));
        for (const value of group) histograms.get(value)!.add(floatsOf(seen.get(outputFor(model, value))!));
        onProgress((at + (picture + 1) / inputs.count) / groups.length);
      }
    } finally {
      await session.close();
    }
  }
  return histograms;
}

/** A model whose outputs are some of its values. */
function endingAt(model: Model, values: readonly string[]): Model {
  const copy = copyModel(model);
  const { graph } = copy;
  for (const value of values) {
    const output = outputFor(model, value);
    if (output !== value) graph.add(makeNode('Identity', output, [value], [output]));
  }
  graph.outputs = values.map((value) => ({ name: outputFor(model, value), type: 'float32', dims: null }));
  removeDead(graph);
  return copy;
}

/** An input of the graph cannot be an output of it as well. */
function outputFor(model: Model, value: string): string {
  return model.graph.isInput(value) ? `${value}_seen` : value;
}
