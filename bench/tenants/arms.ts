/** What the quiet tenant meets: nobody beside it; a noisy one with fair turns; the same with every camera the device's own, first come, first served. */
export const ARMS = ['alone', 'fair', 'fifo'] as const;
/** One of them. */
export type Arm = (typeof ARMS)[number];

/** The tenant that keeps to its share. */
export const QUIET = 'quiet';
/** The tenant that asks for all there is. */
export const NOISY = 'noisy';
/** Cameras of the noisy tenant for each of the quiet one. */
export const TIMES = 10;

/** What the quiet tenant had of a run. */
export interface QuietRun {
  readonly p95Ms: number;
  /** p95 of the frames that were inferred alone. */
  readonly inferredP95Ms: number;
  /** Of its frames, those that were answered, 0..1. */
  readonly answered: number;
  /** Of its answers, those without inference, 0..1; null where every frame is inferred. */
  readonly withoutInference: number | null;
  /** Of the noisy one: answers per second. */
  readonly noisyPerS: number;
}
