import { resolve } from 'node:path';
import { PROJECT_ROOT } from '../foundation/home.js';
import { type Listing, ModelRegistry, type Verification } from '../models/registry.js';
import { print, printJson, printTable } from './print.js';

export interface ModelsOptions {
  /** Where models are kept; relative to the project folder, as `model.dir`. */
  readonly dir?: string;
  /** One JSON object on stdout instead of text. */
  readonly json?: boolean;
}

/** `models list` @returns the exit code: 1 where a manifest is broken */
export async function listModels(options: ModelsOptions): Promise<number> {
  const listings = (await ModelRegistry.open(modelsFolder(options))).list();
  if (options.json) printJson({ models: listings.map(({ name, manifest, problem }) => ({ name, manifest, problem })) });
  else if (listings.length === 0) print(`no models in ${modelsFolder(options)}`);
  else
    printTable(['MODEL', 'VARIANT', 'FAMILY', 'INPUT', 'PRECISION', 'MB', 'ACCURACY KEPT'], listings.flatMap(listRows));
  for (const { name, problem } of options.json ? [] : listings) {
    if (problem !== null) process.stderr.write(`${name} is broken: ${problem}\n`);
  }
  return listings.some(({ problem }) => problem !== null) ? 1 : 0;
}

/** `models verify [name]` @returns the exit code: 1 where a file or manifest is not right */
export async function verifyModels(options: ModelsOptions & { readonly name?: string | undefined }): Promise<number> {
  const results = await (await ModelRegistry.open(modelsFolder(options))).verify(options.name);
  if (options.json) printJson({ results });
  else printTable(['MODEL', 'VARIANT', 'FILE'], results.map(verifyRow));
  return results.some(({ problem }) => problem !== null) ? 1 : 0;
}

/** The folder of the models. */
export function modelsFolder({ dir }: ModelsOptions): string {
  return resolve(PROJECT_ROOT, dir ?? 'models');
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
