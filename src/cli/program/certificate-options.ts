import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';

/** One of the two that say, for every command that reads from cameras, what makes their certificates good. */
export const TLS_FINGERPRINT = new Option(
  '--tls-fingerprint <sha256>',
  'https:// and rtsps://: the one certificate that the camera may show',
)
  .argParser(fingerprint)
  .conflicts('tlsCaFile');

/** The other one. */
export const TLS_CA_FILE = new Option(
  '--tls-ca-file <file.pem>',
  "https:// and rtsps://: certificates of whoever signed the camera's, or that itself",
).argParser((file) => resolve(file));

/** 64 hex digits; colons between bytes are no part of it. */
function fingerprint(text: string): string {
  const digits = text.replaceAll(':', '');
  if (/^[0-9a-f]{64}$/i.test(digits)) return digits;
  throw new InvalidArgumentError('Expected the 64 hex digits of a SHA-256 fingerprint.');
}
