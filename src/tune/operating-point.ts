/** One way to run the detector: what it runs, and how. Changing any of it needs other workers. */
export interface OperatingPoint {
  readonly model: string;
  /** Id of a variant in the model's manifest; the input's size is the variant's. */
  readonly variant: string;
  /** Execution provider that the workers ask for first. */
  readonly provider: string;
  /** Detector processes side by side, >= 1. */
  readonly workers: number;
  /** Threads that one session uses inside an operator, >= 1. */
  readonly intraOpThreads: number;
  /** Pictures that a worker takes at once at most, >= 1. */
  readonly batchSize: number;
}

/** An operating point and what is known of it, as on a cool and otherwise idle board. */
export interface KnownPoint extends OperatingPoint {
  /** F1 against the truth to be expected where every frame is inferred in time, 0..1; comparable between all points known. */
  readonly accuracy: number;
  /** ms of one picture alone, from handing it to a worker to its boxes. */
  readonly serviceMs: number;
  /** Pictures per second of all its workers together, each as busy as can be. */
  readonly picturesPerS: number;
  /** CPU time that a picture costs, ms of one core; null where nobody knows. */
  readonly cpuMs: number | null;
  /** Energy that a picture costs above an idle board, millijoules; null where nobody knows. */
  readonly millijoules: number | null;
  /** Resident memory of all its workers; null where nobody knows. */
  readonly memoryBytes: number | null;
  /** Memory of the accelerator that all its workers take; null where nobody knows, 0 on a CPU. */
  readonly acceleratorBytes: number | null;
  /** Whether the numbers were measured on this device, or estimated from what the manifests say. */
  readonly isMeasured: boolean;
}

/** A name of the point for maps, log lines and messages, e.g. `roadside-s int8-fused-640x384 cpu 1 × 2 threads batch 1`. */
export function nameOfPoint({ model, variant, provider, workers, intraOpThreads, batchSize }: OperatingPoint): string {
  const threads = `${intraOpThreads} thread${intraOpThreads === 1 ? '' : 's'}`;
  return `${model} ${variant} ${provider} ${workers} × ${threads} batch ${batchSize}`;
}

const PLACEMENT = / \S+ \d+ × \d+ threads? batch \d+/;

/**
 * Where a change goes to, in few words: of a point its model and variant alone where these are what changes. Other texts are
 * left as they are.
 */
export function briefly(from: string, to: string): string {
  const [before, after] = [from.split(PLACEMENT)[0], to.split(PLACEMENT)[0]];
  return before === after ? to : after!;
}

/** Whether two points run the same thing in the same way. */
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
