import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A public key that may sign commands. */
export interface CommandKey {
  /** First 16 hex digits of the SHA-256 of its 32 bytes: what envelopes and the log call it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** A private key, for whoever signs. */
export type SigningKey = CommandKey;

/** How a public key is written in a configuration: this and the base64 of its 32 bytes. */
const PREFIX = 'ed25519:';
const RAW_BYTES = 32;
/** What stands before the 32 bytes in SPKI (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** What `parsePublicKey` takes, for messages: `expected …`. */
const PUBLIC_KEY_IN_WORDS = 'ed25519: and the base64 of 32 bytes, as `edge-optimizer command keygen` prints it';

/**
 * A public key as people have it: `ed25519:<base64 of 32 bytes>`, or PEM (`openssl pkey -pubout`).
 *
 * @throws RangeError where it is none; a private key is refused without a word of it in the message
 */
export function parsePublicKey(text: string): CommandKey {
  const trimmed = text.trim();
  if (/PRIVATE KEY/.test(trimmed)) throw new RangeError('got a private key: only its public half belongs on a device');
  const key = trimmed.startsWith('-----') ? keyOfPem(trimmed) : keyOfRaw(trimmed);
  return { id: keyIdOf(key), key };
}

/** Every public key of a file: one a line, `#` begins a comment; or PEM blocks. @throws RangeError where one is none, or none is there */
export function parsePublicKeys(text: string): CommandKey[] {
  if (/PRIVATE KEY/.test(text)) throw new RangeError('got a private key: only its public half belongs on a device');
  const blocks = text.match(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g);
  const lines = text.split(/\r?\n/).map((line) => line.replace(/\s*#.*$/, '').trim());
  const keys = (blocks ?? lines.filter((line) => line !== '')).map(parsePublicKey);
  if (keys.length === 0) throw new RangeError('got a file without any key');
  return keys;
}

/** How a public key is written in a configuration. @param key public or private */
export function publicKeyText(key: KeyObject): string {
  return `${PREFIX}${rawOf(key).toString('base64')}`;
}

/** The private key of a PEM file. @throws RangeError where it is no Ed25519 key, without a word of what is in it */
export function parsePrivateKey(pem: string): SigningKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new RangeError(
      /ENCRYPTED/.test(pem)
        ? 'expected a key without a password, got an encrypted one'
        : 'expected the PEM of an Ed25519 private key, as `edge-optimizer command keygen` writes it',
    );
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new RangeError(`expected an Ed25519 private key, got one of ${key.asymmetricKeyType}`);
  }
  return { id: keyIdOf(key), key };
}

/** A new pair. @returns the private key as PEM (PKCS#8), the public one as a configuration has it */
export function generateSigningKey(): {
  readonly privatePem: string;
  readonly publicText: string;
  readonly id: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicText: publicKeyText(publicKey),
    id: keyIdOf(publicKey),
  };
}

function keyOfPem(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new RangeError(`expected ${PUBLIC_KEY_IN_WORDS}, got a PEM that is no public key`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new RangeError(`expected an Ed25519 public key, got one of ${key.asymmetricKeyType}`);
  }
  return key;
}

function keyOfRaw(text: string): KeyObject {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const raw = Buffer.from(base64, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]{43}=?$/.test(base64) && raw.length === RAW_BYTES;
  if (!isBase64) throw new RangeError(`expected ${PUBLIC_KEY_IN_WORDS}, got ${JSON.stringify(text.slice(0, 80))}`);
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

function rawOf(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-RAW_BYTES);
}

function keyIdOf(key: KeyObject): string {
  return createHash('sha256').update(rawOf(key)).digest('hex').slice(0, 16);
}
