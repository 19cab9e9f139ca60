import type { Buckets } from '../foundation/metric-row.js';
import { Histogram } from '../telemetry/metrics/histogram.js';

/** What the writing costs, since the program began. */
export class CollectorFigures {
  readonly #commits = new Histogram();
  #bytes = 0;
  #newestBatch: number | null = null;

  /** Of all payloads that arrived. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages of the newest batch; null before the first. */
  get newestBatch(): number | null {
    return this.#newestBatch;
  }

  /** How long the store took for a batch, in ms. */
  get commits(): Buckets {
    return this.#commits;
  }

  /** A message arrived. @param bytes of its payload */
  arrived(bytes: number): void {
    this.#bytes += bytes;
  }

  /** A batch is kept. @param tookMs by the store */
  committed(messages: number, tookMs: number): void {
    this.#newestBatch = messages;
    this.#commits.observe(tookMs);
  }
}
