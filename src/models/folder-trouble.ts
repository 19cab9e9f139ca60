import { join } from 'node:path';
import { EdgeError, ModelError } from '../foundation/errors.js';
import { diskTrouble } from '../store/disk-trouble.js';

/** What a file system says, and no network does. */
const DISK_CODES = new Set(
  'ENOSPC EDQUOT EROFS EACCES EPERM ENOENT ENOTDIR EISDIR EEXIST ENOTEMPTY EIO EMFILE ENFILE ENAMETOOLONG ELOOP EFBIG EXDEV'.split(
    ' ',
  ),
);

/** Whether an error is the file system's, so that trying again or another way through the network is no use. */
export function isDiskError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'connect') return false; // a firewall may say EACCES or EPERM
  return !(error instanceof EdgeError) && code !== undefined && DISK_CODES.has(code);
}

/**
 * What the disk refused in the folder of the models, in words; other errors as they are.
 * @param bytes what was to be put there; 0 where it is not known
 */
export function folderTrouble(modelsDir: string, error: unknown, bytes = 0): unknown {
  if (!isDiskError(error)) return error;
  const { code } = error;
  const trouble = diskTrouble(join(modelsDir, 'model'), error);
  const needs = code === 'ENOSPC' && bytes > 0 ? `; the model takes ${(bytes / 1e6).toFixed(1)} MB` : '';
  return new ModelError(`cannot write into the models folder ${modelsDir}: ${trouble}${needs}`, {
    dir: modelsDir,
    code,
  });
}
