import { renameSync, statSync } from 'node:fs';
import { appendFile, chown, open, readFile } from 'node:fs/promises';
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
  const moved = movedAside(file);
  // what a power cut left half takes no other with it
  const begin = (await endsWithin(file)) ? '\n' : '';
  await appendFile(file, `${begin}${JSON.stringify(what)}\n`, { mode: PRIVATE_FILE });
  // one that root begins stays the program's
  if (moved !== null) await chown(file, moved.uid, moved.gid).catch(() => undefined);
}

/**
 * Moves a full log aside, in one go: of many looks at once, none may find it full and then put the new one over what another moved.
 *
 * @returns whose it was; null where it has room
 */
function movedAside(file: string): { readonly uid: number; readonly gid: number } | null {
  try {
    const before = statSync(file);
    if (before.size <= MAX_BYTES) return null;
    renameSync(file, `${file}.1`);
    return before;
  } catch {
    // there is none yet, or it grows on
    return null;
  }
}

/** Whether the last line of a file has no end. */
async function endsWithin(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return false;
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } finally {
    await handle.close();
  }
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
