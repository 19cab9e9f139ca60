import type { Part } from '../../foundation/part.js';
import { Compressor } from '../../media/compression/compressor.js';
import { compressionMetrics } from '../../media/compression/metrics.js';
import { EFFORTS } from '../../media/compression/wish.js';
import type { TunedCompression } from '../../tune/strategies/compression-strategy.js';

/** What compresses the pictures that leave the device: one for all, so that what is learned of a camera serves all of them. */
export class DeviceCompression implements Part {
  readonly name = 'compression';
  readonly essential = false;
  readonly compressor = new Compressor();
  readonly metrics = compressionMetrics(this.compressor.counts, () => this.compressor.effort);
  /** As the optimization sees it. */
  readonly tuned: TunedCompression = tunedCompression(this.compressor);

  start(): void {
    // it works when it is handed a picture
  }

  stop(): void {
    // whoever handed a picture in waits for it
  }
}

function tunedCompression(compressor: Compressor): TunedCompression {
  return {
    most: EFFORTS.at(-1)!,
    get effort() {
      return compressor.effort;
    },
    set effort(effort: number) {
      compressor.effort = EFFORTS.find((known) => known === effort) ?? compressor.effort;
    },
    get pictures() {
      return compressor.counts.pictures;
    },
    get saved() {
      return compressor.counts.saved;
    },
  };
}
