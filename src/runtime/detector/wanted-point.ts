import type { DetectorConfig, ProviderConfig } from '../../config/config.js';
import { PROVIDERS } from '../../config/sections/detector.js';
import { MAX_BATCH } from '../../detect/protocol.js';

/** How the detector should run from now on. What is not named stays as it is. */
export interface ModelChoice {
  /** Folder under `model.dir`. */
  readonly model?: string;
  /** A variant's id, or `default`: the first that suits this device, which is meant where another model is named alone. */
  readonly variant?: string;
  /** Execution provider that has to run it: where it is refused, the change is. */
  readonly provider?: string;
  /** Detector processes side by side. */
  readonly workers?: number;
  readonly intraOpThreads?: number;
  /** Pictures that a worker takes at once at most. */
  readonly batchSize?: number;
}

/** An operating point as it is asked for: what the device makes of it is known once it is loaded. */
export interface WantedPoint {
  readonly model: string;
  /** A variant's id, or `default`. */
  readonly variant: string;
  /** Asked for first, those configured behind it after it; null: the configured ones in their order. */
  readonly provider: string | null;
  readonly workers: number;
  readonly intraOpThreads: number;
  readonly batchSize: number;
}

/**
 * @param before what is asked for now
 * @param runs the provider that runs it: asking for that one asks for nothing new
 * @throws RangeError where a number is none that can be
 */
export function chosenPoint(choice: ModelChoice, before: WantedPoint, runs: string): WantedPoint {
  const { model = before.model, provider = runs } = choice;
  const isOther = model !== before.model;
  return {
    model,
    variant: choice.variant ?? (isOther ? 'default' : before.variant),
    provider: provider === runs ? before.provider : provider,
    workers: whole('workers', choice.workers ?? before.workers, 16),
    intraOpThreads: whole('intraOpThreads', choice.intraOpThreads ?? before.intraOpThreads, 64),
    batchSize: whole('batchSize', choice.batchSize ?? before.batchSize, MAX_BATCH),
  };
}

/**
 * The configuration of workers that run a point.
 *
 * @param acceleratorBytes that all of them together may take of the accelerator's memory; null: any
 * @throws RangeError where there is no such execution provider
 */
export function detectorFor(
  { provider, workers, intraOpThreads }: WantedPoint,
  config: DetectorConfig,
  acceleratorBytes: number | null = null,
): DetectorConfig {
  const ladder = ladderFrom(provider, config.providers);
  // the built-in worker cannot hand it on: onnxruntime-node knows deviceId alone
  const isForeign = config.command !== undefined || config.socket !== undefined;
  const limit = acceleratorBytes === null || !isForeign ? null : Math.floor(acceleratorBytes / workers);
  const providers = limit === null ? ladder : ladder.map((rung) => withMemoryLimit(rung, limit));
  return { ...config, workers, intraOpThreads, providers };
}

/** CUDA's arena, bounded, and growing by what is asked for rather than by powers of two; what is configured stands. */
function withMemoryLimit({ name, options }: ProviderConfig, limit: number): ProviderConfig {
  if (name !== 'cuda') return { name, options };
  return { name, options: { gpu_mem_limit: limit, arena_extend_strategy: 'kSameAsRequested', ...options } };
}

/** Whoever asks for a provider that is tried late wants none of those before it. */
function ladderFrom(first: string | null, configured: readonly ProviderConfig[]): ProviderConfig[] {
  if (first === null) return [...configured];
  const at = configured.findIndex(({ name }) => name === first);
  if (at >= 0) return configured.slice(at);
  const name = PROVIDERS.find((one) => one === first);
  if (name === undefined) throw new RangeError(`provider: expected one of ${PROVIDERS.join(', ')}, got ${first}`);
  return [{ name, options: {} }, ...configured];
}

function whole(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${name}: expected a whole number from 1 to ${most}, got ${value}`);
}
