import { readFile, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Detector } from '../detect/detector.js';
import { EdgeError } from '../foundation/errors.js';
import { rememberSecretsOf } from '../foundation/known-secrets.js';
import { maskCredentials } from '../foundation/log.js';
import { makeFolder } from '../foundation/make-folder.js';
import { encodingAdvice, splitAddress } from '../foundation/userinfo.js';
import { didYouMean } from '../foundation/validate.js';
import { type AddedModel, addToRegistry, freeFolder, modelName } from './add-model.js';
import type { DownloadProgress } from './download.js';
import { folderTrouble } from './folder-trouble.js';
import { parseManifest } from './manifest.js';
import type { ModelDescription } from './new-model.js';
import { PUBLISHED_MODELS, type PublishedModel } from './published-models.js';
import type { ProbeScene } from './recognition/probe-scenes.js';

export interface PullModelOptions {
  readonly modelsDir: string;
  /** The name of a published model, or the http(s) URL of an .onnx file. */
  readonly target: string;
  /** Hex; required for a URL that is not published. */
  readonly sha256?: string | undefined;
  readonly name?: string | undefined;
  /** What somebody says about it; for a published model, replaces what is known of it. */
  readonly model?: Partial<ModelDescription> | undefined;
  /** As `addToRegistry` takes them. */
  readonly scenes?: readonly ProbeScene[] | undefined;
  readonly createDetector: () => Detector;
  readonly onProgress?: DownloadProgress;
  /** Default: the models that the program knows. */
  readonly published?: readonly PublishedModel[];
  readonly signal?: AbortSignal;
}

/** `added` is null where the very same file is in the registry already. */
export interface PulledModel {
  readonly name: string;
  readonly folder: string;
  readonly added: AddedModel | null;
}

/**
 * Downloads a model (resuming what an earlier call left), checks its sha256, and adds it as `addModel` does.
 *
 * @throws EdgeError E_DOWNLOAD where it cannot be fetched, is not what was asked for, or is neither known nor given a sha256;
 *   otherwise as `addModel`
 */
export async function pullIntoRegistry(options: PullModelOptions): Promise<PulledModel> {
  const wanted = wantedOf(options);
  const name = options.name ?? wanted.name;
  const modelsDir = resolve(options.modelsDir);
  const folder = join(modelsDir, name);
  if (await holds(folder, wanted.sha256)) return { name, folder, added: null };
  await freeFolder(modelsDir, name);
  const downloads = join(modelsDir, '.downloads', wanted.sha256.slice(0, 16));
  makeDownloads(modelsDir, downloads);
  const file = join(downloads, `${modelName(new URL(wanted.url).pathname) || 'model'}.onnx`);
  const tidy = () => rmdir(join(modelsDir, '.downloads')).catch(() => undefined); // others may be at work in it
  // what fetches files loads a hundred of its own: only where one is fetched
  const { download } = await import('./download.js');
  await download({
    url: wanted.url,
    to: file,
    sha256: wanted.sha256,
    bytes: wanted.bytes ?? undefined,
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.signal && { signal: options.signal }),
  }).catch(async (error: unknown) => {
    await rmdir(downloads).catch(() => undefined); // what came so far stays
    await tidy();
    throw folderTrouble(modelsDir, error, wanted.bytes ?? 0);
  });
  try {
    const { createDetector, scenes } = options;
    const { model } = wanted;
    return { name, folder, added: await addToRegistry({ modelsDir, file, name, model, scenes, createDetector }) };
  } finally {
    await rm(downloads, { recursive: true, force: true });
    await tidy();
  }
}

/** @throws ModelError where they cannot be made */
function makeDownloads(modelsDir: string, downloads: string): void {
  try {
    makeFolder(downloads, 0o755);
  } catch (error) {
    throw folderTrouble(modelsDir, error);
  }
}

interface Wanted {
  readonly name: string;
  readonly url: string;
  readonly bytes: number | null;
  readonly sha256: string;
  readonly model: Partial<ModelDescription>;
}

function wantedOf(options: PullModelOptions): Wanted {
  const { target, model } = options;
  rememberSecretsOf(target);
  const split = splitAddress(target);
  if (split?.ambiguous) {
    throw refusal(
      `user name and password of this address cannot be told from its path: write ${encodingAdvice(split.userinfo)} before the last @`,
    );
  }
  const published = options.published ?? PUBLISHED_MODELS;
  const sha256 = options.sha256?.toLowerCase();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) throw refusal('--sha256 must be 64 hex digits');
  const known = published.find(({ name, url }) => name === target || url === target);
  if (known) {
    if (sha256 !== undefined && sha256 !== known.sha256) {
      throw refusal(`${known.name} has sha256 ${known.sha256}, not the one given`);
    }
    return { ...known, model: { ...known.model, ...model } };
  }
  const names = published.map(({ name }) => name);
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) {
    const near = didYouMean(target, names);
    const hint = near ? `did you mean ${near}?` : `known are ${names.join(', ')}; anything else needs its URL`;
    throw refusal(`there is no published model "${maskCredentials(target)}": ${hint}`);
  }
  if (sha256 === undefined) {
    throw refusal(
      `${maskCredentials(target)} is not a published model: give --sha256, so that what comes can be checked`,
    );
  }
  const { origin, pathname } = new URL(target);
  const described = { origin: `downloaded from ${maskCredentials(`${origin}${pathname}`)}`, ...model };
  return { name: modelName(pathname) || 'model', url: target, bytes: null, sha256, model: described };
}

const refusal = (message: string) => new EdgeError('E_DOWNLOAD', message);

/** Whether a model's folder has a variant of this sha256. */
async function holds(folder: string, sha256: string): Promise<boolean> {
  const file = join(folder, 'model.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return false;
  try {
    return parseManifest(text, file).variants.some((variant) => variant.sha256 === sha256);
  } catch {
    return false; // a broken manifest holds nothing; adding will say that the name is taken
  }
}
