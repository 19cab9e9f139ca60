/** What is kept of one way to run a model on a device that was measured, or could not be. */
export interface Measurement {
  readonly model: string;
  /** Id of a variant of the manifest. */
  readonly variant: string;
  /** Of the model file, hex: another file's numbers say nothing. */
  readonly sha256: string;
  /** Execution provider. */
  readonly provider: string;
  /** Intra-op threads of each worker's session. */
  readonly threads: number;
  /** Pictures per inference. */
  readonly batch: number;
  /** Detector processes side by side. */
  readonly workers: number;
  /** Unix ms. */
  readonly measuredAt: number;
  /** Windows behind the numbers; fewer than asked for where the profile was interrupted. */
  readonly rounds: number;
  /** From a batch sent to its answer. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** All workers together; median of the rounds. */
  readonly imagesPerSecond: number | null;
  /** Standard error of the two above, relative: from how far the rounds lie apart; null of fewer than two rounds. */
  readonly spread: number | null;
  /** Resident memory of all workers. */
  readonly rssBytes: number | null;
  /** Memory of the accelerator that all workers held; null where nothing tells. */
  readonly acceleratorBytes: number | null;
  readonly millijoulesPerImage: number | null;
  /** °C of the warmest zone. */
  readonly temperatureBefore: number | null;
  readonly temperatureAfter: number | null;
  /**
   * How fast the device was compared with its first group, by the configuration that is measured again with each: 1 as
   * fast, 0.9 a tenth slower.
   */
  readonly drift: number;
  /** Load and warm-up of one worker. */
  readonly loadMs: number | null;
  /** Why it could not be measured; null: it was. */
  readonly failure: string | null;
}
