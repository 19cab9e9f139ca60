import { mean } from '../../foundation/statistics.js';
import { isComparable } from '../../models/absolute-accuracy.js';
import type { Manifest, Variant } from '../../models/manifest.js';

/** A variant of a model, by its names. */
export interface VariantName {
  readonly model: string;
  readonly variant: string;
}

/** What stands for the accuracy of a model about which nobody said anything that others could be compared with. */
const ASSUMED_F1 = 0.8;

/**
 * The accuracies, by `model variant`, that can be held against one another. Numbers of one measure on one set of pictures
 * can, whatever the model: where the variant in use has such a number, everything that was measured in the same way takes
 * part; where it has several, the way that most were measured in. Else what its model's variants keep of their fp32 parent's
 * accuracy can be compared, within that model only; and where the variant in use was never measured at all, it is compared
 * with nothing.
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

/**
 * By so much in log odds the candidates misjudge one of them, however many pictures they look at: what they overlook
 * together nobody holds against them, and what the best alone sees is held against it. On labelled pictures of two kinds of
 * road of four they thought less of the best than of the second, by two or three hundredths of F1.
 */
const MISJUDGED = 0.2;

/**
 * Accuracies as a set of pictures has them, brought to what was found on the own cameras: which size of input suits, and
 * which model, depends on how large the vehicles are there and how good the picture is. The set stands as far as what was
 * found can be chance, or misjudged; what goes beyond that counts in full. All of it in the odds of being right: they
 * keep their ratio from hard pictures to easy ones, where little F1 is left to tell variants apart by.
 *
 * @param known by `keyOf`
 */
export function broughtHere(known: ReadonlyMap<string, number>, seen: readonly SeenAccuracy[]): Map<string, number> {
  const here = seen.filter(({ model, variant }) => known.has(keyOf(model, variant)));
  if (here.length < 2) return new Map(known);
  const level = mean(here.map(({ f1 }) => logOdds(f1)))!;
  const usual = mean(here.map(({ model, variant }) => logOdds(known.get(keyOf(model, variant))!)))!;
  const own = new Map(here.map((one) => [keyOf(one.model, one.variant), one]));
  return new Map(
    [...known].map(([key, value]) => {
      const expected = level + logOdds(value) - usual;
      const found = own.get(key);
      return [key, shareOf(expected + (found === undefined ? 0 : surprise(found, expected)))];
    }),
  );
}

/** What was found beyond all doubt, more or less than expected, in log odds. */
function surprise({ f1, boxes }: SeenAccuracy, expected: number): number {
  const share = bounded(f1);
  const chance = 1 / Math.sqrt(Math.max(1, boxes) * share * (1 - share));
  const more = logOdds(f1) - expected;
  return Math.sign(more) * Math.max(0, Math.abs(more) - MISJUDGED - chance);
}

/** Nothing is never wrong, nor always: a hundredth is as near as some hundred vehicles can tell. */
const NEVER = 0.01;

const bounded = (share: number): number => Math.min(1 - NEVER, Math.max(NEVER, share));

const logOdds = (share: number): number => Math.log(bounded(share) / (1 - bounded(share)));

const shareOf = (logOfOdds: number): number => 1 / (1 + Math.exp(-logOfOdds));
