import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Detector, ModelInfo } from '../detect/detector.js';
import { ModelError } from '../foundation/errors.js';
import { checkFacts } from './file-check.js';
import { identify } from './identify-model.js';
import { checkManifest, type Manifest, MODEL_NAME } from './manifest.js';
import { describeModel, type ModelDescription } from './new-model.js';
import { readOnnxFacts } from './onnx-facts.js';
import { blankScenes, type ProbeScene, roadScenes } from './recognition/probe-scenes.js';
import type { Recognition } from './recognition/recognise.js';
import { StagedModel } from './staged-model.js';
import { type SeenScene, tryOut } from './try-out.js';
import { AUTO } from './wanted-model.js';

export interface AddModelOptions {
  /** The registry's folder; made if missing. */
  readonly modelsDir: string;
  /** The .onnx file to copy in. */
  readonly file: string;
  /** Folder and name of the model; default: the file's name without its ending. */
  readonly name?: string | undefined;
  /** What somebody says about it; what is left out is found out. */
  readonly model: Partial<ModelDescription>;
  /** Pictures on which its numbers are looked at; default: a drawn road, noise and plain grey. */
  readonly scenes?: readonly ProbeScene[] | undefined;
  /** Add it although its numbers make no sense. */
  readonly force?: boolean | undefined;
  /** Find out everything, and keep nothing. */
  readonly dryRun?: boolean | undefined;
  /** Told how often the model has run while it is found out how it is read. */
  readonly onRun?: ((runs: number) => void) | undefined;
  /** Where the model is tried out before it is kept; closed afterwards. */
  readonly createDetector: () => Detector;
}

export interface AddedModel {
  readonly manifest: Manifest;
  /** Where it is, or, after a dry run, would be. */
  readonly folder: string;
  /** How its outputs and its input were understood. */
  readonly recognition: Recognition;
  /** What it finds in each of the pictures, with default settings. */
  readonly seen: readonly SeenScene[];
  /** What the detector said when it ran the model. */
  readonly info: ModelInfo;
  /** What the person who added it should know, a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Copies a model file into the registry and writes its manifest, once it was run on pictures, its numbers were understood,
 * and a detector has loaded it and found vehicles with it as it will when it serves. On any failure nothing is left behind.
 *
 * @throws ModelError where the name is taken or not a name, the file cannot be read, or its numbers make no sense;
 *   DetectorError where the detector died of it
 */
export async function addToRegistry(options: AddModelOptions): Promise<AddedModel> {
  const source = resolve(options.file);
  const name = options.name ?? modelName(source);
  const folder = options.dryRun ? folderNamed(options.modelsDir, name) : await freeFolder(options.modelsDir, name);
  const facts = readOnnxFacts(source);
  const remarks = checkFacts(facts, { ...options.model, family: options.model.family ?? 'yolov8' });
  const staged = await StagedModel.copy(options.modelsDir, source, facts.externalFiles);
  try {
    const scenes = options.scenes ?? [...(await roadScenes()), ...blankScenes()];
    const { model, recognition } = await identify({
      label: options.file,
      file: staged.file,
      facts,
      given: options.model,
      scenes,
      force: options.force ?? false,
      onRun: options.onRun,
    });
    const file = {
      name: basename(source),
      bytes: staged.facts.bytes,
      sha256: staged.facts.sha256,
      externalData: staged.externalData,
      madeBy: 'somebody else; added as it is',
      facts,
    };
    const description = describeModel(name, model, file);
    const manifest = checkManifest(description, `the description of ${name}`);
    const { info, seen } = await tryOut(manifest, staged.file, scenes, options.createDetector());
    const added = { manifest, folder, recognition, seen, info, remarks: [...remarks, ...recognition.remarks] };
    if (options.dryRun) {
      await staged.discard();
      return added;
    }
    await staged.keep(folder, description).catch(async (error: unknown) => {
      await refuseTaken(name, folder);
      throw error;
    });
    return added;
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
  const folder = folderNamed(modelsDir, name);
  await refuseTaken(name, folder);
  return folder;
}

/** @throws ModelError where the name cannot be one */
function folderNamed(modelsDir: string, name: string): string {
  if (name === AUTO)
    throw new ModelError(`"${name}" cannot be a model's name: it stands for the best one of all`, { name });
  if (MODEL_NAME.test(name)) return join(resolve(modelsDir), name);
  throw new ModelError(`"${name}" cannot be a model's name: expected 1 to 63 letters, digits, ., - or _`, { name });
}

async function refuseTaken(name: string, folder: string): Promise<void> {
  const taken = await stat(folder).catch(() => null);
  if (taken) throw new ModelError(`there is a model ${name} already: choose another --name, or remove ${folder}`);
}
