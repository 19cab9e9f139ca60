import { appendFile, chown, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE_FILE } from '../foundation/private-files.js';
import { z } from '../foundation/validate.js';

/** Who looked at evidence: in the folder of its chain. */
export const ACCESS_LOG = 'access.jsonl';
/** Bytes after which a log becomes `access.jsonl.1`, and what that was is gone: some 14 000 accesses are known in all. */
const MAX_BYTES = 2 ** 20;

const access = z.object({
  /** Unix ms. */
  at: z.number(),
  what: z.enum(['list', 'view', 'picture', 'export', 'verify']),
  /** `http operator`, `http tenant north`, `command KEY`, `user 1000`. */
  by: z.string(),
  /** Number of the record; null where it is about all of them. */
  n: z.number().nullable(),
  detail: z.string().optional(),
});
export type EvidenceAccess = z.infer<typeof access>;

/**
 * Notes an access. Several processes may: a line is appended in one write.
 *
 * @throws the file system's error where it cannot be noted; whoever asked is then to get nothing
 */
export async function noteAccess(folder: string, what: EvidenceAccess): Promise<void> {
  const file = join(folder, ACCESS_LOG);
  const before = await stat(file).catch(() => null);
  const isFull = before !== null && before.size > MAX_BYTES;
  if (isFull) await rename(file, `${file}.1`).catch(() => undefined);
  await appendFile(file, `${JSON.stringify(what)}\n`, { mode: PRIVATE_FILE });
  // one that root begins stays the program's
  if (isFull) await chown(file, before.uid, before.gid).catch(() => undefined);
}

/** The last so many accesses, oldest first; none where nobody looked yet. @throws the file system's error */
export async function readAccesses(folder: string, most: number): Promise<EvidenceAccess[]> {
  const texts = await Promise.all(
    [`${ACCESS_LOG}.1`, ACCESS_LOG].map((name) =>
      readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      }),
    ),
  );
  const lines = texts.join('').split('\n').filter(Boolean).slice(-most);
  return lines.flatMap((line) => {
    try {
      return [access.parse(JSON.parse(line))];
    } catch {
      // a line that a power cut left half written
      return [];
    }
  });
}
