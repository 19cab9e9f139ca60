import { ServiceTime } from './service-time.js';
import { WorkerHealth } from './worker-health.js';

/** A batch that a worker has. */
export interface BatchInFlight {
  /** Pictures, filled up to a size that the worker takes. */
  size: number;
  /** Those of them that somebody waits for. */
  pictures: number;
  sentAt: number;
}

/** Before anything was measured a picture is taken to need this long, ms. */
const UNMEASURED_MS = 20;
/** A larger batch is worth it where a picture takes at most this share of what it takes in a smaller one. */
const WORTH_IT = 0.97;

/** One worker in numbers: what it takes, what it has to do, how long that will be. */
export class WorkerLoad {
  readonly pool: string;
  readonly service = new ServiceTime();
  readonly health = new WorkerHealth();
  /** Batch sizes that it takes, ascending; empty while it does not serve. */
  sizes: readonly number[] = [];
  /** Oldest first: a worker answers in order. */
  readonly inFlight: BatchInFlight[] = [];
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** Pictures and batches that it answered, and the ms that it was busy with them. */
  pictures = 0;
  batches = 0;
  busyMs = 0;

  constructor(pool: string) {
    this.pool = pool;
  }

  get isReady(): boolean {
    return this.sizes.length > 0;
  }

  get picturesInFlight(): number {
    let sum = 0;
    for (const { size } of this.inFlight) sum += size;
    return sum;
  }

  /** ms that a batch takes. */
  takes(size: number): number {
    return this.service.expect(size) ?? UNMEASURED_MS;
  }

  /**
   * The sizes up to `most` that are worth it: a larger batch must save time per picture. Those that were never measured are
   * among them, to be tried; a model of one size only takes that, whatever is wished.
   */
  worthwhile(most: number): readonly number[] {
    const allowed = this.sizes.filter((size) => size <= most);
    if (allowed.length === 0) return this.sizes.slice(0, 1);
    let least = Number.POSITIVE_INFINITY;
    return allowed.filter((size) => {
      if (!this.service.knows(size)) return true;
      const perPicture = this.takes(size) / size;
      if (perPicture > WORTH_IT * least) return false;
      least = perPicture;
      return true;
    });
  }

  /** When it will have answered what it has. */
  freeAt(now: number): number {
    const [head] = this.inFlight;
    if (head === undefined) return now;
    let at = Math.max(now, Math.max(head.sentAt, this.#answeredAt) + this.takes(head.size));
    for (let i = 1; i < this.inFlight.length; i++) at += this.takes(this.inFlight[i]!.size);
    return at;
  }

  sent(batch: BatchInFlight): void {
    this.inFlight.push(batch);
  }

  /** @returns ms that it was busy with the batch: what it waited behind another does not count */
  answered(batch: BatchInFlight, now: number): number {
    const ms = now - Math.max(batch.sentAt, this.#answeredAt);
    this.gone(batch);
    this.#answeredAt = now;
    this.pictures += batch.pictures;
    this.batches++;
    this.busyMs += ms;
    return ms;
  }

  /** The batch will not be answered. */
  gone(batch: BatchInFlight): void {
    const at = this.inFlight.indexOf(batch);
    if (at >= 0) this.inFlight.splice(at, 1);
  }
}
