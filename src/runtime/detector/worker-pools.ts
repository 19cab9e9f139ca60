import type { Config, DetectorConfig } from '../../config/config.js';

/** How the workers of one pool are run, with everything that it did not say for itself filled in. */
export interface PoolSettings {
  readonly name: string;
  /** Of the model; null: the one that is asked for. */
  readonly variant: string | null;
  readonly detector: DetectorConfig;
  /** Pictures that one of its workers takes at once at most; null: as the configuration has it for all. */
  readonly maxBatch: number | null;
}

/** Name of the one pool of a configuration without any. */
const PLAIN_POOL = 'default';
/** Cameras whose pictures go together on an accelerator unless the configuration says more: each size is warmed up for seconds. */
const USUAL_MOST = 8;

/** The pools of a configuration, in its order; the plain keys are one where it names none. */
export function poolsOf(detector: DetectorConfig): readonly PoolSettings[] {
  if (detector.pools.length === 0) return [{ name: PLAIN_POOL, variant: null, detector, maxBatch: null }];
  return detector.pools.map((pool) => ({
    name: pool.name,
    variant: pool.variant ?? null,
    maxBatch: pool.maxBatch ?? null,
    detector: {
      ...detector,
      command: pool.command,
      socket: pool.socket,
      workers: pool.workers,
      providers: pool.providers ?? detector.providers,
      intraOpThreads: pool.intraOpThreads ?? detector.intraOpThreads,
      binding: pool.binding ?? detector.binding,
      env: pool.env ?? detector.env,
    },
  }));
}

/**
 * Pictures that go to a worker together at most where neither the pool nor the configuration says: a processor gains nothing
 * by it, and of somebody else's worker nobody knows whether it can.
 */
export function usualBatch({ command, socket, providers }: DetectorConfig, cameras: number): number {
  const isForeign = command !== undefined || socket !== undefined;
  return isForeign || providers[0]!.name === 'cpu' ? 1 : Math.min(USUAL_MOST, Math.max(1, cameras));
}

/** The largest batch of a pool by its configuration. */
export function largestBatch(
  { detector, maxBatch }: PoolSettings,
  config: Pick<Config, 'schedule' | 'cameras'>,
): number {
  return maxBatch ?? config.schedule.maxBatch ?? usualBatch(detector, config.cameras.length);
}

/** The pool that the knobs move. */
export function firstPool({ detector }: Pick<Config, 'detector'>): PoolSettings {
  return poolsOf(detector)[0]!;
}

/** What the configuration asks of the model, as the first pool has it. */
export function firstModel(config: Pick<Config, 'detector' | 'model'>): Config['model'] {
  return { ...config.model, variant: firstPool(config).variant ?? config.model.variant };
}
