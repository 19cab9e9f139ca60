import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.js';

/** Modes of what this program makes: it holds pictures of public roads and what was learned from them. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** Where others than its owner and group can look into a file or folder: its mode, `0755`; null where they cannot. */
export function openToOthers(path: string): string | null {
  const { mode } = statSync(path);
  return (mode & 0o007) === 0 ? null : (mode & 0o7777).toString(8).padStart(4, '0');
}

/** Makes a private folder, and those above it, where they are not there. @throws as `makeFolder` */
export function makePrivateFolder(folder: string): void {
  makeFolder(folder, PRIVATE_FOLDER);
}

/** Makes an empty private file where there is none; one that is there is not even opened. */
export function makePrivateFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', PRIVATE_FILE));
}

export interface WholeFileOptions {
  /** Where it is written first, in the same file system; default: the file's name with `.part`. */
  readonly part?: string;
  /**
   * Whether it is on the medium under its name when the promise is fulfilled; default true. `content`: what it holds is, and a power cut
   * leaves the old one or the new one, until the folder is brought there too (`syncFolder`). false: a power cut may leave it empty.
   */
  readonly durable?: boolean | 'content';
  /** Whether it has the mode of what it replaces; default true. Otherwise it is private in any case. */
  readonly keepsMode?: boolean;
}

/**
 * Puts a file in place of what is there in one step: nobody ever sees half of it. It keeps the mode of what it replaces,
 * and is private where there was nothing.
 *
 * @param data one piece after the other where it is too long to be held
 * @throws the file system's error, or that of the pieces; no part is left behind then. Where the folder cannot be brought onto the medium the file is in place
 */
export async function writeWhole(
  file: string,
  data: Uint8Array | string | AsyncIterable<string>,
  { part = `${file}.part`, durable = true, keepsMode = true }: WholeFileOptions = {},
): Promise<void> {
  try {
    const replaced = keepsMode ? await stat(file).catch(() => null) : null;
    const handle = await open(part, 'w', PRIVATE_FILE);
    try {
      // a file system without modes takes none
      await handle.chmod(replaced === null ? PRIVATE_FILE : replaced.mode & 0o777).catch(() => undefined);
      for await (const piece of typeof data === 'string' || data instanceof Uint8Array ? [data] : data)
        await handle.writeFile(piece);
      if (durable !== false) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    if (durable === true) await syncFolder(dirname(file));
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Brings the names in a folder onto the medium: what was made, renamed or removed there stays so over a power cut. A file system that
 * cannot do this for folders is left to do it by itself.
 *
 * @throws the file system's error where the medium fails, or has no room
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (MEDIUM_ERRORS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const MEDIUM_ERRORS: ReadonlySet<string> = new Set(['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'ENOENT']);
