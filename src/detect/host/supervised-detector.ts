import { type DetectorError, explain, ModelError } from '../../foundation/errors.js';
import { silentLog } from '../../foundation/log.js';
import { type LossCause, lossCause } from '../../frame/loss-cause.js';
import type { Detector, DetectorImage, DetectReply, LoadRequest, ModelInfo } from '../detector.js';
import { RESTART_CAUSES, type RestartCause, RestartPolicy } from './restart-policy.js';
import { detectorError, WorkerDetector, type WorkerDetectorOptions } from './worker-detector.js';

/** What a supervised detector is doing. Times are Unix ms. */
export type DetectorState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting'; readonly since: number }
  | {
      readonly kind: 'ready';
      readonly info: ModelInfo;
      readonly pid: number | null;
      /** As the worker last told; null where it does not. */
      readonly rssBytes: number | null;
    }
  | { readonly kind: 'restarting'; readonly since: number; readonly reason: string }
  | { readonly kind: 'unhealthy'; readonly since: number; readonly reason: string }
  | { readonly kind: 'closed' };

/** Every number only grows. */
export interface DetectorCounters {
  /** Workers that ended without being asked to, by cause. */
  readonly ends: Record<RestartCause, number>;
  /** Pictures that got no answer, by cause. */
  readonly lost: Record<LossCause, number>;
}

export interface SupervisedDetectorOptions extends WorkerDetectorOptions {
  /** More restarts than this in 60 s means unhealthy. */
  readonly restartsPerMinute: number;
  /** Milliseconds between two tries once unhealthy. */
  readonly slowRetryMs: number;
  /** Told after every change of `state`. */
  readonly onState?: (state: DetectorState) => void;
  /** Told where there was no memory for pictures, or for the worker that served; `reason` is what was said of it. */
  readonly onOutOfMemory?: (reason: string) => void;
}

const WINDOW_MS = 60_000;

/**
 * A detector that comes back: a worker that dies or is stuck is replaced and given its model again. Only the pictures
 * in flight are lost; while there is no worker, `detect` rejects at once (cause `unavailable`).
 */
export class SupervisedDetector implements Detector {
  readonly counters: DetectorCounters = {
    ends: { crashed: 0, stuck: 0, protocol: 0, memory: 0 },
    lost: { crashed: 0, stuck: 0, protocol: 0, closed: 0, memory: 0, refused: 0, unavailable: 0 },
  };
  readonly #options: SupervisedDetectorOptions;
  readonly #policy: RestartPolicy;
  /** Every worker that may have a process: the one in use, one that is loading, old ones that are finishing. */
  readonly #workers = new Set<WorkerDetector>();
  #current: WorkerDetector | null = null;
  #request: LoadRequest | null = null;
  #state: DetectorState = { kind: 'idle' };
  /** When pictures without an answer were last told of, in ms of the process. */
  #saidRefused = Number.NEGATIVE_INFINITY;
  #pause: { timer: NodeJS.Timeout; wake: () => void } | null = null;

  constructor(options: SupervisedDetectorOptions) {
    this.#options = options;
    this.#policy = new RestartPolicy(options.restartsPerMinute, WINDOW_MS, options.slowRetryMs);
  }

  get state(): DetectorState {
    if (this.#state.kind === 'ready') return { ...this.#state, rssBytes: this.#current?.rssBytes ?? null };
    return this.#state;
  }

  /** Whether a frame may be sent now: not while a worker is being ended, though its process may still be there. */
  get ready(): boolean {
    return this.#current?.usable === true;
  }

  /** False once restarting did not help, until a worker serves again. */
  get healthy(): boolean {
    return this.#state.kind !== 'unhealthy' && this.#state.kind !== 'closed';
  }

  /**
   * Starts a worker with a model; with a model loaded already, the same as `swap`. A worker that crashes while it loads
   * is tried again within the restart limit.
   * @throws ModelError where trying again cannot help; DetectorError where the limit is reached. Nothing runs then.
   */
  async load(request: LoadRequest): Promise<ModelInfo> {
    if (this.#current) return this.swap(request);
    if (this.#state.kind !== 'idle') throw detectorError('unavailable', `load was called while ${this.#state.kind}`);
    this.#enter({ kind: 'starting', since: Date.now() });
    for (;;) {
      try {
        return this.#serve(request, ...(await this.#open(request)));
      } catch (error) {
        if (this.#closed) throw error;
        const again = !(error instanceof ModelError) && this.#policy.next(performance.now()).healthy;
        if (again) continue;
        this.#enter({ kind: 'idle' });
        throw error;
      }
    }
  }

  /**
   * Loads another model in a new worker while the present one serves; then the new one takes over and the old one ends
   * after its last answer. Where the load fails, nothing changes.
   */
  async swap(request: LoadRequest): Promise<ModelInfo> {
    if (this.#closed) throw detectorError('closed', 'the detector is closed');
    const [worker, info] = await this.#open(request);
    const old = this.#current;
    this.#serve(request, worker, info);
    if (old) void this.#retire(old);
    return info;
  }

  async detect(images: readonly DetectorImage[], onSent?: () => void): Promise<DetectReply> {
    try {
      if (!this.#current) throw detectorError('unavailable', `no detector worker: ${this.#whyNot()}`);
      return await this.#current.detect(images, onSent);
    } catch (error) {
      const cause = lossCause(error);
      this.counters.lost[cause] += images.length;
      if (cause === 'refused') this.#sayRefused(error);
      // a worker that ended with them is told of once, by its end
      if (cause === 'memory' && this.ready) this.#options.onOutOfMemory?.(explain(error));
      throw error;
    }
  }

  /** Once a minute: a model whose numbers mean nothing does it for every picture. */
  #sayRefused(error: unknown): void {
    const now = performance.now();
    if (now - this.#saidRefused < WINDOW_MS) return;
    this.#saidRefused = now;
    const lost = this.counters.lost.refused;
    (this.#options.log ?? silentLog).warn(
      { reason: explain(error), lost },
      'the detector gave no answer for a picture',
    );
  }

  /** Waits for the answers under way, then ends every worker. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const current = this.#current;
    this.#current = null;
    this.#enter({ kind: 'closed' });
    if (this.#pause) {
      clearTimeout(this.#pause.timer);
      this.#pause.wake();
    }
    for (const worker of this.#workers) if (worker !== current) worker.kill('closed', 'the detector was closed');
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  get #closed(): boolean {
    return this.#state.kind === 'closed';
  }

  async #open(request: LoadRequest): Promise<[WorkerDetector, ModelInfo]> {
    const worker = new WorkerDetector(this.#options);
    this.#workers.add(worker);
    let ended = false;
    worker.onEnd = (error) => {
      ended = true;
      this.#workers.delete(worker);
      if (this.#current === worker) void this.#recover(error);
      else this.#count(error);
    };
    try {
      const info = await worker.load(request);
      if (ended || this.#closed) throw detectorError('closed', 'the worker ended when its model was loaded');
      return [worker, info];
    } catch (error) {
      if (!ended) worker.kill('closed', 'its model was not loaded');
      throw error;
    }
  }

  #serve(request: LoadRequest, worker: WorkerDetector, info: ModelInfo): ModelInfo {
    this.#request = request;
    this.#current = worker;
    this.#enter({ kind: 'ready', info, pid: worker.pid, rssBytes: null });
    return info;
  }

  async #retire(worker: WorkerDetector): Promise<void> {
    const late = setTimeout(() => worker.kill('stuck', 'the old worker did not finish'), this.#options.deadlineMs * 2);
    await worker.close();
    clearTimeout(late);
  }

  #count(error: DetectorError): void {
    const cause = lossCause(error);
    const restart = RESTART_CAUSES.find((known) => known === cause);
    if (restart !== undefined) this.counters.ends[restart]++;
  }

  /** The worker in use is gone: keeps trying until another serves, or this is closed. */
  async #recover(error: DetectorError): Promise<void> {
    this.#current = null;
    this.#count(error);
    let reason = explain(error);
    if (lossCause(error) === 'memory') this.#options.onOutOfMemory?.(reason);
    let hopeless = false;
    while (!this.#closed && !this.#current) {
      const decision = hopeless
        ? { healthy: false, delayMs: this.#options.slowRetryMs }
        : this.#policy.next(performance.now());
      this.#log(decision.healthy, reason);
      this.#enter({ kind: decision.healthy ? 'restarting' : 'unhealthy', since: Date.now(), reason });
      if (decision.delayMs > 0) await this.#sleep(decision.delayMs);
      if (this.#closed || this.#current) return;
      try {
        const [worker, info] = await this.#open(this.#request!);
        if (this.#current) void this.#retire(worker);
        else this.#serve(this.#request!, worker, info);
      } catch (again) {
        reason = explain(again);
        hopeless = again instanceof ModelError;
      }
    }
  }

  #log(healthy: boolean, reason: string): void {
    const log = this.#options.log ?? silentLog;
    if (healthy) log.warn({ reason }, 'the detector worker is started again');
    else log.error({ reason }, `the detector is unhealthy; next try in ${this.#options.slowRetryMs} ms`);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#pause = null;
        resolve();
      };
      this.#pause = { timer: setTimeout(wake, ms), wake };
    });
  }

  #whyNot(): string {
    const state = this.#state;
    return 'reason' in state ? `${state.kind}, ${state.reason}` : state.kind;
  }

  #enter(state: DetectorState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}
