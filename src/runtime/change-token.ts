import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../foundation/errors.js';
import { makePrivateFolder, PRIVATE_FILE } from '../foundation/private-files.js';

/** Of what the program writes: 32 bytes in base64url. */
const TOKEN = /^[\w-]{43}$/;

const USUAL_NAME = 'change-token';

/** Where the token for changes lies, of a program that keeps its data there. */
export const changeTokenFile = (storeDir: string, name: string = USUAL_NAME): string => join(storeDir, name);

/** The token that the program made for changes; null where there is none yet, or it cannot be read. */
export function readChangeToken(storeDir: string, name: string = USUAL_NAME): string | null {
  try {
    const text = readFileSync(changeTokenFile(storeDir, name), 'utf8').trim();
    return TOKEN.test(text) ? text : null;
  } catch {
    return null;
  }
}

/**
 * What changes over HTTP need where `http.token` is not set, so that not everybody who may log in to the device may change how it works:
 * whoever may read the store's folder may. Made on the first start.
 *
 * @returns the token, or why there is none
 */
export function changeToken(
  storeDir: string,
  name: string = USUAL_NAME,
): { readonly token: string } | { readonly problem: string } {
  const kept = readChangeToken(storeDir, name);
  if (kept !== null) return { token: kept };
  const file = changeTokenFile(storeDir, name);
  if (existsSync(file))
    return { problem: `${file} cannot be read, or holds no token: remove it, and a new one is made` };
  const token = randomBytes(32).toString('base64url');
  try {
    makePrivateFolder(storeDir);
    writeFileSync(file, `${token}\n`, { mode: PRIVATE_FILE, flag: 'wx' });
  } catch (error) {
    return { problem: `${file} cannot be written: ${explain(error)}` };
  }
  return { token };
}
