import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SourceError } from '../foundation/errors.js';
import { didYouMean } from '../foundation/validate.js';

/**
 * The error of a file or folder that cannot be read, with the name beside it that may have been meant.
 *
 * @param what `a file`, `a folder`
 * @param cause what the system said
 */
export async function cannotRead(what: string, path: string, cause: unknown): Promise<SourceError> {
  const { code } = cause as NodeJS.ErrnoException;
  const expected = `expected ${what} that can be read, got ${path}`;
  if (code !== 'ENOENT') return SourceError.permanent(expected, { path }, cause);
  const beside = await readdir(dirname(path)).catch(() => []);
  const meant = didYouMean(basename(path), beside);
  const hint = meant === null ? '' : `; did you mean ${join(dirname(path), meant)}?`;
  return SourceError.permanent(`${expected}, which does not exist${hint}`, { path });
}
