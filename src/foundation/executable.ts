import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Where a program is that would be started by this name, without starting it.
 *
 * @param program a name to look for in the folders of `path`, or, with a slash in it, a file
 * @param path as in the variable PATH
 * @returns null where there is none that this user may run
 */
export function findExecutable(program: string, path: string): string | null {
  if (program.includes('/')) return isExecutable(program) ? program : null;
  const places = path.split(delimiter).map((folder) => join(folder || '.', program));
  return places.find(isExecutable) ?? null;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
