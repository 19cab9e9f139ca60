import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { siteFileOf } from '../config/installed-site.js';
import { loadConfig } from '../config/load.js';
import { BundleError, ConfigError, EdgeError, explain } from '../foundation/errors.js';
import { glibcVersion } from '../foundation/glibc.js';
import { fromRoot } from '../foundation/home.js';
import { makeFolder } from '../foundation/make-folder.js';
import { type CommandKey, parsePublicKey, parsePublicKeys } from '../telemetry/commands/keys.js';
import { readBundleArchive } from '../update/bundle-archive.js';
import type { BundleEntry } from '../update/bundle-entry.js';
import { readBundleFolder } from '../update/bundle-folder.js';
import { MANIFEST_FILE, parseBundleManifest } from '../update/manifest.js';
import { updateRefusal } from '../update/refusal.js';
import type { Trust } from '../update/signature.js';
import type { UpdateTrial } from '../update/trial.js';
import { lockUpdates } from '../update/update-lock.js';
import { type VerifiedBundle, verifyBundle } from '../update/verify.js';
import { InstalledVersions } from '../update/versions.js';
import { TAKEN_BACK } from './exit-codes.js';
import { print, printJson } from './print.js';
import { askChannel } from './update-channel.js';
import { downloadBundle, forgetDownloads, isUrl, requireRoom } from './update-download.js';
import { outcomeText, ProgramTrials, type Restart } from './update-trial.js';

/** How long a new version may take to say its version, or what it thinks of a configuration, on a slow board. */
const ANSWERS_MS = 120_000;
/** How long a new version is watched unless it is said. */
const WATCH_MS = 300_000;

export interface RollbackFlags {
  readonly prefix: string;
  readonly json?: boolean;
  /** `--no-restart`. */
  readonly restart?: boolean;
}

export interface UpdateFlags extends RollbackFlags {
  readonly config?: string;
  readonly key?: readonly string[];
  readonly unsignedOk?: boolean;
  readonly allowOlder?: boolean;
  readonly check?: boolean;
  /** Of the manifest, where it has to be a certain one. */
  readonly digest?: string;
  /** ms for which the new version is watched; false: not at all. */
  readonly watch?: number | false;
}

/** Where systemd and the running program are asked; tests have others. */
export type TrialsOf = (versions: InstalledVersions) => ProgramTrials;

/**
 * `edge-optimizer update BUNDLE`.
 *
 * @throws BundleError where it is refused, ConfigError where a flag cannot be used, EdgeError E_OUTPUT where it cannot be written
 */
export async function updateProgram(
  bundle: string | undefined,
  given: UpdateFlags,
  trialsOf: TrialsOf = (versions) => new ProgramTrials(versions),
): Promise<number> {
  // a channel is asked for by the site's configuration
  const flags = bundle === undefined && given.config === undefined ? withInstalledConfig(given) : given;
  const trust = { keys: trustedBundleKeys(flags), unsignedOk: flags.unsignedOk ?? false };
  const versions = new InstalledVersions(resolve(flags.prefix));
  const programTrials = trialsOf(versions);
  if (bundle === undefined) return await updateFromChannel(trust, programTrials, flags);
  if (!isUrl(bundle)) return await updateFrom(readerOf(bundle), trust, programTrials, flags);
  return await updateFromUrl(bundle, trust, programTrials, flags);
}

function withInstalledConfig(flags: UpdateFlags): UpdateFlags {
  const config = siteFileOf(undefined);
  return config === undefined ? flags : { ...flags, config };
}

async function updateFromUrl(
  url: string,
  trust: Trust,
  programTrials: ProgramTrials,
  flags: UpdateFlags,
): Promise<number> {
  const { versions } = programTrials;
  const file = await written(versions, () => fetched(url, versions.prefix, trust));
  try {
    return await updateFrom(readerOf(file), trust, programTrials, flags);
  } finally {
    forgetFetched(versions.prefix);
  }
}

/** After a watch of minutes another update may be fetching there by now: what lies there is its own then, and it removes it. */
function forgetFetched(prefix: string): void {
  let release: () => void;
  try {
    release = lockUpdates(prefix);
  } catch (error) {
    if (error instanceof BundleError) return;
    throw error;
  }
  try {
    forgetDownloads(prefix);
  } finally {
    release();
  }
}

/** What the channel of the configuration has for this device; with `--check` only says so. */
async function updateFromChannel(trust: Trust, programTrials: ProgramTrials, flags: UpdateFlags): Promise<number> {
  const { versions } = programTrials;
  const version = versionOf(versions);
  const { choice, url, isPinned } = await askChannel(flags.config, version, trust, programTrials);
  if (choice.kind === 'nothing') {
    if (flags.json) printJson({ offered: null, runs: version, what: choice.reason });
    else print(choice.reason);
    return 0;
  }
  const { bundle } = choice;
  if (flags.check) {
    const what = `${bundle.version} may be installed, ${version ?? 'nothing'} is here`;
    if (flags.json) printJson({ offered: bundle, runs: version, what });
    else print(what);
    return 0;
  }
  const allowOlder = isPinned || (flags.allowOlder ?? false);
  return await updateFromUrl(url ?? bundle.file, trust, programTrials, { ...flags, allowOlder, digest: bundle.digest });
}

/** Beside the versions; while another update is at work that is refused. */
async function fetched(url: string, prefix: string, { unsignedOk }: Trust): Promise<string> {
  makeFolder(prefix, 0o755);
  const release = lockUpdates(prefix);
  try {
    return await downloadBundle(url, prefix, !unsignedOk);
  } finally {
    release();
  }
}

async function updateFrom(
  read: () => AsyncGenerator<BundleEntry>,
  trust: Trust,
  programTrials: ProgramTrials,
  flags: UpdateFlags,
): Promise<number> {
  const { versions } = programTrials;
  const verified = await verifyBundle(read(), trust);
  const refusal = updateRefusal(verified.manifest, {
    platform: `${process.platform}-${process.arch}`,
    glibc: glibcVersion(),
    version: versionOf(versions),
    allowOlder: flags.allowOlder ?? false,
  });
  if (refusal !== null) throw new BundleError(refusal);
  if (flags.digest !== undefined && flags.digest !== verified.digest) {
    throw new BundleError('the bundle is another one than the index of the channel says: ask whoever publishes it');
  }
  if (flags.check) {
    const what = 'is whole and may be installed here';
    const { version, platform, commit, node, sqlite } = verified.manifest;
    if (flags.json) printJson({ version, platform, commit, node, sqlite, signer: verified.signer, before: null, what });
    else tell(verified, what);
    return 0;
  }
  // the service's user runs what root unpacks, whatever root's umask
  process.umask(0o022);
  const done = await written(versions, () => install(read, verified, trust, programTrials, flags));
  return await conclude(done, verified, programTrials, flags);
}

/** What an update has done. */
interface Installed {
  readonly name: string;
  /** The version before; null where this is the first. */
  readonly before: string | null;
  /** Null where it is not watched. */
  readonly trial: UpdateTrial | null;
}

async function install(
  read: () => AsyncGenerator<BundleEntry>,
  verified: VerifiedBundle,
  trust: Trust,
  programTrials: ProgramTrials,
  flags: UpdateFlags,
): Promise<Installed> {
  const { versions } = programTrials;
  makeFolder(versions.prefix, 0o755);
  const release = lockUpdates(versions.prefix);
  try {
    await programTrials.endInterrupted();
    const before = versions.current;
    await requireRoomFor(verified, versions.prefix);
    const name = await versions.add(read(), verified, trust);
    await tryOut(versions.folderOf(name), verified, flags);
    const watchMs = flags.watch ?? WATCH_MS;
    const isWatched =
      before !== null && before !== name && watchMs !== false && (await programTrials.canWatch(flags.restart ?? true));
    const trial = isWatched
      ? await programTrials.begin(name, before, verified.digest, { watchMs, config: flags.config })
      : null;
    await versions.switchTo(name);
    await versions.prune();
    forgetDownloads(versions.prefix);
    return { name, before, trial };
  } finally {
    release();
  }
}

async function requireRoomFor({ manifest }: VerifiedBundle, prefix: string): Promise<void> {
  const { bavail, bsize } = await statfs(prefix);
  const files = manifest.files.reduce((sum, { bytes }) => sum + Math.ceil(bytes / bsize) * bsize, 0);
  requireRoom(bavail * bsize, files, prefix);
}

/** Lets the new version run, waits for what becomes of it, and tells. */
async function conclude(
  { name, before, trial }: Installed,
  verified: VerifiedBundle,
  programTrials: ProgramTrials,
  flags: UpdateFlags,
): Promise<number> {
  const { versions } = programTrials;
  const isMended = versions.mended === name;
  const isNew = name !== before || isMended;
  const being = isMended ? 'was damaged, and is whole again' : 'is the current version';
  const now = isNew ? `${being}, in ${versions.folderOf(name)}` : `${being} already`;
  if (!flags.json) tell(verified, now);
  const restart = isNew ? await programTrials.restart(flags.restart ?? true) : 'not-needed';
  if (!flags.json) for (const line of restartLines(restart, before, trial)) print(line);
  const isFollowed = trial !== null && restart === 'restarted';
  const ended = isFollowed ? await programTrials.follow(new AbortController().signal) : trial;
  const outcome = ended === null ? null : outcomeText(ended);
  if (flags.json) {
    const { version, platform, commit, node, sqlite } = verified.manifest;
    const { signer } = verified;
    const told = ended === null ? null : { state: ended.state, reason: ended.reason };
    printJson({ version, platform, commit, node, sqlite, signer, before, what: now, service: restart, trial: told });
  } else if (isFollowed && outcome !== null) print(outcome);
  return ended?.state === 'rolled-back' ? TAKEN_BACK : 0;
}

function restartLines(restart: Restart, before: string | null, trial: UpdateTrial | null): string[] {
  if (before === null || restart === 'not-needed') return [];
  const goesBack = '`edge-optimizer rollback` goes back';
  const runs = `it runs after \`systemctl restart edge-optimizer\`; ${goesBack}`;
  switch (restart) {
    case 'restarted':
      return trial === null
        ? [`the service was restarted with it, and is not watched; ${goesBack}`]
        : [
            `the service was restarted with it; it is watched for ${trial.watchMs / 1000} s, and taken back if it does worse`,
            trial.before === null
              ? 'how the version before did could not be seen: it is judged by whether it runs'
              : 'interrupting this command does not end that, where edge-optimizer-trial.service does it',
          ];
    case 'stopped':
      return ['the service is stopped, and was left so', runs, ...(trial === null ? [] : [outcomeText(trial)])];
    case 'left':
      return [runs, ...(trial === null ? [] : [outcomeText(trial)])];
    case 'refused':
      return ['systemd did not take the restart of the service (`systemctl status edge-optimizer` says why)', runs];
    case 'no-service':
      return ['systemd runs no service of it here: it is not restarted and not watched', runs];
  }
}

/** `edge-optimizer update --resume`: what edge-optimizer-trial.service runs, with the version before the one on trial. */
export async function resumeTrial({ prefix }: RollbackFlags): Promise<number> {
  const programTrials = new ProgramTrials(new InstalledVersions(resolve(prefix)));
  const trial = await written(programTrials.versions, () => programTrials.watch(new AbortController().signal));
  print(trial === null ? 'there is nothing on trial' : outcomeText(trial));
  return 0;
}

/** `edge-optimizer update --confirm`. @throws BundleError where nothing is on trial */
export async function confirmTrial({ prefix }: RollbackFlags): Promise<number> {
  const programTrials = new ProgramTrials(new InstalledVersions(resolve(prefix)));
  print(outcomeText(await written(programTrials.versions, () => programTrials.confirmByHand())));
  return 0;
}

/** `edge-optimizer rollback`. @throws BundleError where there is no version before */
export async function rollbackProgram(
  { prefix, json, restart = true }: RollbackFlags,
  trialsOf: TrialsOf = (versions) => new ProgramTrials(versions),
): Promise<number> {
  const versions = new InstalledVersions(resolve(prefix));
  const programTrials = trialsOf(versions);
  const left = versions.current;
  const name = await written(versions, async () => {
    if (left === null) return await versions.rollback(); // which says that there is none
    const release = lockUpdates(versions.prefix);
    try {
      return await programTrials.goBack();
    } finally {
      release();
    }
  });
  const service = await programTrials.restart(restart);
  if (json) printJson({ current: name, previous: left, service });
  else if (service === 'restarted') print(`${name} is the current version again; the service was restarted with it`);
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

/** Whose bundles are taken: the keys of a configuration, and those that are named. @throws ConfigError where one is none */
export function trustedBundleKeys({
  config: file,
  key: files = [],
}: Pick<UpdateFlags, 'config' | 'key'>): CommandKey[] {
  const configured = file === undefined ? [] : loadConfig({ file, env: process.env }).config.update.publicKeys;
  return [...configured.map(parsePublicKey), ...files.flatMap(keysIn)];
}

/** @param named a file with keys, or a key itself, as it is printed by who made it */
function keysIn(named: string): CommandKey[] {
  try {
    return parsePublicKeys(named.startsWith('ed25519:') ? named : readFileSync(named, 'utf8'));
  } catch (error) {
    throw new ConfigError('the bundle cannot be checked', [`--key: ${named}: ${explain(error)}`]);
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
    return (await promisify(execFile)(command, args, { timeout: ANSWERS_MS })).stdout;
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    const why = (stderr.trim() || stdout.trim()).split('\n').slice(-8).join('\n') || explain(error);
    throw new BundleError(`the new version cannot do \`${args.join(' ')}\` here; nothing was switched:\n${why}`);
  }
}

/** What to do where the system refuses a write. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: ', do it as root',
  EPERM: ', do it as root',
  EROFS: ', its file system is mounted read-only: mount it for writing (mount -o remount,rw)',
  ENOSPC: ', the disk is full: make room and do it again',
  EDQUOT: ', the quota is used up: make room and do it again',
};

async function written<T>(versions: InstalledVersions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    const advice = ADVICE[(error as NodeJS.ErrnoException).code ?? ''] ?? '';
    throw new EdgeError('E_OUTPUT', `${versions.prefix} cannot be changed${advice}`, { cause: error });
  }
}

function tell({ manifest, signer }: VerifiedBundle, what: string): void {
  const { version, platform } = manifest;
  print(`${version} for ${platform} (${signer === null ? 'signed by nobody known' : `signed by ${signer}`}) ${what}`);
}
