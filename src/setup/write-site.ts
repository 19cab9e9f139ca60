import { chmodSync, chownSync, existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configError, readConfig } from '../config/load.js';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import { PRIVATE_FILE } from '../foundation/private-files.js';
import type { SiteFiles } from './site-files.js';

/** What the service's group may do with what root makes in the folder that root shares with it. */
const FOR_GROUP = 0o640;

/**
 * Writes a site's files into a folder, each for its owner alone, or for the group with which root shares the folder,
 * once `config check` has nothing against them; the configuration comes last. What is there already is never replaced.
 *
 * @returns their paths, the configuration's first
 * @throws ConfigError where the configuration cannot be used or a file is there; EdgeError E_OUTPUT where one cannot be written
 */
export function writeSite(file: string, { configuration, secrets }: SiteFiles): string[] {
  const folder = dirname(file);
  const all = [...secrets, configuration];
  const there = all.map(({ name }) => join(folder, name)).filter((path) => existsSync(path));
  if (there.length > 0) {
    throw new ConfigError(
      'no configuration was made',
      there.map((path) => `--out: expected no file of this name yet, got ${path}: move it away, or change it by hand`),
    );
  }
  const written: string[] = [];
  let staging: string | null = null;
  try {
    // in the same file system, and private until all is well
    staging = mkdtempSync(join(folder, '.config-init-'));
    for (const { name, text } of all) writeFileSync(join(staging, name), text, { mode: PRIVATE_FILE, flag: 'wx' });
    const { problems } = readConfig({ file: join(staging, configuration.name), env: {} });
    if (problems.length > 0) throw configError(file, problems);
    for (const { name } of all) {
      shareAs(folder, join(staging, name));
      linkSync(join(staging, name), join(folder, name));
      written.unshift(join(folder, name));
    }
    return written;
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    if (error instanceof ConfigError) throw error;
    throw new EdgeError('E_OUTPUT', 'no configuration was made', { cause: error, permanent: true });
  } finally {
    if (staging !== null) rmSync(staging, { recursive: true, force: true });
  }
}

/** What root makes for the service has to be read by the service, which may enter the folder by its group. */
function shareAs(folder: string, file: string): void {
  const { uid, gid, mode } = statSync(folder);
  const shared = process.getuid?.() === 0 && uid === 0 && gid !== 0 && (mode & 0o070) === 0o050;
  if (!shared) return;
  chownSync(file, 0, gid);
  chmodSync(file, FOR_GROUP);
}
