import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configSchema } from '../config/config.js';
import { type Detector, type ExtraInput, FAMILIES, type Family } from '../detect/detector.js';
import { familyNamed, nearestFamilyName } from '../detect/family-names.js';
import { WorkerDetector } from '../detect/host/worker-detector.js';
import { ConfigError } from '../foundation/errors.js';
import { PROJECT_ROOT } from '../foundation/home.js';
import { type AddedModel, addToRegistry } from '../models/add-model.js';
import { COCO_CLASSES, COCO_VEHICLES } from '../models/coco.js';
import type { ModelDescription } from '../models/new-model.js';
import { pullIntoRegistry } from '../models/pull-model.js';
import { type Listing, ModelRegistry, type Verification } from '../models/registry.js';
import { print, printJson, printTable } from './print.js';
import { progressBar } from './progress.js';

interface Common {
  /** Where models are kept; relative to the project folder, as `model.dir`. */
  readonly dir?: string;
  /** One JSON object on stdout instead of text. */
  readonly json?: boolean;
}

/** What the command line can say about a model. */
export interface DescriptionFlags {
  /** Names in order, comma-separated; a file with one a line; or `coco`. */
  readonly classes?: string;
  /** `640x384` */
  readonly input?: string;
  readonly licence?: string;
  readonly origin?: string;
  readonly colour?: 'rgb' | 'bgr';
  readonly scale?: number;
  /** `orig_target_sizes=width,height`, once for each input besides the picture */
  readonly fill?: readonly string[];
}

/** `models list` @returns the exit code: 1 where a manifest is broken */
export async function listModels(options: Common): Promise<number> {
  const listings = (await ModelRegistry.open(folderOf(options))).list();
  if (options.json) printJson({ models: listings.map(({ name, manifest, problem }) => ({ name, manifest, problem })) });
  else if (listings.length === 0) print(`no models in ${folderOf(options)}`);
  else
    printTable(['MODEL', 'VARIANT', 'FAMILY', 'INPUT', 'PRECISION', 'MB', 'ACCURACY KEPT'], listings.flatMap(listRows));
  for (const { name, problem } of options.json ? [] : listings) {
    if (problem !== null) process.stderr.write(`${name} is broken: ${problem}\n`);
  }
  return listings.some(({ problem }) => problem !== null) ? 1 : 0;
}

/** `models verify [name]` @returns the exit code: 1 where a file or manifest is not right */
export async function verifyModels(options: Common & { readonly name?: string | undefined }): Promise<number> {
  const results = await (await ModelRegistry.open(folderOf(options))).verify(options.name);
  if (options.json) printJson({ results });
  else printTable(['MODEL', 'VARIANT', 'FILE'], results.map(verifyRow));
  return results.some(({ problem }) => problem !== null) ? 1 : 0;
}

/** `models add FILE --family …` @returns the exit code @throws ConfigError for flags, ModelError for models that cannot be used */
export async function addModel(
  options: Common & DescriptionFlags & { readonly file: string; readonly family?: string; readonly name?: string },
): Promise<number> {
  const added = await addToRegistry({
    modelsDir: folderOf(options),
    file: options.file,
    name: options.name,
    model: { ...describe(options), family: parseFamily(options.family ?? '') },
    createDetector,
  });
  reportAdded(added, options.json === true);
  return 0;
}

/** `models pull NAME|URL` @returns the exit code @throws ConfigError for flags, EdgeError E_DOWNLOAD, ModelError */
export async function pullModel(
  options: Common &
    DescriptionFlags & {
      readonly what: string;
      readonly sha256?: string;
      readonly family?: string;
      readonly name?: string;
    },
): Promise<number> {
  const bar = progressBar(options.what.split('/').at(-1) ?? 'model');
  const pulled = await pullIntoRegistry({
    modelsDir: folderOf(options),
    target: options.what,
    sha256: options.sha256,
    name: options.name,
    model: { ...describe(options), ...(options.family !== undefined && { family: parseFamily(options.family) }) },
    createDetector,
    onProgress: bar.update,
  }).finally(bar.stop);
  if (pulled.added) reportAdded(pulled.added, options.json === true);
  else if (options.json) printJson({ model: pulled.name, folder: pulled.folder, added: false });
  else print(`${pulled.name} is in ${pulled.folder} already`);
  return 0;
}

function folderOf({ dir }: Common): string {
  return resolve(PROJECT_ROOT, dir ?? 'models');
}

function createDetector(): Detector {
  const { deadlineMs, loadDeadlineMs } = configSchema.parse({}).detector;
  // A first run on a slow board may take longer than a frame is allowed to.
  return new WorkerDetector({ deadlineMs: Math.max(deadlineMs, 60_000), loadDeadlineMs });
}

function describe(flags: DescriptionFlags): Partial<ModelDescription> {
  return {
    ...(flags.classes === 'coco' && { classes: COCO_CLASSES, report: COCO_VEHICLES }),
    ...(flags.classes !== undefined && flags.classes !== 'coco' && { classes: parseClasses(flags.classes) }),
    ...(flags.input !== undefined && parseSize(flags.input)),
    ...(flags.licence !== undefined && { licence: flags.licence }),
    ...(flags.origin !== undefined && { origin: flags.origin }),
    ...(flags.colour !== undefined && { colour: flags.colour }),
    ...(flags.scale !== undefined && { scale: flags.scale }),
    ...(flags.fill !== undefined && { extra: flags.fill.map(parseFill) }),
  };
}

function parseFamily(text: string): Family {
  const family = familyNamed(text);
  if (family) return family;
  const near = nearestFamilyName(text);
  const hint = near ? `; did you mean ${near}?` : '';
  throw new ConfigError('cannot add the model', [`--family: expected ${FAMILIES.join(', ')}, got "${text}"${hint}`]);
}

function parseClasses(text: string): string[] {
  const fromFile = !text.includes(',') && statSync(text, { throwIfNoEntry: false })?.isFile() === true;
  const names = (fromFile ? readFileSync(text, 'utf8').split('\n') : text.split(',')).map((name) => name.trim());
  while (names.at(-1) === '') names.pop();
  if (names.length > 0 && !names.includes('')) return names;
  throw new ConfigError('cannot add the model', [`--classes: expected names without gaps, got "${text}"`]);
}

function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d{1,5})x(\d{1,5})$/i.exec(text);
  if (match) return { width: Number(match[1]), height: Number(match[2]) };
  throw new ConfigError('cannot add the model', [`--input: expected WIDTHxHEIGHT like 640x384, got "${text}"`]);
}

function parseFill(text: string): ExtraInput {
  const [, name = '', list = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const values = list.split(',').map((value) => {
    const word = value.trim();
    return word === 'width' || word === 'height' ? word : word === '' ? Number.NaN : Number(word);
  });
  if (name !== '' && !values.some(Number.isNaN)) return { name: name.trim(), values };
  throw new ConfigError('cannot add the model', [
    `--fill: expected NAME=VALUES like orig_target_sizes=width,height, got "${text}"`,
  ]);
}

function reportAdded({ manifest, folder, info, remarks }: AddedModel, json: boolean): void {
  const { id } = manifest.variants[0]!;
  if (json) {
    const { provider, loadMs } = info;
    printJson({ model: manifest.name, variant: id, folder, added: true, provider, loadMs, remarks });
    return;
  }
  print(
    `${manifest.name} (${manifest.family}, ${manifest.classes.length} classes, ${id}) loads and runs; it is in ${folder}.`,
  );
  for (const remark of remarks) print(`Note: ${remark}.`);
  print(`Check licence, origin and classes in ${join(folder, 'model.json')}, then: run --model ${manifest.name}`);
}

function listRows({ name, manifest }: Listing): string[][] {
  if (manifest === null) return [[name, 'BROKEN', '', '', '', '', '']];
  return manifest.variants.map((variant) => [
    name,
    variant.id,
    manifest.family,
    `${variant.width}x${variant.height}`,
    variant.precision,
    (variant.bytes / 1e6).toFixed(1),
    variant.accuracy === null ? 'not measured' : variant.accuracy.relativeToFp32.toFixed(3),
  ]);
}

function verifyRow({ model, variant, problem }: Verification): string[] {
  return [model, variant ?? '', problem === null ? 'ok' : `NOT RIGHT: ${problem}`];
}
