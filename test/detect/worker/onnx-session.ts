import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { LoadRequest } from '../../../src/detect/detector.js';
import { createPostprocess, type Postprocess } from '../../../src/detect/worker/postprocess.js';
import type { OutputTensor } from '../../../src/detect/worker/slice-reader.js';
import { allocateTensor, chooseFill, tensorElementType } from '../../../src/detect/worker/tensor.js';

const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof OnnxRuntime;

/** A load request with plain defaults, for tests that need only parts of it. */
export function loadRequest(change: Partial<LoadRequest> & { width?: number; height?: number } = {}): LoadRequest {
  const { width = 32, height = 32, ...rest } = change;
  const classes = rest.classes ?? ['car', 'bus'];
  return {
    model: 'test',
    variant: 'fp32',
    file: 'none',
    sha256: '0'.repeat(64),
    family: 'roadside',
    output: 'raw',
    input: { width, height, layout: 'nchw', type: 'float32', colour: 'rgb', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
    batchSizes: [1],
    scoreThresholds: classes.map(() => 0.3),
    iouThreshold: 0.6,
    maxDetections: 100,
    session: {
      providers: [{ name: 'cpu', options: {} }],
      intraOpThreads: 1,
      arena: true,
      memoryPattern: true,
      spinning: false,
      binding: null,
    },
    ...rest,
    classes,
  };
}

/** A real session with our own tensors before it and our own decoder behind it. */
export class DirectSession {
  private readonly fill;
  private postprocess: Postprocess | null = null;

  private constructor(
    private readonly session: OnnxRuntime.InferenceSession,
    private readonly request: LoadRequest,
  ) {
    this.fill = chooseFill(request.input);
  }

  static async open(model: Uint8Array | string, request: LoadRequest): Promise<DirectSession> {
    const options = { intraOpNumThreads: 1, graphOptimizationLevel: 'all' } as const;
    const session = await ort.InferenceSession.create(model as string, options);
    return new DirectSession(session, request);
  }

  /** Rows of six per picture, scores rounded to 3 places and boxes to 1. */
  async detect(...images: readonly Uint8Array[]): Promise<number[][][]> {
    const { request, session } = this;
    const { width, height, layout } = request.input;
    const tensor = allocateTensor(request.input, images.length);
    for (const [i, image] of images.entries()) this.fill(image, tensor, i * width * height * 3);
    const dims = layout === 'nchw' ? [images.length, 3, height, width] : [images.length, height, width, 3];
    const input = new ort.Tensor(tensorElementType(request.input), tensor as never, dims);
    const outputs = (await session.run({ [session.inputNames[0]!]: input })) as unknown as Record<string, OutputTensor>;
    const shapes = Object.entries(outputs).map(([name, output]) => ({ name, dims: output.dims }));
    this.postprocess ??= createPostprocess(request, shapes);
    const rows = new Float32Array(request.maxDetections * 6 + 6);
    return images.map((_, i) => {
      const count = this.postprocess!.run(outputs, i, rows, 6);
      return Array.from({ length: count }, (_, k) => rounded(rows.subarray(6 + k * 6, 12 + k * 6)));
    });
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

function rounded(row: Float32Array): number[] {
  return [...row].map((value, i) => Number(value.toFixed(i === 4 ? 3 : 1)));
}
