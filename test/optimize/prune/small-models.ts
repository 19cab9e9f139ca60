import { type Attribute, Graph, makeNode } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { elementCount, float32Tensor, floatsOf, int64Tensor } from '../../../src/onnx/tensor.js';
import { GraphSession } from '../../../src/optimize/graph-session.js';
import type { ModelInputs } from '../../../src/pictures/model-inputs.js';

/** Input `image` of every small model. */
const IMAGE_DIMS = [1, 3, 12, 10];
export const INPUT_DIMS = new Map([['image', IMAGE_DIMS]]);

/** Writes small models, operator by operator; weights are random, but the same every time. */
export class SmallModel {
  readonly graph = new Graph({
    name: 'small',
    inputs: [{ name: 'image', type: 'float32', dims: ['batch', 3, 'height', 'width'] }],
    outputs: [],
  });
  readonly #random = randomNumbers(7);

  /** A node that gives a value of its own name. */
  node(
    op: string,
    name: string,
    inputs: string[],
    attributes: Record<string, Attribute> = {},
    outputs = [name],
  ): string {
    this.graph.add(makeNode(op, name, inputs, outputs, attributes));
    return name;
  }

  floats(name: string, dims: number[], values?: ArrayLike<number>): string {
    const data = values ?? Float32Array.from({ length: elementCount(dims) }, this.#random);
    this.graph.setInitializer(name, float32Tensor(dims, data));
    return name;
  }

  integers(name: string, ...values: number[]): string {
    this.graph.setInitializer(name, int64Tensor(values));
    return name;
  }

  /** A 3x3 convolution with padding and bias, weights `name.w` and `name.b`. */
  conv(name: string, input: string, outputs: number, inputs: number, group = 1): string {
    this.floats(`${name}.w`, [outputs, inputs / group, 3, 3]);
    this.floats(`${name}.b`, [outputs]);
    return this.node('Conv', name, [input, `${name}.w`, `${name}.b`], {
      pads: { type: 'ints', value: [1, 1, 1, 1] },
      group: { type: 'int', value: group },
    });
  }

  relu(input: string): string {
    return this.node('Relu', `${input}.relu`, [input]);
  }

  /** Makes filters of a convolution give nothing at all. */
  silence(name: string, filters: readonly number[]): void {
    for (const constant of [`${name}.w`, `${name}.b`]) {
      const tensor = this.graph.constant(constant)!;
      const values = floatsOf(tensor).slice();
      const size = values.length / tensor.dims[0]!;
      for (const filter of filters) values.fill(0, filter * size, (filter + 1) * size);
      this.floats(constant, [...tensor.dims], values);
    }
  }

  done(...outputs: string[]): Model {
    this.graph.outputs = outputs.map((name) => ({ name, type: 'float32', dims: null }));
    return {
      irVersion: 8,
      opsets: new Map([['', 17]]),
      producer: 'test',
      metadata: new Map(),
      graph: this.graph,
    };
  }
}

/** Smooth pictures with a bright block each, at another place every time. */
export function pictures(count: number): ModelInputs {
  return {
    count,
    async read(index) {
      const random = randomNumbers(index + 1);
      const [, channels, height, width] = IMAGE_DIMS as [number, number, number, number];
      const values = new Float32Array(channels * height * width).map(random);
      const [top, left] = [(index * 5) % (height - 4), (index * 3) % (width - 4)];
      for (let y = top; y < top + 4; y++) {
        for (let x = left; x < left + 4; x++) values[y * width + x]! += 2;
      }
      return new Map([['image', float32Tensor(IMAGE_DIMS, values)]]);
    },
  };
}

/** What a model gives for a picture, all outputs one after the other. */
export async function run(model: Model, index = 0): Promise<number[]> {
  const session = await GraphSession.open(model, { optimization: 'disabled' });
  try {
    const outputs = await session.run(await pictures(index + 1).read(index));
    return [...outputs.values()].flatMap((tensor) => [...floatsOf(tensor)]);
  } finally {
    await session.close();
  }
}

/** Largest difference of two lists of the same length. */
export function furthest(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} numbers are not ${b.length}`);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

/** Numbers from -0.5 to 0.5 (a linear congruential generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296 - 0.5;
  };
}
