import { CameraAnswers } from './answer/camera-answers.js';
import type { FrameResult } from './answer/frame-result.js';
import { type ClassCounts, countClasses, VehicleCounts } from './answer/vehicle-counts.js';
import type { Frame } from './capture/frame.js';
import type { Source } from './capture/source.js';
import type { CameraConfig, Config } from './config.js';
import { STRIDE } from './detect/detections.js';
import type { ModelInfo, StageTimes } from './detect/detector.js';
import { lossCause } from './detect/worker-detector.js';
import { explain } from './errors.js';
import { maskCredentials } from './log.js';
import { CameraInference } from './schedule/inference.js';
import type { CameraStatus } from './status.js';
import { type CameraMetrics, DROP_CAUSES } from './telemetry/camera-metrics.js';
import type { EventPayload } from './telemetry/messages.js';
import type { Workers } from './workers.js';

/** What a camera tells the rest of the runtime. */
export interface CameraListener {
  onResult(result: FrameResult): void;
  onEvent(camera: string, event: EventPayload): void;
  /** Whether `onPixels` is wanted for the next frame. */
  wantsPixels(camera: string): boolean;
  /** The frame comes with its ownership: release it. */
  onPixels(frame: Frame, result: FrameResult): void;
}

/** One camera from source to results: its answers, counts and events. */
export class Camera {
  readonly id: string;
  readonly #source: Source;
  readonly #metrics: CameraMetrics;
  readonly #listener: CameraListener;
  readonly #classes: readonly string[];
  readonly #counts: VehicleCounts;
  readonly #now: ClassCounts;
  readonly #answers: CameraAnswers;
  #seen = 0;
  /** Why there are no frames of this camera any more. */
  #failure: string | null = null;

  constructor(
    { id, pace }: CameraConfig,
    parts: {
      source: Source;
      metrics: CameraMetrics;
      workers: Workers;
      info: ModelInfo;
      config: Config;
      listener: CameraListener;
    },
  ) {
    const { config, info, listener } = parts;
    this.id = id;
    this.#source = parts.source;
    this.#metrics = parts.metrics;
    this.#listener = listener;
    this.#classes = info.classes;
    this.#counts = new VehicleCounts(info.classes.length, {
      stableFrames: config.publish.stableFrames,
      minIntervalMs: config.publish.minEventIntervalMs,
    });
    this.#now = new Int32Array(info.classes.length);
    const inference = new CameraInference(parts.workers.turns, info.inputWidth, info.inputHeight);
    this.#answers = new CameraAnswers({
      prepare: (frame) => inference.prepare(frame),
      stalenessMs: pace === 'fast' ? null : config.schedule.stalenessMs,
      answeringModel: () => parts.workers.info ?? info,
      now: () => performance.now(),
      wantsPixels: () => listener.wantsPixels(id),
      onResult: (result, stages, frame) => this.#resulted(result, stages, frame),
      onDropped: (_frame, cause, error) =>
        this.#metrics.dropped(cause === 'stale' ? 'stale' : `detector-${lossCause(error)}`),
    });
  }

  /** @throws SourceError where the source cannot be read and trying again cannot help */
  start(): Promise<void> {
    return this.#orRemember(this.#source.start());
  }

  /** Answers the source's frames until they end, and the answers under way are here. */
  run(): Promise<void> {
    return this.#orRemember(this.#answers.run(this.#source.frames()));
  }

  stop(): Promise<void> {
    return this.#source.stop();
  }

  status(): CameraStatus {
    const health = this.#source.health();
    return {
      id: this.id,
      source: this.#source.label,
      state: health.state,
      connectionQuality: health.connectionQuality,
      lastError: this.#failure ?? health.lastError,
      capturedFps: health.measuredFps,
      answeredFps: this.#metrics.inferredFps(),
      captured: health.counters.captured,
      inferred: this.#metrics.inferredCount,
      dropped: Object.fromEntries(DROP_CAUSES.map((cause) => [cause, this.#metrics.droppedCount(cause)])),
      vehicles: byName(this.#classes, this.#now),
      vehiclesSeen: this.#seen,
    };
  }

  async #orRemember(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#failure = maskCredentials(explain(error));
      throw error;
    }
  }

  #resulted(result: FrameResult, stages: StageTimes, frame: Frame | null): void {
    const began = performance.now();
    countClasses(result.detections, this.#now);
    const change = this.#counts.push(result.detections, result.capturedAt);
    if (change) {
      this.#seen += change.arrived;
      this.#listener.onEvent(this.id, this.#event(result, change.previous, change.counts));
    }
    this.#listener.onResult(result);
    if (frame) this.#listener.onPixels(frame, result);
    this.#metrics.vehicles(result.detections.count);
    this.#metrics.inferred(stages, performance.now() - began, result.latencyMs);
  }

  #event(result: FrameResult, previous: ClassCounts, counts: ClassCounts): EventPayload {
    return {
      frame: result.seq,
      capturedAt: Math.round(result.capturedAt),
      origin: result.origin,
      counts: byName(this.#classes, counts),
      previous: byName(this.#classes, previous),
      detections: detectionList(result, this.#classes),
      ageMs: result.ageMs,
      latencyMs: Math.round(result.latencyMs * 10) / 10,
    };
  }
}

/** Classes that have any, by name. */
function byName(classes: readonly string[], counts: ClassCounts): Record<string, number> {
  const named: Record<string, number> = {};
  for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) named[classes[i]!] = counts[i]!;
  return named;
}

function detectionList(
  { detections: { count, data } }: FrameResult,
  classes: readonly string[],
): EventPayload['detections'] {
  return Array.from({ length: count }, (_, i) => {
    const [x1, y1, x2, y2, score, index] = data.subarray(i * STRIDE, (i + 1) * STRIDE) as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      class: classes[index]!,
      score: round(score, 1000),
      box: [round(x1, 10), round(y1, 10), round(x2, 10), round(y2, 10)],
    };
  });
}

const round = (value: number, steps: number): number => Math.round(value * steps) / steps;
