import type { ModelConfig } from '../config/config.js';
import { ModelError } from '../foundation/errors.js';
import { defaultVariant, type Host, substitutes, suits } from './default-variant.js';
import { unknownClasses } from './known-classes.js';
import type { Manifest, Variant } from './manifest.js';
import type { ModelRegistry, RegistryEntry } from './registry.js';

/** As a model's name: whichever of those installed is the best one here; as a variant's: the best one of its model. */
export const AUTO = 'auto';

type Wanted = Pick<ModelConfig, 'name' | 'variant' | 'classes' | 'classThresholds'>;

/** What answered before, by names. */
export interface LastModel {
  readonly model: string;
  readonly variant: string;
}

/**
 * The variant to begin with. Where the configuration names model and variant, those; where it leaves the choice, what
 * answered last, as far as that is still installed and wanted, and else the first of `wantedNames` whose file is there.
 *
 * @param last null: nothing did, or nobody remembers
 * @throws ModelError where there is no such model or variant, its manifest is broken or its file is missing
 */
export async function findWanted(
  registry: ModelRegistry,
  wanted: Wanted,
  host: Host,
  last: LastModel | null = null,
): Promise<RegistryEntry> {
  if (last !== null && isStillWanted(registry, wanted, host, last)) {
    const entry = await registry.find(last.model, last.variant, host).catch(() => null);
    if (entry !== null) return entry;
  }
  let trouble: unknown = null;
  for (const name of wantedNames(registry, wanted, host)) {
    try {
      return await registry.find(name, wanted.variant, host);
    } catch (error) {
      trouble ??= error;
    }
  }
  throw trouble;
}

/**
 * The models that a configuration may mean, the best to begin with first: the one that it names, or, for `auto`, all that are
 * installed. Of these, models whose variant suits the host and knows the classes asked for come first, then those whose
 * accuracy can be held against others, for of them a better one can be found later; and of equals the one that is the
 * least work, which may be too weak, but never too slow.
 *
 * @throws ModelError for `auto` where no model is installed
 */
export function wantedNames(registry: ModelRegistry, wanted: Wanted, host: Host): string[] {
  if (wanted.name !== AUTO) return [wanted.name];
  const rows = registry.list().flatMap(({ manifest }) => (manifest === null ? [] : [rowOf(manifest, wanted, host)]));
  if (rows.length === 0) {
    const broken = registry.list().flatMap(({ problem }) => problem ?? []);
    const why = broken.length > 0 ? `: ${broken[0]}` : '; edge-optimizer models add FILE brings one';
    throw new ModelError(`there is no model in ${registry.dir} that can be used${why}`, { dir: registry.dir });
  }
  return rows.sort((a, b) => a.rank - b.rank || a.work - b.work).map(({ name }) => name);
}

/**
 * What may answer where the choice is left and what was to begin cannot be loaded: of each model that may be meant, the
 * best to begin with first, its default variant, and after all of these the others that suit the host and know the classes
 * asked for, the most faithful first.
 *
 * @throws as `wantedNames`
 */
export function otherWanted(registry: ModelRegistry, wanted: Wanted, host: Host): readonly LastModel[] {
  const manifests = wantedNames(registry, wanted, host).flatMap(
    (name) => registry.list().find((entry) => entry.name === name)?.manifest ?? [],
  );
  const isOpen = wanted.variant === AUTO || wanted.variant === 'default';
  const first = manifests.flatMap(({ name, variants }) => {
    const variant = isOpen ? defaultVariant(variants, host) : variants.find(({ id }) => id === wanted.variant);
    return variant ? [{ model: name, variant: variant.id }] : [];
  });
  if (!isOpen) return first;
  const others = manifests.flatMap((manifest) => {
    const { id } = defaultVariant(manifest.variants, host);
    const suiting = substitutes(manifest.variants, id, host);
    return suiting
      .filter((variant) => canServe(manifest, variant, wanted, host))
      .map((variant) => ({ model: manifest.name, variant: variant.id }));
  });
  return [...first, ...others];
}

function rowOf(manifest: Manifest, wanted: Wanted, host: Host): { name: string; rank: number; work: number } {
  const isOpen = wanted.variant === AUTO || wanted.variant === 'default';
  const named = manifest.variants.find(({ id }) => id === wanted.variant);
  const variant = named ?? defaultVariant(manifest.variants, host);
  const fits = canServe(manifest, variant, wanted, host) && (isOpen || named !== undefined);
  const isKnown = (variant.accuracy?.absolute ?? []).length > 0;
  return { name: manifest.name, rank: (fits ? 0 : 2) + (isKnown ? 0 : 1), work: roughWork(variant) };
}

function isStillWanted(registry: ModelRegistry, wanted: Wanted, host: Host, last: LastModel): boolean {
  if (wanted.name !== AUTO && wanted.name !== last.model) return false;
  if (wanted.variant !== AUTO && wanted.variant !== last.variant) return false;
  const manifest = registry.list().find(({ name }) => name === last.model)?.manifest;
  const variant = manifest?.variants.find(({ id }) => id === last.variant);
  return Boolean(manifest && variant && canServe(manifest, variant, wanted, host));
}

/** Whether a variant may be chosen without being named: it suits the host and knows the classes asked for. */
function canServe(manifest: Manifest, variant: Variant, wanted: Omit<Wanted, 'name' | 'variant'>, host: Host): boolean {
  return suits(variant, host) && unknownClasses(manifest, variant, wanted).length === 0;
}

/** Each weight is used at each place of the picture, more or less; a byte of int8 is less work than one of fp32, and is one weight. */
const roughWork = ({ bytes, width, height }: Variant): number => bytes * width * height;
