import type { Config } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { MODEL_REPLACED, modelReplaced } from '../../models/alerts.js';
import { hostOf, substitutes } from '../../models/default-variant.js';
import { ModelRegistry } from '../../models/registry.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { ModelInUse } from './model-generation.js';
import type { ModelsInUse } from './models-in-use.js';
import { poolsOf } from './worker-pools.js';

export interface ModelSubstitutionParts {
  readonly config: Pick<Config, 'model' | 'detector'>;
  readonly models: Pick<ModelsInUse, 'current' | 'change'>;
  readonly alerts: Alerts;
  readonly log: Log;
}

/** Lets another variant of a model take over from one that is of no use: once a model, and that is told. */
export class ModelSubstitution {
  readonly #parts: ModelSubstitutionParts;
  readonly #replaced = new Set<string>();
  /** The generation that took over; null where none did. */
  #substitute: number | null = null;

  constructor(parts: ModelSubstitutionParts) {
    this.#parts = parts;
  }

  /** Another model answers: where somebody chose it, nothing is replaced any more. */
  changed({ generation }: ModelInUse): void {
    if (this.#substitute !== null && generation > this.#substitute) this.#parts.alerts.clear(MODEL_REPLACED.code);
  }

  /**
   * Resolves when another variant answers, or none does that could. Throws nothing.
   *
   * @param reason what was seen of the variant in use
   */
  async replace(reason: string): Promise<void> {
    const { models, alerts, log } = this.#parts;
    const useless = models.current;
    if (useless === null || this.#replaced.has(useless.model)) return;
    this.#replaced.add(useless.model);
    const was = `${useless.model} ${useless.variant}`;
    const refusals: string[] = [];
    for (const variant of await this.#variantsFor(useless)) {
      // somebody chose another one meanwhile
      if (models.current !== useless) return;
      try {
        this.#substitute = (await models.change({ model: useless.model, variant })).generation;
        log.warn({ was, reason, variant }, 'the variant of the model is of no use: another one answers');
        alerts.raise(MODEL_REPLACED.code, modelReplaced(was, variant, reason));
        return;
      } catch (error) {
        refusals.push(`${variant}: ${explain(error)}`);
      }
    }
    log.warn({ was, reason, refusals }, 'the model is of no use, and it has no other variant that loads');
  }

  async #variantsFor({ model, variant }: ModelInUse): Promise<readonly string[]> {
    const { config, log } = this.#parts;
    try {
      const { manifest } = await (await ModelRegistry.open(config.model.dir)).find(model, variant);
      return substitutes(
        manifest.variants,
        variant,
        hostOf(poolsOf(config.detector)[0]!.detector.providers[0]!.name),
      ).map(({ id }) => id);
    } catch (error) {
      log.warn({ reason: explain(error) }, 'the variants of the model cannot be read');
      return [];
    }
  }
}
