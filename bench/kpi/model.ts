import { join } from 'node:path';
import { ModelRegistry } from '../../src/detect/registry.js';
import { PROJECT_ROOT } from '../../src/root.js';
import type { Model } from './case.js';

/** @throws Error for a model that the naive script cannot decode; ModelError for one that is not there */
export async function findModel(name: string, variantId: string): Promise<Model> {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  const { manifest, variant, file } = await registry.find(name, variantId);
  const { family, classes, report = classes, input } = manifest;
  if (family !== 'roadside' || input.layout !== 'nchw' || input.type !== 'float32' || input.colour !== 'rgb') {
    throw new Error(`--model ${name}: the naive script reads models of the roadside family with float input only`);
  }
  return {
    name,
    variant: variant.id,
    file,
    width: variant.width,
    height: variant.height,
    classes: classes.length,
    reported: report.map((one) => classes.indexOf(one)),
  };
}
