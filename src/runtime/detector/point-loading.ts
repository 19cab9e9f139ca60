import type { Config, DetectorConfig } from '../../config/config.js';
import { sharesOf } from '../../config/tenants.js';
import { batchSizesUpTo } from '../../detect/batch-sizes.js';
import type { LoadRequest } from '../../detect/detector.js';
import { RESTART_CAUSES, type RestartCause } from '../../detect/host/restart-policy.js';
import { DetectorError, ModelError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { TenantId } from '../../foundation/scope.js';
import { wishesOf } from '../../models/class-wishes.js';
import { hostOf, lacking } from '../../models/default-variant.js';
import { buildLoadRequest, withHiddenClass, withWeakBoxes } from '../../models/load-request.js';
import { ModelRegistry } from '../../models/registry.js';
import { withShapeProfile } from '../../models/shape-profile.js';
import { addedWork, NO_WORK, type PoolWork } from '../../schedule/metrics.js';
import { addedTenantWork, NO_TENANT_WORK, type TenantWork } from '../../schedule/tenant-bills.js';
import { lackText } from '../preflight/model.js';
import { keepCompiled } from './compiled-models.js';
import { providerNamed } from './model-generation.js';
import { blursPersons, PERSON, PERSON_SCORE } from './person-search.js';
import { detectorFor, type WantedPoint } from './wanted-point.js';
import { firstPool, largestBatch, type PoolSettings, poolsOf } from './worker-pools.js';
import { type WorkerPool, Workers } from './workers.js';

export interface PointLoadingParts {
  readonly config: Pick<
    Config,
    'model' | 'detector' | 'schedule' | 'tenants' | 'answer' | 'store' | 'cameras' | 'tune' | 'evidence'
  >;
  readonly log: Log;
  /** The state of one of the workers has changed. */
  readonly onChange: (workers: Workers) => void;
  /** There was no memory for pictures, or for a worker that served. */
  readonly onOutOfMemory: (workers: Workers, reason: string) => void;
}

/** An operating point, and what its workers are asked to load. */
export interface PreparedPoint {
  readonly wanted: WantedPoint;
  readonly request: LoadRequest;
  readonly detector: DetectorConfig;
  /** The pools beside the one that runs the point, with the same model. */
  readonly others: readonly WorkerPool[];
}

export interface LoadOptions {
  /** The execution provider that has to run it; unset: whichever of the ladder does. */
  readonly provider?: string | undefined;
  /** ms; see `Batching`. */
  readonly windowMs: number;
  /** Aborted where it is not wanted any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Loads operating points into workers of their own, and keeps every set of workers that may still have a process. */
export class PointLoading {
  readonly #parts: PointLoadingParts;
  readonly #sets = new Set<Workers>();
  /** Of workers that have ended: how often they ended unasked. */
  readonly #pastEnds: Record<RestartCause, number> = { crashed: 0, stuck: 0, protocol: 0, memory: 0 };
  /** Of workers that have ended: what they did, by pool and by tenant. */
  readonly #pastWork = new Map<string, PoolWork>();
  readonly #pastWorkFor = new Map<TenantId, TenantWork>();
  #closed = false;

  constructor(parts: PointLoadingParts) {
    this.#parts = parts;
  }

  /** The set that was begun last; null where there is none. */
  get latest(): Workers | null {
    return [...this.#sets].at(-1) ?? null;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** How often workers ended unasked since the start, those of sets that are gone included. */
  ends(cause: RestartCause): number {
    let sum = this.#pastEnds[cause];
    for (const workers of this.#sets) for (const { counters } of workers.all) sum += counters.ends[cause];
    return sum;
  }

  /** What the workers of a pool did since the start, those of sets that are gone included. */
  work(pool: string): PoolWork {
    let work = this.#pastWork.get(pool) ?? NO_WORK;
    for (const workers of this.#sets) work = addedWork(workers.slots.loads, pool, work);
    return work;
  }

  /** The same for a tenant. */
  workFor(tenant: TenantId): TenantWork {
    let work = this.#pastWorkFor.get(tenant) ?? NO_TENANT_WORK;
    for (const { slots } of this.#sets) work = addedTenantWork(work, slots.workFor(tenant));
    return work;
  }

  /**
   * The first pool runs the point, the others what the configuration says of them, of the same model.
   *
   * @throws ModelError, ConfigError or RangeError where there is no such model, variant, class or provider
   */
  async prepare(wanted: WantedPoint): Promise<PreparedPoint> {
    this.refuseIfClosed();
    const { config } = this.#parts;
    const registry = await ModelRegistry.open(config.model.dir);
    const [first, ...beside] = poolsOf(config.detector);
    const { maxAcceleratorMb } = config.tune;
    const acceleratorBytes = maxAcceleratorMb === 0 ? null : maxAcceleratorMb * 2 ** 20;
    const detector = detectorFor(wanted, first!.detector, acceleratorBytes);
    const request = await this.#request(registry, wanted, detector);
    const others: WorkerPool[] = [];
    for (const pool of beside) {
      const variant = variantOf(pool, wanted.model, config.model, registry);
      const point = { model: wanted.model, variant, batchSize: largestBatch(pool, config) };
      const theirs = await this.#request(registry, point, pool.detector);
      checkClasses(pool.name, theirs, request);
      others.push(this.#pool(pool.name, theirs, pool.detector));
    }
    return { wanted, detector, request, others };
  }

  async #request(
    registry: ModelRegistry,
    { model: name, variant, batchSize }: Pick<WantedPoint, 'model' | 'variant' | 'batchSize'>,
    detector: DetectorConfig,
  ): Promise<LoadRequest> {
    const host = hostOf(detector.providers[0]!.name);
    const entry = await registry.find(name, variant, host);
    const lacks = lacking(entry.variant, host);
    if (lacks !== null) this.#parts.log.warn(`model.variant: ${lackText(entry.variant.id, lacks)}`);
    const wishes = wishesOf(name, entry.manifest.classes, this.#parts.config.model);
    return { ...buildLoadRequest(entry, wishes, detector), batchSizes: batchSizesUpTo(batchSize) };
  }

  #pool(name: string, request: LoadRequest, detector: DetectorConfig): WorkerPool {
    const { config } = this.#parts;
    const tracked = withWeakBoxes(request, config.answer.trackScore);
    const asked = blursPersons(config) ? withHiddenClass(tracked, PERSON, PERSON_SCORE) : tracked;
    const wanted = withShapeProfile(asked, detector);
    const compiled = keepCompiled(wanted, { ...config, detector });
    return { name, request: compiled.request, detector, onLoaded: compiled.loaded };
  }

  /**
   * Starts workers that load a point: its file is compared with its manifest, it is run once at every batch size, and its
   * outputs are read.
   *
   * @returns once all of them could serve
   * @throws ModelError or DetectorError where one cannot, and none of them is left then; the reason of the signal
   */
  async load({ request, detector, others }: PreparedPoint, options: LoadOptions): Promise<Workers> {
    const { provider, windowMs, signal } = options;
    const { config, log, onChange, onOutOfMemory } = this.#parts;
    this.refuseIfClosed();
    signal?.throwIfAborted();
    const workers = new Workers({
      pools: [this.#pool(firstPool(config).name, request, detector), ...others],
      schedule: config.schedule,
      shares: sharesOf(config),
      log,
      onChange: () => onChange(workers),
      onOutOfMemory: (reason) => onOutOfMemory(workers, reason),
    });
    workers.setBatching({ ...workers.slots.batching, windowMs });
    this.#sets.add(workers);
    const abandon = (): void => void workers.stop();
    signal?.addEventListener('abort', abandon, { once: true });
    try {
      await workers.start();
      this.refuseIfClosed();
      signal?.throwIfAborted();
      if (provider !== undefined) checkProvider(provider, workers);
      return workers;
    } catch (error) {
      await this.end(workers);
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abandon);
    }
  }

  setWindow(windowMs: number): void {
    for (const workers of this.#sets) workers.setBatching({ ...workers.slots.batching, windowMs });
  }

  /** Frames that wait for a worker are given up; no further frame is taken. */
  closeSlots(): void {
    for (const workers of this.#sets) workers.slots.close();
  }

  /** Ends a set of workers after their last answers. */
  async end(workers: Workers): Promise<void> {
    await workers.stop();
    if (!this.#sets.delete(workers)) return;
    for (const pool of new Set(workers.pools)) {
      this.#pastWork.set(pool, addedWork(workers.slots.loads, pool, this.#pastWork.get(pool)));
    }
    for (const tenant of sharesOf(this.#parts.config).keys()) {
      const past = this.#pastWorkFor.get(tenant) ?? NO_TENANT_WORK;
      this.#pastWorkFor.set(tenant, addedTenantWork(past, workers.slots.workFor(tenant)));
    }
    for (const { counters } of workers.all) {
      for (const cause of RESTART_CAUSES) this.#pastEnds[cause] += counters.ends[cause];
    }
  }

  /** Ends all of them; what loads fails. */
  async stop(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#sets].map((workers) => this.end(workers)));
  }

  /** @throws DetectorError once it was stopped */
  refuseIfClosed(): void {
    if (this.#closed) throw new DetectorError('the program is stopping: no model is loaded any more');
  }
}

/** What the configuration says of a pool, as far as that is a variant of this model; else its first that suits the pool. */
function variantOf(pool: PoolSettings, model: string, configured: Config['model'], registry: ModelRegistry): string {
  const said = pool.variant ?? configured.variant;
  if (model === configured.name) return said;
  const manifest = registry.list().find(({ name }) => name === model)?.manifest;
  return manifest?.variants.some(({ id }) => id === said) ? said : 'default';
}

/** @throws ModelError where answers of two pools would mean different things */
function checkClasses(pool: string, { variant, classes }: LoadRequest, first: LoadRequest): void {
  if (classes.length === first.classes.length && classes.every((name, index) => name === first.classes[index])) return;
  throw new ModelError(
    `pool ${pool}: variant ${variant} was made with other classes (${classes.join(', ')}) than ${first.variant} of the first pool (${first.classes.join(', ')}); choose variants with the same`,
  );
}

/** @throws ModelError where a worker runs it on another execution provider than the one asked for */
function checkProvider(wanted: string, { states }: Workers): void {
  for (const state of states) {
    if (state.kind !== 'ready' || providerNamed(state.info.provider) === wanted) continue;
    const reason = state.info.refused.find(({ provider }) => provider === wanted)?.reason ?? 'no reason given';
    throw new ModelError(`${wanted} was refused, ${state.info.provider} used: ${reason}`, undefined, undefined, false);
  }
}
