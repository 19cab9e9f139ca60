import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { configSchema } from '../config/config.js';
import type { Detector, ModelInfo } from '../detect/detector.js';
import { ModelError } from '../foundation/errors.js';
import { checkFacts } from './file-check.js';
import { buildLoadRequest } from './load-request.js';
import { checkManifest, type Manifest, MODEL_NAME } from './manifest.js';
import { describeModel, type ModelDescription } from './new-model.js';
import { readOnnxFacts } from './onnx-facts.js';
import { StagedModel } from './staged-model.js';

export interface AddModelOptions {
  /** The registry's folder; made if missing. */
  readonly modelsDir: string;
  /** The .onnx file to copy in. */
  readonly file: string;
  /** Folder and name of the model; default: the file's name without its ending. */
  readonly name?: string | undefined;
  readonly model: ModelDescription;
  /** Where the model is tried out before it is kept; closed afterwards. */
  readonly createDetector: () => Detector;
}

export interface AddedModel {
  readonly manifest: Manifest;
  readonly folder: string;
  /** What the detector said when it ran the model. */
  readonly info: ModelInfo;
  /** What the person who added it should know, a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Copies a model file into the registry and writes its manifest, once a detector has loaded it and run it on a grey
 * picture. On any failure nothing is left behind.
 *
 * @throws ModelError where the name is taken or not a name, the file cannot be read, or its outputs do not fit the family;
 *   DetectorError where the detector died of it
 */
export async function addToRegistry(options: AddModelOptions): Promise<AddedModel> {
  const source = resolve(options.file);
  const name = options.name ?? modelName(source);
  const folder = await freeFolder(options.modelsDir, name);
  const facts = readOnnxFacts(source);
  const remarks = checkFacts(facts, options.model);
  const staged = await StagedModel.copy(options.modelsDir, source, facts.externalFiles);
  try {
    const file = {
      name: basename(source),
      bytes: staged.facts.bytes,
      sha256: staged.facts.sha256,
      externalData: staged.externalData,
      madeBy: 'somebody else; added as it is',
      facts,
    };
    const description = describeModel(name, options.model, file);
    const manifest = checkManifest(description, `the description of ${name}`);
    const info = await tryOut(manifest, staged.file, options.createDetector());
    await staged.keep(folder, description).catch(async (error: unknown) => {
      await refuseTaken(name, folder);
      throw error;
    });
    return { manifest, folder, info, remarks };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** `a/YOLOv8 n.onnx` → `YOLOv8-n` */
export function modelName(file: string): string {
  return basename(file)
    .replace(/\.onnx$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
}

/**
 * The folder that a new model will get.
 * @throws ModelError where the name is taken or cannot be one
 */
export async function freeFolder(modelsDir: string, name: string): Promise<string> {
  if (!MODEL_NAME.test(name)) {
    throw new ModelError(`"${name}" cannot be a model's name: expected 1 to 63 letters, digits, ., - or _`, { name });
  }
  const folder = join(resolve(modelsDir), name);
  await refuseTaken(name, folder);
  return folder;
}

async function refuseTaken(name: string, folder: string): Promise<void> {
  const taken = await stat(folder).catch(() => null);
  if (taken) throw new ModelError(`there is a model ${name} already: choose another --name, or remove ${folder}`);
}

/** Loads the model with default settings, on the CPU, and runs it once. */
async function tryOut(manifest: Manifest, file: string, detector: Detector): Promise<ModelInfo> {
  const defaults = configSchema.parse({});
  const variant = manifest.variants[0]!;
  const request = buildLoadRequest({ manifest, variant, file }, defaults.model, defaults.detector);
  try {
    const info = await detector.load(request);
    const { width, height } = variant;
    await detector.detect([{ width, height, data: new Uint8Array(width * height * 3).fill(114) }]);
    return info;
  } finally {
    await detector.close();
  }
}
