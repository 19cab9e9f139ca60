import { createHash, sign, verify } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeError, explain } from '../../foundation/errors.js';
import { PRIVATE_FOLDER, writeWhole } from '../../foundation/private-files.js';
import { z } from '../../foundation/validate.js';
import type { CommandKey, SigningKey } from '../../telemetry/commands/keys.js';
import { AUDITED, type AuditEntry } from './audit-chain.js';

/*
 * Old entries of the audit go into files, a line of JSON each. The chain in the store begins behind them then; an entry of its own says up to
 * which number and with which hash, signed where the collector has a key: so what is missing at the beginning was put away, or was taken.
 */

/** What the entry `archived` says. */
export const archivedDetail = z.object({
  /** Number of the first entry in the file. */
  from: z.int().min(1),
  /** Number and hash of the last one. */
  through: z.int().min(1),
  hash: z.string(),
  /** Its name, and SHA-256 of what it holds, lower-case hex. */
  file: z.string(),
  sha256: z.string(),
  /** Id of the key that signed it, and base64 of its signature; null: the collector had none. */
  key: z.string().nullable(),
  signature: z.string().nullable(),
});
export type ArchivedDetail = z.infer<typeof archivedDetail>;

const archivedLine = z.object({
  n: z.int().min(1),
  at: z.number(),
  by: z.string(),
  what: z.enum(AUDITED),
  action: z.string().nullable(),
  detail: z.string(),
  previous: z.string(),
  hash: z.string(),
});

/** Before what is signed, so that a signature made for anything else is none here. */
const SIGNED_PREFIX = 'edge-audit/v1\n';

/** An entry as a file has it, without the end of its line. */
export const auditLine = ({ n, at, by, what, action, detail, previous, hash }: AuditEntry): string =>
  JSON.stringify({ n, at, by, what, action, detail, previous, hash });

/** What `auditLine` wrote. @param place for messages @param advice what to do where it is none @throws EdgeError E_OUTPUT where it is no entry */
export function auditEntryIn(line: string, place: string, advice: string): AuditEntry {
  try {
    return archivedLine.parse(JSON.parse(line));
  } catch (error) {
    throw new EdgeError('E_OUTPUT', `${place} is no entry of an audit: ${explain(error)}; ${advice}`);
  }
}

/**
 * Writes entries into a file of their own, which is on the medium then.
 *
 * @param entries at least one, oldest first
 * @returns what the audit is to say of it
 * @throws EdgeError E_OUTPUT where the folder cannot be written
 */
export async function archiveAudit(
  folder: string,
  entries: readonly AuditEntry[],
  key: SigningKey | null,
): Promise<ArchivedDetail> {
  const [{ n: from }, { n: through, hash }] = [entries[0]!, entries.at(-1)!];
  // a second attempt replaces what the first one left: nothing says of that yet that it is archived
  const file = `audit-${String(from).padStart(9, '0')}.jsonl`;
  const text = entries.map((entry) => `${auditLine(entry)}\n`).join('');
  try {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    await writeWhole(join(folder, file), text);
  } catch (cause) {
    throw new EdgeError('E_OUTPUT', `old entries of the audit cannot be put into ${folder}: ${explain(cause)}`, {
      cause,
    });
  }
  const sha256 = createHash('sha256').update(text).digest('hex');
  const signature = key === null ? null : sign(null, signedBytes(through, hash), key.key).toString('base64');
  return { from, through, hash, file, sha256, key: key?.id ?? null, signature };
}

/** Whether the key signed that these entries were put away. */
export const isArchivedBy = ({ through, hash, signature }: ArchivedDetail, { key }: CommandKey): boolean =>
  signature !== null && verify(null, signedBytes(through, hash), key, Buffer.from(signature, 'base64'));

const signedBytes = (through: number, hash: string): Buffer => Buffer.from(`${SIGNED_PREFIX}${through}\n${hash}`);
