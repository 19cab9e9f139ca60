import { loadRuntime, type OnnxRuntime, type Ort } from '../detect/worker/onnx-runtime.js';
import { ModelError } from '../foundation/errors.js';
import { ELEMENT_TYPES, type ElementType } from '../onnx/element-type.js';
import { encodeModel } from '../onnx/encode.js';
import type { Model } from '../onnx/model.js';
import { elementsOf, isWhole, type Tensor } from '../onnx/tensor.js';

export interface GraphSessionOptions {
  /** Intra-op threads; default 1: what runs beside a serving detector should leave it its cores. */
  readonly threads?: number;
  /** ONNX Runtime's own graph optimizations; `disabled` computes the graph node by node as it stands. Default `all`. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Keep memory between runs for reuse. Default true: faster, and larger. */
  readonly arena?: boolean;
}

/** Runs a graph on the CPU, for the workshop's own use: to calibrate, to fold constants, to compare two models. */
export class GraphSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: OnnxRuntime.InferenceSession;

  private constructor(session: OnnxRuntime.InferenceSession) {
    this.#session = session;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  /**
   * @param model a model, or the path of its file
   * @throws ModelError with ONNX Runtime's reason where it refuses the model
   */
  static async open(model: Model | string, options: GraphSessionOptions = {}): Promise<GraphSession> {
    const { threads = 1, optimization = 'all', arena = true } = options;
    const { ort } = loadRuntime(null);
    const sessionOptions: OnnxRuntime.InferenceSession.SessionOptions = {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: optimization,
      enableCpuMemArena: arena,
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    };
    try {
      const source = typeof model === 'string' ? model : Buffer.concat(encodeModel(model));
      const session = await ort.InferenceSession.create(source as string, sessionOptions);
      return new GraphSession(session);
    } catch (error) {
      throw new ModelError('ONNX Runtime refuses the model', undefined, error);
    }
  }

  /**
   * @param outputs names of the outputs wanted; default all
   * @throws ModelError where the graph cannot be computed on these inputs
   */
  async run(inputs: ReadonlyMap<string, Tensor>, outputs = this.outputNames): Promise<Map<string, Tensor>> {
    const { ort } = loadRuntime(null);
    const feeds: Record<string, OnnxRuntime.Tensor> = {};
    for (const [name, tensor] of inputs) feeds[name] = toRuntime(ort, tensor);
    try {
      const results = await this.#session.run(feeds, outputs);
      return new Map(Object.entries(results).map(([name, value]) => [name, fromRuntime(name, value)]));
    } catch (error) {
      throw new ModelError('the model cannot be computed', undefined, error);
    }
  }

  /** Frees the session's memory; it cannot run afterwards. */
  async close(): Promise<void> {
    await this.#session.release();
  }
}

function toRuntime(ort: Ort, tensor: Tensor): OnnxRuntime.Tensor {
  if (!isWhole(tensor)) throw new RangeError(`${tensor.bytes.length} bytes for ${tensor.type} [${tensor.dims}]`);
  // ONNX Runtime's own type for float16 data depends on the Node version; the bits are the same
  return new ort.Tensor(tensor.type as 'float32', elementsOf(tensor) as Float32Array, tensor.dims);
}

function fromRuntime(name: string, { type, dims, data }: OnnxRuntime.Tensor): Tensor {
  if (!(type in ELEMENT_TYPES) || !ArrayBuffer.isView(data)) throw new ModelError(`output ${name} is ${type}`);
  return { type: type as ElementType, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
