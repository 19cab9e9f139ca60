import { ORIGINS, type Origin } from '../../frame/frame-result.js';
import type { InferenceReason } from '../../frame/inference-reason.js';
import { LOSS_CAUSES } from '../../frame/loss-cause.js';
import type { StageTimes } from '../../frame/stage-times.js';
import { Histogram } from './histogram.js';
import type { Sampled } from './metrics.js';
import { Rate } from './rate.js';

/**
 * The way of a frame, in order: `capture` is from its arrival to its turn, `queue` at and to the worker and back,
 * `total` from capture to the answer (`publish` comes after it).
 */
export const STAGES = ['capture', 'resize', 'queue', 'infer', 'decode', 'publish', 'total'] as const;
export type Stage = (typeof STAGES)[number];

/** Why a captured frame got no answer: `queue-full` is counted by the camera's reader, the rest by the frame path. */
export const DROP_CAUSES = [
  'queue-full',
  'stale',
  'overload',
  ...LOSS_CAUSES.map((cause) => `detector-${cause}` as const),
] as const;
export type DropCause = (typeof DROP_CAUSES)[number];
/** What the frame path counts. */
export type LostCause = Exclude<DropCause, 'queue-full'>;

/** What a camera counts elsewhere, read when somebody looks. */
export interface CountedElsewhere {
  /** Frames that the camera's reader pushed out of its full queue so far. */
  readonly queueDrops: () => number;
  /** Inferences that its scene would have asked for so far, had it been free to. */
  readonly wanted: () => number;
  /** Frames for which it asked for an inference and was to answer without. */
  readonly withheld: () => number;
  /** Frames for which its scene said that an inference is due, by why. */
  readonly due: (reason: InferenceReason) => number;
}

const NOTHING_ELSEWHERE: CountedElsewhere = { queueDrops: () => 0, wanted: () => 0, withheld: () => 0, due: () => 0 };

/** Looks once a second that a stretch of recent latencies takes. */
const STRETCH_SAMPLES = 10;

/** The numbers of one camera. The frame path calls the first three methods and they only add; the rest is for readers. */
export class CameraMetrics implements Sampled {
  readonly camera: string;
  readonly #elsewhere: CountedElsewhere;
  readonly #dropped: Record<DropCause, number>;
  readonly #stages: Record<Stage, Histogram>;
  readonly #inferredRate = new Rate();
  readonly #answeredRate = new Rate();
  readonly #wantedRate = new Rate();
  readonly #answered: Record<Origin, number>;
  #vehicles: number | null = null;
  #samples = 0;

  constructor(camera: string, elsewhere: Partial<CountedElsewhere> = {}) {
    this.camera = camera;
    this.#elsewhere = { ...NOTHING_ELSEWHERE, ...elsewhere };
    this.#answered = Object.fromEntries(ORIGINS.map((origin) => [origin, 0])) as Record<Origin, number>;
    this.#dropped = Object.fromEntries(DROP_CAUSES.map((cause) => [cause, 0])) as Record<DropCause, number>;
    this.#stages = Object.fromEntries(STAGES.map((stage) => [stage, new Histogram()])) as Record<Stage, Histogram>;
  }

  /**
   * A frame was answered.
   *
   * @param stages of its inference; null where there was none
   * @param publishMs spent on telling the answer
   * @param totalMs from capture to the answer
   */
  answered(origin: Origin, stages: StageTimes | null, publishMs: number, totalMs: number): void {
    this.#answered[origin]++;
    this.#stages.publish.observe(publishMs);
    this.#stages.total.observe(totalMs);
    if (stages === null) return;
    const { resize, queue, infer, decode } = stages;
    this.#stages.capture.observe(totalMs - resize - queue - infer - decode);
    this.#stages.resize.observe(resize);
    this.#stages.queue.observe(queue);
    this.#stages.infer.observe(infer);
    this.#stages.decode.observe(decode);
  }

  /** A frame was given up. */
  dropped(cause: LostCause): void {
    this.#dropped[cause]++;
  }

  /** Vehicles in the latest answer; null where nobody can know. */
  vehicles(count: number | null): void {
    this.#vehicles = count;
  }

  get inferredCount(): number {
    return this.#answered.inferred;
  }

  answeredCount(origin: Origin): number {
    return this.#answered[origin];
  }

  get answeredTotal(): number {
    return ORIGINS.reduce((sum, origin) => sum + this.#answered[origin], 0);
  }

  /** Share of the answers that took no inference; null before the first. */
  get withoutInference(): number | null {
    const total = this.answeredTotal;
    return total === 0 ? null : 1 - this.#answered.inferred / total;
  }

  droppedCount(cause: DropCause): number {
    return cause === 'queue-full' ? this.#elsewhere.queueDrops() : this.#dropped[cause];
  }

  /** Frames that got no answer because the detector failed; those dropped for want of time are not among them. */
  get failedTotal(): number {
    return LOSS_CAUSES.reduce((sum, cause) => sum + this.#dropped[`detector-${cause}`], 0);
  }

  /** Frames that were dropped for want of time. */
  get outrunTotal(): number {
    return this.droppedCount('queue-full') + this.droppedCount('stale') + this.droppedCount('overload');
  }

  /** null before the first answer. */
  get vehiclesNow(): number | null {
    return this.#vehicles;
  }

  /** frames/s over the last 10 s, null before two samples. */
  inferredFps(): number | null {
    return this.#inferredRate.perSecond;
  }

  /** Inferences that its scene would have asked for, had it been free to; a mean, so no whole number. */
  get wantedCount(): number {
    return this.#elsewhere.wanted();
  }

  /** Frames for which an inference was asked and withheld. */
  get withheldCount(): number {
    return this.#elsewhere.withheld();
  }

  /** Frames for which an inference was due, for a reason. */
  dueCount(reason: InferenceReason): number {
    return this.#elsewhere.due(reason);
  }

  /** Inferences/s over the last 10 s that it would have asked for; null before two samples. */
  wantedFps(): number | null {
    return this.#wantedRate.perSecond;
  }

  /** frames/s over the last 10 s, null before two samples. */
  answeredFps(): number | null {
    return this.#answeredRate.perSecond;
  }

  /** Latencies of one stage. */
  stage(stage: Stage): Histogram {
    return this.#stages[stage];
  }

  /** Once a second: what the rates are computed from; every tenth time, recent latencies begin a new stretch. */
  sample(now: number): void {
    this.#inferredRate.read(now, this.#answered.inferred);
    this.#answeredRate.read(now, this.answeredTotal);
    this.#wantedRate.read(now, this.wantedCount);
    if (this.#samples > 0 && this.#samples % STRETCH_SAMPLES === 0) this.#rotate();
    this.#samples++;
  }

  #rotate(): void {
    for (const stage of STAGES) this.#stages[stage].rotate();
  }
}
