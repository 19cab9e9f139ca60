import type { ExtraInput } from '../../detect/detector.js';
import type { Dim, Value } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { elementCount, float32Tensor, int32Tensor, int64Tensor, type Tensor } from '../../onnx/tensor.js';

const PASS = 'extra inputs';

/** What the inputs besides the picture are filled with, and the input's size in pixels. */
export interface ExtraInputs {
  readonly width: number;
  readonly height: number;
  readonly extra?: readonly ExtraInput[] | undefined;
}

/**
 * Turns the inputs besides the picture into the constants that they are for one input size and one picture at a time, so that
 * every other pass finds a model that takes a picture and nothing else.
 *
 * @throws Refusal where an input is of a type that is not filled
 */
export function foldExtraInputs(model: Model, { extra = [], width, height }: ExtraInputs): Model {
  const filled = new Map(extra.map(({ name, values }) => [name, values]));
  if (!model.graph.inputs.some(({ name }) => filled.has(name))) return model;
  const copy = copyModel(model);
  const { graph } = copy;
  for (const input of graph.inputs) {
    const values = filled
      .get(input.name)
      ?.map((value) => (typeof value === 'number' ? value : { width, height }[value]));
    if (values) graph.setInitializer(input.name, constantOf(input, values, [1, height, width]));
  }
  graph.inputs = graph.inputs.filter(({ name }) => !filled.has(name));
  return copy;
}

/** @param mask sizes of a mask of one picture */
function constantOf({ name, type, dims }: Value, values: readonly number[], mask: readonly number[]): Tensor {
  const sizes = (dims ?? []).map((dim, at, all) => sizeOf(dim, at, all.length, values.length, mask));
  const data = Array.from({ length: elementCount(sizes) }, (_, i) => values[i % values.length]!);
  switch (type) {
    case 'int64':
      return int64Tensor(data, sizes);
    case 'int32':
      return int32Tensor(sizes, data);
    case 'float32':
      return float32Tensor(sizes, data);
    default:
      throw new Refusal(PASS, `input ${name} is ${type}, which is not filled here`);
  }
}

/** An open size is one picture where it comes first, the picture's own in a mask, else what the values need. */
function sizeOf(dim: Dim, at: number, rank: number, values: number, mask: readonly number[]): number {
  if (typeof dim === 'number') return dim;
  if (rank === 1) return values;
  if (rank === 3) return mask[at]!;
  return at === rank - 1 ? values : 1;
}
