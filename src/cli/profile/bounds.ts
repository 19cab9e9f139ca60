import { coresWithin, type UsableProcessor } from '../../board/cpu-quota.js';
import { fixedBatchOf } from '../../models/onnx-facts.js';
import type { RegistryEntry } from '../../models/registry.js';
import type { VariantTraits } from '../../profile/configuration.js';

/** Why less is worth trying than there might be. */
export interface ProfileBounds extends UsableProcessor {
  /** By variant, of those that take one number of pictures only. */
  readonly batches: ReadonlyMap<string, number>;
}

/** By variant, of those whose files take one number of pictures only. */
export function fixedBatches(entries: ReadonlyMap<string, RegistryEntry>): Map<string, number> {
  const batches = new Map<string, number>();
  for (const [id, { file }] of entries) {
    const batch = fixedBatchOf(file);
    if (batch !== null) batches.set(id, batch);
  }
  return batches;
}

/** The variants as a search sees them. */
export function traitsOf(
  entries: ReadonlyMap<string, RegistryEntry>,
  { batches }: Pick<ProfileBounds, 'batches'>,
): VariantTraits[] {
  return [...entries.values()].map(({ variant }) => ({ ...variant, batch: batches.get(variant.id) ?? null }));
}

/**
 * For a person.
 * @param hasThreads the threads to try were named: no quota takes any of them away
 */
export function notesOnBounds(bounds: ProfileBounds, hasThreads: boolean): string[] {
  const { batches, quota, cores } = bounds;
  const most = coresWithin(bounds);
  const fixed = [...batches].map(
    ([id, batch]) =>
      `${id} takes ${batch} picture${batch === 1 ? '' : 's'} at a time and no other number, says its file`,
  );
  if (quota === null || most === cores || hasThreads) return fixed;
  return [
    ...fixed,
    `a CPU quota allows ${quota.toFixed(2)} of ${cores} cores: threads times workers beyond ${most} are not tried`,
  ];
}
