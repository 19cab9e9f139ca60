import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, where they are not there. One by one: Node's own `recursive` never comes back from a
 * place like /proc, where nothing can be made and the system says that something is missing, and calls a read-only file
 * system so too.
 *
 * @param mode of those that are made
 * @throws the file system's error; ENOTDIR where a file has the name
 */
export function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      if (!statSync(folder).isDirectory()) throw Object.assign(error as Error, { code: 'ENOTDIR' });
    } else {
      const above = dirname(folder);
      if (code !== 'ENOENT' || above === folder || existsSync(above)) throw error;
      makeFolder(above, mode);
      makeFolder(folder, mode);
    }
  }
}
