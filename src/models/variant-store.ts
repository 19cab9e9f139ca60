import { constants } from 'node:fs';
import { access, copyFile, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../foundation/errors.js';
import { sha256OfFile } from '../foundation/sha256.js';
import { formatManifest } from './format-manifest.js';
import { checkManifest, type ManifestSource, parseManifest, type Variant } from './manifest.js';

const MANIFEST = 'model.json';
/** How files are named that this module writes: `<stem>-<first 8 digits of the sha256>.onnx`. */
const OWN_FILE = /-([0-9a-f]{8})\.onnx$/;

/** What a manifest says of a variant but for its file. */
export type VariantFacts = Omit<Variant, 'file' | 'sha256' | 'bytes'>;

/** A variant to be kept: its file is copied from anywhere, or lies in the model's folder already (another size of it). */
export interface NewVariant {
  readonly facts: VariantFacts;
  readonly from:
    | { readonly copy: string /** Of the name in the model's folder. */; readonly stem: string }
    | Pick<Variant, 'file' | 'sha256' | 'bytes'>;
}

/**
 * Adds variants to `models/<name>/model.json`, each in the place of the one with its id or else at the end. Files come
 * first, under names that hold a part of their sha256, and the manifest is replaced in one step at last: whoever reads
 * the folder at any moment finds a registry that fits, and a worker that was told of an older file can still load it.
 * Such files are removed by the next call.
 *
 * @param folder the model's
 * @param signal aborted: throws its reason, and the folder is as it was
 * @throws ModelError where the folder cannot be written to, or the manifest would not be valid
 */
export async function storeVariants(
  folder: string,
  variants: readonly NewVariant[],
  signal?: AbortSignal,
): Promise<void> {
  if (variants.length === 0) return;
  const manifestFile = join(folder, MANIFEST);
  const before = await readManifest(manifestFile);
  const outlived = await outlivedFiles(folder, before);
  const written: string[] = [];
  const kept = new Set<string>();
  try {
    const copies = new Map<string, FileFacts>();
    const entries: ManifestSource['variants'] = [];
    for (const { facts, from } of variants) {
      signal?.throwIfAborted();
      const file = 'copy' in from ? (copies.get(from.copy) ?? (await putFile(folder, from, written))) : from;
      if ('copy' in from) copies.set(from.copy, file);
      kept.add(file.file);
      entries.push(entryOf(facts, file));
    }
    const after = { ...before, variants: merge(before.variants, entries) };
    checkManifest(after, manifestFile);
    signal?.throwIfAborted();
    await replaceFile(manifestFile, formatManifest(after));
  } catch (error) {
    await Promise.all(written.map((name) => rm(join(folder, name), { force: true })));
    if (signal?.aborted || error instanceof ModelError) throw error;
    throw new ModelError(`cannot write variants into ${folder}; may this user write there?`, { folder }, error);
  }
  const gone = outlived.filter((name) => !kept.has(name));
  await Promise.all(gone.map((name) => rm(join(folder, name), { force: true })));
}

/** @throws ModelError where nothing can be added to a model: better known before an hour of work than after */
export async function checkWritable(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw new ModelError(
      `cannot write into ${folder}; run as a user who may, or try with --dry-run`,
      { folder },
      error,
    );
  });
}

type FileFacts = Pick<Variant, 'file' | 'sha256' | 'bytes'>;

/** The manifest as its author wrote it, without defaults filled in. */
async function readManifest(file: string): Promise<ManifestSource> {
  const text = await readFile(file, 'utf8');
  parseManifest(text, file);
  return JSON.parse(text) as ManifestSource;
}

/** Keys in the order of docs/models.md, so that manifests read alike. */
function entryOf(facts: VariantFacts, { file, sha256, bytes }: FileFacts): ManifestSource['variants'][number] {
  const { id, precision, width, height, accuracy, madeBy, ...optional } = facts;
  return { id, precision, width, height, file, sha256, bytes, ...optional, accuracy, madeBy };
}

function merge<T extends { id: string }>(before: readonly T[], added: readonly T[]): T[] {
  const merged = [...before];
  for (const entry of added) {
    const at = merged.findIndex(({ id }) => id === entry.id);
    if (at < 0) merged.push(entry);
    else merged[at] = entry;
  }
  return merged;
}

async function putFile(folder: string, from: { copy: string; stem: string }, written: string[]): Promise<FileFacts> {
  const sha256 = await sha256OfFile(from.copy);
  const { size: bytes } = await stat(from.copy);
  const name = `${from.stem}-${sha256.slice(0, 8)}.onnx`;
  const target = join(folder, name);
  if (await holds(target, sha256)) return { file: name, sha256, bytes };
  const part = join(folder, `.${name}.${process.pid}.part`);
  try {
    await copyFile(from.copy, part, constants.COPYFILE_FICLONE);
    await flush(part);
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  written.push(name);
  return { file: name, sha256, bytes };
}

async function holds(file: string, sha256: string): Promise<boolean> {
  return (await sha256OfFile(file).catch(() => null)) === sha256;
}

async function replaceFile(file: string, text: string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    const handle = await open(part, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A rename is not worth much if the power fails before the bytes are on the disk. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Files of this module's making that the manifest stopped naming before now. */
async function outlivedFiles(folder: string, manifest: ManifestSource): Promise<string[]> {
  const named = new Set(manifest.variants.map(({ file }) => file));
  const outlived: string[] = [];
  for (const name of await readdir(folder)) {
    const digits = OWN_FILE.exec(name)?.[1];
    if (digits === undefined || named.has(name)) continue;
    const sum = await sha256OfFile(join(folder, name)).catch(() => '');
    if (sum.startsWith(digits)) outlived.push(name);
  }
  return outlived;
}
