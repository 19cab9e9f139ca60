import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LoadRequest } from '../../src/detect/detector.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { sha256OfFile } from '../../src/foundation/sha256.js';
import { checkManifest, type Manifest, type Variant } from '../../src/models/manifest.js';
import { describeModel } from '../../src/models/new-model.js';
import { readOnnxFacts } from '../../src/models/onnx-facts.js';
import { ModelRegistry, type RegistryEntry } from '../../src/models/registry.js';
import { candidateRequest } from '../../src/optimize/workshop/candidate.js';

/** A model that variants are made of. */
export interface Subject {
  readonly name: string;
  readonly manifest: Manifest;
  /** The fp32 variant as its exporter made it, and its file. */
  readonly parent: Variant;
  readonly file: string;
  /** How the parent is loaded: one thread, default thresholds. */
  readonly request: LoadRequest;
  /** Variants in the registry that are no plain fp32, or claim an accuracy. */
  readonly shipped: readonly RegistryEntry[];
}

/** The size that the goals are about; a model without it is measured at that of its first fp32 variant. */
const SIZE = { width: 416, height: 256 };

/** A model of the project's registry. @throws ModelError where it is not there; Error where it has no fp32 variant */
export async function registered(name: string): Promise<Subject> {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  const { manifest } = await registry.find(name);
  const plain = manifest.variants.filter(isPlain);
  const parent = plain.find(({ width, height }) => width === SIZE.width && height === SIZE.height) ?? plain[0];
  if (!parent) throw new Error(`model ${name} has no fp32 variant to make others of`);
  const { file } = await registry.find(name, parent.id);
  const others = manifest.variants.filter((one) => one !== parent && (!isPlain(one) || one.accuracy !== null));
  const shipped = await Promise.all(others.map(({ id }) => registry.find(name, id)));
  return subjectOf({ manifest, variant: parent, file }, shipped);
}

/** A YOLOX file that is in no registry. */
export async function yolox(name: string, file: string): Promise<Subject> {
  const description = describeModel(
    name,
    { family: 'yolox' },
    {
      name: basename(file),
      sha256: await sha256OfFile(file),
      bytes: (await stat(file)).size,
      madeBy: 'its exporter',
      facts: readOnnxFacts(file),
    },
  );
  const manifest = checkManifest(description, file);
  return subjectOf({ manifest, variant: manifest.variants[0]!, file }, []);
}

function subjectOf({ manifest, variant, file }: RegistryEntry, shipped: Subject['shipped']): Subject {
  const { sha256, bytes } = variant;
  const request = candidateRequest(manifest, variant, { path: file, sha256, bytes });
  return { name: manifest.name, manifest, parent: variant, file, request, shipped };
}

function isPlain({ precision, input, output = 'raw', classes }: Variant): boolean {
  return precision === 'fp32' && !input && output === 'raw' && !classes;
}
