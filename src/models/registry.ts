import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { EdgeError, explain, ModelError } from '../foundation/errors.js';
import { sha256OfFile } from '../foundation/sha256.js';
import { didYouMean } from '../foundation/validate.js';
import { fileKind } from '../onnx/file-kind.js';
import { defaultVariant, type Host, hostOf } from './default-variant.js';
import { type Manifest, parseManifest, type Variant } from './manifest.js';

const MANIFEST = 'model.json';
/** A longer model.json is not a manifest. */
const MAX_MANIFEST_BYTES = 1_000_000;

/** A variant ready to be loaded. */
export interface RegistryEntry {
  readonly manifest: Manifest;
  readonly variant: Variant;
  /** Absolute path of the model file, inside the model's folder. */
  readonly file: string;
}

/** A folder of the registry: a model, or what is wrong with its manifest. */
export type Listing =
  | { readonly name: string; readonly folder: string; readonly manifest: Manifest; readonly problem: null }
  | { readonly name: string; readonly folder: string; readonly manifest: null; readonly problem: string };

/** The result of checking one variant's file (variant null: the manifest itself is broken). */
export interface Verification {
  readonly model: string;
  readonly variant: string | null;
  /** null where the file is the one that the manifest means. */
  readonly problem: string | null;
}

/** The models under one folder: `<name>/model.json` with its files beside it. Other files and dot folders are ignored. */
export class ModelRegistry {
  private constructor(
    readonly dir: string,
    private readonly listings: readonly Listing[],
  ) {}

  /**
   * Reads every manifest; broken ones are listed as such and hide nothing.
   * @throws ModelError where the folder itself cannot be read
   */
  static async open(dir: string): Promise<ModelRegistry> {
    const root = resolve(dir);
    const names = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
      throw new ModelError(`cannot read the models folder ${root}: ${whyNot(error)}; set model.dir`, { dir: root });
    });
    const folders = names
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
    const listings = await Promise.all(folders.map((name) => readListing(name, join(root, name))));
    return new ModelRegistry(
      root,
      listings.filter((listing) => listing !== null),
    );
  }

  /** All models, by name. */
  list(): readonly Listing[] {
    return this.listings;
  }

  /**
   * @param variantId a variant's id, or `default` or `auto`: the manifest's first that suits the host
   * @param host default: this one's processor
   * @throws ModelError where there is no such model or variant, its manifest is broken or its file is missing
   */
  async find(name: string, variantId = 'default', host: Host = hostOf('cpu')): Promise<RegistryEntry> {
    const { manifest, folder } = this.model(name);
    const variant =
      variantId === 'default' || variantId === 'auto'
        ? defaultVariant(manifest.variants, host)
        : manifest.variants.find(({ id }) => id === variantId);
    if (!variant) {
      const ids = manifest.variants.map(({ id }) => id);
      throw new ModelError(`model ${name} has no variant ${variantId}${suggestion(variantId, ids)}`, {
        model: name,
        variant: variantId,
      });
    }
    return { manifest, variant, file: await locate(name, folder, variant) };
  }

  /** Compares size and sha256 of one variant's file with the manifest. @returns what is wrong with it; null: nothing */
  problemOf({ manifest, variant }: Pick<RegistryEntry, 'manifest' | 'variant'>): Promise<string | null> {
    return verifyFile(manifest.name, this.listing(manifest.name).folder, variant, new Map());
  }

  /**
   * Compares size and sha256 of every variant's file, or of one model's, with the manifest.
   * @throws ModelError where `name` is no model
   */
  async verify(name?: string): Promise<Verification[]> {
    const listings = name === undefined ? this.listings : [this.listing(name)];
    const results: Verification[] = [];
    for (const { name: model, folder, manifest, problem } of listings) {
      if (manifest === null) {
        results.push({ model, variant: null, problem });
        continue;
      }
      const digests = new Map<string, string>();
      for (const variant of manifest.variants) {
        results.push({ model, variant: variant.id, problem: await verifyFile(model, folder, variant, digests) });
      }
    }
    return results;
  }

  /** Absolute path of a model's folder. @throws ModelError where there is no such model */
  folderOf(name: string): string {
    return this.listing(name).folder;
  }

  private listing(name: string): Listing {
    const found = this.listings.find((listing) => listing.name === name);
    if (found) return found;
    const names = this.listings.map((listing) => listing.name);
    throw new ModelError(`there is no model ${name} in ${this.dir}${suggestion(name, names)}`, { model: name });
  }

  private model(name: string): Listing & { manifest: Manifest } {
    const listing = this.listing(name);
    if (listing.manifest === null) throw new ModelError(listing.problem, { model: name });
    return listing;
  }
}

function whyNot(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'it is not there',
    ENOTDIR: 'it is no folder',
    EACCES: 'this user may not look into it',
  };
  return words[code ?? ''] ?? explain(error);
}

function suggestion(word: string, known: readonly string[]): string {
  const near = didYouMean(word, known);
  if (near) return `; did you mean ${near}?`;
  return known.length > 0 ? `; there are ${known.join(', ')}` : '; it is empty';
}

/** null: a folder without a manifest is no model. */
async function readListing(name: string, folder: string): Promise<Listing | null> {
  const file = join(folder, MANIFEST);
  try {
    const { size } = await stat(file);
    if (size > MAX_MANIFEST_BYTES) throw new ModelError(`${file} has ${size} bytes: that is no manifest`);
    const manifest = parseManifest(await readFile(file, 'utf8'), file);
    if (manifest.name !== name) {
      throw new ModelError(`${file} says name "${manifest.name}"; expected "${name}", its folder's name`);
    }
    return { name, folder, manifest, problem: null };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const problem = error instanceof EdgeError ? explain(error) : `cannot read ${file}: ${explain(error)}`;
    return { name, folder, manifest: null, problem };
  }
}

/** @throws ModelError where the file is missing or, through a link, outside the model's folder */
async function locate(model: string, folder: string, variant: Pick<Variant, 'id' | 'file'>): Promise<string> {
  const file = join(folder, variant.file);
  const context = { model, variant: variant.id, file };
  const [realFile, realFolder] = await Promise.all([realpath(file), realpath(folder)]).catch((error: unknown) => {
    throw new ModelError(`model ${model}, variant ${variant.id}: ${file} is missing`, context, error);
  });
  if (!realFile.startsWith(realFolder + sep)) {
    throw new ModelError(`model ${model}, variant ${variant.id}: ${file} leads out of the model's folder`, context);
  }
  return realFile;
}

/** A file that a variant's model names, relative to that model. */
function besides({ file }: Variant, other: string): string {
  return other === file ? file : join(dirname(file), other);
}

/** @param digests of files that were read already */
async function mismatch(
  file: string,
  expected: Pick<Variant, 'file' | 'bytes' | 'sha256'>,
  digests: Map<string, string>,
): Promise<string | null> {
  const { size } = await stat(file);
  if (size !== expected.bytes) {
    return `${expected.file} has ${size} bytes, expected ${expected.bytes}${kindOf(file)}`;
  }
  const digest = digests.get(file) ?? (await sha256OfFile(file));
  digests.set(file, digest);
  if (digest === expected.sha256) return null;
  return `${expected.file} has sha256 ${digest}, expected ${expected.sha256}${kindOf(file)}`;
}

/** `: it is a web page; download the file itself`, or nothing where it may be a model. */
function kindOf(file: string): string {
  const kind = fileKind(file);
  return kind === null ? '' : `: it ${kind.is}; ${kind.todo}`;
}

async function verifyFile(
  model: string,
  folder: string,
  variant: Variant,
  digests: Map<string, string>,
): Promise<string | null> {
  try {
    for (const expected of [variant, ...(variant.externalData ?? [])]) {
      const file = await locate(model, folder, { id: variant.id, file: besides(variant, expected.file) });
      const problem = await mismatch(file, expected, digests);
      if (problem !== null) return problem;
    }
    return null;
  } catch (error) {
    return explain(error);
  }
}
