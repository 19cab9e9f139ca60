// Brings back better-sqlite3 where npm dropped it. It is an optional package: where neither its prebuilt binary nor Node's
// headers could be fetched, `npm ci` leaves it out without a word, and neither `npm rebuild` nor `npm install` of it does
// anything from then on. Installed as the only package of an empty project it is not optional: it works, or says why not.
import { createHash } from 'node:crypto';
import { accessSync, constants, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './child.mjs';
import { npm, scriptEnvironment } from './npm.mjs';

/** What is needed of it while the program runs; the rest of its dependencies only fetches the binary. */
const NEEDED = ['better-sqlite3', 'bindings', 'file-uri-to-path'];
const BINARY = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

/** Whether set-up should try by itself: it is missing, not on purpose, and was not tried for this lockfile and Node before. */
export function isSqliteLost(root) {
  if (existsSync(join(root, BINARY)) || isWithoutOptionalPackages(root) || !isWritable(root)) return false;
  return readText(attemptFile(root)) !== attempt(root);
}

/**
 * Compiles or fetches better-sqlite3 and puts it into node_modules. An attempt is remembered until it succeeds, so that a
 * machine without a compiler is not held up at every start, nor one where somebody did not want to wait.
 *
 * @returns {Promise<boolean>} whether it is there now; npm's own words are on stderr
 */
export async function bringBackSqlite(root) {
  const apart = join(root, '.cache/better-sqlite3');
  rmSync(apart, { recursive: true, force: true });
  mkdirSync(apart, { recursive: true });
  writeFileSync(attemptFile(root), attempt(root));
  try {
    if (!(await installApart(root, apart))) return false;
    for (const name of NEEDED) {
      rmSync(join(root, 'node_modules', name), { recursive: true, force: true });
      cpSync(join(apart, 'node_modules', name), join(root, 'node_modules', name), { recursive: true });
    }
    rmSync(attemptFile(root));
    return true;
  } finally {
    rmSync(apart, { recursive: true, force: true });
  }
}

/**
 * Installs better-sqlite3, of the lockfile's version, into the empty folder `apart`.
 *
 * @param extra added to npm's environment, and through it to that of what fetches or compiles the binary
 * @returns {Promise<string | null>} the binary; null where it could be had neither way
 */
export async function installApart(root, apart, extra = {}) {
  writeFileSync(join(apart, 'package.json'), JSON.stringify({ private: true }));
  const version = lockfile(root)['node_modules/better-sqlite3'].version;
  const [command, args] = npm();
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const { status } = await runChild(command, [...args, 'install', `better-sqlite3@${version}`, ...options], {
    cwd: apart,
    env: { ...scriptEnvironment(), ...extra },
    stdio: ['ignore', 2, 2],
  });
  const binary = join(apart, BINARY);
  return status === 0 && existsSync(binary) ? binary : null;
}

/** A service's user may only run what root has installed. */
function isWritable(root) {
  try {
    accessSync(join(root, 'node_modules'), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** After `--omit=optional` every package that is optional is missing. */
function isWithoutOptionalPackages(root) {
  const optional = Object.entries(lockfile(root)).filter(([, { optional, dev }]) => optional && !dev);
  return !optional.some(([path]) => existsSync(join(root, path, 'package.json')));
}

/** What an attempt holds for: another lockfile or another Node may fare better. */
function attempt(root) {
  const lock = createHash('sha256')
    .update(readText(join(root, 'package-lock.json')) ?? '')
    .digest('hex');
  return `${lock} ${process.version} ${process.arch}\n`;
}

const attemptFile = (root) => join(root, '.cache/better-sqlite3-tried');

function lockfile(root) {
  return JSON.parse(readText(join(root, 'package-lock.json')) ?? '{}').packages ?? {};
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
