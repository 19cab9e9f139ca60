import { sign, verify } from 'node:crypto';
import { IDENTIFIER } from '../../foundation/identifier.js';
import { z } from '../../foundation/validate.js';
import type { CommandKey, SigningKey } from './keys.js';

/*
 * A signed command is JSON text inside JSON: the signature is over the bytes of that text as they came, so that nobody has
 * to agree on how JSON is written. docs/commands.md is the specification.
 */

/** Before the text in what is signed, so that a signature made for anything else is none here. */
const SIGNED_PREFIX = 'edge-command/v1\n';
const SIGNATURE_BYTES = 64;
/** In the place of a device: every device of the site. */
export const EVERY_DEVICE = '_site';
/** From `issuedAt` to `expiresAt`, at most. */
export const MAX_COMMAND_LIFETIME_MS = 3_600_000;

/** What a command may be called by whoever waits for its answer. */
export const commandIdSchema = z.union([z.string().min(1).max(64), z.int()]);
export type CommandId = z.infer<typeof commandIdSchema>;

/** What stands in a message to `cmd/<name>`; what stands there besides says nothing. */
export const envelopeSchema = z.object({
  command: z.string().min(2).max(65_536).meta({ description: 'The signed command: JSON text.' }),
  key: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .meta({ description: 'First 16 hex digits of the SHA-256 of the 32 bytes of the public key.' }),
  signature: z
    .string()
    .regex(/^[A-Za-z0-9+/]{86}==$/)
    .meta({
      description: 'Base64 of the Ed25519 signature over "edge-command/v1", a line feed and `command` in UTF-8.',
    }),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** What its `command` says. */
export const signedCommandSchema = z.strictObject({
  name: z.string().regex(IDENTIFIER).meta({ description: 'As in the topic.' }),
  site: z.string().regex(IDENTIFIER),
  device: z
    .union([z.string().regex(IDENTIFIER), z.literal(EVERY_DEVICE)])
    .meta({ description: 'The device; _site, on the topic of the site, for every one.' }),
  id: commandIdSchema.meta({ description: 'The same id again, newly signed, gives the stored result.' }),
  nonce: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,64}$/)
    .meta({ description: 'Random, another one for each signature.' }),
  issuedAt: z.int().min(0).meta({ description: 'Unix ms.' }),
  expiresAt: z.int().min(0).meta({ description: 'Unix ms; at most an hour after issuedAt.' }),
  body: z.record(z.string(), z.unknown()).default({}).meta({ description: 'What the command needs.' }),
});
export type SignedCommand = z.infer<typeof signedCommandSchema>;

/** Signs a command. @returns what a message to `cmd/<name>` says */
export function sealCommand(command: SignedCommand, { id, key }: SigningKey): Envelope {
  const text = JSON.stringify(command);
  return { command: text, key: id, signature: sign(null, signedBytes(text), key).toString('base64') };
}

/** Whether the key signed it: costs about a tenth of a millisecond. */
export function isSignedBy({ command, signature }: Envelope, { key }: CommandKey): boolean {
  const bytes = Buffer.from(signature, 'base64');
  // one signature has one text: the four bits that base64 leaves over say nothing
  if (bytes.length !== SIGNATURE_BYTES || bytes.toString('base64') !== signature) return false;
  // half a surrogate pair has no bytes of its own: what is verified would not be what is read
  if (!isWellFormed(command)) return false;
  return verify(null, signedBytes(command), key, bytes);
}

function signedBytes(text: string): Buffer {
  return Buffer.from(SIGNED_PREFIX + text, 'utf8');
}

function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}
