import { copyModel, type Model } from '../../onnx/model.js';
import { floatsOf, type Tensor } from '../../onnx/tensor.js';
import { removeDead } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';

/** Weights of the places [height, width] of a value of shape `dims` on a frame; null: all count alike. */
export type PlaceWeights = (frame: number, dims: readonly number[]) => Float32Array | null;

/** Share of the weight that goes by salience; the rest is the same everywhere, for what is not salient must not change either. */
const SALIENT_SHARE = 0.5;

/** @param maps by frame; without any, all places count alike */
export function placeWeights(maps: readonly Salience[]): PlaceWeights {
  return (frame, dims) => {
    const map = maps[frame];
    if (!map || dims.length !== 4) return null;
    return resized(map, dims[2]!, dims[3]!).map((value) => 1 - SALIENT_SHARE + SALIENT_SHARE * value);
  };
}

/** How much each place of the pictures of a frame matters: [height, width] of the finest head. */
export interface Salience {
  readonly height: number;
  readonly width: number;
  /** The mean over all frames is 1. */
  readonly values: Float32Array;
}

/**
 * Where a detector sees something: most of a picture is background, and what is fitted to all places alike is fitted to
 * background. A place counts by the square of how far, in standard deviations, the head that deviates most is there
 * from its mean over all frames.
 *
 * @param heads values [N, C, height, width] that the model's outputs are made of
 * @returns by frame, empty where no head has places
 */
export async function salienceOf(
  model: Model,
  heads: readonly string[],
  shapes: ReadonlyMap<string, readonly number[]>,
  inputs: ModelInputs,
  options: { readonly signal?: AbortSignal | undefined; onFrame?(done: number, total: number): void } = {},
): Promise<Salience[]> {
  const placed = heads.filter((name) => shapes.get(name)?.length === 4);
  if (placed.length === 0) return [];
  const height = Math.max(...placed.map((name) => shapes.get(name)![2]!));
  const width = Math.max(...placed.map((name) => shapes.get(name)![3]!));
  const seen = copyModel(model);
  seen.graph.outputs = placed.map((name) => ({ name, type: 'float32', dims: null }));
  removeDead(seen.graph);
  const session = await GraphSession.open(seen);
  try {
    const moments = new Map(placed.map((name) => [name, new Moments(shapes.get(name)![1]!)]));
    let done = 0;
    const frames = async (visit: (values: Map<string, Tensor>) => void) => {
      for (let frame = 0; frame < inputs.count; frame++) {
        options.signal?.throwIfAborted();
        visit(await session.run(await inputs.read(frame)));
        options.onFrame?.(++done, inputs.count * 2);
      }
    };
    await frames((values) => {
      for (const [name, tensor] of values) moments.get(name)!.add(tensor);
    });
    const maps: Salience[] = [];
    await frames((values) => {
      const map = new Float32Array(height * width);
      for (const [name, tensor] of values) moments.get(name)!.mark(tensor, map, height, width);
      maps.push({ height, width, values: map });
    });
    return normalized(maps);
  } finally {
    await session.close();
  }
}

/** Weights of the places of a layer's output of another size: a place counts as much as the most that it covers. */
function resized({ height, width, values }: Salience, rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const top = Math.floor((row * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / rows));
    for (let column = 0; column < columns; column++) {
      const left = Math.floor((column * width) / columns);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / columns));
      let most = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) most = Math.max(most, values[y * width + x]!);
      }
      out[row * columns + column] = most;
    }
  }
  return out;
}

/** Sums of a head's channels over all places. */
class Moments {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(channels: number) {
    this.#sums = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  add(tensor: Tensor): void {
    const values = floatsOf(tensor);
    const channels = this.#sums.length;
    const places = tensor.dims[2]! * tensor.dims[3]!;
    this.#count += values.length / channels;
    for (let i = 0; i < values.length; i++) {
      const channel = Math.floor(i / places) % channels;
      this.#sums[channel]! += values[i]!;
      this.#squares[channel]! += values[i]! ** 2;
    }
  }

  /** Raises the places of `map` to this head's squared deviation there. */
  mark(tensor: Tensor, map: Float32Array, height: number, width: number): void {
    const values = floatsOf(tensor);
    const [batch, channels, rows, columns] = tensor.dims as [number, number, number, number];
    for (let plane = 0; plane < batch * channels; plane++) {
      const channel = plane % channels;
      const mean = this.#sums[channel]! / this.#count;
      const variance = this.#squares[channel]! / this.#count - mean ** 2;
      if (variance <= 0) continue;
      for (let y = 0; y < height; y++) {
        const row = Math.floor((y * rows) / height);
        for (let x = 0; x < width; x++) {
          const value = values[(plane * rows + row) * columns + Math.floor((x * columns) / width)]!;
          const far = (value - mean) ** 2 / variance;
          if (far > map[y * width + x]!) map[y * width + x] = far;
        }
      }
    }
  }
}

function normalized(maps: readonly Salience[]): Salience[] {
  let sum = 0;
  let count = 0;
  for (const { values } of maps) {
    for (const value of values) sum += value;
    count += values.length;
  }
  const mean = sum / count || 1;
  return maps.map((map) => ({ ...map, values: map.values.map((value) => value / mean) }));
}
