import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeError, explain } from '../../foundation/errors.js';
import { makePrivateFolder, writeWhole } from '../../foundation/private-files.js';
import { generateSigningKey, parsePrivateKey, type SigningKey } from '../../telemetry/commands/keys.js';

/** In `store.dir`: the one private key of the device's evidence, readable by its owner alone. */
export const EVIDENCE_KEY = 'evidence-key.pem';

/**
 * The device's key; null where there is none yet.
 *
 * @param folder `store.dir`
 * @throws EdgeError E_OUTPUT where it cannot be read, or is no key
 */
export function readEvidenceKey(folder: string): SigningKey | null {
  const file = join(folder, EVIDENCE_KEY);
  if (!existsSync(file)) return null;
  try {
    return parsePrivateKey(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new EdgeError(
      'E_OUTPUT',
      `the key of the evidence, ${file}, cannot be used: ${explain(error)}; bring it back from a copy, or move it and the folder of the evidence aside: then a new chain begins with a new key`,
      { cause: error },
    );
  }
}

/** The device's key, made with the first use. @throws as `readEvidenceKey`; the file system's error where it cannot be kept */
export async function evidenceKey(folder: string): Promise<SigningKey> {
  const there = readEvidenceKey(folder);
  if (there !== null) return there;
  makePrivateFolder(folder);
  const { privatePem } = generateSigningKey();
  await writeWhole(join(folder, EVIDENCE_KEY), privatePem);
  return parsePrivateKey(privatePem);
}

/** The public half, as OpenSSL reads it. */
export function publicPemOf({ key }: SigningKey): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ type: 'spki', format: 'pem' }).toString();
}
