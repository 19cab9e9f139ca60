import { float32Tensor, floatsOf, int64Tensor, type Tensor } from '../../onnx/tensor.js';
import { GraphSession } from '../graph-session.js';
import type { LinearMap } from './linear-map.js';
import { type MapShapes, productsGraph } from './products-graph.js';

/** Products of what a map reads with itself, and of what it should give with what it reads, summed over samples. */
export interface ProductSums {
  /** [groups, unknowns + 1, unknowns + 1]; the last is the constant 1, so its row holds sums and the number of samples. */
  readonly gram: Float64Array;
  /** [groups, outputs per group, unknowns + 1] */
  readonly cross: Float64Array;
}

/**
 * Adds up products over frames. ONNX Runtime multiplies, a frame at a time, so no activation outlives its frame and
 * memory is that of the sums.
 */
export class ProductAdder {
  readonly sums: ProductSums;
  readonly #session: GraphSession;
  readonly #places: number;
  readonly #samples: number;
  readonly #even: Float32Array;
  #frame = 0;

  private constructor(session: GraphSession, sums: ProductSums, places: number, samples: number) {
    this.#session = session;
    this.sums = sums;
    this.#places = places;
    this.#samples = samples;
    this.#even = new Float32Array(samples).fill(1);
  }

  /** @param samples places of a frame to take, at most; other ones from frame to frame */
  static async open(map: LinearMap, shapes: MapShapes, samples: number): Promise<ProductAdder> {
    const places = (shapes.to[0] ?? 1) * shapes.to.slice(2).reduce((product, dim) => product * dim, 1);
    const taken = Math.min(samples, places);
    const graph = productsGraph(map, shapes, taken);
    const session = await GraphSession.open(
      { irVersion: 8, opsets: new Map([['', 17]]), producer: '', metadata: new Map(), graph },
      { optimization: 'basic' },
    );
    const width = map.unknowns + 1;
    const sums = {
      gram: new Float64Array(map.groups * width * width),
      cross: new Float64Array(map.outputs * width),
    };
    return new ProductAdder(session, sums, places, taken);
  }

  /**
   * @param from what the map reads on a frame @param to what it should give there
   * @param weights of the places of a picture; null: all count alike
   */
  async add(from: Tensor, to: Tensor, weights: Float32Array | null): Promise<void> {
    const chosen = spread(this.#places, this.#samples, this.#frame++);
    const weighed = weights ? Float32Array.from(chosen, (place) => weights[place % weights.length]!) : this.#even;
    const inputs = new Map([
      ['from', from],
      ['to', to],
      ['chosen', int64Tensor(chosen)],
      ['weights', float32Tensor([chosen.length], weighed)],
    ]);
    const products = await this.#session.run(inputs);
    accumulate(this.sums.gram, floatsOf(products.get('gram')!));
    accumulate(this.sums.cross, floatsOf(products.get('cross')!));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

function accumulate(sums: Float64Array, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) sums[i]! += values[i]!;
}

const GOLDEN = 0.618_033_988_749_895;

/** `count` of `total` places, evenly apart, shifted from frame to frame. */
function spread(total: number, count: number, frame: number): number[] {
  const shift = (frame * GOLDEN) % 1;
  return Array.from({ length: count }, (_, i) => Math.floor(((i + shift) * total) / count));
}
