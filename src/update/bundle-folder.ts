import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleError } from '../foundation/errors.js';
import type { BundleEntry } from './bundle-entry.js';
import { type BundledFile, MANIFEST_FILE, SIGNATURE_FILE } from './manifest.js';

/** What a bundle begins with, so that nothing of it is looked at before its signature is. */
const FIRST: readonly string[] = [MANIFEST_FILE, SIGNATURE_FILE];

/** The files of an unpacked bundle. @throws BundleError where something is neither file nor folder: a link, a device */
export async function* readBundleFolder(folder: string): AsyncGenerator<BundleEntry> {
  const paths = await pathsBeneath(folder);
  const rest = paths.filter((path) => !FIRST.includes(path));
  for (const path of [...FIRST.filter((first) => paths.includes(first)), ...rest]) {
    const file = join(folder, path);
    const { size } = await lstat(file);
    yield { path, bytes: size, executable: null, content: createReadStream(file) };
  }
}

/** What a manifest says of the files of a folder, sorted by their paths; of what the manifest itself is, nothing. */
export async function describeFolder(folder: string): Promise<BundledFile[]> {
  const files: BundledFile[] = [];
  for await (const { path, bytes, content } of readBundleFolder(folder)) {
    if (FIRST.includes(path)) continue;
    const executable = ((await lstat(join(folder, path))).mode & 0o100) !== 0;
    const hash = createHash('sha256');
    for await (const piece of content) hash.update(piece);
    files.push({ path, bytes, sha256: hash.digest('hex'), executable });
  }
  return files;
}

/** Every file beneath a folder, sorted by the bytes of its path. */
async function pathsBeneath(folder: string): Promise<string[]> {
  const paths: string[] = [];
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) paths.push(path);
      else throw new BundleError(`the bundle holds ${path}, which is no plain file`);
    }
  };
  await visit('');
  return paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
