import type { Config } from '../../config/config.js';
import { sharesOf } from '../../config/tenants.js';
import type { ModelInfo } from '../../detect/detector.js';
import { DETECTOR_MEMORY, DETECTOR_UNHEALTHY, unhealthyDetectors } from '../../detect/host/alerts.js';
import { modelMetrics, workerMetrics } from '../../detect/host/metrics.js';
import type { RestartCause } from '../../detect/host/restart-policy.js';
import { lackedMemory } from '../../detect/out-of-memory.js';
import { Retries } from '../../foundation/backoff.js';
import { DetectorError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { MetricRow } from '../../foundation/metric-row.js';
import type { Part, Setting } from '../../foundation/part.js';
import { pause } from '../../foundation/pause.js';
import type { TenantId } from '../../foundation/scope.js';
import { ClassVocabulary } from '../../frame/class-vocabulary.js';
import { MODEL_REPLACED } from '../../models/alerts.js';
import { hostOf } from '../../models/default-variant.js';
import { NEVER } from '../../models/load-request.js';
import { AUTO, type LastModel } from '../../models/wanted-model.js';
import { scheduleMetrics } from '../../schedule/metrics.js';
import type { TenantWork } from '../../schedule/tenant-bills.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';
import { installedLesser } from '../../tune/lesser-point.js';
import type { SizedPoint } from '../../tune/memory-forecast.js';
import { nameOfPoint } from '../../tune/operating-point.js';
import { DETECTOR_GAP, DetectorGap } from './detector-gap.js';
import { FirstModel } from './first-model.js';
import { type FreeMemory, MemoryRoom } from './memory-room.js';
import { ModelGeneration, providerNamed } from './model-generation.js';
import { PointLoading, type PreparedPoint } from './point-loading.js';
import { chosenPoint, type ModelChoice, type WantedPoint } from './wanted-point.js';
import { firstPool, largestBatch, poolsOf } from './worker-pools.js';
import type { Workers } from './workers.js';

export interface ModelsInUseParts {
  readonly config: Pick<
    Config,
    'model' | 'detector' | 'schedule' | 'tenants' | 'answer' | 'store' | 'cameras' | 'tune' | 'evidence'
  >;
  readonly alerts: Alerts;
  readonly processes: ProcessMetrics;
  readonly log: Log;
  /** What answered before this start, where the configuration leaves the choice; default: nobody remembers. */
  readonly last?: () => LastModel | null;
  readonly freeMemory: () => FreeMemory;
  /** Another generation answers, or the one that does was found on another provider after a restart. */
  readonly onModel: (model: ModelGeneration) => void;
  /** Whether nothing can be inferred now, because workers had to end before the next ones could load. */
  readonly onGap: (isGap: boolean) => void;
  /** There was no memory for what the generation that answers was to do. */
  readonly onOutOfMemory: (reason: string) => void;
}

/** ms between two tries to bring back what served before. */
const BRING_BACK = { initialMs: 1000, maxMs: 60_000 };

/**
 * The model that answers, and the way to another one while frames keep coming: the next generation's workers load and warm
 * it up while the present one serves; then every camera takes it up between two of its frames. A model that cannot be
 * loaded never gets a frame, and the present one goes on. Where memory does not suffice for both, the present one ends first,
 * and comes back where the next one fails.
 */
export class ModelsInUse implements Part {
  readonly name = 'models';
  readonly essential = true;
  readonly metrics: readonly MetricRow[];
  readonly alerts = [DETECTOR_UNHEALTHY, DETECTOR_GAP, DETECTOR_MEMORY, MODEL_REPLACED];
  readonly settings: readonly Setting[] = [
    { path: 'model', requiresRestart: true },
    this.#liveSetting('model.name', (model: string) => ({ model, variant: this.#variantOf(model) })),
    this.#liveSetting('model.variant', (variant: string) => ({ variant })),
    { path: 'detector', requiresRestart: true },
    this.#liveSetting('detector.workers', (workers: number) => ({ workers })),
    this.#liveSetting('detector.intraOpThreads', (intraOpThreads: number) => ({ intraOpThreads })),
    this.#liveSetting('schedule.maxBatch', (batchSize: number) => ({ batchSize })),
    {
      path: 'schedule.batchWindowMs',
      requiresRestart: false,
      apply: (windowMs: unknown) => {
        this.batchWindowMs = windowMs as number;
      },
    },
  ];
  readonly #parts: ModelsInUseParts;
  readonly #vocabulary = new ClassVocabulary();
  readonly #loading: PointLoading;
  readonly #room: MemoryRoom;
  readonly #gap: DetectorGap;
  readonly #first: FirstModel;
  readonly #stopping = new AbortController();
  #current: ModelGeneration | null = null;
  #announced = '';
  #batchWindowMs = 0;
  #generations = 0;
  #changing: Promise<unknown> = Promise.resolve();
  /** Workers whose processes are watched. */
  #watched = 0;

  constructor(parts: ModelsInUseParts) {
    this.#parts = parts;
    const pools = poolsOf(parts.config.detector);
    this.#gap = new DetectorGap(parts);
    this.#first = new FirstModel({ ...parts, load: (wanted) => this.#loadWhatFits(wanted) });
    const { maxAcceleratorMb } = parts.config.tune;
    this.#room = new MemoryRoom({
      free: parts.freeMemory,
      acceleratorBudget: maxAcceleratorMb === 0 ? null : maxAcceleratorMb * 2 ** 20,
    });
    this.#loading = new PointLoading({
      config: parts.config,
      log: parts.log,
      onChange: (workers) => this.#workersChanged(workers),
      onOutOfMemory: (workers, reason) => {
        if (this.#current?.workers === workers) parts.onOutOfMemory(reason);
      },
    });
    this.metrics = [
      ...workerMetrics((cause) => this.ends(cause)),
      ...modelMetrics(() => this.current),
      ...this.#gap.metrics,
      ...scheduleMetrics({
        pools: pools.map(({ name }) => name),
        loads: () => this.workers?.slots.loads ?? null,
        work: (pool) => this.#loading.work(pool),
        waiting: () => this.workers?.slots.waiting ?? null,
        tenants: parts.config.tenants.length > 0 ? [...sharesOf(parts.config).keys()] : [],
        workFor: (tenant) => this.workFor(tenant),
        waitingOf: (tenant) => this.workers?.slots.waitingOf(tenant) ?? null,
      }),
    ];
    this.#watchWorkers(pools.reduce((sum, { detector }) => sum + detector.workers, 0));
    this.#batchWindowMs = parts.config.schedule.batchWindowMs;
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
    this.#loading.setWindow(windowMs);
  }

  /** What the configuration asks for. */
  get configured(): { readonly name: string; readonly variant: string } {
    return this.#parts.config.model;
  }

  /** The workers that serve, or, before there are any, those that load. */
  get workers(): Workers | null {
    return this.#current?.workers ?? this.#loading.latest;
  }

  /** What workers did for a tenant since the start, those of earlier generations included. */
  workFor(tenant: TenantId): TenantWork {
    return this.#loading.workFor(tenant);
  }

  /** How often workers ended unasked since the start, those of earlier generations included. */
  ends(cause: RestartCause): number {
    return this.#loading.ends(cause);
  }

  /**
   * Loads the configured model; where there is no memory for it, what takes less; where the configuration leaves the choice
   * and the first one cannot be loaded, the next that can.
   *
   * @throws ModelError, ConfigError or DetectorError where it cannot be loaded
   */
  async start(): Promise<void> {
    const { config } = this.#parts;
    const { workers, intraOpThreads } = firstPool(config).detector;
    const batchSize = largestBatch(firstPool(config), config);
    const last = this.#parts.last?.() ?? null;
    const { name, variant } = await this.#first.choose(last);
    const wanted = { model: name, variant, provider: null, workers, intraOpThreads, batchSize };
    await this.#inTurn(() => this.#first.load(wanted));
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
    return this.#inTurn(() => this.#replace(choice, false, signal));
  }

  /** The same with the present one ended before: there is no memory for both. It comes back where the next one fails. */
  changeAlone(choice: ModelChoice): Promise<ModelGeneration> {
    return this.#inTurn(() => this.#replace(choice, true));
  }

  /** Frames that wait for a worker are given up; no further frame is taken. */
  closeSlots(): void {
    this.#loading.closeSlots();
  }

  /** Ends all workers after their last answers; a change under way fails. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loading.stop();
    await this.#changing;
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

  async #replace(choice: ModelChoice, isAlone: boolean, signal?: AbortSignal): Promise<ModelGeneration> {
    this.#loading.refuseIfClosed();
    signal?.throwIfAborted();
    const last = this.#current;
    if (last === null) throw new DetectorError('no model answers yet: it can be changed after the start');
    const wanted = chosenPoint(choice, last.wanted, providerNamed(last.provider));
    const name = wanted.model === AUTO ? (await this.#first.choose(null)).name : wanted.model;
    const prepared = await this.#loading.prepare({ ...wanted, model: name });
    await this.#room.learn({ ...last.point, inputPixels: last.inputWidth * last.inputHeight }, last.workers);
    this.#loading.refuseIfClosed();
    const point = sizedPoint(prepared, choice.provider ?? providerNamed(last.provider));
    const { provider } = choice;
    if (isAlone || !this.#room.fitsBeside(point)) {
      return this.#replaceAlone(last, prepared, provider, signal);
    }
    try {
      return this.#adopt(prepared, await this.#load(prepared, provider, signal));
    } catch (error) {
      if (!signal?.aborted && lackedMemory(error)) this.#room.refusedBeside(point);
      throw error;
    }
  }

  async #replaceAlone(
    last: ModelGeneration,
    prepared: PreparedPoint,
    provider: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ModelGeneration> {
    const limitMs = this.#parts.config.detector.loadDeadlineMs;
    return this.#gap.during(nameOfPoint({ ...last.point, ...pointOf(prepared) }), limitMs, async () => {
      const late = AbortSignal.timeout(limitMs);
      await last.workers.unload();
      try {
        const both = signal === undefined ? late : AbortSignal.any([signal, late]);
        return this.#adopt(prepared, await this.#load(prepared, provider, both));
      } catch (error) {
        await this.#bringBack(last.wanted);
        if (!late.aborted) throw error;
        throw new DetectorError(`it had not loaded after ${limitMs} ms (detector.loadDeadlineMs)`, {}, error);
      }
    });
  }

  /** What served before serves again: tried until it does, or the program stops. */
  async #bringBack(wanted: WantedPoint): Promise<void> {
    const retries = new Retries(BRING_BACK);
    while (!this.#loading.isClosed) {
      try {
        await this.#loadWhatFits(wanted);
        return;
      } catch (error) {
        const ms = retries.next(null);
        this.#parts.log.error({ reason: explain(error), ms }, 'what served before does not load: it is tried again');
        await pause(ms, this.#stopping.signal);
      }
    }
  }

  /** Loads a point; where there is no memory for it, the next one that takes less. Nothing serves meanwhile. */
  async #loadWhatFits(first: WantedPoint): Promise<ModelGeneration> {
    for (let wanted = first; ; ) {
      const prepared = await this.#loading.prepare(wanted);
      try {
        return this.#adopt(prepared, await this.#load(prepared));
      } catch (error) {
        const { log, config } = this.#parts;
        const host = hostOf(prepared.detector.providers[0]!.name);
        const point = { ...pointOf(prepared), provider: host.provider };
        const less = lackedMemory(error) ? await installedLesser(point, config.model.dir, host) : null;
        if (less === null) throw error;
        log.warn({ reason: explain(error), is: nameOfPoint(less) }, 'there is no memory for the model: less is loaded');
        wanted = { ...less, provider: wanted.provider };
      }
    }
  }

  #load(prepared: PreparedPoint, provider?: string, signal?: AbortSignal): Promise<Workers> {
    this.#watchWorkers(prepared.others.reduce((sum, { detector }) => sum + detector.workers, prepared.wanted.workers));
    return this.#loading.load(prepared, { provider, windowMs: this.#batchWindowMs, signal });
  }

  #adopt({ wanted, request }: PreparedPoint, workers: Workers): ModelGeneration {
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
      onFree: () => void this.#loading.end(workers),
    });
    const last = this.#current;
    this.#current = next;
    this.#first.changed(next);
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
}

type PlainPoint = Omit<SizedPoint, 'provider' | 'inputPixels'>;

function pointOf({ wanted, request }: PreparedPoint): PlainPoint {
  const { model, workers, intraOpThreads, batchSize } = wanted;
  return { model, variant: request.variant, workers, intraOpThreads, batchSize };
}

function sizedPoint(prepared: PreparedPoint, provider: string): SizedPoint {
  const { width, height } = prepared.request.input;
  return { ...pointOf(prepared), provider, inputPixels: width * height };
}
