import type { Config, ProviderName } from '../../../config/config.js';
import { poolsOf } from '../../../runtime/detector/worker-pools.js';

/** What the configuration would have the accelerators do. */
export interface WantedProviders {
  /** All that a built-in worker climbs through, of every pool, each once. */
  readonly providers: readonly ProviderName[];
  /** Of these, the accelerators after which a pool has nothing to fall back to. */
  readonly withoutFallback: readonly ProviderName[];
  /** Whether a worker of somebody's own infers, which may use what ONNX Runtime cannot. */
  readonly hasForeignWorker: boolean;
  /** Whether pictures are to be decoded on a GPU. */
  readonly decodesOnGpu: boolean;
}

/** What `-hwaccel`, `-c:v` and `-init_hw_device` of ffmpeg are given for a GPU of Intel's or AMD's. */
const GPU_DECODING = /vaapi|qsv|drm|vulkan/;

/** What a configuration wants of accelerators; pure. */
export function wantedProviders(config: Pick<Config, 'detector' | 'capture' | 'cameras'>): WantedProviders {
  const pools = poolsOf(config.detector);
  const isForeign = ({ detector: { command, socket } }: (typeof pools)[number]) =>
    command !== undefined || socket !== undefined;
  const ladders = pools
    .filter((pool) => !isForeign(pool))
    .map(({ detector }) => detector.providers.map(({ name }) => name));
  return {
    providers: [...new Set(ladders.flat())],
    withoutFallback: [...new Set(ladders.filter((ladder) => !ladder.includes('cpu')).flat())],
    hasForeignWorker: pools.some(isForeign),
    decodesOnGpu: [config.capture.ffmpeg, ...config.cameras].some(({ inputArgs }) =>
      inputArgs?.some((arg) => GPU_DECODING.test(arg)),
    ),
  };
}

/** NVIDIA's, the one that is wanted first; null where none is. */
export function wantedOfNvidia({ providers }: Pick<WantedProviders, 'providers'>): 'tensorrt' | 'cuda' | null {
  return providers.find((name) => name === 'tensorrt' || name === 'cuda') ?? null;
}
