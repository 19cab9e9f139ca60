import type { AuditedAccuracy } from '../../answer/audit/camera-audit.js';
import { FrameLoop } from '../../answer/frame-loop.js';
import type { PaceBound } from '../../answer/inference-pace.js';
import type { ModelPath, PreparedInference } from '../../answer/model-path.js';
import type { Source, SourceHealth } from '../../capture/source.js';
import type { CameraConfig, Config } from '../../config/config.js';
import { CameraEvents } from '../../events/camera-events.js';
import type { SignalStates } from '../../events/rules/signal-states.js';
import type { TrafficCounter } from '../../events/traffic/traffic-counter.js';
import { systemClock } from '../../foundation/clock.js';
import type { TenantId } from '../../foundation/scope.js';
import { worseQuality } from '../../frame/connection-quality.js';
import type { Frame } from '../../frame/frame.js';
import { type FrameResult, ORIGINS } from '../../frame/frame-result.js';
import type { FrameTaps } from '../../frame/frame-taps.js';
import { lossCause } from '../../frame/loss-cause.js';
import type { StageTimes } from '../../frame/stage-times.js';
import type { CameraWatch } from '../../plausibility/camera-watch.js';
import { bestQuality, hidesAccuracy, type Implausible } from '../../plausibility/states.js';
import type { FrameTurns } from '../../schedule/frame-turns.js';
import { CameraInference } from '../../schedule/inference.js';
import { type CameraMetrics, DROP_CAUSES } from '../../telemetry/metrics/camera-metrics.js';
import type { EventPayload } from '../../telemetry/mqtt/messages/event.js';
import type { Pauses } from '../commands/pauses.js';
import type { ModelGeneration } from '../detector/model-generation.js';
import type { CameraStatus } from '../status.js';
import { cameraFailure } from './camera-failure.js';
import type { CameraScene } from './camera-scene.js';

/** What a camera tells the rest of the runtime. */
export interface CameraListener {
  onResult(result: FrameResult): void;
  onEvent(camera: string, event: EventPayload): void;
}

/** Settings that may change while a camera runs. */
export interface LiveCameraSettings extends PaceBound {
  /** ms; see `schedule.stalenessMs`. */
  stalenessMs: number;
  /** ms; see `answer.inferenceIntervalMs`. */
  inferenceIntervalMs: number;
  inferencesSuspended: boolean;
}

interface WatchedListener extends CameraListener {
  /** What the camera shows cannot be true, in another way than before; null: it can again. */
  onImplausible(camera: string, implausible: Implausible | null): void;
}

export interface CameraParts {
  readonly source: Source;
  readonly metrics: CameraMetrics;
  readonly scene: CameraScene;
  readonly watch: CameraWatch;
  /** null where no line and no zone is watched. */
  readonly traffic: TrafficCounter | null;
  /** What signals show that its rules ask for. */
  readonly signals: SignalStates;
  /** The generation that answers first. */
  readonly model: ModelGeneration;
  readonly taps: FrameTaps;
  readonly config: Pick<Config, 'plausibility'>;
  readonly live: Readonly<LiveCameraSettings>;
  /** See `publish.maxEventsPerSecond`. */
  readonly maxEventsPerSecond: number;
  readonly pauses: Pick<Pauses, 'of'>;
  /** Shared by the cameras: whose frame is looked at next. */
  readonly turns: FrameTurns;
  readonly listener: WatchedListener;
}

/** One camera from source to results: its answers, counts and events. */
export class Camera {
  readonly id: string;
  /** Whose it is; null: the device's own. */
  readonly tenant: TenantId;
  readonly scene: CameraScene;
  readonly watch: CameraWatch;
  readonly #source: Source;
  readonly #pauses: Pick<Pauses, 'of'>;
  readonly #turns: FrameTurns;
  readonly #metrics: CameraMetrics;
  readonly #taps: FrameTaps;
  readonly #listener: WatchedListener;
  readonly #restartsFrozen: boolean;
  readonly events: CameraEvents;
  readonly #loop: FrameLoop;
  /** The generation that its next frame is answered by, which it holds while it runs. */
  #model: ModelGeneration;
  #isRunning = false;
  /** Why there are no frames of this camera any more. */
  #failure: string | null = null;
  /** What was told of its pictures last. */
  #told: Implausible | null = null;

  constructor(camera: CameraConfig, parts: CameraParts) {
    const { source, metrics, scene, watch, traffic, signals, model, taps, config, live, listener } = parts;
    this.id = camera.id;
    this.tenant = camera.tenant ?? null;
    this.scene = scene;
    this.watch = watch;
    this.#restartsFrozen = config.plausibility.restartFrozen && source.restart !== undefined;
    this.#source = source;
    this.#pauses = parts.pauses;
    this.#turns = parts.turns;
    this.#metrics = metrics;
    this.#taps = taps;
    this.#listener = listener;
    this.#model = model;
    const { maxEventsPerSecond } = parts;
    const counted = traffic === null ? {} : { traffic };
    this.events = new CameraEvents({ camera, classes: model.classes, maxEventsPerSecond, signals, ...counted });
    this.#loop = new FrameLoop({
      ...this.#pathThrough(model),
      answering: scene.answering,
      // looked at with each frame
      get stalenessMs() {
        return camera.pace === 'fast' ? null : live.stalenessMs;
      },
      clock: systemClock,
      wantsPixels: () => taps.wants(this.id),
      onResult: (result, stages, frame) => this.#resulted(result, stages, frame),
      onDropped: (_frame, cause, error) =>
        this.#metrics.dropped(cause === 'detector' ? `detector-${lossCause(error)}` : cause),
    });
  }

  /** @throws SourceError where the source cannot be read and trying again cannot help */
  start(): Promise<void> {
    this.tellPause();
    return this.#orRemember(this.#source.start());
  }

  /** Answers the source's frames until they end, and the answers under way are here. */
  async run(): Promise<void> {
    this.#isRunning = true;
    this.#model.hold();
    try {
      await this.#orRemember(this.#loop.run(this.#watched()));
    } finally {
      this.#isRunning = false;
      this.#model.release();
      // frames that nobody answers any more are not worth reading
      if (this.#failure !== null) void this.#source.stop();
    }
  }

  stop(): Promise<void> {
    return this.#source.stop();
  }

  /** Whether its frames are not to be answered, by command. */
  get isPaused(): boolean {
    return this.#pauses.of(this.id) !== null;
  }

  /** Has its source read nothing while it is paused, where that can be. */
  tellPause(): void {
    if (this.isPaused) this.#source.pause?.();
    else this.#source.resume?.();
  }

  /** Takes another generation up, with the next frame. */
  renew(model: ModelGeneration): void {
    let leave = (): void => undefined;
    this.#loop.renew({
      path: this.#pathThrough(model),
      adopt: () => {
        if (this.#isRunning) leave = this.#holdInstead(model);
        this.#model = model;
        this.scene.renew(model);
        this.watch.renew(model);
        this.events.extend(model.classes);
      },
      left: () => leave(),
    });
  }

  /** @returns what lets go of the generation held before */
  #holdInstead(model: ModelGeneration): () => void {
    const before = this.#model;
    model.hold();
    return () => before.release();
  }

  /** How its source does; where its frames are answered no more, it has ended whatever the source says. */
  health(): SourceHealth {
    const health = this.connection();
    const plausibility = this.watch.plausibility();
    if (plausibility === null) return health;
    return { ...health, connectionQuality: worseQuality(health.connectionQuality, bestQuality(plausibility)) };
  }

  /** The same whatever its pictures show. */
  connection(): SourceHealth {
    const health = this.#source.health();
    if (this.#failure === null) return this.isPaused && isGoing(health) ? { ...health, state: 'paused' } : health;
    return { ...health, state: 'ended', connectionQuality: 'unusable', lastError: this.#failure };
  }

  /** What the audit found; nothing where nobody can know how good the answers are. */
  accuracy(): AuditedAccuracy | null {
    const report = this.scene.report();
    if (report === null || !this.watch.hidesAccuracy) return report;
    return { ...report, estimatedF1: null, estimatedF1Low: null };
  }

  status(): CameraStatus {
    const health = this.health();
    return {
      id: this.id,
      ...(this.tenant !== null && { tenant: this.tenant }),
      source: this.#source.label,
      state: health.state,
      paused: pausedOf(this.#pauses.of(this.id)),
      connectionQuality: health.connectionQuality,
      lastError: health.lastError,
      plausibility: this.watch.plausibility(),
      implausible: this.watch.fault()?.seen ?? null,
      capturedFps: health.measuredFps,
      answeredFps: this.#metrics.answeredFps(),
      captured: health.counters.captured,
      inferred: this.#metrics.inferredCount,
      answered: Object.fromEntries(
        ORIGINS.map((origin) => [origin, this.#metrics.answeredCount(origin)]),
      ) as CameraStatus['answered'],
      estimatedF1: this.accuracy()?.estimatedF1 ?? null,
      reusePays: this.scene.reusePays,
      dropped: Object.fromEntries(DROP_CAUSES.map((cause) => [cause, this.#metrics.droppedCount(cause)])),
      vehicles: this.watch.isFrozen ? {} : this.events.vehiclesNow(),
      vehiclesSeen: this.events.vehiclesSeen,
      lines: this.events.lineTotals(),
      zones: this.watch.isFrozen ? {} : Object.fromEntries(this.events.occupancy()),
    };
  }

  async #orRemember(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#failure = cameraFailure(error, this.tenant);
      throw error;
    }
  }

  async *#watched(): AsyncGenerator<Frame> {
    for await (const frame of this.#source.frames()) {
      if (this.isPaused) {
        frame.release();
        continue;
      }
      const turn = this.#turns.turn(this.tenant, frame.data.byteLength);
      if (turn !== null) await turn;
      this.#watch(frame);
      yield frame;
    }
  }

  #watch(frame: Frame): void {
    const { watch } = this;
    if (!watch.see(frame)) return;
    this.scene.suspend(watch.isFrozen);
    const implausible = watch.fault();
    if (implausible?.fault !== this.#told?.fault) {
      this.#told = implausible;
      this.#listener.onImplausible(this.id, implausible);
    }
    if (!watch.restartDue(frame.arrivedAt) || !this.#restartsFrozen) return;
    watch.restarted();
    this.#source.restart!(`the picture of ${this.#source.label} is frozen`);
  }

  #resulted(result: FrameResult, stages: StageTimes | null, frame: Frame | null): void {
    const began = performance.now();
    const livingMs = this.watch.answered(result);
    for (const event of this.#events(result, livingMs)) this.#listener.onEvent(this.id, event);
    this.#listener.onResult(result);
    if (frame) this.#taps.offer(frame, result);
    this.#metrics.vehicles(this.watch.isFrozen ? null : result.detections.count);
    this.#metrics.answered(result.origin, stages, performance.now() - began, result.latencyMs);
  }

  /** An empty road is one, a covered lens or a blind model is none. */
  get #showsRoad(): boolean {
    const fault = this.watch.fault()?.fault;
    return fault === undefined || fault === 'no-vehicles' || !hidesAccuracy(fault);
  }

  /** What is in a picture that does not live does nothing. */
  #events(result: FrameResult, sceneMs: number): readonly EventPayload[] {
    const time = { sceneMs, now: systemClock.unixNow(), steady: performance.now() };
    if (this.watch.liveliness === 'live') return this.events.push(result, { ...time, showsRoad: this.#showsRoad });
    this.events.unseen(time);
    return [];
  }

  /** Its way to the workers of one generation; its buffers have the size that this model wants. */
  #pathThrough(model: ModelGeneration): ModelPath {
    const { workers, classIndices, thresholds } = model;
    const { id: source, tenant } = this;
    const inference = new CameraInference(workers.slots, { source, tenant, classIndices, thresholds });
    return {
      givesUp: (frame, budgetMs) => inference.givesUp(frame, budgetMs),
      prepare: (frame) => this.#watchedInference(inference.prepare(frame), frame, model),
      isIdle: () => workers.slots.idleFor(tenant),
      answeringModel: () => model,
    };
  }

  /** The same, with what comes out looked at. */
  #watchedInference(prepared: PreparedInference, frame: Frame, model: ModelGeneration): PreparedInference {
    const { sourceWidth: width, sourceHeight: height } = frame;
    return {
      admitted: (budgetMs) => prepared.admitted(budgetMs),
      abandon: () => prepared.abandon(),
      infer: () => {
        const { answer, sent } = prepared.infer();
        const watched = answer.then((inference) => {
          const { detections, peakScore } = inference;
          if (model === this.#model) this.watch.inferred({ detections, peakScore, width, height });
          return inference;
        });
        return { answer: watched, sent };
      },
    };
  }
}

const isGoing = ({ state }: SourceHealth): boolean => state !== 'ended' && state !== 'stopped';

function pausedOf(term: ReturnType<Pauses['of']>): CameraStatus['paused'] {
  return term === null ? null : { since: term.since, until: term.until, by: term.by };
}
