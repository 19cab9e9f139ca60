import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { type CachedRequest, withEngineCache } from '../../detect/artifacts/engine-cache.js';
import type { LoadRequest } from '../../detect/detector.js';
import { fromRoot } from '../../foundation/home.js';

/** The request as the configuration wants its compiled model kept from start to start; where it does not, unchanged. */
export function keepCompiled(
  request: LoadRequest,
  { detector, store }: Pick<Config, 'detector' | 'store'>,
): CachedRequest {
  const { compiledArtifacts, artifactBytes, command, socket, providers } = detector;
  const kept = { ...request, artifacts: { folder: fromRoot(join(store.dir, 'artifacts')), maxBytes: artifactBytes } };
  const worker = command?.join(' ') ?? socket;
  const unchanged = { loaded: () => undefined };
  if (compiledArtifacts === 'off') return { request, ...unchanged };
  // what is kept for a worker of one's own is TensorRT's, whose options it hands on; the built-in worker has none
  if (worker === undefined) return { request: compiledArtifacts === 'on' ? kept : request, ...unchanged };
  const usesTensorRt = providers.some(({ name }) => name === 'tensorrt');
  return usesTensorRt ? withEngineCache(kept, worker) : { request, ...unchanged };
}
