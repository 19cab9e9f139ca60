import type { DetectorConfig } from './config.js';
import type { LoadRequest, ModelInfo } from './detect/detector.js';
import { type DetectorState, SupervisedDetector } from './detect/supervised-detector.js';
import type { Log } from './log.js';
import { Turns } from './schedule/turns.js';

/** The detector workers side by side, all with the same model, and the turns at them. */
export class Workers {
  readonly turns: Turns;
  readonly #detectors: readonly SupervisedDetector[];
  readonly #request: LoadRequest;
  #info: ModelInfo | null = null;

  /** @param onChange called after every change of a worker's state */
  constructor(request: LoadRequest, config: DetectorConfig, inFlightPerWorker: number, log: Log, onChange: () => void) {
    this.#request = request;
    const onState = (): void => {
      this.turns.workersChanged();
      onChange();
    };
    this.#detectors = Array.from({ length: config.workers }, () => new SupervisedDetector({ ...config, log, onState }));
    this.turns = new Turns(
      this.#detectors.map((detector) => ({ detector, isReady: () => detector.state.kind === 'ready' })),
      inFlightPerWorker,
    );
  }

  /** What the first worker that got ready loaded; null before. Workers of one configuration load the same. */
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
    return this.#detectors.some((detector) => detector.state.kind === 'ready');
  }

  /**
   * Loads the model in every worker.
   * @returns once all serve
   * @throws ModelError or DetectorError of the first that cannot
   */
  async start(): Promise<ModelInfo> {
    const [info] = await Promise.all(this.#detectors.map((detector) => detector.load(this.#request)));
    this.#info = info!;
    return info!;
  }

  async stop(): Promise<void> {
    this.turns.close();
    await Promise.all(this.#detectors.map((detector) => detector.close()));
  }
}
