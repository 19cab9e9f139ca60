import { constants, existsSync, readdirSync, rmSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { ModelError } from '../foundation/errors.js';
import { makeFolder } from '../foundation/make-folder.js';
import { sha256OfFile } from '../foundation/sha256.js';
import type { ExternalFile } from '../onnx/external-files.js';
import { namedKind } from '../onnx/file-kind.js';
import { unreadableFile } from '../onnx/unreadable-file.js';
import { folderTrouble } from './folder-trouble.js';
import { formatManifest } from './format-manifest.js';
import { locationProblem, type ManifestSource, type Variant } from './manifest.js';

type FileFacts = Pick<Variant, 'bytes' | 'sha256'>;

/** The files of a model that is not in the registry yet: in a dot folder beside where it will be, which the registry ignores. */
export class StagedModel {
  private constructor(
    private readonly modelsDir: string,
    private readonly folder: string,
    /** Absolute path of the .onnx file. */
    readonly file: string,
    readonly facts: FileFacts,
    /** The files beside it that hold some of its weights; undefined where it holds all. */
    readonly externalData: Variant['externalData'],
  ) {}

  /**
   * Copies a model with the files that it names.
   * @param external what the model says of files beside it
   * @throws ModelError where one cannot be read or written, or is not the model's to name; nothing is left behind
   */
  static async copy(modelsDir: string, source: string, external: readonly ExternalFile[]): Promise<StagedModel> {
    checkLocations(source, external);
    const dir = resolve(modelsDir);
    let folder: string | null = null;
    try {
      makeFolder(dir, 0o755);
      folder = await mkdtemp(join(dir, stagingPrefix()));
      const file = join(folder, basename(source));
      const facts = await copyOne(source, file, 1);
      const externalData = [];
      for (const { location, bytes } of external) {
        if (dirname(location) !== '.') await mkdir(join(folder, dirname(location)), { recursive: true });
        const copied = await copyOne(join(dirname(source), location), join(folder, location), bytes);
        externalData.push({ file: location, ...copied });
      }
      return new StagedModel(dir, folder, file, facts, externalData.length > 0 ? externalData : undefined);
    } catch (error) {
      const told = folderTrouble(dir, error, await bytesOf(source, external));
      if (folder !== null) await rm(folder, { recursive: true, force: true });
      throw told;
    }
  }

  /** Writes the manifest and puts the model where it belongs, in one step. @throws ModelError where that cannot be written */
  async keep(destination: string, manifest: ManifestSource): Promise<void> {
    try {
      await writeFile(join(this.folder, 'model.json'), formatManifest(manifest));
      await chmod(this.folder, 0o755); // mkdtemp makes it private; a service may run as another user
      await rename(this.folder, destination);
    } catch (error) {
      throw folderTrouble(this.modelsDir, error);
    }
  }

  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Removes what this process has staged and not kept, where it ends before it could. */
export function discardUnfinished(modelsDir: string): void {
  const dir = resolve(modelsDir);
  const names = existsSync(dir) ? readdirSync(dir) : [];
  for (const name of names) {
    if (!name.startsWith(stagingPrefix())) continue;
    // a copy that is under way may put its file there in the meantime
    rmSync(join(dir, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}

function stagingPrefix(): string {
  return `.adding-${process.pid}-`;
}

function checkLocations(source: string, external: readonly ExternalFile[]): void {
  const taken = ['model.json', basename(source)];
  for (const { location } of external) {
    const problem =
      locationProblem(location) ?? (taken.includes(posix.normalize(location)) ? 'is the name of another file' : null);
    if (problem === null) continue;
    throw new ModelError(
      `${source} says that some of its weights lie in "${location}", which ${problem}: export it with its data in one file beside it, or in itself`,
    );
  }
}

/** @param least bytes that the file must have */
async function copyOne(source: string, target: string, least: number): Promise<FileFacts> {
  const found = await stat(source).catch((error: unknown) => {
    if (least <= 1 || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadableFile(source, error);
    throw new ModelError(
      `some of the model's weights lie in ${basename(source)}, which is not in ${dirname(source)}: put it there under this very name (a download of one file brings only a part of the model)`,
    );
  });
  if (!found.isFile()) throw new ModelError(namedKind(source) ?? `${source} is no file`);
  if (found.size < least) {
    throw new ModelError(
      `${source} is cut short: it has ${found.size} bytes, the model needs ${least}; copy or download it again`,
    );
  }
  await copyFile(source, target, constants.COPYFILE_FICLONE).catch(async (error: unknown) => {
    const readable = await sha256OfFile(source).then(
      () => true,
      () => false,
    );
    throw readable ? error : unreadableFile(source, error);
  });
  await chmod(target, 0o644); // a copy has the mode of its source; a service may run as another user
  const { size } = await stat(target);
  return { bytes: size, sha256: await sha256OfFile(target) };
}

/** What a model takes on the disk; 0 where it cannot be read. */
async function bytesOf(source: string, external: readonly ExternalFile[]): Promise<number> {
  const own = await stat(source).catch(() => null);
  return external.reduce((sum, { bytes }) => sum + bytes, own?.size ?? 0);
}
