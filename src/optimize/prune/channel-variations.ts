import { makeNode } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { removeDead } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';
import type { LinearMap } from './linear-map.js';
import { ProductAdder } from './product-sums.js';
import type { PlaceWeights } from './salience.js';

/** Places of a frame that are looked at. */
const SAMPLES = 512;

/** How channels vary over samples. */
export interface Variation {
  readonly mean: Float64Array;
  /** [channels, channels] */
  readonly covariance: Float64Array;
}

/**
 * How the channels of values vary together over frames.
 * @param values shapes, by name @returns by value
 */
export async function channelVariations(
  model: Model,
  values: ReadonlyMap<string, readonly number[]>,
  inputs: ModelInputs,
  options: {
    readonly weights: PlaceWeights;
    readonly signal?: AbortSignal | undefined;
    onFrame?(done: number, total: number): void;
  },
): Promise<Map<string, Variation>> {
  const observed = copyModel(model);
  observed.graph.outputs = [...values.keys()].map((name) => ({ name, type: 'float32', dims: null }));
  removeDead(observed.graph);
  const session = await GraphSession.open(observed);
  const adders = new Map<string, ProductAdder>();
  try {
    for (const [name, dims] of values) {
      const channels = dims[1]!;
      adders.set(name, await ProductAdder.open(identity(channels), { from: dims, to: dims, kept: [0] }, SAMPLES));
    }
    for (let frame = 0; frame < inputs.count; frame++) {
      options.signal?.throwIfAborted();
      const seen = await session.run(await inputs.read(frame));
      for (const [name, adder] of adders) {
        const value = seen.get(name)!;
        await adder.add(value, value, options.weights(frame, value.dims));
      }
      options.onFrame?.(frame + 1, inputs.count);
    }
    return new Map([...adders].map(([name, { sums }]) => [name, variationOf(sums.gram)]));
  } finally {
    for (const adder of adders.values()) await adder.close();
    await session.close();
  }
}

/** Looks at every channel by itself; what it gives is of no interest. */
function identity(channels: number): LinearMap {
  return {
    node: makeNode('Identity', 'identity', [], []),
    groups: 1,
    inputs: channels,
    outputs: 1,
    unknowns: channels,
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0],
  };
}

function variationOf(gram: Float64Array): Variation {
  const width = Math.sqrt(gram.length);
  const n = width - 1;
  const samples = gram[width * width - 1]!;
  const mean = Float64Array.from({ length: n }, (_, i) => gram[i * width + n]! / samples);
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) covariance[i * n + j] = gram[i * width + j]! / samples - mean[i]! * mean[j]!;
  }
  return { mean, covariance };
}
