// The production packages of a bundle: those of the platform it is for, whichever this one is.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runChild } from '../child.mjs';
import { npm, scriptEnvironment } from '../npm.mjs';
import { otherPlatforms, removeOtherPlatforms } from '../platforms.mjs';

const SQLITE = 'node_modules/better-sqlite3';
const BINARY = `${SQLITE}/build/Release/better_sqlite3.node`;

/** Installs what the lockfile in `staging` names, without running anything of it. */
export async function putPackages(staging, platform) {
  const [os, cpu] = platform.split('-');
  const [command, before] = npm();
  const { status } = await runChild(
    command,
    [
      ...before,
      'ci',
      '--omit=dev',
      `--os=${os}`,
      `--cpu=${cpu}`,
      '--libc=glibc',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ],
    { cwd: staging, env: scriptEnvironment(), stdio: ['ignore', 2, 2] },
  );
  if (status !== 0)
    throw new Error('npm ci failed: the messages above say why; is the npm registry reachable from here?');
  removeOtherPlatforms(staging, os, cpu);
  removeUnused(staging);
}

/**
 * Copies those packages that npm has installed in this clone, for this platform, and that are not for development only: what
 * `putPackages` would have it install once more. Nothing that their scripts have made there is among them.
 */
export function copyPackages(root, staging) {
  const { packages } = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'));
  const compiled = dirname(dirname(join(root, BINARY)));
  const others = new Set(otherPlatforms(root));
  for (const path of Object.keys(packages).filter((name) => packages[name].dev !== true)) {
    const from = join(root, path);
    // a package's own packages stand in the list as well
    const isOfIt = (file) => basename(file) !== 'node_modules' && file !== compiled && !others.has(file);
    if (existsSync(from)) cpSync(from, join(staging, path), { recursive: true, filter: isOfIt });
  }
  removeUnused(staging);
}

/**
 * Puts better-sqlite3's binary in; without one, the whole package is left out.
 * @param {string | null} binary a file
 * @returns {boolean} whether it is in
 */
export function putSqlite(staging, binary) {
  if (binary === null) {
    rmSync(join(staging, SQLITE), { recursive: true, force: true });
    return false;
  }
  mkdirSync(dirname(join(staging, BINARY)), { recursive: true });
  copyFileSync(binary, join(staging, BINARY));
  return true;
}

/** What no program runs: links to commands, types, maps, and the sources that SQLite is compiled from. */
function removeUnused(staging) {
  const modules = join(staging, 'node_modules');
  for (const folder of ['deps', 'src', 'binding.gyp'])
    rmSync(join(staging, SQLITE, folder), { recursive: true, force: true });
  rmSync(join(modules, '.package-lock.json'), { force: true });
  rmSync(join(modules, '@types'), { recursive: true, force: true });
  for (const name of readdirSync(modules, { recursive: true }).map(String)) {
    const path = join(modules, name);
    if (/(^|\/)\.bin$/.test(name)) rmSync(path, { recursive: true, force: true });
    else if (/\.(map|d\.[cm]?ts)$/.test(name) && existsSync(path) && statSync(path).isFile()) rmSync(path);
  }
}
