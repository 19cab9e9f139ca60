import { copyModel, type Model } from '../../onnx/model.js';
import { floatsOf, type Tensor } from '../../onnx/tensor.js';
import { removeDead } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';
import type { Int8Layer } from './layers.js';

/** Pictures that candidates are compared on. */
const PICTURES = 12;

/** What the float model's last layers answer on a few pictures, to tell candidates apart that score the same. */
export class LastLayers {
  private constructor(
    private readonly values: readonly string[],
    private readonly pictures: readonly ReadonlyMap<string, Tensor>[],
    private readonly answers: readonly ReadonlyMap<string, Tensor>[],
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @param layers the last ones are taken */
  static async of(
    model: Model,
    layers: readonly Int8Layer[],
    inputs: ModelInputs,
    signal: AbortSignal | undefined,
  ): Promise<LastLayers> {
    const values = layers.filter(({ last }) => last).map(({ sum }) => sum);
    const count = Math.min(PICTURES, inputs.count);
    const pictures: ReadonlyMap<string, Tensor>[] = [];
    for (let i = 0; i < count; i++) pictures.push(await inputs.read(Math.floor((i * inputs.count) / count)));
    const names = new Map(values.map((value) => [value, value]));
    return new LastLayers(values, pictures, await answersOf(model, names, pictures, signal), signal);
  }

  /**
   * Mean over the last layers' channels of the squared error in parts of the channel's variance: 0 for the float model.
   *
   * @param nameOf the value of the candidate that stands for one of the float model
   */
  async errorOf(candidate: Model, nameOf: (value: string) => string): Promise<number> {
    const { values, pictures, answers, signal } = this;
    const names = new Map(values.map((value) => [value, nameOf(value)]));
    const others = await answersOf(candidate, names, pictures, signal);
    let sum = 0;
    let channels = 0;
    for (const value of values) {
      for (const error of channelErrors(
        answers.map((a) => a.get(value)!),
        others.map((a) => a.get(value)!),
      )) {
        sum += error;
        channels++;
      }
    }
    return channels > 0 ? sum / channels : 0;
  }
}

async function answersOf(
  model: Model,
  names: ReadonlyMap<string, string>,
  pictures: readonly ReadonlyMap<string, Tensor>[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Tensor>[]> {
  const copy = copyModel(model);
  copy.graph.outputs = [...names.values()].map((name) => ({ name, type: 'float32', dims: null }));
  removeDead(copy.graph);
  const session = await GraphSession.open(copy, { arena: false });
  try {
    const answers: ReadonlyMap<string, Tensor>[] = [];
    for (const picture of pictures) {
      signal?.throwIfAborted();
      const seen = await session.run(picture);
      answers.push(new Map([...names].map(([value, name]) => [value, seen.get(name)!])));
    }
    return answers;
  } finally {
    await session.close();
  }
}

/** Squared error of each channel over all pictures, in parts of its variance; channels that never vary are left out. */
function channelErrors(reals: readonly Tensor[], others: readonly Tensor[]): number[] {
  const [batch = 1, channels = 1] = reals[0]!.dims;
  const errors = new Float64Array(channels);
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  for (const [picture, tensor] of reals.entries()) {
    const real = floatsOf(tensor);
    const other = floatsOf(others[picture]!);
    const each = real.length / (batch * channels);
    count += batch * each;
    for (let i = 0; i < real.length; i++) {
      const channel = Math.floor(i / each) % channels;
      errors[channel]! += (real[i]! - other[i]!) ** 2;
      sums[channel]! += real[i]!;
      squares[channel]! += real[i]! ** 2;
    }
  }
  const variances = squares.map((square, channel) => square - sums[channel]! ** 2 / count);
  return [...errors].map((error, channel) => error / variances[channel]!).filter(Number.isFinite);
}
