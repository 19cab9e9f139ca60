import { nameOfPoint, type OperatingPoint } from './operating-point.js';

/** A point with the area of its input, by which an unknown one is held against known ones. */
export interface SizedPoint extends OperatingPoint {
  /** Pixels of the model's input. */
  readonly inputPixels: number;
}

/** Resident memory of a worker before it has loaded anything. */
const BARE_BYTES = 48 * 2 ** 20;
/** What has to stay free beside two sets of workers: other programs breathe, and so does the page cache. */
const RESERVE_BYTES = 64 * 2 ** 20;

/** What sets of workers will take, from what others took that were seen serving. */
export class MemoryForecast {
  readonly #perWorker = new Map<string, { readonly point: SizedPoint; readonly bytes: number }>();
  /** Points that were refused memory beside others. */
  readonly #refused = new Set<string>();

  /** What the workers of a point were seen to take, all together. */
  learn(point: SizedPoint, bytes: number): void {
    const alone = { ...point, workers: 1 };
    this.#perWorker.set(nameOfPoint(alone), { point: alone, bytes: bytes / point.workers });
  }

  /** It was refused memory beside the one that served. */
  refusedBeside(point: OperatingPoint): void {
    this.#refused.add(nameOfPoint(point));
  }

  /** Bytes that the point's workers will take together; null where none was ever seen. */
  bytesOf(point: SizedPoint): number | null {
    const own = this.#perWorker.get(nameOfPoint({ ...point, workers: 1 }));
    if (own !== undefined) return own.bytes * point.workers;
    const others = [...this.#perWorker.values()].map((known) => scaled(known, point));
    // the dearest of what the known ones say: too much costs a pause, too little a killed process
    return others.length === 0 ? null : Math.max(...others) * point.workers;
  }

  /**
   * Whether the point's workers can load while those serve that are there.
   *
   * @param freeBytes that can be had; null where nothing tells: then it is tried
   */
  fitsBeside(point: SizedPoint, freeBytes: number | null): boolean {
    if (this.#refused.has(nameOfPoint(point))) return false;
    const bytes = this.bytesOf(point);
    return bytes === null || freeBytes === null || bytes + RESERVE_BYTES <= freeBytes;
  }
}

/** Of one worker: what it has beyond a bare one grows with pixels and pictures, never less than was seen. */
function scaled(
  { point: known, bytes }: { readonly point: SizedPoint; readonly bytes: number },
  point: SizedPoint,
): number {
  const pixels = Math.max(1, point.inputPixels / known.inputPixels);
  const pictures = Math.max(1, point.batchSize / known.batchSize);
  return Math.min(bytes, BARE_BYTES) + Math.max(0, bytes - BARE_BYTES) * pixels * pictures;
}
