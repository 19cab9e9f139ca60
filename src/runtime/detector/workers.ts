import { readResidentBytes } from '../../board/readings.js';
import type { DetectorConfig, ScheduleConfig } from '../../config/config.js';
import type { LoadRequest, ModelInfo } from '../../detect/detector.js';
import { type DetectorState, SupervisedDetector } from '../../detect/host/supervised-detector.js';
import { DetectorError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { TenantId } from '../../foundation/scope.js';
import type { Batching } from '../../schedule/batching.js';
import { Slots } from '../../schedule/slots.js';

/** Workers that are alike: what each of them loads, and how it is run. */
export interface WorkerPool {
  /** `default` where the configuration names no pools. */
  readonly name: string;
  readonly request: LoadRequest;
  /** `workers` is how many there are. */
  readonly detector: DetectorConfig;
  /** Told what a worker has loaded. */
  readonly onLoaded?: (info: ModelInfo) => void;
}

export interface WorkersOptions {
  /** At least one; all with variants of the same model and the same classes. */
  readonly pools: readonly WorkerPool[];
  readonly schedule: ScheduleConfig;
  /** Weights of the tenants; default: everything is the device's own. */
  readonly shares?: ReadonlyMap<TenantId, number>;
  readonly log: Log;
  /** Called after every change of a worker's state. */
  readonly onChange: () => void;
  /** There was no memory for pictures, or for a worker that served; `reason` is what was said of it. */
  readonly onOutOfMemory?: (reason: string) => void;
}

interface Member {
  readonly detector: SupervisedDetector;
  readonly pool: WorkerPool;
  /** Why its model is not loaded, and since when (Unix ms); it is tried again. null: it is, or was never tried. */
  leftOut: { readonly reason: string; readonly since: number } | null;
}

/** The detector workers side by side, all with the same model, and who may send frames to them. */
export class Workers {
  readonly slots: Slots;
  readonly #members: readonly Member[];
  readonly #hasPools: boolean;
  readonly #log: Log;
  readonly #onChange: () => void;
  readonly #retries = new Set<NodeJS.Timeout>();
  #info: ModelInfo | null = null;
  #isStopped = false;

  constructor({ pools, schedule, shares, log, onChange, onOutOfMemory = () => undefined }: WorkersOptions) {
    this.#log = log;
    this.#onChange = onChange;
    this.#hasPools = pools.length > 1;
    this.#members = pools.flatMap((pool) =>
      Array.from({ length: pool.detector.workers }, () => ({
        pool,
        detector: new SupervisedDetector({ ...pool.detector, log, onState: () => this.#changed(), onOutOfMemory }),
        leftOut: null,
      })),
    );
    this.slots = new Slots(
      this.#members.map(({ detector, pool }) => ({ detector, pool: pool.name, serving: () => servingOf(detector) })),
      {
        inFlightPerWorker: schedule.inFlightPerWorker,
        ...(shares && { shares }),
        batching: {
          maxBatch: Math.max(...pools.flatMap(({ request }) => request.batchSizes)),
          windowMs: schedule.batchWindowMs,
        },
        hasMixedInputs: new Set(pools.map(({ request: { input } }) => `${input.width}×${input.height}`)).size > 1,
      },
    );
  }

  /**
   * What the workers that serve have loaded, as they found it after their last start; null before the first. They all have
   * the same model, but a restart may end on another provider: where they differ, all are named, `cuda+cpu`, and of inputs the
   * largest.
   */
  get info(): ModelInfo | null {
    return this.#info;
  }

  get all(): readonly SupervisedDetector[] {
    return this.#members.map(({ detector }) => detector);
  }

  /** Name of the pool of each of `all`. */
  get pools(): readonly string[] {
    return this.#members.map(({ pool }) => pool.name);
  }

  /** Of each of `all`; one whose model cannot be loaded is unhealthy, as it is tried only now and then. */
  get states(): readonly DetectorState[] {
    return this.#members.map(({ detector, pool, leftOut }) =>
      leftOut === null || detector.ready
        ? detector.state
        : { kind: 'unhealthy', since: leftOut.since, reason: `pool ${pool.name}: ${leftOut.reason}` },
    );
  }

  get anyReady(): boolean {
    return this.all.some((detector) => detector.ready);
  }

  /** Moves how pictures are put together, from the next batch on; larger batches than were warmed up stay unused. */
  setBatching(batching: Batching): void {
    this.slots.setBatching(batching);
  }

  /**
   * Loads the model in every worker. Where there are several pools, one of them that cannot is left out, told of and tried
   * again, and another that takes long comes in when it is ready.
   *
   * @returns once all serve; with several pools once one does
   * @throws ModelError or DetectorError of the first that cannot; with several pools, where none can
   */
  async start(): Promise<ModelInfo> {
    if (this.#hasPools) await this.#startPools();
    else await Promise.all(this.#members.map((member) => this.#load(member)));
    return this.#info!;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.slots.close();
    await this.unload();
  }

  /** Ends the workers after their last answers; frames that wait for one go on waiting, until `stop`. */
  async unload(): Promise<void> {
    this.#isStopped = true;
    for (const retry of this.#retries) clearTimeout(retry);
    await Promise.all(this.all.map((detector) => detector.close()));
  }

  /** Of the processes that serve. */
  get pids(): readonly number[] {
    return this.states.flatMap((state) => (state.kind === 'ready' ? (state.pid ?? []) : []));
  }

  /** Resident memory of the workers together, as they told last or the system tells now; null where one does neither. */
  residentBytes(): number | null {
    let sum = 0;
    for (const state of this.states) {
      if (state.kind !== 'ready') return null;
      const bytes = (state.pid === null ? null : readResidentBytes('/', state.pid)) ?? state.rssBytes;
      if (bytes === null) return null;
      sum += bytes;
    }
    return sum;
  }

  async #startPools(): Promise<void> {
    const failures: unknown[] = [];
    await Promise.any(
      this.#members.map((member) =>
        this.#load(member).catch((error: unknown) => {
          failures.push(error);
          this.#leaveOut(member, error);
          throw error;
        }),
      ),
    ).catch(() => {
      throw new DetectorError(`no pool can start: ${failures.map(explain).join('; ')}`);
    });
  }

  async #load({ detector, pool }: Member): Promise<void> {
    const info = await detector.load(pool.request);
    pool.onLoaded?.(info);
  }

  #leaveOut(member: Member, error: unknown): void {
    if (this.#isStopped) return;
    const { name, detector } = member.pool;
    const reason = explain(error);
    if (member.leftOut?.reason !== reason) {
      const inS = Math.round(detector.slowRetryMs / 1000);
      this.#log.warn({ pool: name, reason }, `a pool of workers is left out; it is tried again every ${inS} s`);
    }
    member.leftOut = { reason, since: member.leftOut?.since ?? Date.now() };
    this.#changed();
    const retry = setTimeout(() => {
      this.#retries.delete(retry);
      void this.#retry(member);
    }, detector.slowRetryMs);
    this.#retries.add(retry);
  }

  async #retry(member: Member): Promise<void> {
    try {
      await this.#load(member);
      member.leftOut = null;
      this.#log.info({ pool: member.pool.name }, 'a pool of workers that was left out serves');
      this.#changed();
    } catch (error) {
      this.#leaveOut(member, error);
    }
  }

  #changed(): void {
    this.#lookAgain();
    this.slots.workersChanged();
    this.#onChange();
  }

  #lookAgain(): void {
    const loaded = this.states.flatMap((state) => (state.kind === 'ready' ? [state.info] : []));
    const [first] = loaded;
    if (first === undefined) return;
    const largest = loaded.reduce((one, other) => (areaOf(other) > areaOf(one) ? other : one));
    this.#info = {
      ...first,
      provider: [...new Set(loaded.map((info) => info.provider))].join('+'),
      inputWidth: largest.inputWidth,
      inputHeight: largest.inputHeight,
    };
  }
}

const areaOf = ({ inputWidth, inputHeight }: ModelInfo): number => inputWidth * inputHeight;

/** Not while a worker is being ended, though its process may still be there. */
function servingOf(detector: SupervisedDetector): ModelInfo | null {
  if (!detector.ready) return null;
  const { state } = detector;
  return state.kind === 'ready' ? state.info : null;
}
