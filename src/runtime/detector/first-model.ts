import type { Config } from '../../config/config.js';
import { explain, ModelError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { MODEL_REPLACED, modelNotLoaded } from '../../models/alerts.js';
import { hostOf } from '../../models/default-variant.js';
import { ModelRegistry } from '../../models/registry.js';
import { AUTO, findWanted, type LastModel, otherWanted } from '../../models/wanted-model.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { ModelGeneration } from './model-generation.js';
import type { WantedPoint } from './wanted-point.js';
import { firstModel, firstPool } from './worker-pools.js';

export interface FirstModelParts {
  readonly config: Pick<Config, 'model' | 'detector'>;
  readonly alerts: Pick<Alerts, 'raise' | 'clear'>;
  readonly log: Log;
  /** Loads a point, and has it answer. */
  readonly load: (wanted: WantedPoint) => Promise<ModelGeneration>;
}

/** The model that the program begins with: where the configuration leaves the choice, one that cannot be loaded is no reason not to begin. */
export class FirstModel {
  readonly #parts: FirstModelParts;
  /** The generation that answers in the place of what cannot be loaded; null where none does. */
  #standsIn: number | null = null;

  constructor(parts: FirstModelParts) {
    this.#parts = parts;
  }

  /**
   * Names for what the configuration asks for, where it leaves the choice.
   *
   * @param last what answered before; null: nobody remembers
   * @throws ModelError where there is nothing that it may mean
   */
  async choose(last: LastModel | null): Promise<{ readonly name: string; readonly variant: string }> {
    const model = firstModel(this.#parts.config);
    if (!this.#isOpen) return model;
    const { manifest, variant } = await findWanted(await this.#registry(), model, this.#host(), last);
    return { name: manifest.name, variant: variant.id };
  }

  /**
   * Loads the first choice, or else, where the configuration leaves the choice, the next one that can be loaded.
   *
   * @throws why the first choice cannot be loaded, where nothing else may be, or can
   */
  async load(first: WantedPoint): Promise<void> {
    try {
      await this.#parts.load(first);
    } catch (error) {
      if (!(error instanceof ModelError && this.#isOpen && (await this.#loadOther(first, error)))) throw error;
    }
  }

  /** Another generation answers: where something stood in, it is what is wanted that answers now. */
  changed({ generation }: Pick<ModelGeneration, 'generation'>): void {
    if (this.#standsIn === null || generation <= this.#standsIn) return;
    this.#standsIn = null;
    this.#parts.alerts.clear(MODEL_REPLACED.code);
  }

  /** @returns whether another one answers */
  async #loadOther(first: WantedPoint, why: ModelError): Promise<boolean> {
    const { config, load, alerts, log } = this.#parts;
    const was = `${first.model} ${first.variant}`;
    const reason = explain(why);
    for (const other of otherWanted(await this.#registry(), firstModel(config), this.#host())) {
      const is = `${other.model} ${other.variant}`;
      if (is === was) continue;
      try {
        this.#standsIn = (await load({ ...first, model: other.model, variant: other.variant })).generation;
        log.error({ was, is, reason }, 'the model to begin with cannot be loaded: another one answers');
        alerts.raise(MODEL_REPLACED.code, modelNotLoaded(was, is, reason));
        return true;
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        log.warn({ model: is, reason: explain(error) }, 'this model cannot be loaded either');
      }
    }
    return false;
  }

  get #isOpen(): boolean {
    const { name, variant } = firstModel(this.#parts.config);
    return name === AUTO || variant === AUTO;
  }

  #registry(): Promise<ModelRegistry> {
    return ModelRegistry.open(this.#parts.config.model.dir);
  }

  #host(): ReturnType<typeof hostOf> {
    return hostOf(firstPool(this.#parts.config).detector.providers[0]!.name);
  }
}
