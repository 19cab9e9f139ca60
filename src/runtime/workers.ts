import { readResidentBytes } from '../board/readings.js';
import type { DetectorConfig, ScheduleConfig } from '../config/config.js';
import type { LoadRequest, ModelInfo } from '../detect/detector.js';
import { type DetectorState, SupervisedDetector } from '../detect/host/supervised-detector.js';
import type { Log } from '../foundation/log.js';
import type { Batching } from '../schedule/batching.js';
import { Slots } from '../schedule/slots.js';

/** Workers that are alike: what each of them loads, and how it is run. */
export interface WorkerPool {
  /** `default` where the configuration names no pools. */
  readonly name: string;
  readonly request: LoadRequest;
  /** `workers` is how many there are. */
  readonly detector: DetectorConfig;
}

export interface WorkersOptions {
  /** At least one; all with variants of the same model and the same classes. */
  readonly pools: readonly WorkerPool[];
  readonly schedule: ScheduleConfig;
  readonly log: Log;
  /** Called after every change of a worker's state. */
  readonly onChange: () => void;
  /** There was no memory for pictures, or for a worker that served; `reason` is what was said of it. */
  readonly onOutOfMemory?: (reason: string) => void;
}

/** The detector workers side by side, all with the same model, and who may send frames to them. */
export class Workers {
  readonly slots: Slots;
  readonly #detectors: readonly { readonly detector: SupervisedDetector; readonly pool: WorkerPool }[];
  #info: ModelInfo | null = null;

  constructor({ pools, schedule, log, onChange, onOutOfMemory = () => undefined }: WorkersOptions) {
    const onState = (): void => {
      this.#lookAgain();
      this.slots.workersChanged();
      onChange();
    };
    this.#detectors = pools.flatMap((pool) =>
      Array.from({ length: pool.detector.workers }, () => ({
        pool,
        detector: new SupervisedDetector({ ...pool.detector, log, onState, onOutOfMemory }),
      })),
    );
    this.slots = new Slots(
      this.#detectors.map(({ detector, pool }) => ({ detector, pool: pool.name, serving: () => servingOf(detector) })),
      {
        inFlightPerWorker: schedule.inFlightPerWorker,
        batching: { maxBatch: Math.max(...pools.flatMap(({ request }) => request.batchSizes)), windowMs: 0 },
        hasMixedInputs: new Set(pools.map(({ request: { input } }) => `${input.width}×${input.height}`)).size > 1,
      },
    );
  }

  /**
   * What the workers that serve have loaded, as they found it after their last start; null before the first. They all have
   * the same model, but a restart may end on another provider: where they differ, all are named, `cuda+cpu`.
   */
  get info(): ModelInfo | null {
    return this.#info;
  }

  get all(): readonly SupervisedDetector[] {
    return this.#detectors.map(({ detector }) => detector);
  }

  get states(): readonly DetectorState[] {
    return this.all.map((detector) => detector.state);
  }

  get anyReady(): boolean {
    return this.all.some((detector) => detector.ready);
  }

  /** Moves how pictures are put together, from the next batch on; larger batches than were warmed up stay unused. */
  setBatching(batching: Batching): void {
    this.slots.setBatching(batching);
  }

  /**
   * Loads the model in every worker.
   * @returns once all serve
   * @throws ModelError or DetectorError of the first that cannot
   */
  async start(): Promise<ModelInfo> {
    await Promise.all(this.#detectors.map(({ detector, pool }) => detector.load(pool.request)));
    return this.#info!;
  }

  async stop(): Promise<void> {
    this.slots.close();
    await this.unload();
  }

  /** Ends the workers after their last answers; frames that wait for one go on waiting, until `stop`. */
  async unload(): Promise<void> {
    await Promise.all(this.all.map((detector) => detector.close()));
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

  #lookAgain(): void {
    const loaded = this.states.flatMap((state) => (state.kind === 'ready' ? [state.info] : []));
    const [first] = loaded;
    if (first === undefined) return;
    const provider = [...new Set(loaded.map((info) => info.provider))].join('+');
    this.#info = { ...first, provider };
  }
}

/** Not while a worker is being ended, though its process may still be there. */
function servingOf(detector: SupervisedDetector): ModelInfo | null {
  if (!detector.ready) return null;
  const { state } = detector;
  return state.kind === 'ready' ? state.info : null;
}
