import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import type { Variant } from '../../src/models/manifest.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { OptionError } from '../harness/options.js';
import type { Model } from './case.js';

/**
 * What this program is to run, and the model as it was exported, at the same input size, for the naive script.
 *
 * @throws OptionError for a model that the naive script cannot decode; ModelError for one that is not there
 */
export async function findModel(name: string, variantId: string): Promise<Model> {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  const { manifest, variant } = await registry.find(name, variantId);
  const { family, classes, report = classes, input } = manifest;
  if (family !== 'roadside' || input.layout !== 'nchw' || input.type !== 'float32' || input.colour !== 'rgb') {
    throw new OptionError(
      `--model ${name}: the naive script reads models of the roadside family with float input only`,
    );
  }
  const exported = manifest.variants.find(
    (one) => isExported(one) && one.width === variant.width && one.height === variant.height,
  );
  if (!exported)
    throw new OptionError(
      `--variant ${variant.id}: ${name} has no fp32 variant of ${variant.width}x${variant.height} for the naive script`,
    );
  return {
    name,
    variant: variant.id,
    exported: exported.id,
    file: (await registry.find(name, exported.id)).file,
    width: variant.width,
    height: variant.height,
    classes: classes.length,
    reported: report.map((one) => classes.indexOf(one)),
  };
}

function isExported({ precision, input, output, classes }: Variant): boolean {
  return precision === 'fp32' && !input && !output && !classes;
}
