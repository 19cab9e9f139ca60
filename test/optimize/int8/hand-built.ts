import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRuntime } from '../../../src/detect/worker/onnx-runtime.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { Graph, makeNode, type Node } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { readModel } from '../../../src/onnx/model-file.js';
import { float32Tensor, floatsOf, type Tensor } from '../../../src/onnx/tensor.js';
import { GraphSession } from '../../../src/optimize/graph-session.js';
import type { ModelInputs } from '../../../src/pictures/model-inputs.js';

/** Random numbers from -1 to 1, the same for the same seed. */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  });
}

/** A model of input `images` [1, 3, 16, 16] and the outputs that are named. */
export function handBuilt(nodes: readonly Node[], constants: Record<string, Tensor>, outputs = ['out']): Model {
  const graph = new Graph({
    name: 'hand-built',
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 16, 16] }],
    outputs: outputs.map((name) => ({ name, type: 'float32', dims: null })),
  });
  graph.add(...nodes);
  for (const [name, tensor] of Object.entries(constants)) graph.setInitializer(name, tensor);
  return { irVersion: 8, opsets: new Map([['', 17]]), producer: '', metadata: new Map(), graph };
}

/** A 3×3 convolution that keeps the size; its weights are `NAME_w` and `NAME_b`. */
export function conv(name: string, input: string, output: string): Node {
  return makeNode('Conv', name, [input, `${name}_w`, `${name}_b`], [output], {
    pads: { type: 'ints', value: [1, 1, 1, 1] },
  });
}

/** Constants of convolutions, by name: input and output channels. */
export function convWeights(layers: Record<string, readonly [number, number]>): Record<string, Tensor> {
  const entries = Object.entries(layers).flatMap(([name, [from, to]], at) => [
    [
      `${name}_w`,
      float32Tensor(
        [to, from, 3, 3],
        noise(to * from * 9, at + 1).map((x) => x / Math.sqrt(from * 3)),
      ),
    ],
    [
      `${name}_b`,
      float32Tensor(
        [to],
        noise(to, at + 100).map((x) => x / 4),
      ),
    ],
  ]);
  return Object.fromEntries(entries);
}

/** Pictures of bytes as floats, one after another different. */
export function pictures(count: number, dims: readonly number[] = [1, 3, 16, 16], input = 'images'): ModelInputs {
  const elements = dims.reduce((a, b) => a * b, 1);
  return {
    count,
    async read(index) {
      const values = noise(elements, index + 7).map((x) => Math.round((x + 1) * 127.5));
      return new Map([[input, float32Tensor(dims, values)]]);
    },
  };
}

/** The first output on one picture. */
export async function answer(model: Model, inputs: ModelInputs, index = 0): Promise<Float32Array> {
  const session = await GraphSession.open(model);
  try {
    const outputs = await session.run(await inputs.read(index));
    return floatsOf(outputs.get(session.outputNames[0]!)!);
  } finally {
    await session.close();
  }
}

/** Signal to noise of answers against the right ones, in dB. */
export function signalToNoise(right: Float32Array, given: Float32Array): number {
  let signal = 0;
  let error = 0;
  for (const [i, value] of right.entries()) {
    signal += value ** 2;
    error += (value - given[i]!) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

/** How often each operator occurs in what ONNX Runtime makes of a model. */
export async function compiledOperators(model: Model): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-int8-'));
  try {
    const optimizedModelFilePath = join(folder, 'compiled.onnx');
    const { ort } = loadRuntime(null);
    const bytes = Buffer.concat(encodeModel(model));
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      optimizedModelFilePath,
    });
    await session.release();
    return operators(readModel(optimizedModelFilePath));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How often each operator occurs in a model. */
export function operators({ graph }: Model): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of graph.nodes) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}
