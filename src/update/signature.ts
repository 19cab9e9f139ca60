import { sign, verify } from 'node:crypto';
import { BundleError } from '../foundation/errors.js';
import { type CommandKey, parsePublicKey, type SigningKey } from '../telemetry/commands/keys.js';

/** Whose bundles are taken. */
export interface Trust {
  /** Public keys as a configuration or a file has them. */
  readonly keys: readonly CommandKey[];
  /** Also take one that nobody signed, or that somebody unknown signed. */
  readonly unsignedOk: boolean;
}

/** Keys as texts: `ed25519:…` or PEM. @throws RangeError where one is none */
export function bundleTrust(keys: readonly string[], unsignedOk = false): Trust {
  return { keys: keys.map(parsePublicKey), unsignedOk };
}

/** The signature of a manifest, as it is in a bundle: what `openssl pkeyutl -sign -rawin` makes, in base64. */
export function signManifest(manifest: Buffer, { key }: SigningKey): string {
  return `${sign(null, manifest, key).toString('base64')}\n`;
}

/**
 * Who signed a manifest.
 *
 * @param signature null where there is none
 * @returns the key's id; null where it is taken without one
 * @throws BundleError where it is not to be taken
 */
export function signerOf(manifest: Buffer, signature: string | null, { keys, unsignedOk }: Trust): string | null {
  if (signature === null) {
    if (unsignedOk) return null;
    throw new BundleError('the bundle is not signed: get one that is, or say --unsigned-ok if you made it yourself');
  }
  const bytes = Buffer.from(signature.trim(), 'base64');
  const signer = keys.find(({ key }) => verify(null, manifest, key, bytes));
  if (signer !== undefined) return signer.id;
  if (keys.length > 0) {
    const known = keys.map(({ id }) => id).join(', ');
    throw new BundleError(
      `the bundle is not signed by a key that is trusted here (${known}), or was changed afterwards: get it anew from whoever made it`,
    );
  }
  if (unsignedOk) return null;
  throw new BundleError(
    'the bundle is signed, but no key is known here to check that: name the public one with --key FILE, or say --unsigned-ok to do without',
  );
}
