import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { type CommandDeclaration, declareCommand, type SignedText } from '../foundation/command.js';
import { BundleError } from '../foundation/errors.js';
import { writeWhole } from '../foundation/private-files.js';
import { sha256Of } from '../foundation/sha256.js';
import { z } from '../foundation/validate.js';

/*
 * A rollback over MQTT crosses from the program, which cannot write beside its versions, to root, who does not trust it:
 *
 *  1. The program writes the signed command as it came into the file that edge-optimizer-rollback.path looks at.
 *  2. The unit has root run `edge-optimizer rollback --requested FILE`, which checks signature, device, time and whether it
 *     was done before all over again, with the keys of the site's configuration, and takes the file away.
 *  3. What became of it stands in PREFIX/rollback-outcome, where the program, before or after its restart, reads it.
 */

/** Where the installation puts the unit that looks at the file. */
export const ROLLBACK_PATH_UNIT = '/etc/systemd/system/edge-optimizer-rollback.path';
/** What a command may have, quoted. */
const MAX_BYTES = 150_000;

/** The command, for whoever accepts it and for whoever carries it out. */
export function rollbackCommand(handle: CommandDeclaration<object>['handle']): CommandDeclaration {
  return declareCommand({
    name: 'rollback',
    access: 'signed',
    help: 'Back to the version before the last update. Answered twice: `accepted`, and after the restart `done` or why not.',
    payload: z.strictObject({}),
    handle,
  });
}

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
export async function writeRollbackRequest(file: string, text: string): Promise<void> {
  await writeWhole(file, text, { keepsMode: false });
}

/**
 * The bytes of a request. Whoever wrote it is not trusted: no link is followed, nothing but a file is opened, and what is too long is
 * not read.
 *
 * @throws BundleError where it cannot be one
 */
export async function readRollbackRequest(file: string): Promise<Buffer> {
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
