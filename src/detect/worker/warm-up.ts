import { ModelError } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import type { LoadRequest } from '../detector.js';
import type { OutputShape } from './decoders/decoder.js';
import { extraFeeds, pictureDims, pictureInput } from './extra-inputs.js';
import type { OnnxRuntime, Ort } from './onnx-runtime.js';
import type { Postprocess } from './postprocess.js';
import type { OutputTensor } from './slice-reader.js';
import { allocateTensor, chooseFill, type TensorArray, tensorElementType } from './tensor.js';

type Tensors = Record<string, OnnxRuntime.Tensor>;

/** Everything one batch size needs, allocated once. */
export interface Batch {
  readonly input: TensorArray;
  readonly feeds: Tensors;
  /** Written by every run: their shapes are known since the warm-up. Null: of another shape each time, made by the run. */
  readonly outputs: Readonly<Record<string, OnnxRuntime.Tensor | null>>;
  /** All outputs that are read; the binding copies as much on every run. */
  readonly outputBytes: number;
}

/** @throws ModelError where the picture does not go into the model's input */
export function checkInput(session: OnnxRuntime.InferenceSession, request: LoadRequest): void {
  const input = pictureInput(session, request.input);
  if (input.shape.at(request.input.layout === 'nchw' ? -3 : -1) === 1) {
    throw new ModelError(
      `the model's input ${input.name} has one channel: it was trained on grey (or thermal) pictures, which are not supported; export or train it for 3 channels`,
    );
  }
  const expected = tensorElementType(request.input);
  if (input.type !== expected) {
    throw new ModelError(`the model's input ${input.name} is ${input.type}, its manifest says ${expected}`);
  }
}

/**
 * The sizes to warm up: those of the request, ascending; of a model made for one number of pictures that number, unless
 * another is asked for by itself.
 */
export function batchSizesOf(session: OnnxRuntime.InferenceSession, request: LoadRequest): readonly number[] {
  const sizes = [...request.batchSizes].sort((a, b) => a - b);
  const { shape } = pictureInput(session, request.input);
  const fixed = shape.length < 4 ? 1 : shape[0];
  const isAsked = sizes.length === 1 && sizes[0] !== 1;
  return typeof fixed === 'number' && fixed >= 1 && !isAsked ? [fixed] : sizes;
}

/** A first run at a batch size. */
export interface WarmUp {
  readonly input: TensorArray;
  readonly feeds: Tensors;
  readonly outputs: Tensors;
}

/** Runs a model on `size` grey pictures. @throws Error of ONNX Runtime where it cannot be computed */
export async function runOnGrey(
  ort: Ort,
  session: OnnxRuntime.InferenceSession,
  request: LoadRequest,
  size: number,
): Promise<WarmUp> {
  const { width, height } = request.input;
  const metadata = pictureInput(session, request.input);
  const dims = pictureDims(metadata, request.input, size);
  const input = allocateTensor(request.input, size);
  const image = new Uint8Array(width * height * 3).fill(114);
  const fill = chooseFill(request.input);
  for (let i = 0; i < size; i++) fill(image, input, i * image.length);
  // ONNX Runtime's own type for float16 data depends on the Node version; the bits are the same
  const tensor = new ort.Tensor(tensorElementType(request.input), input as Float32Array, dims) as OnnxRuntime.Tensor;
  const feeds: Tensors = { [metadata.name]: tensor, ...extraFeeds(ort, session, request.input, size) };
  return { input, feeds, outputs: { ...(await session.run(feeds)) } as Tensors };
}

/** What a first run allocated serves every later one; outputs that nobody reads are not asked for again. */
export function batchOf({ input, feeds, outputs }: WarmUp, { reads, varying }: Postprocess): Batch {
  const read = reads.map(({ name }) => [name, outputs[name]!] as const);
  return {
    input,
    feeds,
    outputs: Object.fromEntries(read.map(([name, tensor]) => [name, varying ? null : tensor])),
    outputBytes: read.reduce((sum, [, { data }]) => sum + byteLength(data), 0),
  };
}

/** Strings, which no detector answers, count as nothing. */
function byteLength(data: OnnxRuntime.Tensor.DataType): number {
  return 'byteLength' in data ? data.byteLength : 0;
}

/** The outputs with their sizes in a first run, and whether the file leaves their rows open. */
export function shapesOf(session: OnnxRuntime.InferenceSession, outputs: Tensors): OutputShape[] {
  return session.outputMetadata.map((declared) => {
    const { dims, type } = outputs[declared.name]!;
    const rows = declared.isTensor ? declared.shape.at(dims.length > 1 ? -2 : 0) : undefined;
    return { name: declared.name, dims, type, varying: typeof rows === 'string' };
  });
}

/** Reads every picture of a first run. @throws ModelError where its outputs are not what they should be */
export function checkOutput(request: LoadRequest, size: number, outputs: Tensors, postprocess: Postprocess): void {
  if (postprocess.pictures === 'one' && size > 1) {
    throw new ModelError(
      `the model gives the boxes of one picture, without saying of which: a batch of ${size} cannot be`,
    );
  }
  for (const { name } of postprocess.reads) {
    const { data, dims } = outputs[name]!;
    if (postprocess.pictures === 'axis' && dims[0] !== size) {
      throw new ModelError(`output ${name} is [${dims.join(', ')}] for ${size} picture(s): expected ${size} first`);
    }
    if (data instanceof Float32Array && !data.every(Number.isFinite)) {
      throw new ModelError(
        `output ${name} holds numbers that are not finite: this provider computes the model wrongly`,
      );
    }
  }
  const rows = new Float32Array(size * request.maxDetections * STRIDE);
  for (let i = 0; i < size; i++) {
    postprocess.run(outputs as Record<string, OutputTensor>, i, rows, i * request.maxDetections * STRIDE);
  }
}
