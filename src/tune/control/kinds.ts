import type { KnownPoint, OperatingPoint } from '../operating-point.js';

/** What runs, whatever the number of workers, threads and pictures: being slow, wrong or leaky is a property of this. */
export function detectorKind({
  model,
  variant,
  provider,
}: Pick<OperatingPoint, 'model' | 'variant' | 'provider'>): string {
  return `${model} ${variant} ${provider}`;
}

/** The point alone, without what is known of it. */
export function withoutNumbers(point: OperatingPoint): OperatingPoint {
  const { model, variant, provider, workers, intraOpThreads, batchSize } = point;
  return { model, variant, provider, workers, intraOpThreads, batchSize };
}

/** Share of a core that serving an accelerator keeps busy, where nothing tells. */
const CORE_BESIDE_ACCELERATOR = 0.2;
/** W of a busy core, and of a busy accelerator, where nothing tells: small boards'. */
const CORE_WATTS = 1.5;
const ACCELERATOR_WATTS = 6;

/** ms of one core that a picture costs: as measured, or all its threads for as long as it takes. */
export function coreMsOf({ cpuMs, provider, serviceMs, intraOpThreads }: KnownPoint): number {
  return cpuMs ?? serviceMs * (provider === 'cpu' ? intraOpThreads : CORE_BESIDE_ACCELERATOR);
}

/** Millijoules that a picture costs: as measured, or as what works on it would draw. */
export function millijoulesOf(point: KnownPoint): number {
  if (point.millijoules !== null) return point.millijoules;
  const accelerator = point.provider === 'cpu' ? 0 : point.serviceMs * ACCELERATOR_WATTS;
  return coreMsOf(point) * CORE_WATTS + accelerator;
}

/** Whether the numbers of a point make sense. */
export function isUsable({ accuracy, serviceMs, picturesPerS, workers, batchSize }: KnownPoint): boolean {
  const isPositive = (number: number) => number > 0 && number < Number.POSITIVE_INFINITY;
  return accuracy <= 1 && [accuracy, serviceMs, picturesPerS, workers, batchSize].every(isPositive);
}
