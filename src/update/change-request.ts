import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { SignedText } from '../foundation/command.js';
import { BundleError } from '../foundation/errors.js';
import { writeWhole } from '../foundation/private-files.js';
import { sha256Of } from '../foundation/sha256.js';

// The file by which the program asks root for a change of versions that was commanded: rollback-request.ts tells its way.

/** What a command may have, quoted. */
const MAX_BYTES = 150_000;

/** What names a request in its outcome. */
export function requestName(bytes: Uint8Array | string): string {
  return sha256Of(bytes);
}

/** The file that the unit looks at; null where there is no such unit. */
export async function watchedRequestFile(unit: string): Promise<string | null> {
  const text = await readFile(unit, 'utf8').catch(() => '');
  return /^PathExists=(\/.+)$/m.exec(text)?.[1] ?? null;
}

/** A request as its file holds it. */
export function requestText({ command, key, signature }: SignedText): string {
  return JSON.stringify({ command, key, signature });
}

/** Asks for it, in one step. @throws the file system's error */
export async function writeChangeRequest(file: string, text: string): Promise<void> {
  await writeWhole(file, text, { keepsMode: false });
}

/**
 * The bytes of a request. Whoever wrote it is not trusted: no link is followed, nothing but a file is opened, and what is too long is
 * not read.
 *
 * @throws BundleError where it cannot be one
 */
export async function readChangeRequest(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new BundleError(code === 'ELOOP' ? `${file} is a symbolic link` : `${file} cannot be read: ${code}`);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new BundleError(`${file} is no file`);
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    if (bytesRead > MAX_BYTES) {
      throw new BundleError(`${file} has more than ${MAX_BYTES} bytes: no signed command has`);
    }
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
