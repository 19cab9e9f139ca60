import { makeNode } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { floatsOf } from '../../onnx/tensor.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';

export interface RangeOptions {
  readonly inputs: ModelInputs;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The largest absolute value that each of `values` takes on the inputs. The graph itself finds it, so that nothing but
 * these numbers has to be kept.
 *
 * @throws ModelError where the model cannot be computed; what `signal` was aborted with
 */
export async function largestValues(
  model: Model,
  values: readonly string[],
  { inputs, onProgress, signal }: RangeOptions,
): Promise<ReadonlyMap<string, number>> {
  const { probe, outputs } = probeOf(model, values);
  const largest = new Map(values.map((value) => [value, 0]));
  if (values.length === 0) return largest;
  const session = await GraphSession.open(probe);
  try {
    for (let i = 0; i < inputs.count; i++) {
      signal?.throwIfAborted();
      const found = await session.run(await inputs.read(i), [...outputs.values()]);
      for (const [value, output] of outputs) {
        const size = floatsOf(found.get(output)!)[0]!;
        // NaN must not be lost in a comparison
        largest.set(value, Number.isNaN(size) ? Number.POSITIVE_INFINITY : Math.max(largest.get(value)!, size));
      }
      onProgress?.(i + 1, inputs.count);
    }
  } finally {
    await session.close();
  }
  return largest;
}

/** The same model whose outputs are the largest absolute values of others. */
function probeOf(model: Model, values: readonly string[]): { probe: Model; outputs: ReadonlyMap<string, string> } {
  const probe = copyModel(model);
  const { graph } = probe;
  const outputs = new Map<string, string>();
  const whole = { keepdims: { type: 'int', value: 0 } } as const;
  for (const value of values) {
    const size = graph.freshName(`${value}/size`);
    graph.add(makeNode('Abs', graph.freshName(`${size}/Abs`), [value], [size]));
    const output = graph.freshName(`${value}/largest`);
    graph.add(makeNode('ReduceMax', graph.freshName(`${output}/reduce`), [size], [output], whole));
    outputs.set(value, output);
  }
  graph.outputs = [...outputs.values()].map((name) => ({ name, type: 'float32', dims: [] }));
  return { probe, outputs };
}
