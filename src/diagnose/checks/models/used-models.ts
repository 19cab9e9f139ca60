import type { Config, DetectorConfig } from '../../../config/config.js';
import { fromRoot } from '../../../foundation/home.js';
import { type Host, hostOf } from '../../../models/default-variant.js';
import { ModelRegistry, type RegistryEntry } from '../../../models/registry.js';
import { findWanted } from '../../../models/wanted-model.js';
import { poolsOf } from '../../../runtime/detector/worker-pools.js';

/** A variant that the configuration would have loaded, and where. */
export interface UsedModel {
  readonly entry: RegistryEntry;
  readonly host: Host;
  /** As its pool has it. */
  readonly detector: DetectorConfig;
}

/**
 * What `run` would load with this configuration, of each pool its variant, each once; where the choice is left (`auto`), the
 * model and variant that it would begin with.
 *
 * @throws ModelError where there is no such folder, model, variant or file
 */
export async function usedModels(
  config: Pick<Config, 'model' | 'detector'>,
  root: string,
): Promise<{ readonly registry: ModelRegistry; readonly used: readonly UsedModel[] }> {
  const registry = await ModelRegistry.open(fromRoot(config.model.dir));
  const used: UsedModel[] = [];
  for (const { variant, detector } of poolsOf(config.detector)) {
    const host = hostOf(detector.providers[0]!.name, root);
    // all pools have the model of the first
    const name = used[0]?.entry.manifest.name ?? config.model.name;
    const wanted = { ...config.model, name, variant: variant ?? config.model.variant };
    const entry = await findWanted(registry, wanted, host);
    if (!used.some((one) => one.entry.variant.id === entry.variant.id)) used.push({ entry, host, detector });
  }
  return { registry, used };
}
