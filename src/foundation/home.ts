import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json'))) return dir;
    if (dir === dirname(dir)) return from;
  }
}

/** The installed project's folder: where `models/`, `device-config/` and `package.json` are. */
export const PROJECT_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** A path of the configuration as an absolute one: relative ones start at the project's folder. */
export const fromRoot = (path: string): string => resolve(PROJECT_ROOT, path);
