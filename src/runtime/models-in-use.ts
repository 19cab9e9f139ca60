import type { Config, ModelConfig } from '../config/config.js';
import type { LoadRequest, ModelInfo } from '../detect/detector.js';
import { DETECTOR_UNHEALTHY, unhealthyDetectors } from '../detect/host/alerts.js';
import { modelMetrics, workerMetrics } from '../detect/host/metrics.js';
import { RESTART_CAUSES, type RestartCause } from '../detect/host/restart-policy.js';
import { DetectorError } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { MetricRow } from '../foundation/metric-row.js';
import type { Part } from '../foundation/part.js';
import { ClassVocabulary } from '../frame/class-vocabulary.js';
import { MODEL_REPLACED } from '../models/alerts.js';
import { hostOf, lacking } from '../models/default-variant.js';
import { buildLoadRequest, NEVER, withWeakBoxes } from '../models/load-request.js';
import { ModelRegistry } from '../models/registry.js';
import type { Alerts } from '../telemetry/alerts/alerts.js';
import type { ProcessMetrics } from '../telemetry/metrics/process-metrics.js';
import { keepCompiled } from './compiled-models.js';
import { ModelGeneration, type ModelInUse } from './model-generation.js';
import { lackText } from './preflight/model.js';
import { Workers } from './workers.js';

/** Which model should answer from now on. */
export interface ModelChoice {
  /** Default: the one in use. */
  readonly model?: string;
  /** A variant's id, or `default`: the first that suits this device. Default: `default`. */
  readonly variant?: string;
}

export interface ModelsInUseParts {
  readonly config: Pick<Config, 'model' | 'detector' | 'schedule' | 'answer' | 'store'>;
  readonly alerts: Alerts;
  readonly processes: ProcessMetrics;
  readonly log: Log;
  /** Another generation answers, or the one that does was found on another provider after a restart. */
  readonly onModel: (model: ModelGeneration) => void;
}

/**
 * The model that answers, and the way to another one while frames keep coming: the next generation's workers load and warm
 * it up while the present one serves; then every camera takes it up between two of its frames. A model that cannot be
 * loaded never gets a frame, and the present one goes on.
 */
export class ModelsInUse implements Part {
  readonly name = 'models';
  readonly essential = true;
  readonly metrics: readonly MetricRow[] = [
    ...workerMetrics((cause) => this.ends(cause)),
    ...modelMetrics(() => this.current),
  ];
  readonly alerts = [DETECTOR_UNHEALTHY, MODEL_REPLACED];
  readonly settings = [
    { path: 'model', requiresRestart: true },
    { path: 'model.name', requiresRestart: false },
    {
      path: 'model.variant',
      requiresRestart: false,
      apply: (variant: unknown) => this.#changeVariant(variant as string),
    },
    { path: 'detector', requiresRestart: true },
  ];
  readonly #parts: ModelsInUseParts;
  readonly #vocabulary = new ClassVocabulary();
  /** Every set of workers that may still have a process. */
  readonly #workers = new Set<Workers>();
  /** Of workers that have ended: how often they ended unasked. */
  readonly #pastEnds: Record<RestartCause, number> = { crashed: 0, stuck: 0, protocol: 0 };
  #current: ModelGeneration | null = null;
  #announced = '';
  #generations = 0;
  #changing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: ModelsInUseParts) {
    this.#parts = parts;
    for (let index = 0; index < parts.config.detector.workers; index++) {
      parts.processes.watch(`worker-${index}`, () => this.#pidOf(index));
    }
  }

  /** The generation that answers; null before the first one serves. */
  get current(): ModelGeneration | null {
    return this.#current;
  }

  /** What the configuration asks for. */
  get configured(): { readonly name: string; readonly variant: string } {
    return this.#parts.config.model;
  }

  /** The workers that serve, or, before there are any, those that load. */
  get workers(): Workers | null {
    return this.#current?.workers ?? [...this.#workers].at(-1) ?? null;
  }

  /** How often workers ended unasked since the start, those of earlier generations included. */
  ends(cause: RestartCause): number {
    let sum = this.#pastEnds[cause];
    for (const workers of this.#workers) for (const { counters } of workers.all) sum += counters.ends[cause];
    return sum;
  }

  /**
   * Loads the configured model.
   *
   * @throws ModelError, ConfigError or DetectorError where it cannot be loaded
   */
  async start(): Promise<void> {
    const { name, variant } = this.#parts.config.model;
    await this.#inTurn(() => this.#load(name, variant));
  }

  /**
   * Changes to another model or variant; one change at a time, in the order of the calls. Resolves when it answers: each
   * camera takes it up with its next frame.
   *
   * @throws ModelError, ConfigError or DetectorError where it cannot be loaded, and the present one goes on then; or where
   *   there is no present one
   */
  change({ model, variant = 'default' }: ModelChoice): Promise<ModelInUse> {
    return this.#inTurn(() => {
      this.#refuseIfClosed();
      if (this.#current === null) throw new DetectorError('no model answers yet: it can be changed after the start');
      return this.#load(model ?? this.#current.model, variant);
    });
  }

  /** Frames that wait for a worker are given up; no further frame is taken. */
  closeSlots(): void {
    for (const workers of this.#workers) workers.slots.close();
  }

  /** Ends all workers after their last answers; a change under way fails. */
  async stop(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#workers].map((workers) => this.#end(workers)));
    await this.#changing;
  }

  async #changeVariant(variant: string): Promise<void> {
    await this.change({ variant });
  }

  #inTurn(load: () => Promise<ModelInUse>): Promise<ModelInUse> {
    const changed = this.#changing.then(load);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async #load(name: string, variant: string): Promise<ModelInUse> {
    this.#refuseIfClosed();
    const request = await this.#request(name, variant);
    const { config, log } = this.#parts;
    const { detector, schedule, answer } = config;
    const compiled = keepCompiled(withWeakBoxes(request, answer.trackScore), config);
    this.#refuseIfClosed();
    const pools = [{ name: 'default', request: compiled.request, detector }];
    const workers = new Workers({ pools, schedule, log, onChange: () => this.#workersChanged(workers) });
    this.#workers.add(workers);
    let info: ModelInfo;
    try {
      info = await workers.start();
      this.#refuseIfClosed();
    } catch (error) {
      await this.#end(workers);
      throw error;
    }
    compiled.loaded(info);
    return this.#adopt(request, workers);
  }

  async #request(name: string, variant: string): Promise<LoadRequest> {
    const { model, detector } = this.#parts.config;
    const registry = await ModelRegistry.open(model.dir);
    const host = hostOf(detector.providers[0]!.name);
    const entry = await registry.find(name, variant, host);
    const lacks = lacking(entry.variant, host);
    if (lacks !== null) this.#parts.log.warn(`model.variant: ${lackText(entry.variant.id, lacks)}`);
    return buildLoadRequest(entry, settingsFor(name, model), detector);
  }

  #adopt(request: LoadRequest, workers: Workers): ModelGeneration {
    const classIndices = this.#vocabulary.adopt(request.classes);
    const classes = this.#vocabulary.names();
    const thresholds = new Array<number>(classes.length).fill(NEVER);
    for (const [own, score] of request.scoreThresholds.entries()) thresholds[classIndices?.[own] ?? own] = score;
    const generation = ++this.#generations;
    const next = new ModelGeneration({
      generation,
      request,
      workers,
      classes,
      classIndices,
      thresholds,
      onFree: () => void this.#end(workers),
    });
    const last = this.#current;
    this.#current = next;
    this.#workersChanged(workers);
    // frames that wait for workers of which none serves are better off with the next
    if (last && !last.workers.anyReady) last.workers.slots.close();
    last?.replaced();
    return next;
  }

  #workersChanged(workers: Workers): void {
    if (this.#current?.workers !== workers) return;
    this.#parts.alerts.set(DETECTOR_UNHEALTHY.code, unhealthyDetectors(workers.states));
    // a restart may end on another provider than the start did
    this.#tell();
  }

  #tell(): void {
    const { generation, provider, info } = this.#current!;
    const announced = `${generation} ${provider}`;
    if (announced === this.#announced) return;
    this.#announced = announced;
    this.#logServing(info);
    this.#parts.onModel(this.#current!);
  }

  #logServing({ model, variant, provider, refused, runtime, loadMs, warmupMs }: ModelInfo): void {
    const { log } = this.#parts;
    for (const { provider: name, reason } of refused) {
      log.warn({ provider: name, reason }, 'an execution provider was refused');
    }
    log.info(
      { model, variant, provider, runtime, loadMs: Math.round(loadMs), warmupMs: Math.round(warmupMs) },
      'the detector serves',
    );
  }

  #pidOf(index: number): number | null {
    const state = this.workers?.states[index];
    return state?.kind === 'ready' ? state.pid : null;
  }

  async #end(workers: Workers): Promise<void> {
    await workers.stop();
    if (!this.#workers.delete(workers)) return;
    for (const { counters } of workers.all) {
      for (const cause of RESTART_CAUSES) this.#pastEnds[cause] += counters.ends[cause];
    }
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new DetectorError('the program is stopping: no model is loaded any more');
  }
}

/** Classes and thresholds are said for the configured model: another one reports what its own manifest says. */
function settingsFor(name: string, config: ModelConfig): ModelConfig {
  if (name === config.name) return config;
  const { classes: _classes, ...rest } = config;
  return { ...rest, name, classThresholds: {} };
}
