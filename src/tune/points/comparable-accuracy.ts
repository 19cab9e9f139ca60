import { isComparable } from '../../models/absolute-accuracy.js';
import type { Manifest, Variant } from '../../models/manifest.js';

/** A variant of a model, by its names. */
export interface VariantName {
  readonly model: string;
  readonly variant: string;
}

/** What stands for the accuracy of a model about which nobody said anything that others could be compared with. */
export const ASSUMED_F1 = 0.8;

/**
 * The accuracies, by `model variant`, that can be held against one another. Numbers of one measure on one set of pictures
 * can, whatever the model: where the variant in use has such a number, everything that was measured in the same way takes
 * part; where it has several, the way that most were measured in. Else what its model's variants keep of their fp32 parent's accuracy can be compared, within that model only; and
 * where the variant in use was never measured at all, it is compared with nothing.
 *
 * @param inUse the variant that answers, or would by the configuration
 */
export function comparableAccuracies(manifests: readonly Manifest[], inUse: VariantName): Map<string, number> {
  const home = manifests.find(({ name }) => name === inUse.model);
  const own = home?.variants.find(({ id }) => id === inUse.variant);
  if (!home || !own) return new Map();
  const measured = (own.accuracy?.absolute ?? []).map((yardstick) =>
    accuracies(
      manifests,
      ({ accuracy }) => accuracy?.absolute?.find((one) => isComparable(one, yardstick))?.value ?? null,
    ),
  );
  if (measured.length > 0) return measured.reduce((a, b) => (b.size > a.size ? b : a));
  if (own.accuracy === null) return new Map([[keyOf(home.name, own.id), ASSUMED_F1]]);
  const best = Math.max(...home.variants.map(({ accuracy }) => accuracy?.relativeToFp32 ?? 0));
  return accuracies([home], ({ accuracy }) =>
    accuracy === null ? null : (accuracy.relativeToFp32 / best) * ASSUMED_F1,
  );
}

/** @param model and variant have no blanks */
export const keyOf = (model: string, variant: string): string => `${model} ${variant}`;

function accuracies(
  manifests: readonly Manifest[],
  accuracyOf: (variant: Variant) => number | null,
): Map<string, number> {
  const known = new Map<string, number>();
  for (const { name, variants } of manifests) {
    for (const variant of variants) {
      const accuracy = accuracyOf(variant);
      if (accuracy !== null) known.set(keyOf(name, variant.id), accuracy);
    }
  }
  return known;
}
