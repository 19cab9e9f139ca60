import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadConfig } from '../config/load.js';
import { BundleError, ConfigError, EdgeError, explain } from '../foundation/errors.js';
import { glibcVersion } from '../foundation/glibc.js';
import { fromRoot } from '../foundation/home.js';
import { type CommandKey, parsePublicKey, parsePublicKeys } from '../telemetry/commands/keys.js';
import { readBundleArchive } from '../update/bundle-archive.js';
import type { BundleEntry } from '../update/bundle-entry.js';
import { readBundleFolder } from '../update/bundle-folder.js';
import { MANIFEST_FILE, parseBundleManifest } from '../update/manifest.js';
import { updateRefusal } from '../update/refusal.js';
import { type VerifiedBundle, verifyBundle } from '../update/verify.js';
import { InstalledVersions } from '../update/versions.js';
import { print, printJson } from './print.js';

/** How long a new version may take to say its version, or what it thinks of a configuration, on a slow board. */
const TRIAL_MS = 120_000;

export interface RollbackFlags {
  readonly prefix: string;
  readonly json?: boolean;
}

export interface UpdateFlags extends RollbackFlags {
  readonly config?: string;
  readonly key?: readonly string[];
  readonly unsignedOk?: boolean;
  readonly allowOlder?: boolean;
  readonly check?: boolean;
}

/**
 * `edge-optimizer update BUNDLE`.
 *
 * @throws BundleError where it is refused, ConfigError where a flag cannot be used, EdgeError E_OUTPUT where it cannot be written
 */
export async function updateProgram(bundle: string, flags: UpdateFlags): Promise<number> {
  const read = readerOf(bundle);
  const trust = { keys: trustedKeys(flags), unsignedOk: flags.unsignedOk ?? false };
  const verified = await verifyBundle(read(), trust);
  const versions = new InstalledVersions(resolve(flags.prefix));
  const refusal = updateRefusal(verified.manifest, {
    platform: `${process.platform}-${process.arch}`,
    glibc: glibcVersion(),
    version: versionOf(versions),
    allowOlder: flags.allowOlder ?? false,
  });
  if (refusal !== null) throw new BundleError(refusal);
  if (flags.check) {
    tell(verified, 'is whole and may be installed here', null, flags);
    return 0;
  }
  const before = versions.current;
  // the service's user runs what root unpacks, whatever root's umask
  process.umask(0o022);
  const name = await written(versions, async () => {
    const added = await versions.add(read(), verified, trust);
    await tryOut(versions.folderOf(added), verified, flags);
    await versions.switchTo(added);
    await versions.prune();
    return added;
  });
  const now =
    name === before ? 'is the current version already' : `is the current version, in ${versions.folderOf(name)}`;
  tell(verified, now, before, flags);
  return 0;
}

/** `edge-optimizer rollback`. @throws BundleError where there is no version before */
export async function rollbackProgram({ prefix, json }: RollbackFlags): Promise<number> {
  const versions = new InstalledVersions(resolve(prefix));
  const left = versions.current;
  const name = await written(versions, () => versions.rollback());
  if (json) printJson({ current: name, previous: left });
  else print(`${name} is the current version again; it runs after \`systemctl restart edge-optimizer\``);
  return 0;
}

/** @returns what reads it anew each time */
function readerOf(bundle: string): () => AsyncGenerator<BundleEntry> {
  const place = resolve(bundle);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return () => readBundleFolder(place);
  if (stat?.isFile()) return () => readBundleArchive(place);
  throw new ConfigError('there is nothing to update from', [
    `bundle: expected a file or folder, got ${place}, which is none`,
  ]);
}

function trustedKeys({ config: file, key: files = [] }: UpdateFlags): CommandKey[] {
  const configured = file === undefined ? [] : loadConfig({ file, env: process.env }).config.update.publicKeys;
  return [...configured.map(parsePublicKey), ...files.flatMap(keysIn)];
}

function keysIn(file: string): CommandKey[] {
  try {
    return parsePublicKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError('the bundle cannot be checked', [`--key: ${file}: ${explain(error)}`]);
  }
}

/** By what it says of itself; null where none is installed. */
function versionOf(versions: InstalledVersions): string | null {
  const { current } = versions;
  if (current === null) return null;
  try {
    return parseBundleManifest(readFileSync(join(versions.folderOf(current), MANIFEST_FILE))).version;
  } catch {
    return null; // damaged: whatever is whole is better
  }
}

/** The new version has to start here, to take the configuration that it is going to run with, and the databases, of which it gets copies. */
async function tryOut(
  folder: string,
  { manifest }: VerifiedBundle,
  { config, allowOlder }: UpdateFlags,
): Promise<void> {
  const said = await performed(folder, ['--version']);
  if (said.trim() !== manifest.version) {
    throw new BundleError(`the new version does not start here: it says ${said.trim()}, not ${manifest.version}`);
  }
  if (config === undefined) return;
  await performed(folder, ['config', 'check', resolve(config)]);
  // an older version does not touch what a newer one has changed: that is known, and was asked for
  if (allowOlder || !existsSync(fromRoot(loadConfig({ file: config, env: process.env }).config.store.dir))) return;
  await performed(folder, ['store', 'check', '--rehearse', '--config', resolve(config)]);
}

async function performed(folder: string, args: readonly string[]): Promise<string> {
  try {
    const command = join(folder, 'bin/edge-optimizer');
    return (await promisify(execFile)(command, args, { timeout: TRIAL_MS })).stdout;
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    const why = (stderr.trim() || stdout.trim()).split('\n').slice(-8).join('\n') || explain(error);
    throw new BundleError(`the new version cannot do \`${args.join(' ')}\` here; nothing was switched:\n${why}`);
  }
}

async function written<T>(versions: InstalledVersions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    const advice = (error as NodeJS.ErrnoException).code === 'EACCES' ? ': do it as root' : '';
    throw new EdgeError('E_OUTPUT', `${versions.prefix} cannot be changed: ${explain(error)}${advice}`, {
      cause: error,
    });
  }
}

function tell({ manifest, signer }: VerifiedBundle, what: string, before: string | null, { json }: UpdateFlags): void {
  const { version, platform, commit, node, sqlite } = manifest;
  if (json) {
    printJson({ version, platform, commit, node, sqlite, signer, before, what });
    return;
  }
  print(`${version} for ${platform} (${signer === null ? 'signed by nobody known' : `signed by ${signer}`}) ${what}`);
  if (before !== null) print('it runs after `systemctl restart edge-optimizer`; `edge-optimizer rollback` goes back');
}
