import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import type { Contender } from './contender.js';
import { ours } from './ours.js';

const INSTALL_TIMEOUT_MS = 300_000;

/** This cache first, then its rivals, which are installed where they are not. */
export async function contenders(): Promise<[Contender, ...Contender[]]> {
  const folder = join(PROJECT_ROOT, 'bench/cache');
  install(folder);
  const require = createRequire(import.meta.url);
  const { bentocache, cacheable } = await import(pathToFileURL(join(folder, 'rivals.mjs')).href);
  return [ours, bentocache(require('better-sqlite3')), cacheable];
}

function install(folder: string): void {
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs)
    return;
  process.stderr.write('installing bentocache and cacheable for this benchmark …\n');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, timeout: INSTALL_TIMEOUT_MS, stdio: 'ignore' });
}
