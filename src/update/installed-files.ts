import { createReadStream } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../foundation/make-folder.js';
import { PRIVATE_FOLDER } from '../foundation/private-files.js';
import type { BundleEntry } from './bundle-entry.js';
import { MANIFEST_FILE, parseBundleManifest, SIGNATURE_FILE } from './manifest.js';

/** Where the program keeps what it learns unless it is told otherwise (`store.dir`), beneath its own folder. */
const DATA = 'data';
/** Where a device's own models lie beside those of the program, unless `model.dir` says otherwise. */
const MODELS = 'models';

/**
 * The files of an installed version that its manifest names; what came in addition is passed over.
 *
 * @throws BundleError where its manifest is none; the file system's error where it has none
 */
export async function* readInstalled(folder: string): AsyncGenerator<BundleEntry> {
  const named = await namedIn(folder);
  for (const path of [MANIFEST_FILE, SIGNATURE_FILE, ...named]) {
    const file = join(folder, path);
    const stat = await lstat(file).catch(() => null);
    if (!stat?.isFile()) continue; // whoever verifies notices
    yield { path, bytes: stat.size, executable: (stat.mode & 0o100) !== 0, content: createReadStream(file) };
  }
}

/** Lets a version keep its data where the others do: in `data` beside the versions, which no update removes. */
export async function linkData(prefix: string, folder: string): Promise<void> {
  makeFolder(join(prefix, DATA), PRIVATE_FOLDER);
  await symlink(join('..', '..', DATA), join(folder, DATA));
}

/** Takes models that were added to one version along to another one, which may have files of its own in their place. */
export async function carryModels(from: string, to: string): Promise<void> {
  const named = new Set(await namedIn(from).catch(() => []));
  const names = await readdir(join(from, MODELS), { recursive: true }).catch(() => []);
  for (const path of names.map((name) => `${MODELS}/${name}`)) {
    const [file, copy] = [join(from, path), join(to, path)];
    if (named.has(path) || !(await lstat(file)).isFile() || (await lstat(copy).catch(() => null)) !== null) continue;
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(file, copy);
  }
}

async function namedIn(folder: string): Promise<string[]> {
  return parseBundleManifest(await readFile(join(folder, MANIFEST_FILE))).files.map(({ path }) => path);
}
