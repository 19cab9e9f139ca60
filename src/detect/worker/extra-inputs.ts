import { ModelError } from '../../foundation/errors.js';
import { toHalf } from '../../foundation/half.js';
import type { ExtraInput, LoadRequest } from '../detector.js';
import type { OnnxRuntime, Ort } from './onnx-runtime.js';

type Metadata = Extract<OnnxRuntime.InferenceSession.ValueMetadata, { isTensor: true }>;
type Input = LoadRequest['input'];

/** A mask of a whole picture has this many elements at most: 8192 × 8192 a picture. */
const MAX_ELEMENTS = 2 ** 26;

/**
 * The one input of a model that no extra input fills: it takes the picture.
 * @throws ModelError naming those that nothing would be put in
 */
export function pictureInput(session: OnnxRuntime.InferenceSession, input: Pick<Input, 'extra'>): Metadata {
  const filled = new Set(input.extra?.map(({ name }) => name));
  const left = session.inputMetadata.filter(({ name }) => !filled.has(name));
  const [picture, ...others] = [...left].sort((a, b) => rankOf(b) - rankOf(a));
  if (picture?.isTensor && others.length === 0) return picture;
  const described = left.map(describeInput).join(', ') || 'none';
  throw new ModelError(
    `expected a model with one input, for the picture, besides those that its manifest fills (input.extra); it has ${described}: say there what goes into the others (docs/models.md), or export it without them`,
  );
}

/**
 * What the tensor of so many pictures is to look like; torchvision's exports have no axis for the batch.
 * @throws ModelError where they cannot take more than one
 */
export function pictureDims({ name, shape }: Metadata, { width, height, layout }: Input, batch: number): number[] {
  const picture = layout === 'nchw' ? [3, height, width] : [height, width, 3];
  if (shape.length !== picture.length) return [batch, ...picture];
  if (batch === 1) return picture;
  throw new ModelError(
    `the model's input ${name} [${shape.join(', ')}] has no axis for the batch: it takes one picture at once, not ${batch}`,
  );
}

/**
 * The tensors for what a model wants besides the picture, made once: they are the same for every picture. Of those in the
 * request that the model does not have nothing is made.
 * @throws ModelError where an input cannot hold what it is to be given
 */
export function extraFeeds(
  ort: Ort,
  session: OnnxRuntime.InferenceSession,
  input: Input,
  batch: number,
): Record<string, OnnxRuntime.Tensor> {
  const feeds: Record<string, OnnxRuntime.Tensor> = {};
  for (const extra of input.extra ?? []) {
    const metadata = session.inputMetadata.find(({ name }) => name === extra.name);
    if (metadata === undefined) continue;
    if (!metadata.isTensor) throw new ModelError(`the model's input ${extra.name} is no tensor`);
    feeds[extra.name] = extraTensor(ort, metadata, extra, input, batch);
  }
  return feeds;
}

function extraTensor(ort: Ort, metadata: Metadata, extra: ExtraInput, input: Input, batch: number): OnnxRuntime.Tensor {
  const values = extra.values.map((value) => (typeof value === 'number' ? value : input[value]));
  const dims = extraDims(metadata.shape, values.length, input, batch);
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count > MAX_ELEMENTS || count % values.length !== 0) {
    throw new ModelError(
      `${describeInput(metadata)} cannot hold the ${values.length} value(s) that its manifest gives it: ${extra.values.join(', ')}`,
    );
  }
  const repeated = Array.from({ length: count }, (_, i) => values[i % values.length]!);
  return new ort.Tensor(metadata.type, dataOf(metadata, repeated) as Float32Array, dims) as OnnxRuntime.Tensor;
}

/** An open size is the batch where it comes first, the picture's where there is a mask to fill, else what the values need. */
function extraDims(shape: readonly (number | string)[], values: number, input: Input, batch: number): number[] {
  const open = [batch, input.height, input.width];
  return shape.map((dim, at) => {
    if (typeof dim === 'number' && dim > 0) return dim;
    if (shape.length === 1) return values;
    if (shape.length === 3) return open[at]!;
    return at === 0 ? batch : at === shape.length - 1 ? values : 1;
  });
}

function dataOf({ name, type }: Metadata, values: readonly number[]): ArrayBufferView {
  switch (type) {
    case 'float32':
      return Float32Array.from(values);
    case 'float64':
      return Float64Array.from(values);
    case 'float16':
      return Uint16Array.from(values, toHalf);
    case 'int64':
      return BigInt64Array.from(values, (value) => BigInt(Math.round(value)));
    case 'int32':
      return Int32Array.from(values);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
    default:
      throw new ModelError(`the model's input ${name} is ${type}, which is not filled here`);
  }
}

function rankOf(metadata: OnnxRuntime.InferenceSession.ValueMetadata): number {
  return metadata.isTensor ? metadata.shape.length : 0;
}

function describeInput(metadata: OnnxRuntime.InferenceSession.ValueMetadata): string {
  if (!metadata.isTensor) return metadata.name;
  return `${metadata.name} ${metadata.type} [${metadata.shape.join(', ')}]`;
}
