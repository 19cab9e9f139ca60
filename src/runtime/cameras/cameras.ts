import { AuditBudget } from '../../answer/audit/audit-budget.js';
import { accuracyMetrics } from '../../answer/audit/metrics.js';
import type { PaceBound } from '../../answer/inference-pace.js';
import type { Cache } from '../../cache/cache.js';
import { sourceMetrics } from '../../capture/metrics.js';
import { isPushed, kindOf, openSource } from '../../capture/open-source.js';
import { checkPushed, type PushedPicture, PushSource } from '../../capture/push-source.js';
import type { Source } from '../../capture/source.js';
import type { CameraConfig, Config } from '../../config/config.js';
import { camerasOf, sharesOf, tenantOfCamera } from '../../config/tenants.js';
import { trafficMetrics } from '../../events/metrics.js';
import { infractionMetrics } from '../../events/rules/metrics.js';
import { ruleClassProblems } from '../../events/rules/rule-classes.js';
import type { SignalStates } from '../../events/rules/signal-states.js';
import type { TrafficCounter } from '../../events/traffic/traffic-counter.js';
import { systemClock } from '../../foundation/clock.js';
import { EdgeError, explain, SourceError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { MetricRow } from '../../foundation/metric-row.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import type { FrameTaps } from '../../frame/frame-taps.js';
import { kernels } from '../../kernels/kernels.js';
import { decodeImage } from '../../media/image.js';
import { remedyOf } from '../../plausibility/alerts.js';
import { CameraWatch } from '../../plausibility/camera-watch.js';
import { plausibilityMetrics } from '../../plausibility/metrics.js';
import type { Implausible } from '../../plausibility/states.js';
import { FrameTurns } from '../../schedule/frame-turns.js';
import type { AuditHistory } from '../../store/audits.js';
import type { QuietHours } from '../../store/quiet-hours.js';
import type { ViewReferences } from '../../store/view-references.js';
import { CameraMetrics } from '../../telemetry/metrics/camera-metrics.js';
import { frameMetrics } from '../../telemetry/metrics/frame-metrics.js';
import type { Histogram } from '../../telemetry/metrics/histogram.js';
import type { Metrics } from '../../telemetry/metrics/metrics.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';
import type { CameraCounts } from '../../tune/observer.js';
import type { Pauses } from '../commands/pauses.js';
import type { ModelGeneration } from '../detector/model-generation.js';
import type { ModelsInUse } from '../detector/models-in-use.js';
import { TenantPace } from '../tenants/tenant-pace.js';
import { Camera, type CameraListener, type LiveCameraSettings } from './camera.js';
import { CameraScene } from './camera-scene.js';

export interface CamerasListener extends CameraListener {
  /** The model that answers cannot be right, wherever it was asked; `reason` is what was seen of it. */
  onUselessModel(reason: string): void;
  /** The cameras were started: their frames are answered from now on. */
  onServing(): void;
  /** No camera has frames any more; `failure` is why one of them could not be answered any further, if that happened. */
  onFinished(failure: unknown): void;
}

/** What is learned of cameras, and outlives a restart. */
export interface CameraHistory {
  readonly history: AuditHistory;
  readonly quietHours: QuietHours;
  readonly viewReferences: ViewReferences;
}

export interface CamerasParts {
  readonly config: Config;
  readonly log: Log;
  readonly models: ModelsInUse;
  readonly caches: { of(tenant: TenantId): Cache };
  /** Where what is learned of a camera is kept. */
  readonly historyOf: (camera: string) => CameraHistory;
  /** Counts by the clock what happens before a camera. */
  readonly traffic: { count(camera: CameraConfig): TrafficCounter | null };
  /** What signals show that rules of an owner's cameras ask for. */
  readonly signals: { of(tenant: TenantId): SignalStates };
  readonly taps: FrameTaps;
  readonly metrics: Metrics;
  readonly processes: ProcessMetrics;
  readonly pauses: Pauses;
  readonly listener: CamerasListener;
  /** By camera id: sources of the program's own, in place of the camera's url. */
  readonly ownSources: ReadonlyMap<string, Source>;
  /** Whether the program may hand frames in, and so run with no camera at all. */
  readonly takesPushes: boolean;
}

/** Days of quiet hours that a camera begins with. */
const EXPERIENCE_DAYS = 30;

/** A camera of the configuration, or of the program's own, with its numbers; its frames are answered once it is made. */
interface Place {
  readonly config: CameraConfig;
  readonly metrics: CameraMetrics;
  source: Source | null;
  camera: Camera | null;
}

/** The cameras, from their sources to their results. */
export class Cameras implements Part {
  readonly name = 'cameras';
  readonly essential = true;
  readonly metrics: readonly MetricRow[] = this.#rows();
  readonly settings = [
    { path: 'cameras', requiresRestart: true },
    { path: 'tenants', requiresRestart: true },
    { path: 'capture', requiresRestart: true },
    { path: 'schedule', requiresRestart: true },
    { path: 'answer', requiresRestart: true },
    { path: 'plausibility', requiresRestart: true },
    {
      path: 'schedule.stalenessMs',
      requiresRestart: false,
      apply: (stalenessMs: unknown) => {
        this.#live.stalenessMs = stalenessMs as number;
      },
    },
    {
      path: 'answer.inferenceIntervalMs',
      requiresRestart: false,
      apply: (intervalMs: unknown) => {
        this.#configuredIntervalMs = intervalMs as number;
        this.inferenceIntervalMs = intervalMs as number;
      },
    },
    {
      path: 'publish.maxEventsPerSecond',
      requiresRestart: false,
      apply: (events: unknown) => {
        this.#maxEventsPerSecond = events as number;
        for (const camera of this.all) camera.events.maxEventsPerSecond = this.#maxEventsOf(camera.tenant);
      },
    },
  ];
  readonly #parts: CamerasParts;
  readonly #budgets: ReadonlyMap<TenantId, AuditBudget>;
  readonly #paces: ReadonlyMap<TenantId, PaceBound>;
  readonly #turns: FrameTurns;
  /** What a command may change while the cameras run. */
  readonly #live: LiveCameraSettings;
  readonly #places = new Map<string, Place>();
  readonly #pushed = new Map<string, PushSource>();
  #maxEventsPerSecond: number;
  /** By the configuration or by command, whatever the tuning found necessary since. */
  #configuredIntervalMs: number;
  #running: Promise<void> = Promise.resolve();
  #servingSince: number | null = null;
  #servedS = 0;
  #isStopping = false;

  constructor(parts: CamerasParts) {
    this.#parts = parts;
    const partsOfAll = partsOfWorkers(parts.config, parts.takesPushes);
    this.#budgets = auditBudgets(partsOfAll);
    this.#turns = new FrameTurns(sharesOf(parts.config));
    const { schedule, publish, answer } = parts.config;
    this.#live = {
      stalenessMs: schedule.stalenessMs,
      inferenceIntervalMs: answer.inferenceIntervalMs,
      inferencesSuspended: false,
    };
    this.#configuredIntervalMs = answer.inferenceIntervalMs;
    this.#paces = this.#pacesOf(partsOfAll);
    this.#maxEventsPerSecond = publish.maxEventsPerSecond;
    parts.pauses.onChange(() => {
      for (const camera of this.all) camera.tellPause();
    });
    for (const camera of parts.config.cameras) this.#place(camera);
  }

  /** Those that were made: all of them, once the program serves. */
  get all(): readonly Camera[] {
    return [...this.#places.values()].flatMap(({ camera }) => camera ?? []);
  }

  /** ms between two inferences of one camera at least; see `answer.inferenceIntervalMs`. */
  get inferenceIntervalMs(): number {
    return this.#live.inferenceIntervalMs;
  }

  set inferenceIntervalMs(intervalMs: number) {
    this.#live.inferenceIntervalMs = intervalMs;
  }

  /** Whether nothing is inferred for a while: scenes answer what they can, and other frames wait. */
  set inferencesSuspended(isSuspended: boolean) {
    this.#live.inferencesSuspended = isSuspended;
  }

  /** From capture to the answer, of each camera that `chosen` takes; default all. */
  latencies(chosen: (camera: string) => boolean = () => true): readonly Histogram[] {
    return [...this.#places.values()]
      .filter(({ config }) => chosen(config.id))
      .map(({ metrics }) => metrics.stage('total'));
  }

  /** Frames since the start of the cameras that `chosen` takes, default all: those that got an answer, those that got none because something failed, and `outrun` for want of time. */
  outcomes(chosen: (camera: string) => boolean = () => true): {
    readonly answered: number;
    readonly failed: number;
    readonly outrun: number;
  } {
    const all = [...this.#places.values()].filter(({ config }) => chosen(config.id)).map(({ metrics }) => metrics);
    return {
      answered: all.reduce((sum, metrics) => sum + metrics.answeredTotal, 0),
      failed: all.reduce((sum, metrics) => sum + metrics.failedTotal, 0),
      outrun: all.reduce((sum, metrics) => sum + metrics.outrunTotal, 0),
    };
  }

  /** What each camera delivered and asked for since the start. */
  loads(): readonly CameraCounts[] {
    return [...this.#places.values()].map(({ config, camera, metrics }) => ({
      camera: config.id,
      captured: camera?.health().counters.captured ?? 0,
      inferred: metrics.inferredCount,
      wanted: metrics.wantedCount,
      vehicles: metrics.vehiclesNow,
    }));
  }

  /** Pictures that workers answered since the start, and the ms that they took together. */
  service(): { readonly served: number; readonly servedMs: number } {
    const all = [...this.#places.values()].map(({ metrics }) => metrics);
    return {
      served: all.reduce((sum, metrics) => sum + metrics.stage('infer').count, 0),
      servedMs: all.reduce((sum, metrics) => sum + metrics.stage('infer').sum + metrics.stage('decode').sum, 0),
    };
  }

  /** Seconds since the cameras were started, or that they ran until the stop. */
  servingS(): number {
    return this.#servingSince === null ? this.#servedS : (performance.now() - this.#servingSince) / 1000;
  }

  /** @throws SourceError where the only camera, or every one of several, cannot be read */
  async start(): Promise<void> {
    const { config, models, log } = this.#parts;
    const { reason } = kernels();
    if (reason !== null)
      log.warn({ reason }, 'pixels are worked on without vectors, which takes several times as long');
    const cameras = config.cameras.map(({ id }) => this.#make(this.#places.get(id)!, models.current!));
    const readable = await this.#startEach(cameras);
    if (this.#isStopping) return;
    this.#servingSince = performance.now();
    this.#running = this.#runAll(readable);
    this.#parts.listener.onServing();
  }

  /** Ends the sources, answers what is on its way, and gives up what waits for a worker. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#servedS = this.servingS();
    this.#servingSince = null;
    const cameras = this.all;
    await Promise.all(cameras.map((camera) => camera.stop()));
    this.#parts.models.closeSlots();
    await this.#running;
    this.store();
  }

  /** Hands what was learned since the last call to those who keep it. */
  store(): void {
    for (const { id, scene, watch } of this.all) {
      const { quietHours, viewReferences } = this.#parts.historyOf(id);
      scene.store();
      for (const hour of watch.takeQuietHours()) quietHours.add(id, hour);
      const view = watch.view();
      if (view !== null) viewReferences.add(id, view, systemClock.unixNow());
    }
  }

  /** Another generation answers: each camera takes it up with its next frame. */
  renew(model: ModelGeneration): void {
    for (const camera of this.all) camera.renew(model);
  }

  /**
   * Hands a picture of a camera in; a camera that nobody configured begins with its first picture.
   *
   * @throws TypeError or RangeError where the picture is not what it says, or the id is none; EdgeError E_SOURCE where the
   *   camera has a source of its own, or nothing is served (yet, or any more)
   */
  push(id: string, picture: PushedPicture, configOf: (id: string) => CameraConfig): void {
    let source = this.#pushed.get(id);
    if (source === undefined) {
      if (this.#servingSince === null) throw new EdgeError('E_SOURCE', 'frames are taken once the engine was started');
      if (this.#places.has(id)) {
        throw new EdgeError('E_SOURCE', `camera ${id} has a source of its own: hand in frames of another id`);
      }
      checkPushed(picture);
      const camera = this.#make(this.#place(configOf(id)), this.#parts.models.current!);
      source = this.#pushed.get(id)!;
      void camera.start();
      this.#running = Promise.all([this.#running, this.#run(camera)]).then(() => undefined);
    }
    source.push(picture);
  }

  /** Without tenants all cameras have the one bound. */
  #pacesOf(parts: ReadonlyMap<TenantId, number>): ReadonlyMap<TenantId, PaceBound> {
    const { models } = this.#parts;
    return new Map(
      [...parts].map(([tenant, part]): [TenantId, PaceBound] => {
        const use = () => ({
          at: performance.now(),
          busyMs: models.workFor(tenant).busyMs,
          workers: models.workers?.slots.loads.filter(({ isReady }) => isReady).length ?? 0,
        });
        const configuredMs = () => this.#configuredIntervalMs;
        const bound = this.#live;
        return [tenant, parts.size === 1 ? bound : new TenantPace({ bound, configuredMs, part, use })];
      }),
    );
  }

  /** What a tenant says of its own events stays, whatever is commanded of the device's. */
  #maxEventsOf(tenant: TenantId): number {
    const own = this.#parts.config.tenants.find(({ id }) => id === tenant)?.publish.maxEventsPerSecond;
    return own ?? this.#maxEventsPerSecond;
  }

  #place(config: CameraConfig): Place {
    const camera = () => this.#places.get(config.id)?.camera;
    const counters = () => camera()?.health().counters;
    const metrics = new CameraMetrics(config.id, {
      queueDrops: () => counters()?.droppedQueue ?? 0,
      // without a scene every frame wants one
      wanted: () => (camera()?.scene.pace ? camera()!.scene.pace!.wanted : (counters()?.captured ?? 0)),
      withheld: () => camera()?.scene.pace?.withheld ?? 0,
      due: (reason) => camera()?.scene.dueFor(reason) ?? 0,
    });
    this.#parts.metrics.follow(metrics);
    const place: Place = { config, metrics, source: null, camera: null };
    this.#places.set(config.id, place);
    if (!this.#parts.ownSources.has(config.id) && mayRunFfmpeg(config)) {
      this.#parts.processes.watch(`ffmpeg-${config.id}`, () => place.source?.pid ?? null);
    }
    return place;
  }

  #make(place: Place, model: ModelGeneration): Camera {
    const { config, taps, listener, caches, traffic } = this.#parts;
    const { config: camera, metrics } = place;
    const history = this.#parts.historyOf(camera.id);
    const source = this.#sourceOf(camera);
    place.source = source;
    const scene = new CameraScene({
      camera,
      config: config.answer,
      model,
      cache: caches.of(camera.tenant ?? null),
      history: history.history,
      budget: this.#budgets.get(camera.tenant ?? null)!,
      bound: this.#paces.get(camera.tenant ?? null)!,
    });
    scene.start();
    const watch = new CameraWatch({
      isCamera: source.live ?? true,
      ignored: new Set(config.plausibility.ignore),
      model,
      localHour: (at) => new Date(at).getHours(),
    });
    watch.remember(history.quietHours.read(camera.id, EXPERIENCE_DAYS));
    for (const problem of ruleClassProblems(camera.rules, model.reportedClasses)) {
      this.#parts.log.warn({ camera: camera.id }, problem);
    }
    place.camera = new Camera(camera, {
      source,
      metrics,
      scene,
      watch,
      traffic: traffic.count(camera),
      signals: this.#parts.signals.of(camera.tenant ?? null),
      model,
      taps,
      config,
      live: this.#live,
      maxEventsPerSecond: this.#maxEventsOf(camera.tenant ?? null),
      pauses: this.#parts.pauses,
      turns: this.#turns,
      listener: { ...listener, onImplausible: (id, implausible) => this.#tellImplausible(id, implausible) },
    });
    return place.camera;
  }

  /** Every camera's numbers; null where it has none yet. */
  #rows(): readonly MetricRow[] {
    const places = (): Iterable<Place> => this.#places.values();
    const each = <T>(of: (place: Place) => T) =>
      function* (): Iterable<T> {
        for (const place of places()) yield of(place);
      };
    return [
      ...sourceMetrics(each(({ config, camera }) => ({ camera: config.id, health: () => camera?.health() ?? null }))),
      ...frameMetrics(each(({ metrics }) => metrics)),
      ...accuracyMetrics(
        each(({ config, camera }) => ({
          camera: config.id,
          report: () => camera?.accuracy() ?? null,
          reusePays: () => camera?.scene.reusePays ?? null,
        })),
      ),
      ...plausibilityMetrics(each(({ config, camera }) => ({ camera: config.id, watch: camera?.watch ?? null }))),
      ...trafficMetrics(
        each(({ config, camera }) => ({
          camera: config,
          classes: this.#parts.models.current?.reportedClasses ?? [],
          events: camera?.events ?? null,
          isFrozen: camera?.watch.isFrozen ?? false,
        })),
      ),
      ...infractionMetrics(each(({ config, camera }) => ({ camera: config, events: camera?.events ?? null }))),
    ];
  }

  #tellImplausible(camera: string, implausible: Implausible | null): void {
    const { log, config } = this.#parts;
    if (implausible === null) log.info({ camera }, 'what the camera shows is plausible again');
    else {
      const { fault, seen } = implausible;
      log.warn({ camera, plausibility: fault, seen, remedy: remedyOf(fault) }, 'what the camera shows cannot be true');
      if (config.plausibility.changeVariant) this.#replaceModel(camera, implausible);
    }
  }

  /** A model that can report nothing, anywhere, gives way to another variant of it. */
  #replaceModel(camera: string, { seen }: Implausible): void {
    const isUseless = this.#places.get(camera)?.camera?.watch.findsModelUseless ?? false;
    if (!isUseless || this.all.some(({ watch }) => watch.trustsModel)) return;
    // whoever hears of the model need not hear of a tenant's camera
    const isOwn = tenantOfCamera(this.#parts.config, camera) === null;
    this.#parts.listener.onUselessModel(`${seen} at ${isOwn ? `camera ${camera}` : 'a camera of a tenant'}`);
  }

  #sourceOf(camera: CameraConfig): Source {
    const { config, log, ownSources, takesPushes } = this.#parts;
    const own = ownSources.get(camera.id);
    if (own !== undefined) return own;
    if (takesPushes && isPushed(camera)) {
      const pushed = new PushSource(camera.id, config.capture.queueFrames);
      this.#pushed.set(camera.id, pushed);
      return pushed;
    }
    return openSource({ camera, capture: config.capture, log: log.child({ camera: camera.id }), decodeImage });
  }

  /** @returns those that can be read; one of several that cannot is told, and the others go on */
  async #startEach(cameras: readonly Camera[]): Promise<readonly Camera[]> {
    const started = await Promise.allSettled(cameras.map((camera) => camera.start()));
    if (this.#isStopping) return [];
    const readable: Camera[] = [];
    let permanent = true;
    for (const [i, outcome] of started.entries()) {
      const camera = cameras[i]!;
      if (outcome.status === 'fulfilled') readable.push(camera);
      else if (cameras.length === 1 || !(outcome.reason instanceof SourceError)) throw outcome.reason;
      else {
        this.#parts.log.error({ camera: camera.id }, `the camera cannot be read: ${explain(outcome.reason)}`);
        permanent &&= outcome.reason.permanent;
      }
    }
    if (readable.length === 0 && !this.#parts.takesPushes) {
      throw new SourceError('no camera can be read: the messages above say why', {}, undefined, permanent);
    }
    return readable;
  }

  async #runAll(cameras: readonly Camera[]): Promise<void> {
    const failures = await Promise.all(cameras.map((camera) => this.#run(camera)));
    if (this.#isStopping || cameras.length === 0) return;
    this.#parts.listener.onFinished(failures.find((failure) => failure !== undefined));
  }

  /** Resolves when the camera has no frames any more. Why it failed is told at once: others may go on for months. */
  async #run(camera: Camera): Promise<unknown> {
    try {
      await camera.run();
      return undefined;
    } catch (error) {
      this.#parts.log.error({ camera: camera.id }, `the camera's frames are answered no more: ${explain(error)}`);
      return error;
    }
  }
}

/** Audits of one tenant's cameras take nothing from those of another. */
function auditBudgets(parts: ReadonlyMap<TenantId, number>): ReadonlyMap<TenantId, AuditBudget> {
  return new Map([...parts].map(([tenant, part]) => [tenant, new AuditBudget({ part })]));
}

/** The part of the workers, 0..1, that is each tenant's own beside the others that have cameras. */
function partsOfWorkers(config: Config, takesPushes: boolean): ReadonlyMap<TenantId, number> {
  const shares = sharesOf(config);
  const hasCameras = (tenant: TenantId): boolean =>
    camerasOf(config, tenant).length > 0 || (tenant === null && takesPushes);
  const all = [...shares].reduce((sum, [tenant, share]) => sum + (hasCameras(tenant) ? share : 0), 0);
  return new Map([...shares].map(([tenant, share]) => [tenant, share / Math.max(all, share)]));
}

/** An HTTP camera may turn out to be a video. */
function mayRunFfmpeg(camera: CameraConfig): boolean {
  if (isPushed(camera)) return false;
  const kind = kindOf(camera);
  return kind === 'ffmpeg' || kind === 'http';
}
