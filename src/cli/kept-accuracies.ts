import { ConfigError } from '../foundation/errors.js';
import { withAbsolute } from '../models/absolute-accuracy.js';
import type { Variant } from '../models/manifest.js';
import type { ModelRegistry, RegistryEntry } from '../models/registry.js';
import { storeVariants } from '../models/variant-store.js';
import type { LabelledAccuracy } from '../optimize/gate/gate.js';
import type { VariantComparison } from '../optimize/workshop/compare-variants.js';

/**
 * Writes what a comparison against labels said into the manifests of both.
 *
 * @returns what was written, a sentence each
 * @throws ConfigError where nothing was labelled, ModelError where a manifest cannot be written
 */
export async function keepAccuracies(
  registry: ModelRegistry,
  [first, second]: readonly [RegistryEntry, RegistryEntry],
  { gate }: VariantComparison,
): Promise<string[]> {
  const { labelled } = gate;
  if (labelled === null) {
    throw new ConfigError('the accuracy cannot be kept', ['--keep: expected labelled frames: none of these is']);
  }
  const { parent, variant } = labelled;
  const ofParent = [first, second].find((one) => one.variant.precision === 'fp32');
  return [
    await keep(registry, first, parent, ofParent === second ? variant : null),
    await keep(registry, second, variant, ofParent === first ? parent : null),
  ];
}

/** @param whole of the fp32 variant that it was compared with; null: there is none */
async function keep(
  registry: ModelRegistry,
  { manifest, variant }: RegistryEntry,
  { absolute }: LabelledAccuracy,
  whole: LabelledAccuracy | null,
): Promise<string> {
  const before = variant.accuracy ?? unmeasured(variant, absolute.value, absolute.metric, whole);
  const { file, sha256, bytes, ...facts } = variant;
  const folder = registry.folderOf(manifest.name);
  await storeVariants(folder, [
    { facts: { ...facts, accuracy: withAbsolute(before, absolute) }, from: { file, sha256, bytes } },
  ]);
  return `${manifest.name}:${variant.id} has ${absolute.metric} ${absolute.value.toFixed(3)} in its manifest now`;
}

/** Of a variant of which nobody said what it keeps: what it has of the fp32 variant's figure, or 1 where it has no other. */
function unmeasured(
  { precision }: Variant,
  value: number,
  metric: string,
  whole: LabelledAccuracy | null,
): NonNullable<Variant['accuracy']> {
  const kept = precision === 'fp32' || whole === null ? 1 : value / Math.max(whole.absolute.value, 1e-4);
  return { metric, relativeToFp32: Math.round(Math.min(2, kept) * 1e4) / 1e4 };
}
