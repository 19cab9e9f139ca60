import { CameraMetrics, type SourceReading } from './camera-metrics.js';
import { ProcessMetrics } from './process-metrics.js';

/** Why a worker process was started again: it died, did not answer in time, or broke the protocol. */
export const RESTART_CAUSES = ['crashed', 'stuck', 'protocol'] as const;
export type RestartCause = (typeof RESTART_CAUSES)[number];

/** What really runs; null until it is loaded. */
export interface ModelInUse {
  readonly model: string;
  readonly variant: string;
  readonly provider: string;
}

/** What a publisher knows about itself. */
export interface PublisherReading {
  readonly phase: string;
  readonly queued: number;
  readonly inFlight: number;
  readonly sent: number;
  readonly connections: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** What one tier of a cache knows about itself. */
export interface TierReading {
  readonly hits: number;
  readonly misses: number;
  /** 0..1; null before the first lookup. */
  readonly hitRatio: number | null;
  readonly entries: number;
  readonly bytes: number;
  /** Entries that it let go, by reason. */
  readonly evictions: Readonly<Record<string, number>>;
  /** null before the first lookup. */
  readonly meanLatencyMs: number | null;
}

/** What a cache knows about itself; null for what it does not have. */
export interface CacheReading {
  readonly memory: TierReading | null;
  readonly disk: (TierReading & { readonly setAside: number; readonly droppedWrites: number }) | null;
  /** Whether there should be a disk tier and it is out of order; null where there should be none. */
  readonly degraded: boolean | null;
  /** Messages about invalidated tags to and from other devices, by what became of them. */
  readonly shared: Readonly<Record<'sent' | 'unsent' | 'received' | 'refused', number>> | null;
}

/** What the diary of frames knows about itself. */
export interface DiaryReading {
  readonly frames: number;
  readonly bytes: number;
  readonly kept: number;
  readonly alike: number;
  readonly busy: number;
  readonly failed: number;
}

const SAMPLE_MS = 1000;
/** Samples per stretch of recent latencies, and between two looks at the processes. */
const ROTATE_SAMPLES = 10;
const PROCESS_SAMPLES = 5;

/** Everything that is counted and measured, as plain numbers; whoever reports them reads from here. */
export class Measurements {
  readonly processes = new ProcessMetrics();
  modelInUse: ModelInUse | null = null;
  readonly #cameras = new Map<string, CameraMetrics>();
  #publisher: () => PublisherReading | null = () => null;
  #workerEnds: () => readonly Readonly<Record<RestartCause, number>>[] = () => [];
  #cache: () => CacheReading | null = () => null;
  #diary: () => DiaryReading | null = () => null;
  #timer: NodeJS.Timeout | null = null;
  #samples = 0;
  #startedAt = performance.now();

  /**
   * The numbers of one camera, made at the first call: keep what it returns, do not look it up per frame.
   *
   * @param source what its reader says, asked for once a second and when somebody looks
   */
  camera(id: string, source: () => SourceReading | null = () => null): CameraMetrics {
    let camera = this.#cameras.get(id);
    if (!camera) this.#cameras.set(id, (camera = new CameraMetrics(id, source)));
    return camera;
  }

  get cameras(): IterableIterator<CameraMetrics> {
    return this.#cameras.values();
  }

  watchPublisher(state: () => PublisherReading | null): void {
    this.#publisher = state;
  }

  get publisher(): PublisherReading | null {
    return this.#publisher();
  }

  /** @param ends for each worker, how often it ended unasked, by cause */
  watchWorkers(ends: () => readonly Readonly<Record<RestartCause, number>>[]): void {
    this.#workerEnds = ends;
  }

  workerRestarts(cause: RestartCause): number {
    return this.#workerEnds().reduce((sum, ends) => sum + ends[cause], 0);
  }

  watchCache(reading: () => CacheReading | null): void {
    this.#cache = reading;
  }

  get cache(): CacheReading | null {
    return this.#cache();
  }

  watchDiary(reading: () => DiaryReading | null): void {
    this.#diary = reading;
  }

  get diary(): DiaryReading | null {
    return this.#diary();
  }

  get uptimeS(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Begins to sample once a second; the timer keeps no process alive. */
  start(): void {
    if (this.#timer) return;
    this.#startedAt = performance.now();
    this.processes.start();
    void this.sample(performance.now());
    this.#timer = setInterval(() => void this.sample(performance.now()), SAMPLE_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.processes.stop();
  }

  /** @param now ms on any clock that only goes forward */
  async sample(now: number): Promise<void> {
    for (const camera of this.#cameras.values()) camera.sample(now);
    if (this.#samples > 0 && this.#samples % ROTATE_SAMPLES === 0) {
      for (const camera of this.#cameras.values()) camera.rotate();
    }
    if (this.#samples++ % PROCESS_SAMPLES === 0) await this.processes.sample();
  }
}
