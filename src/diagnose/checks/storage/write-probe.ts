import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK = 4096;

/** Writes a block into a file of its own and takes it away again. @returns the system's code, such as `EROFS`; null where it can */
export async function probeWrite(folder: string): Promise<string | null> {
  const file = join(folder, `.diagnose-${randomUUID()}`);
  try {
    const handle = await open(file, 'wx', 0o600);
    // it has no name from now on, so that a kill leaves none behind
    await rm(file, { force: true });
    try {
      await handle.write(Buffer.alloc(BLOCK));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  }
}
