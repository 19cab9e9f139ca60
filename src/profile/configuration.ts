import type { Measurement } from '../store/measurement.js';

/** One way to run a model on this device: everything that a measurement may vary. */
export type Configuration = Pick<Measurement, 'variant' | 'provider' | 'threads' | 'batch' | 'workers'>;

/** What is known of a variant before it ran: it says which variants will behave alike. */
export interface VariantTraits {
  readonly id: string;
  readonly precision: string;
  /** Input size in pixels. */
  readonly width: number;
  readonly height: number;
  /** The one number of pictures that it takes at once; null or left out: any. */
  readonly batch?: number | null;
}

export interface SpaceLimits {
  readonly variants: readonly VariantTraits[];
  readonly providers: readonly string[];
  /** Cores that this process may use. */
  readonly cpus: number;
  /** Values to try; derived from the cores where not given. */
  readonly threads?: readonly number[] | undefined;
  readonly batches?: readonly number[] | undefined;
  readonly workers?: readonly number[] | undefined;
}

const BATCHES = [1, 2, 4, 8];
/** Sessions on a GPU share it: more of them than this only take its memory. */
const MAX_GPU_WORKERS = 4;

/** A name of the configuration for maps and messages, e.g. `int8-416x256 cpu 2 threads batch 1 × 1`. */
export function nameOf({ variant, provider, threads, batch, workers }: Configuration): string {
  return `${variant} ${provider} ${threads} thread${threads === 1 ? '' : 's'} batch ${batch} × ${workers}`;
}

/**
 * Every configuration within the limits. Threads times workers never exceed the cores, unless both were named by the
 * caller, or one of them that alone is more; providers other than the CPU have one thread (docs/gpu.md). A variant that
 * takes one number of pictures only is tried with that.
 */
export function profileSpace(limits: SpaceLimits): Configuration[] {
  const { variants, providers, cpus } = limits;
  const steps = stepsUpTo(cpus);
  const cores =
    limits.threads && limits.workers
      ? Number.POSITIVE_INFINITY
      : Math.max(cpus, ...(limits.threads ?? []), ...(limits.workers ?? []));
  const space: Configuration[] = [];
  for (const provider of providers) {
    const onCpu = provider === 'cpu';
    const allThreads = onCpu ? (limits.threads ?? steps) : [1];
    const allWorkers = limits.workers ?? (onCpu ? steps : steps.filter((workers) => workers <= MAX_GPU_WORKERS));
    for (const { id: variant, batch: fixed } of variants) {
      const batches = (limits.batches ?? (fixed ? [fixed] : BATCHES)).filter((batch) => !fixed || batch === fixed);
      for (const threads of allThreads) {
        for (const workers of allWorkers) {
          if (onCpu && threads * workers > cores) continue;
          for (const batch of batches) space.push({ variant, provider, threads, batch, workers });
        }
      }
    }
  }
  return space;
}

/** 1, 2, 4, … and the number of cores itself. */
function stepsUpTo(cpus: number): number[] {
  const steps: number[] = [];
  for (let step = 1; step < cpus; step *= 2) steps.push(step);
  return [...steps, Math.max(1, cpus)];
}
