import type { DetectorConfig } from '../config/config.js';
import type { LoadRequest } from '../detect/detector.js';
import { ModelError } from '../foundation/errors.js';
import { readOnnxFacts } from './onnx-facts.js';

/**
 * Tells TensorRT the range of the batch sizes, so that it compiles one engine for all of them: else it compiles for the shapes
 * that it has seen, for minutes, and anew for the first batch of each other size. A person's own options override these.
 *
 * Only for workers that hand options on: onnxruntime-node as it comes takes no notice of them.
 */
export function withShapeProfile(
  request: LoadRequest,
  { command, socket, binding }: Pick<DetectorConfig, 'command' | 'socket' | 'binding'>,
): LoadRequest {
  const { session, batchSizes } = request;
  const handsOn = command !== undefined || socket !== undefined || binding !== undefined;
  if (!handsOn || batchSizes.length < 2 || !session.providers.some(({ name }) => name === 'tensorrt')) return request;
  const input = openInput(request.file);
  if (input === null) return request;
  const shape = (batch: number) => `${input}:${[batch, ...pictureShape(request)].join('x')}`;
  const [least, most] = [Math.min(...batchSizes), Math.max(...batchSizes)];
  const range = {
    trt_profile_min_shapes: shape(least),
    trt_profile_opt_shapes: shape(most),
    trt_profile_max_shapes: shape(most),
  };
  const providers = session.providers.map((one) =>
    one.name === 'tensorrt' ? { ...one, options: { ...range, ...one.options } } : one,
  );
  return { ...request, session: { ...session, providers } };
}

/**
 * The name of the picture's input where its batch is open. null where TensorRT needs no range, and where another input is open
 * too: it wants the ranges of all of them or of none. Of a file that is no model the worker says what it is.
 */
function openInput(file: string): string | null {
  try {
    const { picture, otherInputs } = readOnnxFacts(file);
    const isOtherOpen = otherInputs.some(({ dims }) => dims === null || dims.includes(null));
    return picture === null || picture.batch !== null || isOtherOpen ? null : picture.name;
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

const pictureShape = ({ input: { width, height, layout } }: LoadRequest): number[] =>
  layout === 'nchw' ? [3, height, width] : [height, width, 3];
