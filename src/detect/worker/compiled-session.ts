import { createHash } from 'node:crypto';
import { readCpuFeatures } from '../../board/cpu-features.js';
import { explain } from '../../foundation/errors.js';
import { type ArtifactKey, CompiledArtifacts } from '../artifacts/compiled-artifacts.js';
import type { LoadRequest } from '../detector.js';
import type { OnnxRuntime } from './onnx-runtime.js';

type Options = OnnxRuntime.InferenceSession.SessionOptions;

/** Which file to open with which options, and what to do once the session has run. */
export interface Opening {
  readonly file: string;
  readonly options: Options;
  /** The session ran at every batch size: what it was compiled to may be kept. */
  ran(): Promise<void>;
  /** It could not be made or run. True: try again with the original. */
  failed(error: unknown): boolean;
}

/** The model file as it is. */
export const plainOpening = ({ file }: LoadRequest): Opening => ({
  file,
  options: {},
  ran: async () => undefined,
  failed: () => false,
});

/**
 * How a session on the CPU is best opened: from the graph that ONNX Runtime optimized at an earlier start, where there is
 * one for this model, ONNX Runtime and processor; else from the model, keeping the optimized graph for the next start. Other
 * providers have nothing that ONNX Runtime's Node binding could keep (TensorRT's engines: engine-cache.ts).
 *
 * @param warn told when one was damaged
 */
export async function chooseOpening(
  request: LoadRequest,
  runtime: string,
  warn: (text: string) => void,
): Promise<Opening> {
  const { artifacts: where, file } = request;
  if (where === undefined) return plainOpening(request);
  const artifacts = new CompiledArtifacts(where);
  const key: ArtifactKey = {
    modelSha256: sha256OfModel(request),
    provider: 'cpu',
    runtime,
    cpuFlags: readCpuFeatures('/').flags,
    driver: null,
    gpu: null,
  };
  const compiled = await artifacts.find(key);
  if (artifacts.counters.damaged > 0) warn(`a compiled artifact of ${file} was damaged: removed, made again`);
  if (compiled !== null) return fromArtifact(compiled, artifacts, warn);
  const temporary = artifacts.begin(key);
  if (temporary === null) return plainOpening(request);
  return {
    file,
    options: { optimizedModelFilePath: temporary },
    ran: async () => void (await artifacts.keep(key, temporary)),
    failed: () => {
      artifacts.abandon(temporary);
      return true;
    },
  };
}

/** Of the file, or of all files of a model together. */
function sha256OfModel({ sha256, externalData }: LoadRequest): string {
  if (!externalData) return sha256.toLowerCase();
  const sums = [sha256, ...externalData.map((one) => one.sha256)].join('\n').toLowerCase();
  return createHash('sha256').update(sums).digest('hex');
}

function fromArtifact(file: string, artifacts: CompiledArtifacts, warn: (text: string) => void): Opening {
  return {
    file,
    // it is optimized: once more would only take the time again
    options: { graphOptimizationLevel: 'disabled' },
    ran: async () => undefined,
    failed: (error) => {
      artifacts.discard(file);
      warn(`the compiled artifact ${file} could not be used (${explain(error)}): removed, the original is loaded`);
      return true;
    },
  };
}
