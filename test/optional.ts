import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).error === undefined;
}

/** Its binary is loaded with the first database, not with the package. */
function opensDatabases(): boolean {
  try {
    new (createRequire(import.meta.url)('better-sqlite3'))(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

function isInstalled(packageName: string): boolean {
  try {
    createRequire(import.meta.url).resolve(packageName);
    return true;
  } catch {
    return false;
  }
}

/** The server that speaks Redis here, by either of its names; null: none. */
export function redisProgram(): string | null {
  return ['redis-server', 'valkey-server'].find((program) => runs(program, '--version')) ?? null;
}

/** Debian has a folder for each version of it. */
function postgresIsThere(): boolean {
  const folder = '/usr/lib/postgresql';
  return existsSync(folder) && readdirSync(folder).some((version) => existsSync(`${folder}/${version}/bin/initdb`));
}

/** As `postgres`, with the extension that makes hypothetical indexes. */
function hypopgIsThere(): boolean {
  const folder = '/usr/share/postgresql';
  return (
    postgresIsThere() &&
    existsSync(folder) &&
    readdirSync(folder).some((version) => existsSync(`${folder}/${version}/extension/hypopg.control`))
  );
}

/** Parts of a system that tests use where they are installed; `.ci/run` installs them. Checked once per test file, on first use. */
const checks = {
  ffmpeg: () => runs('ffmpeg', '-version'),
  mosquitto: () => runs('mosquitto', '-h'),
  python3: () => runs('python3', '--version'),
  openssl: () => runs('openssl', 'version'),
  chromium: () => runs('chromium', '--version'),
  'systemd-notify': () => runs('systemd-notify', '--version'),
  'systemd-analyze': () => runs('systemd-analyze', '--version'),
  'redis-server': () => redisProgram() !== null && isInstalled('@redis/client'),
  gcc: () => runs('gcc', '--version'),
  promtool: () => runs('promtool', '--version'),
  postgres: postgresIsThere,
  hypopg: hypopgIsThere,
  'better-sqlite3': opensDatabases,
} as const;

export type OptionalPart = keyof typeof checks;

const found = new Map<OptionalPart, boolean>();

/** Whether an optional part is installed here. */
export function has(part: OptionalPart): boolean {
  let present = found.get(part);
  if (present === undefined) found.set(part, (present = checks[part]()));
  return present;
}

export type Register = (name: string, body: () => Promise<void> | void) => void;

/**
 * `needs('ffmpeg', test)` is `test` where ffmpeg is installed; elsewhere it skips the case and says so, on a line that
 * the test runner collects.
 */
export function needs(part: OptionalPart, test: Register & { skip: Register }): Register {
  return where(has(part), part, test);
}

/** As `needs`, for anything else that may be missing; `what` names it in the line: `no <what> here`. */
export function where(present: boolean, what: string, test: Register & { skip: Register }): Register {
  if (present) return test;
  return (name, body) => {
    console.log(`SKIPPED (no ${what} here): ${name}`);
    test.skip(name, body);
  };
}
