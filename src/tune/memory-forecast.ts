import { sessionSizes } from '../detect/batch-sizes.js';
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
    const fitted = this.#fitted(point);
    if (fitted !== null) return fitted * point.workers;
    const others = [...this.#perWorker.values()].map((known) => scaled(known, point));
    // the dearest of what the known ones say: too much costs a pause, too little a killed process
    return others.length === 0 ? null : Math.max(...others) * point.workers;
  }

  /** Of one worker, on the line through the least and the largest of its own batch sizes that are known; null where one is. */
  #fitted(point: SizedPoint): number | null {
    const alike = [...this.#perWorker.values()].filter(({ point: known }) => isSameButBatch(known, point));
    alike.sort((a, b) => picturesHeld(a.point) - picturesHeld(b.point));
    const [least, most] = [alike[0], alike.at(-1)];
    if (least === undefined || most === undefined) return null;
    const apart = picturesHeld(most.point) - picturesHeld(least.point);
    if (apart === 0) return null;
    const perPicture = Math.max(0, (most.bytes - least.bytes) / apart);
    return Math.max(least.bytes, least.bytes + perPicture * (picturesHeld(point) - picturesHeld(least.point)));
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

/** Pictures that a worker has laid out memory for: those of its largest batch, or of each size where each has a session. */
function picturesHeld({ provider, batchSize }: OperatingPoint): number {
  return sessionSizes(provider, batchSize).reduce((sum, size) => sum + size, 0);
}

function isSameButBatch(a: SizedPoint, b: SizedPoint): boolean {
  return nameOfPoint({ ...a, workers: 1, batchSize: 1 }) === nameOfPoint({ ...b, workers: 1, batchSize: 1 });
}

/** Of one worker: what it has beyond a bare one grows with pixels and pictures, never less than was seen. */
function scaled(
  { point: known, bytes }: { readonly point: SizedPoint; readonly bytes: number },
  point: SizedPoint,
): number {
  const pixels = Math.max(1, point.inputPixels / known.inputPixels);
  const pictures = Math.max(1, picturesHeld(point) / picturesHeld(known));
  return Math.min(bytes, BARE_BYTES) + Math.max(0, bytes - BARE_BYTES) * pixels * pictures;
}
