import { EventEmitter } from 'node:events';
import type { Cache } from '../cache/cache.js';
import type { PushedPicture } from '../capture/push-source.js';
import type { Source } from '../capture/source.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { QueryMonitor } from '../database/monitor/query-monitor.js';
import { ConfigError, DetectorError } from '../foundation/errors.js';
import { createLog, type Log } from '../foundation/log.js';
import type { FrameResult } from '../frame/frame-result.js';
import { OneShot, type StillPicture } from '../schedule/one-shot.js';
import type { MetricValues } from '../telemetry/mqtt/messages/metrics.js';
import type { PerformanceMonitor } from '../telemetry/performance/performance-monitor.js';
import type { OptimizationEngine } from '../tune/engine/optimization-engine.js';
import { joinEngines } from './default-engine.js';
import type { ModelGeneration, ModelInUse } from './detector/model-generation.js';
import { boxesIn, decodePicture, type PictureBoxes } from './detector/picture-detector.js';
import type { ModelChoice } from './detector/wanted-point.js';
import { Runtime, type RuntimeEvent } from './runtime.js';
import type { RuntimeStatus } from './status.js';

/** What a site's file may say, as an object; see docs/configuration.md. Unknown keys and wrong values are errors. */
export type EngineConfig = Readonly<Record<string, unknown>>;

export interface EngineOptions {
  /**
   * Sections of the configuration: `{ model: { name: 'roadside-s' }, cameras: [{ id: 'gate', url: 'rtsp://…' }] }`. In a
   * library nothing is published and nothing listens unless `mqtt` and `http` say so.
   */
  readonly config?: EngineConfig;
  /** Folder at which relative paths of the configuration begin: `models`, `data`. Default: the working directory. */
  readonly home?: string;
  /** Sources of your own, by the id of a camera in `config.cameras`, in place of its url. */
  readonly sources?: Readonly<Record<string, Source>>;
  /** Where log lines go; default: stderr, by `config.output.logLevel`. */
  readonly log?: Log;
}

/** What an engine tells its listeners. */
export interface EngineEvents {
  /** The answer to a frame of a camera. Class indices are those of `engine.classes`. */
  result: [result: FrameResult];
  /** What a vehicle did: appeared, left, stopped, moved, crossed a line, entered or exited a zone. */
  event: [event: RuntimeEvent];
  /**
   * Every configured camera came to its end, which live ones and those of handed-in frames do not; `failure` is why one of
   * them could not be answered any further, `undefined` where nothing failed.
   */
  finished: [failure: unknown];
}

/**
 * The runtime as a part of another program: cameras of its own, frames that the program hands in, single pictures. Several
 * fit in one process, each with a `home` or `store.dir` of its own.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { createEngine } from 'edge-inference-optimizer';
 *
 * const engine = createEngine({ home: '/var/lib/traffic' });
 * await engine.start();
 * const { boxes } = await engine.detect(await readFile('street.jpg'));
 * for (const { class: name, score, box } of boxes) console.log(name, score, box);
 * await engine.stop();
 * ```
 */
export class Engine {
  /** What `monitorQuery` and `monitored` count into while this is the default engine: `statistics()`, `slowQueries()`; see docs/library.md. */
  readonly queryMonitor = new QueryMonitor();
  readonly #runtime: Runtime;
  readonly #events = new EventEmitter<EngineEvents>();
  readonly #maxWidth: number;
  readonly #leave: () => void;
  #isStopped = false;
  #oneShot: { readonly model: ModelGeneration; readonly detector: OneShot } | null = null;

  /** @throws ConfigError with every problem of the configuration; see `createEngine` */
  constructor({ config = {}, home = process.cwd(), sources = {}, log }: EngineOptions = {}) {
    const flags = { 'http.enabled': false, 'mqtt.broker': 'off', 'output.logLevel': 'warn', ...config };
    const flagNames = Object.fromEntries(Object.keys(flags).map((key) => [key, `config.${key}`]));
    const loaded = loadConfig({ env: {}, flags, flagNames });
    checkSources(loaded.config, sources);
    const events = this.#events;
    this.#maxWidth = loaded.config.capture.maxWidth;
    this.#runtime = new Runtime(
      loaded.config,
      log ?? createLog(loaded.config.output.logLevel),
      {
        onResult: (result) => tell(events.listeners('result'), result),
        onEvent: (event) => tell(events.listeners('event'), event),
        onFinished: (failure) => tell(events.listeners('finished'), failure),
      },
      { home, sources, takesPushes: true },
    );
    this.#leave = joinEngines({
      monitor: this.performanceMonitor,
      optimization: this.optimization,
      cache: this.cache,
      queries: this.queryMonitor,
    });
  }

  /**
   * Loads the model and starts the configured cameras, of which there may be none. An engine starts once, however often this
   * is called.
   *
   * @returns once it serves, or when a `stop` came before that
   * @throws EdgeError where the model does not load, a camera cannot be used, or the engine was stopped already
   */
  async start(): Promise<void> {
    if (this.#isStopped) throw new DetectorError('an engine runs once: make another one to start again');
    await this.#runtime.start();
  }

  /** Answers what is on its way and releases everything; may be called during `start`, and more than once. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#leave();
    return this.#runtime.stop('stopped');
  }

  /**
   * Hears of every result or event from now on. What a listener throws is an uncaught exception, as in any event of Node; the
   * frames go on.
   */
  on<K extends keyof EngineEvents>(name: K, listener: (...args: EngineEvents[K]) => void): this {
    // the emitter's own type cannot follow a generic key
    this.#events.on(name as keyof EngineEvents, listener as (...args: unknown[]) => void);
    return this;
  }

  off<K extends keyof EngineEvents>(name: K, listener: (...args: EngineEvents[K]) => void): this {
    this.#events.off(name as keyof EngineEvents, listener as (...args: unknown[]) => void);
    return this;
  }

  /**
   * Detects in one picture that belongs to no camera: no tracks, no memory.
   *
   * @param picture the bytes of a JPEG, PNG or WebP file, or RGB24 pixels with their size
   * @returns boxes in pixels of the upright picture, strongest first
   * @throws SourceError where the bytes are no picture; TypeError or RangeError where pixels do not fit their size; DetectorError where
   *   the engine was not started, was stopped, or a worker was lost with the picture
   */
  async detect(picture: Uint8Array | StillPicture): Promise<PictureBoxes> {
    const { model, detector } = this.#detector();
    // its workers stay for this picture, whichever model answers by then
    model.hold();
    try {
      const maxWidth = Math.max(this.#maxWidth, model.inputWidth);
      const pixels = picture instanceof Uint8Array ? await decodePicture(picture, maxWidth) : picture;
      return await boxesIn(pixels, detector, model.classes);
    } finally {
      model.release();
    }
  }

  /**
   * Hands the next frame of a camera in, RGB24; its answer comes as a `result`. A camera that is not configured begins with
   * its first frame; one that is has the url `push:`. Where frames come faster than they are answered the oldest waiting
   * one is dropped and counted.
   *
   * @throws TypeError or RangeError where the pixels do not fit their size, `capturedAt` is no time or the id none; EdgeError
   *   E_SOURCE where the camera has a source of its own, or the engine does not run
   */
  push(camera: string, picture: PushedPicture): void {
    this.#runtime.push(camera, picture);
  }

  /**
   * Answers with another model or variant, which is loaded beside the present one; no frame is lost meanwhile.
   *
   * @throws EdgeError where it cannot be loaded, and the present one goes on then; or where the engine does not run
   */
  changeModel(choice: ModelChoice): Promise<ModelInUse> {
    return this.#runtime.changeModel(choice);
  }

  /** Names by class index of every result so far; later models only append to them. Empty before the start. */
  get classes(): readonly string[] {
    return this.#runtime.parts.models.current?.classes ?? [];
  }

  /** The model that answers; null before the start. */
  get model(): ModelInUse | null {
    return this.#runtime.parts.models.current;
  }

  /** The engine's cache of two tiers, open to the program's own values; see docs/cache.md. */
  get cache(): Cache {
    return this.#runtime.parts.cache.cache;
  }

  /** How the program does: `getPerformanceSummary()`, `thresholds`, measured operations; see docs/performance.md. */
  get performanceMonitor(): PerformanceMonitor {
    return this.#runtime.parts.performance.monitor;
  }

  /** What tunes this engine: `enableOptimization('cache')`, `optimizeSystem()`; see docs/optimization.md. */
  get optimization(): OptimizationEngine {
    return this.#runtime.parts.optimization.engine;
  }

  /** Decorator and wrapper that measure into this engine; the exported one measures into the default engine. */
  get measurePerformance(): PerformanceMonitor['measurePerformance'] {
    return this.performanceMonitor.measurePerformance;
  }

  /** All metrics by name, as MQTT carries them: `fps_inferred.gate`. */
  metrics(): MetricValues {
    return this.#runtime.parts.metrics.snapshot();
  }

  /** All metrics in the text format of Prometheus. */
  prometheus(): Promise<string> {
    return this.#runtime.parts.metrics.prometheus();
  }

  /** What the cameras, the workers and the model do now. */
  status(): RuntimeStatus {
    return this.#runtime.status();
  }

  /** Of the generation that answers now. */
  #detector() {
    const { current } = this.#runtime.parts.models;
    if (current === null) throw new DetectorError('detect needs a running engine: await engine.start() first');
    if (this.#oneShot?.model !== current) {
      const { workers, thresholds, classIndices } = current;
      this.#oneShot = { model: current, detector: new OneShot(workers.slots, thresholds, classIndices) };
    }
    return this.#oneShot;
  }
}

/** @throws ConfigError where a source is of no configured camera: nobody would ever read it */
function checkSources({ cameras }: Pick<Config, 'cameras'>, sources: Readonly<Record<string, Source>>): void {
  const strays = Object.keys(sources).filter((id) => cameras.every((camera) => camera.id !== id));
  if (strays.length === 0) return;
  throw new ConfigError(
    'the sources do not fit the configuration',
    strays.map((id) => `sources.${id}: expected the id of a camera in config.cameras, got ${JSON.stringify(id)}`),
  );
}

/** What a listener throws keeps no frame from its answer and no other listener from hearing: it is an uncaught exception. */
function tell<T>(listeners: readonly ((value: T) => void)[], value: T): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

/**
 * Makes an engine; nothing runs before its `start`.
 *
 * @throws ConfigError (code `E_CONFIG`) with every problem of the configuration at once
 * @example
 * ```ts
 * import { createEngine } from 'edge-inference-optimizer';
 *
 * const engine = createEngine({
 *   config: { cameras: [{ id: 'gate', url: 'sim://road?traffic=mixed' }] },
 *   home: '/var/lib/traffic',
 * });
 * engine.on('event', ({ camera, kind, vehicle }) => console.log(camera, kind, vehicle.class));
 * await engine.start();
 * ```
 */
export function createEngine(options: EngineOptions = {}): Engine {
  return new Engine(options);
}
