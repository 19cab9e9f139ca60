import { readAcceleratorDriver } from '../../board/accelerator-driver.js';
import { readCpuFeatures } from '../../board/cpu-features.js';
import type { LoadRequest, ModelInfo } from '../detector.js';
import { CompiledArtifacts } from './compiled-artifacts.js';

/** A load request whose TensorRT, if it has one, keeps its engines and timings from start to start. */
export interface CachedRequest {
  readonly request: LoadRequest;
  /** To be called with what was loaded: engines that TensorRT was refused with are removed, so that the next start builds anew. */
  loaded(info: ModelInfo): void;
}

/**
 * Points TensorRT at folders of `request.artifacts`, by options of ONNX Runtime that a person's own override. For workers
 * that hand options on, such as scripts/workers/onnxruntime_worker.py: onnxruntime-node takes no notice of them.
 *
 * @param runtime what runs the model: another one's engines are removed
 * @param root `/`; tests give others
 */
export function withEngineCache(request: LoadRequest, runtime: string, root = '/'): CachedRequest {
  const unchanged = { request, loaded: () => undefined };
  const { artifacts: where, sha256, session } = request;
  if (where === undefined || !session.providers.some(({ name }) => name === 'tensorrt')) return unchanged;
  const artifacts = new CompiledArtifacts(where);
  const folder = artifacts.folderFor({
    modelSha256: sha256.toLowerCase(),
    provider: 'tensorrt',
    runtime,
    cpuFlags: readCpuFeatures(root).flags,
    ...readAcceleratorDriver(root),
  });
  if (folder === null) return unchanged;
  const cache = {
    trt_engine_cache_enable: true,
    trt_engine_cache_path: folder,
    trt_timing_cache_enable: true,
    trt_timing_cache_path: folder,
  };
  const providers = session.providers.map((one) =>
    one.name === 'tensorrt' ? { ...one, options: { ...cache, ...one.options } } : one,
  );
  return {
    request: { ...request, session: { ...session, providers } },
    loaded: ({ refused }) => {
      if (refused.some(({ provider }) => provider === 'tensorrt')) artifacts.discard(folder);
    },
  };
}
