import { type KeyObject, sign, verify } from 'node:crypto';
import { sha256Of } from '../../foundation/sha256.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import { canonicalJson } from './canonical-json.js';

/** A signed file: its two lines, apart. */
export interface SignedLines {
  /** The first line with its line feed, which the signature is over: canonical JSON. */
  readonly signed: string;
  /** The second line: base64 of the 64 bytes of the Ed25519 signature. */
  readonly signature: string;
}

/** The hash of a signed text: what the next record of a chain names. Lower-case hex. */
export const chainHashOf = ({ signed }: Pick<SignedLines, 'signed'>): string => sha256Of(signed);

/** @throws TypeError where the value cannot be written as JSON */
export function signText(value: object, { key }: SigningKey): SignedLines {
  const signed = `${canonicalJson(value)}\n`;
  return { signed, signature: sign(null, Buffer.from(signed), key).toString('base64') };
}

/** The content of the file. */
export const fileOf = ({ signed, signature }: SignedLines): string => `${signed}${signature}\n`;

/** The two lines of a file; null where it has not exactly these. */
export function readSignedText(file: Uint8Array): SignedLines | null {
  const found = /^([^\n]+\n)([A-Za-z0-9+/]{86}==)\n$/.exec(new TextDecoder('utf-8', { ignoreBOM: true }).decode(file));
  return found === null ? null : { signed: found[1]!, signature: found[2]! };
}

/** Whether the holder of the key signed exactly this. @param key public or private */
export function isSignedWith({ signed, signature }: SignedLines, key: KeyObject): boolean {
  return verify(null, Buffer.from(signed), key, Buffer.from(signature, 'base64'));
}
