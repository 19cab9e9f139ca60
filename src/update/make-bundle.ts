import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleError } from '../foundation/errors.js';
import type { SigningKey } from '../telemetry/commands/keys.js';
import { type PackedFile, packBundle } from './bundle-archive.js';
import { describeFolder } from './bundle-folder.js';
import {
  type BundledFile,
  type BundleManifest,
  MANIFEST_FILE,
  parseBundleManifest,
  SIGNATURE_FILE,
} from './manifest.js';
import { signManifest } from './signature.js';

/** What a bundle says of itself that its files do not tell. */
export type BundleAbout = Pick<BundleManifest, 'version' | 'platform' | 'commit' | 'node' | 'sqlite'> &
  Partial<Pick<BundleManifest, 'glibc'>>;

/**
 * Makes a bundle of a folder: writes manifest.json and manifest.sig into it, and packs it.
 *
 * @param top name of the folder that the archive unpacks to
 * @param key null leaves it unsigned
 * @param level of gzip, 0 (stored as it is) to 9 (small), which is the default
 * @throws BundleError where the folder holds a link, or a version or platform is none
 */
export async function makeBundle(
  folder: string,
  archive: string,
  top: string,
  about: BundleAbout,
  key: SigningKey | null,
  level?: number,
): Promise<BundleManifest> {
  const { manifest, first } = await describeBundle(folder, about, key);
  await packBundle(folder, [...first, ...manifest.files], archive, top, level);
  return manifest;
}

/**
 * Makes a folder an unpacked bundle: writes manifest.json and manifest.sig into it.
 *
 * @returns also these files, with which an archive of it begins
 * @throws as `makeBundle`
 */
export async function describeBundle(
  folder: string,
  about: BundleAbout,
  key: SigningKey | null,
): Promise<{ manifest: BundleManifest; first: PackedFile[] }> {
  const files = await describeFolder(folder);
  if (files.length === 0) throw new BundleError(`${folder} is empty: there is nothing to bundle`);
  const { version, platform, commit, node, sqlite, glibc = null } = about;
  const name = 'edge-inference-optimizer';
  const bytes = manifestText({ format: 1, name, version, platform, commit, node, sqlite, glibc, files });
  const manifest = parseBundleManifest(bytes);
  const first: PackedFile[] = [await written(folder, MANIFEST_FILE, bytes)];
  if (key !== null) first.push(await written(folder, SIGNATURE_FILE, Buffer.from(signManifest(bytes, key))));
  return { manifest, first };
}

async function written(folder: string, path: string, bytes: Buffer): Promise<PackedFile> {
  await writeFile(join(folder, path), bytes);
  return { path, bytes: bytes.length, executable: false };
}

/** A line per file, which a shell can read as well. */
function manifestText({ files, ...about }: BundleManifest): Buffer {
  const head = JSON.stringify(about, null, 2).replace(/\n\}$/, '');
  const line = ({ path, bytes, sha256, executable }: BundledFile): string =>
    `    ${JSON.stringify({ path, bytes, sha256, executable })}`;
  return Buffer.from(`${head},\n  "files": [\n${files.map(line).join(',\n')}\n  ]\n}\n`);
}
