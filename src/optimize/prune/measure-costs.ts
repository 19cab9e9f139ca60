import { copyModel, type Model } from '../../onnx/model.js';
import { floatsOf, type Tensor } from '../../onnx/tensor.js';
import { removeDead } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';
import { cutChannels } from './cut-channels.js';
import type { FollowedChannels } from './follow-channels.js';
import type { ChannelReader, Ranking } from './importance.js';
import { makeUp } from './make-up.js';
import type { PlaceWeights } from './salience.js';

/** Frames on which losses are measured: the same for all, so that differences count and not the frames. */
const FRAMES = 16;

export interface Costs {
  readonly ranking: Ranking;
  /** By head, then by how many of the first filters go (less one): the head's squared error, in shares of its variance. */
  readonly byHead: readonly Float64Array[];
}

/**
 * Measures what it costs to remove the first filters of each ranking, alone, at a few counts; between them, straight
 * lines.
 *
 * @param counts of filters that may go, ascending, by ranking
 * @param heads values that the model's outputs are made of
 */
export async function measureCosts(
  model: Model,
  followed: FollowedChannels,
  shapes: ReadonlyMap<string, readonly number[]>,
  readers: readonly ChannelReader[],
  counts: ReadonlyMap<Ranking, readonly number[]>,
  heads: readonly string[],
  inputs: ModelInputs,
  options: { weights: PlaceWeights; signal?: AbortSignal | undefined; onCount?(done: number, total: number): void },
): Promise<Costs[]> {
  const looked = Math.min(FRAMES, inputs.count);
  const frames = Array.from({ length: looked }, (_, i) => Math.floor(((i + 0.5) * inputs.count) / looked));
  const reference = await answers(model, heads, inputs, frames, options.signal);
  const total = [...counts.values()].reduce((sum, list) => sum + list.length, 0);
  let done = 0;
  const result: Costs[] = [];
  for (const [ranking, list] of counts) {
    const errors: number[][] = [];
    for (const count of list) {
      const removed = new Set(ranking.order.slice(0, count));
      const without = cutChannels(makeUp(model, followed, readers, removed), followed, removed, shapes);
      const given = await answers(without, heads, inputs, frames, options.signal);
      errors.push(heads.map((head) => errorOf(head, reference, given, frames, options.weights)));
      options.onCount?.(++done, total);
    }
    result.push({
      ranking,
      byHead: heads.map((_, head) =>
        lines(
          list,
          errors.map((byHead) => byHead[head]!),
        ),
      ),
    });
  }
  return result;
}

type Answers = readonly ReadonlyMap<string, Tensor>[];

async function answers(
  model: Model,
  heads: readonly string[],
  inputs: ModelInputs,
  frames: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Answers> {
  const observed = copyModel(model);
  observed.graph.outputs = heads.map((name) => ({ name, type: 'float32', dims: null }));
  removeDead(observed.graph);
  const session = await GraphSession.open(observed);
  try {
    const given: Map<string, Tensor>[] = [];
    for (const frame of frames) {
      signal?.throwIfAborted();
      given.push(await session.run(await inputs.read(frame)));
    }
    return given;
  } finally {
    await session.close();
  }
}

/** Mean over the channels of a head of squared error by variance. */
function errorOf(
  head: string,
  reference: Answers,
  given: Answers,
  frames: readonly number[],
  weights: PlaceWeights,
): number {
  const { dims } = reference[0]!.get(head)!;
  const channels = dims[1]!;
  const places = dims.slice(2).reduce((product, dim) => product * dim, 1);
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  const errors = new Float64Array(channels);
  let weight = 0;
  for (const [i, answer] of reference.entries()) {
    const right = floatsOf(answer.get(head)!);
    const wrong = floatsOf(given[i]!.get(head)!);
    const at = weights(frames[i]!, dims);
    for (let k = 0; k < right.length; k++) {
      const channel = Math.floor(k / places) % channels;
      const w = at?.[k % places] ?? 1;
      const value = right[k]!;
      if (channel === 0) weight += w;
      sums[channel]! += w * value;
      squares[channel]! += w * value * value;
      errors[channel]! += w * (value - wrong[k]!) ** 2;
    }
  }
  let shares = 0;
  for (let channel = 0; channel < channels; channel++) {
    const variance = squares[channel]! / weight - (sums[channel]! / weight) ** 2;
    if (variance > 0) shares += errors[channel]! / weight / variance;
  }
  return shares / channels;
}

/** Straight lines through (0, 0) and the points measured; never falling, and without end beyond the last. */
function lines(counts: readonly number[], values: readonly number[]): Float64Array {
  const line = new Float64Array(counts.at(-1) ?? 0);
  let [fromCount, fromValue] = [0, 0];
  for (const [i, count] of counts.entries()) {
    const value = Math.max(fromValue, values[i]!);
    for (let at = fromCount + 1; at <= count; at++) {
      line[at - 1] = fromValue + ((value - fromValue) * (at - fromCount)) / (count - fromCount);
    }
    [fromCount, fromValue] = [count, value];
  }
  return line;
}
