import type { ModelConfig } from '../config/config.js';
import { classNamed } from '../frame/same-class.js';
import type { Manifest, Variant } from './manifest.js';

/**
 * The class names that a configuration speaks of and a variant cannot say, by that name or another for the same thing; empty
 * where it knows them all. A model that has
 * a class at all may have it cut out of one of its variants: then only asking for reports of it is in vain.
 */
export function unknownClasses(
  manifest: Manifest,
  variant: Variant,
  { classes = [], classThresholds }: Pick<ModelConfig, 'classes' | 'classThresholds'>,
): string[] {
  const own = variant.classes ?? manifest.classes;
  const asked = classes.filter((name) => own[classNamed(name, own)] === undefined);
  const judged = Object.keys(classThresholds).filter(
    (name) => manifest.classes[classNamed(name, manifest.classes)] === undefined,
  );
  return [...new Set([...asked, ...judged])];
}
