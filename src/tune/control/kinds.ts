import type { KnownPoint, OperatingPoint } from '../operating-point.js';

/** What runs, whatever the number of workers, threads and pictures: being slow, wrong or leaky is a property of this. */
export function kindOf({ model, variant, provider }: Pick<OperatingPoint, 'model' | 'variant' | 'provider'>): string {
  return `${model} ${variant} ${provider}`;
}

export function isSamePoint(a: OperatingPoint, b: OperatingPoint): boolean {
  return (
    a.variant === b.variant &&
    a.model === b.model &&
    a.provider === b.provider &&
    a.workers === b.workers &&
    a.intraOpThreads === b.intraOpThreads &&
    a.batchSize === b.batchSize
  );
}

/** The point alone, without what is known of it. */
export function bare({ model, variant, provider, workers, intraOpThreads, batchSize }: KnownPoint): OperatingPoint {
  return { model, variant, provider, workers, intraOpThreads, batchSize };
}

/** ms of one core that a picture costs: as measured, or all its threads for as long as it takes. */
export function coreMs({ cpuMs, provider, serviceMs, intraOpThreads }: KnownPoint): number {
  return cpuMs ?? (provider === 'cpu' ? serviceMs * intraOpThreads : serviceMs * 0.2);
}

/** W of one busy core where nothing tells, roughly that of a Cortex-A7x at full clock. */
const CORE_WATTS = 1.5;

/** Millijoules that a picture costs: as measured, or as its cores would draw. */
export function joulesCost(point: KnownPoint): number {
  return point.millijoules ?? (point.provider === 'cpu' ? coreMs(point) * CORE_WATTS : point.serviceMs * 6);
}
