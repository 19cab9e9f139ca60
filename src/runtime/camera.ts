import { FrameLoop } from '../answer/frame-loop.js';
import type { Source } from '../capture/source.js';
import type { CameraConfig, Config } from '../config/config.js';
import type { ModelInfo } from '../detect/detector.js';
import { CameraEvents } from '../events/camera-events.js';
import { systemClock } from '../foundation/clock.js';
import { explain } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import type { Frame } from '../frame/frame.js';
import { type FrameResult, ORIGINS } from '../frame/frame-result.js';
import { lossCause } from '../frame/loss-cause.js';
import type { StageTimes } from '../frame/stage-times.js';
import { CameraInference } from '../schedule/inference.js';
import { type CameraMetrics, DROP_CAUSES } from '../telemetry/metrics/camera-metrics.js';
import type { EventPayload } from '../telemetry/mqtt/messages.js';
import type { CameraAnswering } from './camera-scene.js';
import type { CameraStatus } from './status.js';
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
  readonly #events: CameraEvents;
  readonly #loop: FrameLoop;
  /** Why there are no frames of this camera any more. */
  #failure: string | null = null;

  constructor(
    camera: CameraConfig,
    parts: {
      source: Source;
      metrics: CameraMetrics;
      workers: Workers;
      answering: CameraAnswering;
      info: ModelInfo;
      config: Config;
      listener: CameraListener;
    },
  ) {
    const { config, info, listener } = parts;
    const { id, pace } = camera;
    this.id = id;
    this.#source = parts.source;
    this.#metrics = parts.metrics;
    this.#listener = listener;
    const { maxEventsPerSecond } = config.publish;
    this.#events = new CameraEvents({ camera, classes: info.classes, maxEventsPerSecond });
    this.#metrics.watchTraffic(this.#events);
    const inference = new CameraInference(parts.workers.turns, info.inputWidth, info.inputHeight);
    this.#loop = new FrameLoop({
      prepare: (frame) => inference.prepare(frame),
      answering: parts.answering.answering,
      isIdle: () => parts.workers.turns.idle,
      stalenessMs: pace === 'fast' ? null : config.schedule.stalenessMs,
      answeringModel: () => parts.workers.info ?? info,
      clock: systemClock,
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
    return this.#orRemember(this.#loop.run(this.#source.frames()));
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
      answeredFps: this.#metrics.answeredFps(),
      captured: health.counters.captured,
      inferred: this.#metrics.inferredCount,
      answered: Object.fromEntries(
        ORIGINS.map((origin) => [origin, this.#metrics.answeredCount(origin)]),
      ) as CameraStatus['answered'],
      estimatedF1: this.#metrics.accuracy?.estimatedF1 ?? null,
      dropped: Object.fromEntries(DROP_CAUSES.map((cause) => [cause, this.#metrics.droppedCount(cause)])),
      vehicles: this.#events.vehiclesNow(),
      vehiclesSeen: this.#events.vehiclesSeen,
      lines: this.#events.lineTotals(),
      zones: Object.fromEntries(this.#events.occupancy()),
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

  #resulted(result: FrameResult, stages: StageTimes | null, frame: Frame | null): void {
    const began = performance.now();
    for (const event of this.#events.push(result, result.sceneMs)) this.#listener.onEvent(this.id, event);
    this.#listener.onResult(result);
    if (frame) this.#listener.onPixels(frame, result);
    this.#metrics.vehicles(result.detections.count);
    this.#metrics.answered(result.origin, stages, performance.now() - began, result.latencyMs);
  }
}
