import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ConfigError, explain } from '../foundation/errors.js';
import { readTar } from '../store/read-tar.js';
import type { TarEntry } from '../store/tar.js';

/** Bytes of an archive, and of what is in it. */
const MOST_PACKED = 16 << 20;
const MOST_BYTES = 64 << 20;
const MOST_ENTRIES = 20_000;

/** A machine that was recorded, as a folder with `proc` and `sys` in it. */
export interface OpenRecording {
  readonly root: string;
  readonly isArchive: boolean;
  /** Removes what was unpacked. */
  close(): void;
}

/**
 * Opens a folder as it is, or unpacks an archive into a folder of its own.
 *
 * @throws ConfigError where it is not there, is no recording, or would write outside its folder
 */
export async function openRecording(path: string): Promise<OpenRecording> {
  const refuse = (why: string): ConfigError =>
    new ConfigError('cannot read the recording', [`--root: ${path}: ${why}`]);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw refuse('there is no such folder or archive');
  if (stat.isDirectory()) {
    if (!hasTree(path)) throw refuse('expected a folder with proc or sys in it');
    return { root: path, isArchive: false, close: () => undefined };
  }
  if (!stat.isFile()) throw refuse('expected a folder or an archive');
  if (stat.size > MOST_PACKED) throw refuse('it is larger than a recording ever is');
  let entries: TarEntry[];
  try {
    entries = readTar(gunzipSync(readFileSync(path), { maxOutputLength: MOST_BYTES }));
  } catch (error) {
    throw refuse(`expected a folder, or a .tar.gz made by sensors --record: ${explain(error)}`);
  }
  const odd = leadingOut(entries)?.path;
  if (odd !== undefined) throw refuse(`${odd} in it leads out of its folder`);
  if (entries.length > MOST_ENTRIES) throw refuse('there is more in it than in any recording');
  return unpack(entries);
}

const hasTree = (root: string): boolean => ['proc', 'sys'].some((folder) => existsSync(join(root, folder)));

function unpack(entries: readonly TarEntry[]): OpenRecording {
  const root = mkdtempSync(join(tmpdir(), 'edge-recording-'));
  const close = (): void => rmSync(root, { recursive: true, force: true });
  try {
    // links last: nothing is written through one
    for (const entry of entries) if (entry.kind === 'file') write(join(root, entry.path), entry.data);
    for (const entry of entries) if (entry.kind === 'link') link(join(root, entry.path), entry.target);
  } catch (error) {
    close();
    throw new ConfigError('cannot read the recording', [`--root: it cannot be unpacked: ${explain(error)}`]);
  }
  return { root, isArchive: true, close };
}

function write(file: string, data: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, data);
}

function link(file: string, target: string): void {
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
}

/**
 * An entry that would be written, or leads, outside the folder. A path that goes through a link, or a link that goes up again
 * after it went down, leads where its text does not say; no recording has one.
 */
function leadingOut(entries: readonly TarEntry[]): TarEntry | undefined {
  const links = new Set(entries.flatMap(({ kind, path }) => (kind === 'link' ? [path] : [])));
  return entries.find((entry) => {
    const { path } = entry;
    if (isOutside(path) || path !== normalize(path) || foldersOf(path).some((folder) => links.has(folder))) return true;
    if (entry.kind === 'file') return false;
    const { target } = entry;
    return target.startsWith('/') || target !== normalize(target) || isOutside(join(dirname(path), target));
  });
}

const isOutside = (path: string): boolean => path === '' || path.startsWith('/') || /^\.\.(\/|$)/.test(normalize(path));

/** Folders above a path: `a`, `a/b` of `a/b/c`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'));
}
