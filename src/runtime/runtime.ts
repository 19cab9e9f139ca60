import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditBudget } from '../answer/audit/audit-budget.js';
import { kindOf, openSource } from '../capture/open-source.js';
import type { CameraConfig, Config } from '../config/config.js';
import type { LoadRequest, ModelInfo } from '../detect/detector.js';
import { EdgeError, explain, SourceError } from '../foundation/errors.js';
import { fromRoot, PROJECT_ROOT } from '../foundation/home.js';
import { type Log, maskCredentials } from '../foundation/log.js';
import type { FrameResult } from '../frame/frame-result.js';
import { HttpServer, type Readiness } from '../http/server.js';
import { decodeImage } from '../media/image.js';
import { hostOf, lacking } from '../models/default-variant.js';
import { withWeakBoxes } from '../models/load-request.js';
import { buildLoadRequest, ModelRegistry } from '../models/registry.js';
import { AuditHistory } from '../store/audits.js';
import { openDatabase } from '../store/database.js';
import { HISTORY_MIGRATIONS } from '../store/migrations.js';
import { mergedQuantile } from '../telemetry/metrics/histogram.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { EmbeddedBroker } from '../telemetry/mqtt/broker.js';
import { brokerAddress } from '../telemetry/mqtt/broker-address.js';
import type { EventPayload } from '../telemetry/mqtt/messages.js';
import { Publisher } from '../telemetry/mqtt/publisher.js';
import { AccuracyReport } from './accuracy-report.js';
import { Camera } from './camera.js';
import { CameraAnswering } from './camera-scene.js';
import { keepCompiled } from './compiled-models.js';
import { DeviceCache } from './device-cache.js';
import { DeviceDiary } from './device-diary.js';
import { deviceScope } from './device-scope.js';
import { HealthAlerts } from './health-alerts.js';
import { lackText } from './preflight/model.js';
import { Previews } from './previews.js';
import type { RuntimeStatus } from './status.js';
import { Workers } from './workers.js';

const VERSION = (JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }).version;

/** What the command line and tests listen to. */
export interface RuntimeListener {
  onServing?(): void;
  onResult?(result: FrameResult): void;
  onEvent?(event: EventPayload & { readonly camera: string; readonly ts: number }): void;
  /** Every source came to its end; `failure` is why one of them could not be answered any further, if that happened. */
  onFinished?(failure: unknown): void;
}

/**
 * The composition root: makes every part, in the order in which the data flows, starts them and stops them in reverse.
 * The two parts without which there is no point, a model that loads and one camera that can be read, end the start with
 * their error; everything else degrades and says so.
 */
export class Runtime {
  readonly #config: Config;
  readonly #log: Log;
  readonly #listener: RuntimeListener;
  readonly #metrics = new Metrics();
  readonly #previews: Previews;
  readonly #diary: DeviceDiary;
  #isStopping = false;
  #broker: EmbeddedBroker | null = null;
  #brokerUrl: string | null = null;
  #publisher: Publisher | null = null;
  #request: LoadRequest | null = null;
  #workers: Workers | null = null;
  #alerts: HealthAlerts | null = null;
  #cache: DeviceCache | null = null;
  #history: AuditHistory | null = null;
  readonly #auditBudget = new AuditBudget();
  readonly #accuracy = new AccuracyReport();
  #answering: CameraAnswering[] = [];
  #cameras: Camera[] = [];
  #http: HttpServer | null = null;
  #publishing: NodeJS.Timeout | null = null;
  #servingSince: number | null = null;
  #servedS = 0;
  #starting: Promise<void> | null = null;
  #running: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;
  #announced: ModelInfo | null = null;

  constructor(config: Config, log: Log, listener: RuntimeListener = {}) {
    this.#config = config;
    this.#log = log;
    this.#listener = listener;
    this.#previews = new Previews(config.preview, log);
    this.#diary = new DeviceDiary(config, log);
  }

  /**
   * To be called once.
   * @returns once every camera was started, whose frames are answered from then on; or when a stop came before that
   * @throws EdgeError where the model does not load, no camera can be read, or the configuration does not fit the machine
   */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { model, detector, schedule, answer } = this.#config;
    this.#metrics.start();
    await this.#startBroker();
    if (this.#isStopping) return;
    await this.#startHttp();

    const registry = await ModelRegistry.open(fromRoot(model.dir));
    const host = hostOf(detector.providers[0]!.name);
    const entry = await registry.find(model.name, model.variant, host);
    const lacks = lacking(entry.variant, host);
    if (lacks !== null) this.#log.warn(`model.variant: ${lackText(entry.variant.id, lacks)}`);
    this.#request = buildLoadRequest(entry, model, detector);
    if (this.#isStopping) return;
    this.#publisher = this.#makePublisher();
    this.#alerts = new HealthAlerts(this.#publisher, Date.now);
    this.#startStore();
    this.#publisher?.start();

    const compiled = keepCompiled(withWeakBoxes(this.#request, answer.trackScore), this.#config);
    this.#workers = new Workers(compiled.request, detector, schedule.inFlightPerWorker, this.#log, () =>
      this.#workersChanged(),
    );
    this.#metrics.watchWorkers(() => this.#workers!.all.map(({ counters }) => counters.ends));
    for (const [index, detector] of this.#workers.all.entries()) {
      this.#metrics.processes.watch(`worker-${index}`, () =>
        detector.state.kind === 'ready' ? detector.state.pid : null,
      );
    }
    this.#metrics.watchDiary(() => this.#diary.counts());
    await this.#diary.start();
    const info = await this.#workers.start();
    compiled.loaded(info);
    if (this.#isStopping) return;
    this.#cameras = this.#config.cameras.map((camera) => this.#makeCamera(camera, this.#workers!, info));
    await this.#startCameras();
    if (this.#isStopping) return;
    this.#publishing = setInterval(() => this.#publishMetrics(), this.#config.publish.metricsIntervalMs);
  }

  /** Releases everything, in reverse; may be called during `start()`, and more than once. */
  stop(reason: string): Promise<void> {
    this.#stopped ??= this.#stop(reason);
    return this.#stopped;
  }

  async #stop(reason: string): Promise<void> {
    this.#isStopping = true;
    this.#servedS = this.servingS();
    this.#servingSince = null;
    if (this.#publishing !== null) clearInterval(this.#publishing);
    await Promise.all(this.#cameras.map((camera) => camera.stop()));
    await this.#workers?.stop();
    // with cameras and workers gone, neither of the two can wait for anything; whoever started hears of its failure
    await this.#starting?.catch(() => undefined);
    await this.#running;
    await this.#previews.settled();
    await this.#diary.stop();
    for (const answering of this.#answering) answering.store();
    this.#history?.stop();
    this.#cache?.stop();
    await this.#publisher?.stop(reason);
    await this.#http?.stop();
    await this.#broker?.stop();
    this.#metrics.stop();
  }

  /** Seconds since the cameras were started, or that they ran until the stop. */
  servingS(): number {
    return this.#servingSince === null ? this.#servedS : (performance.now() - this.#servingSince) / 1000;
  }

  /** Where the broker is that this runtime publishes to, credentials masked; null where it publishes nothing. */
  get broker(): string | null {
    return this.#brokerUrl === null ? null : maskCredentials(this.#brokerUrl);
  }

  status(): RuntimeStatus {
    const totals = [...this.#metrics.cameras].map((camera) => camera.stage('total'));
    const mqtt = this.#publisher?.state();
    const info = this.#workers?.info;
    return {
      uptimeS: this.#metrics.uptimeS,
      model: this.#request?.model ?? this.#config.model.name,
      variant: this.#request?.variant ?? this.#config.model.variant,
      provider: info?.provider ?? null,
      refusedProviders: (info?.refused ?? []).map(({ provider, reason }) => `${provider}: ${reason}`),
      workers: (this.#workers?.states ?? []).map((state) => ({
        state: state.kind,
        detail: 'reason' in state ? state.reason : null,
      })),
      cameras: this.#cameras.map((camera) => camera.status()),
      latencyMs: { p50: mergedQuantile(totals, 0.5), p95: mergedQuantile(totals, 0.95) },
      mqtt: {
        broker: mqtt?.broker ?? null,
        connected: mqtt?.phase === 'connected',
        queued: mqtt?.queued ?? 0,
        dropped: mqtt?.droppedTotal ?? 0,
        sent: mqtt?.sent ?? 0,
      },
    };
  }

  /** The embedded broker takes another port where its own is taken: a demonstration must not fail for that. */
  async #startBroker(): Promise<void> {
    const { mqtt } = this.#config;
    if (mqtt.broker === 'off') return;
    if (mqtt.broker !== 'embedded') {
      this.#brokerUrl = mqtt.broker;
      return;
    }
    this.#broker = new EmbeddedBroker(mqtt.embeddedPort, this.#log);
    try {
      this.#brokerUrl = await this.#broker.start();
    } catch (error) {
      this.#broker = new EmbeddedBroker(0, this.#log);
      this.#brokerUrl = await this.#broker.start();
      this.#log.warn({ broker: this.#brokerUrl }, `${explain(error)}; it listens on another port for now`);
    }
  }

  async #startHttp(): Promise<void> {
    if (!this.#config.http.enabled) return;
    this.#http = new HttpServer({
      config: this.#config.http,
      metrics: () => this.#metrics.prometheus(),
      readiness: () => this.#readiness(),
    });
    try {
      const { host, port } = await this.#http.start();
      this.#log.info({ url: `http://${host}:${port}/metrics` }, 'metrics are served');
    } catch (error) {
      if (!(error instanceof EdgeError) || error.code === 'E_CONFIG') throw error;
      this.#log.warn(`${explain(error)}; it goes on without`);
    }
  }

  #makePublisher(): Publisher | null {
    if (this.#brokerUrl === null) return null;
    const { publish } = this.#config;
    // the embedded broker speaks 3.1.1 only: no need to find that out
    const mqtt = this.#broker === null ? this.#config.mqtt : { ...this.#config.mqtt, protocol: '3.1.1' as const };
    const publisher = new Publisher({
      scope: deviceScope(this.#config),
      address: brokerAddress(mqtt, this.#brokerUrl),
      mqtt,
      publish,
      birth: this.#birth(null),
      alertCodes: HealthAlerts.codes,
      log: this.#log,
    });
    this.#metrics.watchPublisher(() => publisher.state());
    return publisher;
  }

  #makeCamera(camera: CameraConfig, workers: Workers, info: ModelInfo): Camera {
    const { capture } = this.#config;
    const source = openSource({ camera, capture, log: this.#log.child({ camera: camera.id }), decodeImage });
    if (mayRunFfmpeg(camera)) this.#metrics.processes.watch(`ffmpeg-${camera.id}`, () => source.pid);
    const metrics = this.#metrics.camera(camera.id, () => source.health());
    const answering = this.#makeAnswering(camera, info);
    metrics.watchAccuracy(() => answering.report());
    return new Camera(camera, {
      source,
      metrics,
      workers,
      answering,
      info,
      config: this.#config,
      listener: {
        onResult: (result) => this.#listener.onResult?.(result),
        onEvent: (id, event) => this.#event(id, event),
        wantsPixels: (id) => this.#previews.isDue(id) || this.#diary.isDue(id, Date.now()),
        onPixels: (frame, result) => {
          if (this.#previews.isDue(frame.camera)) this.#previews.write(frame, result, info.classes, camera);
          else this.#diary.keep(frame, result);
        },
      },
    });
  }

  /** What outlives a restart. Neither part can fail: without a disk they go on in memory, and say so. */
  #startStore(): void {
    const log = this.#log;
    this.#cache = new DeviceCache(this.#config, { alerts: this.#alerts!, publisher: this.#publisher, log });
    this.#metrics.watchCache(() => this.#cache!.reading());
    this.#cache.start();
    const file = join(fromRoot(this.#config.store.dir), 'history.db');
    this.#history = new AuditHistory({
      open: () => openDatabase({ file, migrations: HISTORY_MIGRATIONS, log }),
      log,
    });
    this.#history.start();
  }

  #makeAnswering(camera: CameraConfig, { model, variant }: ModelInfo): CameraAnswering {
    const answering = new CameraAnswering({
      ...{ camera, config: this.#config.answer, model, variant, budget: this.#auditBudget },
      thresholds: this.#request!.scoreThresholds,
      cache: this.#cache!.cache,
      history: this.#history!,
    });
    answering.start();
    this.#answering.push(answering);
    return answering;
  }

  async #startCameras(): Promise<void> {
    const started = await Promise.allSettled(this.#cameras.map((camera) => camera.start()));
    if (this.#isStopping) return;
    const running: Camera[] = [];
    let permanent = true;
    for (const [i, outcome] of started.entries()) {
      const camera = this.#cameras[i]!;
      if (outcome.status === 'fulfilled') running.push(camera);
      else if (this.#cameras.length === 1 || !(outcome.reason instanceof SourceError)) throw outcome.reason;
      else {
        this.#log.error({ camera: camera.id }, `the camera cannot be read: ${explain(outcome.reason)}`);
        permanent &&= outcome.reason.permanent;
      }
    }
    if (running.length === 0) {
      throw new SourceError('no camera can be read: the messages above say why', {}, undefined, permanent);
    }
    this.#servingSince = performance.now();
    this.#running = this.#runCameras(running);
    this.#listener.onServing?.();
  }

  /** Resolves when no camera has frames any more. One that fails is told at once: the others may go on for months. */
  async #runCameras(cameras: readonly Camera[]): Promise<void> {
    let failure: unknown;
    const run = async (camera: Camera): Promise<void> => {
      try {
        await camera.run();
      } catch (error) {
        failure ??= error;
        this.#log.error({ camera: camera.id }, `the camera's frames are answered no more: ${explain(error)}`);
      }
    };
    await Promise.all(cameras.map(run));
    if (!this.#isStopping) this.#listener.onFinished?.(failure);
  }

  #event(camera: string, event: EventPayload): void {
    this.#publisher?.event(camera, event);
    this.#listener.onEvent?.({ camera, ts: Date.now(), ...event });
  }

  #announce(info: ModelInfo): void {
    const { model, variant, provider, refused, runtime, loadMs, warmupMs } = info;
    for (const { provider: name, reason } of refused)
      this.#log.warn({ provider: name, reason }, 'an execution provider was refused');
    this.#log.info(
      { model, variant, provider, runtime, loadMs: Math.round(loadMs), warmupMs: Math.round(warmupMs) },
      'the detector serves',
    );
    this.#announced = info;
    this.#metrics.modelInUse = { model, variant, provider };
    this.#publisher?.publishStatus(this.#birth(info));
  }

  #birth(info: ModelInfo | null) {
    return {
      version: VERSION,
      model: info?.model ?? null,
      variant: info?.variant ?? null,
      provider: info?.provider ?? null,
      metrics: this.#metrics.definitions(),
    };
  }

  #workersChanged(): void {
    const workers = this.#workers;
    if (workers === null) return;
    this.#alerts?.detectors(workers.states);
    // a restart may end on another provider than the start did
    const { info } = workers;
    if (info !== null && info.provider !== this.#announced?.provider) this.#announce(info);
  }

  #publishMetrics(): void {
    this.#alerts?.cameras(this.#cameras.map((camera) => camera.status()));
    for (const answering of this.#answering) answering.store();
    this.#alerts?.accuracy(
      this.#answering.flatMap((answering) => {
        const report = answering.report();
        return report?.state === 'failing' ? [{ camera: answering.camera, reason: report.reason }] : [];
      }),
    );
    // the list of metrics grows with the first camera, worker and reading; a birth says what it holds
    this.#publisher?.publishStatus(this.#birth(this.#workers?.info ?? null));
    this.#publisher?.metrics(this.#metrics.snapshot());
    this.#accuracy.publish(this.#answering, this.#publisher, Date.now());
  }

  #readiness(): Readiness {
    const reasons: string[] = [];
    if (!this.#workers?.anyReady) reasons.push('no detector worker serves');
    if (!this.#cameras.some((camera) => camera.status().state === 'streaming')) reasons.push('no camera streams');
    return { ready: reasons.length === 0, reasons };
  }
}

/** An HTTP camera may turn out to be a video. */
function mayRunFfmpeg(camera: CameraConfig): boolean {
  const kind = kindOf(camera);
  return kind === 'ffmpeg' || kind === 'http';
}
