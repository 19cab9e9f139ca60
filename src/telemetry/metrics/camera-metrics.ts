import type { ConnectionQuality } from '../../frame/connection-quality.js';
import type { EventKind } from '../../frame/event-kind.js';
import { ORIGINS, type Origin } from '../../frame/frame-result.js';
import { LOSS_CAUSES } from '../../frame/loss-cause.js';
import type { StageTimes } from '../../frame/stage-times.js';
import { Histogram } from './histogram.js';
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
  ...LOSS_CAUSES.map((cause) => `detector-${cause}` as const),
] as const;
export type DropCause = (typeof DROP_CAUSES)[number];
/** What the frame path counts. */
export type LostCause = Exclude<DropCause, 'queue-full'>;

/** What is known about the accuracy of a camera's answers; null where nothing is. F1 is against inferring every frame. */
export interface AccuracyReading {
  readonly estimatedF1: number | null;
  readonly estimatedF1Low: number | null;
  readonly propagationF1: number | null;
  readonly wrongReuseRatio: number | null;
  readonly strictness: number;
  readonly audits: number;
  readonly auditsLost: number;
}

/** What a camera's reader knows; every counter only grows. */
export interface SourceReading {
  readonly connectionQuality: ConnectionQuality;
  readonly counters: {
    readonly captured: number;
    readonly droppedQueue: number;
    readonly malformed: number;
    readonly reconnects: number;
    readonly stalls: number;
  };
}

/** What a camera knows about its traffic; every number but the occupancy only grows. */
export interface TrafficReading {
  eventCount(kind: EventKind): number;
  /** Events beyond the camera's limit, which were not published. */
  readonly droppedEvents: number;
  /** How often each line was crossed in each direction by each class. */
  crossings(): Iterable<readonly [line: string, direction: string, vehicleClass: string, count: number]>;
  /** Vehicles in each zone now. */
  occupancy(): Iterable<readonly [zone: string, vehicles: number]>;
}

/** The numbers of one camera. The frame path calls the first three methods and they only add; the rest is for readers. */
export class CameraMetrics {
  readonly camera: string;
  readonly #source: () => SourceReading | null;
  readonly #dropped: Record<DropCause, number>;
  readonly #stages: Record<Stage, Histogram>;
  readonly #capturedRate = new Rate();
  readonly #inferredRate = new Rate();
  readonly #answeredRate = new Rate();
  readonly #answered: Record<Origin, number>;
  #accuracy: () => AccuracyReading | null = () => null;
  #vehicles: number | null = null;
  #traffic: TrafficReading | null = null;

  constructor(camera: string, source: () => SourceReading | null) {
    this.camera = camera;
    this.#source = source;
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

  /** Vehicles in the latest answer. */
  vehicles(count: number): void {
    this.#vehicles = count;
  }

  /** @param traffic read when somebody looks */
  watchTraffic(traffic: TrafficReading): void {
    this.#traffic = traffic;
  }

  /** @param accuracy read when somebody looks */
  watchAccuracy(accuracy: () => AccuracyReading | null): void {
    this.#accuracy = accuracy;
  }

  /** null where every frame is inferred, and before anything is known. */
  get accuracy(): AccuracyReading | null {
    return this.#accuracy();
  }

  /** null before its frames are answered. */
  get traffic(): TrafficReading | null {
    return this.#traffic;
  }

  /** What its reader says now; null while there is none. */
  get source(): SourceReading | null {
    return this.#source();
  }

  /** Frames that arrived; null while there is no reader. */
  get capturedCount(): number | null {
    return this.#source()?.counters.captured ?? null;
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
    return cause === 'queue-full' ? (this.#source()?.counters.droppedQueue ?? 0) : this.#dropped[cause];
  }

  get droppedTotal(): number {
    return DROP_CAUSES.reduce((sum, cause) => sum + this.droppedCount(cause), 0);
  }

  /** null before the first answer. */
  get vehiclesNow(): number | null {
    return this.#vehicles;
  }

  /** frames/s over the last 10 s, null before two samples. */
  capturedFps(): number | null {
    return this.#capturedRate.perSecond;
  }

  /** frames/s over the last 10 s, null before two samples. */
  inferredFps(): number | null {
    return this.#inferredRate.perSecond;
  }

  /** frames/s over the last 10 s, null before two samples. */
  answeredFps(): number | null {
    return this.#answeredRate.perSecond;
  }

  /** Latencies of one stage. */
  stage(stage: Stage): Histogram {
    return this.#stages[stage];
  }

  /** Once a second: what the rates are computed from. */
  sample(now: number): void {
    const captured = this.capturedCount;
    if (captured !== null) this.#capturedRate.read(now, captured);
    this.#inferredRate.read(now, this.#answered.inferred);
    this.#answeredRate.read(now, this.answeredTotal);
  }

  /** Every 10 s: what recent latencies reach back to. */
  rotate(): void {
    for (const stage of STAGES) this.#stages[stage].rotate();
  }
}
