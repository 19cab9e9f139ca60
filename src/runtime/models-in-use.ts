import type { Config, DetectorConfig } from '../config/config.js';
import { batchSizesUpTo } from '../detect/batch-sizes.js';
import type { LoadRequest, ModelInfo } from '../detect/detector.js';
import { DETECTOR_UNHEALTHY, unhealthyDetectors } from '../detect/host/alerts.js';
import { modelMetrics, workerMetrics } from '../detect/host/metrics.js';
import { RESTART_CAUSES, type RestartCause } from '../detect/host/restart-policy.js';
import { DetectorError, ModelError } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { MetricRow } from '../foundation/metric-row.js';
import type { Part, Setting } from '../foundation/part.js';
import { ClassVocabulary } from '../frame/class-vocabulary.js';
import { MODEL_REPLACED } from '../models/alerts.js';
import { wishesOf } from '../models/class-wishes.js';
import { hostOf, lacking } from '../models/default-variant.js';
import { buildLoadRequest, NEVER, withWeakBoxes } from '../models/load-request.js';
import { ModelRegistry } from '../models/registry.js';
import { AUTO, findWanted, type LastModel } from '../models/wanted-model.js';
import type { Alerts } from '../telemetry/alerts/alerts.js';
import type { ProcessMetrics } from '../telemetry/metrics/process-metrics.js';
import { keepCompiled } from './compiled-models.js';
import { ModelGeneration, providerNamed } from './model-generation.js';
import { lackText } from './preflight/model.js';
import { chosenPoint, detectorFor, type ModelChoice, type WantedPoint } from './wanted-point.js';
import { Workers } from './workers.js';

export interface ModelsInUseParts {
  readonly config: Pick<Config, 'model' | 'detector' | 'schedule' | 'answer' | 'store'>;
  readonly alerts: Alerts;
  readonly processes: ProcessMetrics;
  readonly log: Log;
  /** What answered before this start, where the configuration leaves the choice; default: nobody remembers. */
  readonly last?: () => LastModel | null;
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
  readonly settings: readonly Setting[] = [
    { path: 'model', requiresRestart: true },
    this.#liveSetting('model.name', (model: string) => ({ model, variant: this.#variantOf(model) })),
    this.#liveSetting('model.variant', (variant: string) => ({ variant })),
    { path: 'detector', requiresRestart: true },
    this.#liveSetting('detector.workers', (workers: number) => ({ workers })),
    this.#liveSetting('detector.intraOpThreads', (intraOpThreads: number) => ({ intraOpThreads })),
  ];
  readonly #parts: ModelsInUseParts;
  readonly #vocabulary = new ClassVocabulary();
  /** Every set of workers that may still have a process. */
  readonly #workers = new Set<Workers>();
  /** Of workers that have ended: how often they ended unasked. */
  readonly #pastEnds: Record<RestartCause, number> = { crashed: 0, stuck: 0, protocol: 0, memory: 0 };
  #current: ModelGeneration | null = null;
  #announced = '';
  #batchWindowMs = 0;
  #generations = 0;
  #changing: Promise<unknown> = Promise.resolve();
  /** Workers whose processes are watched. */
  #watched = 0;
  #closed = false;

  constructor(parts: ModelsInUseParts) {
    this.#parts = parts;
    this.#watchWorkers(parts.config.detector.workers);
  }

  /** The generation that answers; null before the first one serves. */
  get current(): ModelGeneration | null {
    return this.#current;
  }

  /** ms that a picture may wait for others of its batch; holds from the next batch on. */
  get batchWindowMs(): number {
    return this.#batchWindowMs;
  }

  set batchWindowMs(windowMs: number) {
    this.#batchWindowMs = windowMs;
    for (const workers of this.#workers) workers.setBatching({ ...workers.slots.batching, windowMs });
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
    const { workers, intraOpThreads } = this.#parts.config.detector;
    const last = this.#parts.last?.() ?? null;
    const { name, variant } = await this.#begin(last);
    const wanted = { model: name, variant, provider: null, workers, intraOpThreads, batchSize: 1 };
    await this.#inTurn(() => this.#load(wanted));
  }

  /**
   * Changes to another model, variant or way to run it; one change at a time, in the order of the calls. Resolves when it
   * answers: each camera takes it up with its next frame.
   *
   * @param signal aborted where it is not wanted any more: what loads is ended, and the present one goes on
   * @throws ModelError, ConfigError, DetectorError or RangeError where it cannot be loaded, and the present one goes on
   *   then; or where there is no present one; the reason of `signal`
   */
  change(choice: ModelChoice, signal?: AbortSignal): Promise<ModelGeneration> {
    return this.#inTurn(() => {
      this.#refuseIfClosed();
      signal?.throwIfAborted();
      if (this.#current === null) throw new DetectorError('no model answers yet: it can be changed after the start');
      const { wanted, provider } = this.#current;
      return this.#load(chosenPoint(choice, wanted, providerNamed(provider)), choice.provider, signal);
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

  /** Names for what the configuration asks for, where it leaves the choice. */
  async #begin(last: LastModel | null): Promise<{ readonly name: string; readonly variant: string }> {
    const { model, detector } = this.#parts.config;
    if (model.name !== AUTO && model.variant !== AUTO) return model;
    const registry = await ModelRegistry.open(model.dir);
    const { manifest, variant } = await findWanted(registry, model, hostOf(detector.providers[0]!.name), last);
    return { name: manifest.name, variant: variant.id };
  }

  /** A key whose other value is another way to run the detector. */
  #liveSetting<V>(path: string, choiceOf: (value: V) => ModelChoice): Setting {
    const apply = async (value: unknown): Promise<void> => {
      await this.change(choiceOf(value as V));
    };
    return { path, requiresRestart: false, apply };
  }

  /** The configured variant is one of the configured model. */
  #variantOf(model: string): string {
    const { name, variant } = this.#parts.config.model;
    return model === name ? variant : 'default';
  }

  #inTurn<T>(load: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(load);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /** @param provider the one that has to run it */
  async #load(choice: WantedPoint, provider?: string, signal?: AbortSignal): Promise<ModelGeneration> {
    this.#refuseIfClosed();
    const wanted = choice.model === AUTO ? { ...choice, model: (await this.#begin(null)).name } : choice;
    const { config, log } = this.#parts;
    const detector = detectorFor(wanted, config.detector);
    const request = await this.#request(wanted, detector);
    const compiled = keepCompiled(withWeakBoxes(request, config.answer.trackScore), config);
    this.#refuseIfClosed();
    signal?.throwIfAborted();
    const pools = [{ name: 'default', request: compiled.request, detector }];
    const { schedule } = config;
    const workers = new Workers({ pools, schedule, log, onChange: () => this.#workersChanged(workers) });
    workers.setBatching({ maxBatch: wanted.batchSize, windowMs: this.#batchWindowMs });
    this.#workers.add(workers);
    this.#watchWorkers(wanted.workers);
    const abandon = (): void => void workers.stop();
    signal?.addEventListener('abort', abandon, { once: true });
    try {
      compiled.loaded(await workers.start());
      this.#refuseIfClosed();
      signal?.throwIfAborted();
      if (provider !== undefined) checkProvider(provider, workers);
    } catch (error) {
      await this.#end(workers);
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abandon);
    }
    return this.#adopt(wanted, request, workers);
  }

  async #request({ model: name, variant, batchSize }: WantedPoint, detector: DetectorConfig): Promise<LoadRequest> {
    const { model } = this.#parts.config;
    const registry = await ModelRegistry.open(model.dir);
    const host = hostOf(detector.providers[0]!.name);
    const entry = await registry.find(name, variant, host);
    const lacks = lacking(entry.variant, host);
    if (lacks !== null) this.#parts.log.warn(`model.variant: ${lackText(entry.variant.id, lacks)}`);
    const request = buildLoadRequest(entry, wishesOf(name, entry.manifest.classes, model), detector);
    return { ...request, batchSizes: batchSizesUpTo(batchSize) };
  }

  #adopt(wanted: WantedPoint, request: LoadRequest, workers: Workers): ModelGeneration {
    const classIndices = this.#vocabulary.adopt(request.classes);
    const classes = this.#vocabulary.names();
    const thresholds = new Array<number>(classes.length).fill(NEVER);
    for (const [own, score] of request.scoreThresholds.entries()) thresholds[classIndices?.[own] ?? own] = score;
    const generation = ++this.#generations;
    const next = new ModelGeneration({
      generation,
      wanted,
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

  #watchWorkers(count: number): void {
    for (; this.#watched < count; this.#watched++) {
      const index = this.#watched;
      this.#parts.processes.watch(`worker-${index}`, () => this.#pidOf(index));
    }
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

/** @throws ModelError where a worker runs it on another execution provider than the one asked for */
function checkProvider(wanted: string, { states }: Workers): void {
  for (const state of states) {
    if (state.kind !== 'ready' || providerNamed(state.info.provider) === wanted) continue;
    const reason = state.info.refused.find(({ provider }) => provider === wanted)?.reason ?? 'no reason given';
    throw new ModelError(`${wanted} was refused, ${state.info.provider} used: ${reason}`, undefined, undefined, false);
  }
}
