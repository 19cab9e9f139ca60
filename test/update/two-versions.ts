import { mkdirSync } from 'node:fs';
import { InstalledVersions } from '../../src/update/versions.js';

export const OLD = '1.0.0-aaaaaaaa';
export const NEW = '1.1.0-bbbbbbbb';

/** A prefix with two versions, the newer one current, as two updates leave it; the versions themselves are empty folders. */
export async function twoVersions(prefix: string): Promise<InstalledVersions> {
  const versions = new InstalledVersions(prefix);
  for (const name of [OLD, NEW]) {
    mkdirSync(versions.folderOf(name), { recursive: true });
    await versions.switchTo(name);
  }
  return versions;
}
