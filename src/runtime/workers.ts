import type { DetectorConfig } from '../config/config.js';
import type { LoadRequest, ModelInfo } from '../detect/detector.js';
import { type DetectorState, SupervisedDetector } from '../detect/host/supervised-detector.js';
import type { Log } from '../foundation/log.js';
import { Slots } from '../schedule/slots.js';

/** The detector workers side by side, all with the same model, and their slots. */
export class Workers {
  readonly slots: Slots;
  readonly #detectors: readonly SupervisedDetector[];
  readonly #request: LoadRequest;
  #info: ModelInfo | null = null;

  /** @param onChange called after every change of a worker's state */
  constructor(request: LoadRequest, config: DetectorConfig, inFlightPerWorker: number, log: Log, onChange: () => void) {
    this.#request = request;
    const onState = (): void => {
      this.#lookAgain();
      this.slots.workersChanged();
      onChange();
    };
    this.#detectors = Array.from({ length: config.workers }, () => new SupervisedDetector({ ...config, log, onState }));
    this.slots = new Slots(
      this.#detectors.map((detector) => ({ detector, isReady: () => detector.ready })),
      inFlightPerWorker,
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
    return this.#detectors;
  }

  get states(): readonly DetectorState[] {
    return this.#detectors.map((detector) => detector.state);
  }

  get anyReady(): boolean {
    return this.#detectors.some((detector) => detector.ready);
  }

  /**
   * Loads the model in every worker.
   * @returns once all serve
   * @throws ModelError or DetectorError of the first that cannot
   */
  async start(): Promise<ModelInfo> {
    await Promise.all(this.#detectors.map((detector) => detector.load(this.#request)));
    return this.#info!;
  }

  async stop(): Promise<void> {
    this.slots.close();
    await Promise.all(this.#detectors.map((detector) => detector.close()));
  }

  #lookAgain(): void {
    const loaded = this.states.flatMap((state) => (state.kind === 'ready' ? [state.info] : []));
    const [first] = loaded;
    if (first === undefined) return;
    const provider = [...new Set(loaded.map((info) => info.provider))].join('+');
    this.#info = { ...first, provider };
  }
}
