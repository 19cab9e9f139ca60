import { mean } from '../../foundation/statistics.js';
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

/** How accurate a variant was found on this device's own cameras. */
export interface SeenAccuracy extends VariantName {
  /** 0..1; comparable among those found together. */
  readonly f1: number;
  /** Vehicles behind it: with few of them it says little. */
  readonly boxes: number;
}

/** As many vehicles on the own cameras say as much as a set of pictures of other roads. */
const SET_IS_WORTH = 20;
/** A hard set tells variants apart more than a camera does: how much of a ratio on it holds here, as a power. */
const HOLDS_HERE = 0.4;

/**
 * Accuracies as a set of pictures has them, brought to what was found on the own cameras: which size of input suits, and
 * which model, depends on how large the vehicles are there and how good the picture is. Where only the set knows a variant,
 * it stands to the others as it does there, as far as that holds for a camera.
 *
 * @param known by `keyOf`
 */
export function broughtHere(known: ReadonlyMap<string, number>, seen: readonly SeenAccuracy[]): Map<string, number> {
  const here = seen.filter(({ model, variant }) => known.has(keyOf(model, variant)));
  if (here.length < 2) return new Map(known);
  const level = mean(here.map(({ f1 }) => f1))!;
  const usual = mean(here.map(({ model, variant }) => known.get(keyOf(model, variant))!))!;
  const own = new Map(here.map((one) => [keyOf(one.model, one.variant), one]));
  return new Map(
    [...known].map(([key, value]) => {
      const expected = Math.min(1, level * (value / usual) ** HOLDS_HERE);
      const { f1, boxes } = own.get(key) ?? { f1: 0, boxes: 0 };
      return [key, (f1 * boxes + expected * SET_IS_WORTH) / (boxes + SET_IS_WORTH)];
    }),
  );
}
