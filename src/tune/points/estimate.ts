import type { Variant } from '../../models/manifest.js';
import type { KnownPoint, OperatingPoint } from '../operating-point.js';

/** What running a point costs and gives. */
export type PointCosts = Omit<KnownPoint, keyof OperatingPoint | 'accuracy'>;

/** A point whose costs are known, or are to be estimated. */
export interface PlacedVariant {
  readonly point: OperatingPoint;
  readonly variant: Pick<Variant, 'precision' | 'width' | 'height' | 'bytes' | 'sha256' | 'input' | 'output'>;
}

/** A point that ran on this device. */
export interface MeasuredPoint extends PlacedVariant {
  readonly costs: PointCosts;
}

/** Bytes of one weight. */
const WEIGHT_BYTES: Readonly<Record<Variant['precision'], number>> = { fp32: 4, fp16: 2, int8: 1 };
/** Time of the same work against fp32 on a CPU: half floats are widened first; int8 as seen with dot products of bytes. */
const CPU_TIME: Readonly<Record<Variant['precision'], number>> = { fp32: 1, fp16: 1.3, int8: 0.4 };
/** On an accelerator, which has less to gain from small numbers. */
const ACCELERATOR_TIME: Readonly<Record<Variant['precision'], number>> = { fp32: 1, fp16: 0.7, int8: 0.7 };
/** Where bytes go in and boxes come out, nothing is converted outside the graph. */
const FUSED = 0.9;
/** Speed-up of an operator by threads, as a power of their number; and what workers side by side leave each other. */
const THREAD_GAIN = 0.75;
const WORKER_GAIN = 0.9;

/**
 * How much longer than by rule of three it is taken to last, by how like the measured point is: the same file at another
 * size or placement, the same model in other numbers, another model in the same numbers, anything else.
 */
const CAUTION = { file: 1.1, model: 1.3, precision: 1.4, other: 1.8 };

/**
 * What is believed where nothing ran yet: a 1.3 million weights detector at 416×256 in fp32 on one slow core. Three times
 * what a desktop's core needs: the first picture that is inferred sets it right.
 */
const UNSEEN = { weights: 1.3e6, pixels: 416 * 256, ms: 15, unsureness: 2 };
/** Of a worker: Node.js and the runtime; and, on a CPU, of the model several times over, with its values in between. */
const PROCESS_BYTES = 90e6;
const FILE_COPIES = 3;
const BYTES_A_PIXEL = 100;

/** The costs of a point by rule of three from the most similar one that ran on the same provider, on the cautious side. */
export function estimateCosts(wanted: PlacedVariant, measured: readonly MeasuredPoint[]): PointCosts {
  const { point } = wanted;
  const onCpu = point.provider === 'cpu';
  const like = mostAlike(wanted, measured);
  const serviceMs = like === null ? unseenMs(wanted) : scaledMs(wanted, like);
  const together = onCpu ? point.workers * WORKER_GAIN ** Math.log2(point.workers) : 1;
  return {
    serviceMs,
    picturesPerS: (1000 * together) / serviceMs,
    cpuMs: onCpu ? serviceMs * point.intraOpThreads : null,
    millijoules: null,
    memoryBytes: point.workers * memoryOf(wanted, like),
    acceleratorBytes: onCpu ? 0 : null,
    isMeasured: false,
  };
}

/** By how much longer than by rule of three a point is taken to last that is like the other in this. */
function cautionOf(wanted: PlacedVariant, other: PlacedVariant): number {
  if (wanted.variant.sha256 === other.variant.sha256) return CAUTION.file;
  if (wanted.point.model === other.point.model) return CAUTION.model;
  return wanted.variant.precision === other.variant.precision ? CAUTION.precision : CAUTION.other;
}

/** Of those that are most alike the one with the nearest amount of work, then of threads. */
function mostAlike(wanted: PlacedVariant, measured: readonly MeasuredPoint[]): MeasuredPoint | null {
  let best: MeasuredPoint | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const one of measured) {
    if (one.point.provider !== wanted.point.provider) continue;
    const work = Math.abs(Math.log(workOf(wanted) / workOf(one)));
    const threads = Math.abs(Math.log2(wanted.point.intraOpThreads / one.point.intraOpThreads));
    const workers = Math.abs(Math.log2(wanted.point.workers / one.point.workers));
    const distance = 100 * cautionOf(wanted, one) + work + 0.3 * threads + 0.1 * workers;
    if (distance >= least) continue;
    least = distance;
    best = one;
  }
  return best;
}

function scaledMs(wanted: PlacedVariant, like: MeasuredPoint): number {
  const isTheSame = wanted.variant.sha256 === like.variant.sha256 && workOf(wanted) === workOf(like);
  const threads = (like.point.intraOpThreads / wanted.point.intraOpThreads) ** THREAD_GAIN;
  const ratio = (workOf(wanted) / workOf(like)) * threads;
  return like.costs.serviceMs * ratio * (isTheSame ? 1 : cautionOf(wanted, like));
}

function unseenMs(wanted: PlacedVariant): number {
  const work = workOf(wanted) / (UNSEEN.weights * UNSEEN.pixels);
  return (UNSEEN.ms * UNSEEN.unsureness * work) / wanted.point.intraOpThreads ** THREAD_GAIN;
}

/** In weights × pixels of fp32 on this kind of provider: a convolution uses each weight at each place. */
function workOf({ variant, point: { provider } }: PlacedVariant): number {
  const { precision, width, height, bytes, input, output = 'raw' } = variant;
  const times = provider === 'cpu' ? CPU_TIME : ACCELERATOR_TIME;
  return (
    (bytes / WEIGHT_BYTES[precision]) *
    width *
    height *
    times[precision] *
    (input?.type === 'uint8' && output !== 'raw' ? FUSED : 1)
  );
}

/** Resident bytes of one worker. */
function memoryOf({ variant }: PlacedVariant, like: MeasuredPoint | null): number {
  const own = ownMemory(variant);
  const seen = like?.costs.memoryBytes ?? null;
  if (like === null || seen === null) return PROCESS_BYTES + own;
  return Math.max(0, seen / like.point.workers - ownMemory(like.variant)) + own;
}

function ownMemory({ bytes, width, height }: PlacedVariant['variant']): number {
  return FILE_COPIES * bytes + BYTES_A_PIXEL * width * height;
}
