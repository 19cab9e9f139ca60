import { existsSync, realpathSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { INSTALLED_SITE } from '../config/installed-site.js';
import { loadConfig } from '../config/load.js';
import { BundleError, ConfigError, explain } from '../foundation/errors.js';
import { readCommandKeys } from '../runtime/commands/command-keys.js';
import { deviceScope } from '../runtime/device-scope.js';
import { type AdmittedCommand, CommandGate, type IncomingCommand } from '../telemetry/commands/gate.js';
import type { CommandKey } from '../telemetry/commands/keys.js';
import { type CommandedRollback, RollbackLedger } from '../update/rollback-ledger.js';
import { readRollbackRequest, requestName, rollbackCommand } from '../update/rollback-request.js';
import { rollbackTarget } from '../update/rollback-target.js';
import { lockUpdates } from '../update/update-lock.js';
import { InstalledVersions } from '../update/versions.js';
import { print, printJson } from './print.js';
import type { RollbackFlags, TrialsOf } from './update.js';
import { ProgramTrials } from './update-trial.js';

export interface RequestedRollbackFlags extends RollbackFlags {
  /** The file that the program wrote. */
  readonly requested: string;
  readonly config?: string;
}

/** Both clocks; tests have others. */
export interface Surroundings {
  readonly trialsOf: TrialsOf;
  /** Unix ms. */
  readonly now: () => number;
}

const REAL: Surroundings = { trialsOf: (versions) => new ProgramTrials(versions), now: Date.now };

/**
 * `edge-optimizer rollback --requested FILE`, by root: what the service's user has written is checked as if it came from the
 * broker. Whatever becomes of it, the file is taken away, so that the unit that looks at it is not started again, and the outcome is
 * told beside the versions.
 *
 * @throws BundleError or ConfigError where it is refused
 */
export async function carryOutRequest(flags: RequestedRollbackFlags, surroundings = REAL): Promise<number> {
  const versions = new InstalledVersions(resolve(flags.prefix));
  const programTrials = surroundings.trialsOf(versions);
  const ledger = new RollbackLedger(versions.prefix);
  try {
    const bytes = await readRollbackRequest(flags.requested);
    const request = requestName(bytes);
    try {
      await rollBack({ bytes, request, ledger, programTrials, flags, now: surroundings.now });
    } catch (error) {
      const told = { request, at: surroundings.now(), from: versions.current, to: null, error: explain(error) };
      // where it was done before, what became of it then holds
      if (ledger.outcome()?.request !== request) await ledger.tell(told);
      throw error;
    }
  } finally {
    await takeAway(flags.requested);
  }
  return 0;
}

/** @throws BundleError where that cannot be done: the unit that looks at the file would be started again and again */
async function takeAway(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw new BundleError(`${file} cannot be taken away (${explain(error)}): remove it`);
  }
}

interface Request {
  readonly bytes: Buffer;
  /** Its name. */
  readonly request: string;
  readonly ledger: RollbackLedger;
  readonly programTrials: ProgramTrials;
  readonly flags: RequestedRollbackFlags;
  readonly now: () => number;
}

/** Each step can be done twice, so that what a power cut has interrupted goes on with the next start of the unit. */
async function rollBack({ bytes, request, ledger, programTrials, flags, now }: Request): Promise<void> {
  const { versions } = programTrials;
  const release = lockUpdates(versions.prefix);
  let begun: CommandedRollback;
  try {
    begun = interrupted(ledger, request) ?? begunBy(checked(bytes, flags, ledger, now), request, programTrials, now());
    await ledger.put(begun);
    if (versions.current === begun.from) await programTrials.goBack();
    const { current } = versions;
    if (current !== begun.to) throw new BundleError(`${current} runs, and not ${begun.to}: somebody else was at work`);
    await ledger.tell({ request, at: now(), from: begun.from, to: begun.to, error: null });
  } finally {
    release();
  }
  const service = await programTrials.restart(flags.restart ?? true);
  if (service === 'refused') {
    const error = `${begun.to} is the current version, but systemd did not take the restart of the service`;
    await ledger.tell({ request, at: now(), from: begun.from, to: begun.to, error });
  }
  await ledger.put({ ...begun, ended: true });
  if (flags.json) printJson({ current: begun.to, previous: begun.from, service });
  else print(`${begun.to} is the current version again, as key ${begun.by} has commanded; the service: ${service}`);
}

/** One that was begun, where the power went; null where it is new. @throws BundleError where it was done */
function interrupted(ledger: RollbackLedger, request: string): CommandedRollback | null {
  const known = ledger.all().find((one) => one.request === request);
  if (known === undefined) return null;
  if (known.ended) throw doneBefore(known);
  return known;
}

/** @throws BundleError where there is no version to go back to */
function begunBy(
  { by, command }: NonNullable<AdmittedCommand['signed']>,
  request: string,
  { versions, trials }: ProgramTrials,
  at: number,
): CommandedRollback {
  const to = rollbackTarget(versions, trials.read());
  const { id, nonce } = command;
  return { request, by, id, nonce, from: versions.current ?? '', to, at, ended: false };
}

/** @throws BundleError where the command is not to be obeyed, ConfigError where the keys cannot be trusted */
function checked(
  bytes: Buffer,
  { config: file = INSTALLED_SITE }: RequestedRollbackFlags,
  ledger: RollbackLedger,
  now: () => number,
): NonNullable<AdmittedCommand['signed']> {
  requireRoots(file, '--config');
  const { config } = loadConfig({ file, env: process.env });
  const { publicKeyFile } = config.commands;
  if (publicKeyFile !== undefined) requireRoots(publicKeyFile, 'commands.publicKeyFile');
  const signed = admitted(bytes, config, readCommandKeys(config.commands).keys, now);
  const { by } = signed;
  const { id, nonce } = signed.command;
  const earlier = ledger.all().find((one) => one.by === by && (one.id === id || one.nonce === nonce));
  if (earlier !== undefined) throw doneBefore(earlier);
  return signed;
}

function admitted(
  payload: Buffer,
  config: Config,
  keys: readonly CommandKey[],
  now: () => number,
): NonNullable<AdmittedCommand['signed']> {
  const declaration = rollbackCommand(() => ({}));
  const gate = new CommandGate({
    scope: deviceScope(config),
    keys,
    siteKey: null,
    declarations: new Map([[declaration.name, declaration]]),
    news: new Set(),
    now,
    clock: () => performance.now(),
  });
  const message: IncomingCommand = { name: declaration.name, toSite: false, payload, retained: false };
  const direct = gate.admit(message);
  // the file does not say on which topic it came
  const isElsewhere = direct.kind === 'refused' && direct.cause === 'wrong-device';
  const site = isElsewhere ? gate.admit({ ...message, toSite: true }) : direct;
  const admission = site.kind === 'admitted' ? site : direct;
  if (admission.kind === 'admitted' && admission.signed !== null) return admission.signed;
  throw new BundleError(admission.kind === 'refused' ? `${admission.cause}: ${admission.error}` : 'it is not signed');
}

function doneBefore({ at }: CommandedRollback): BundleError {
  return new BundleError(
    `replayed: this was done before, at ${new Date(at).toISOString()}: sign another one, with an id of its own`,
  );
}

/**
 * Whoever may write keys, or put others in their place, may command: that must be nobody but who runs this.
 *
 * @throws ConfigError where somebody else may; a file that is not there is left to whoever reads it
 */
function requireRoots(file: string, path: string): void {
  const place = resolve(file);
  if (!existsSync(place)) return;
  const uid = process.geteuid?.() ?? 0;
  for (const part of new Set([...foldersTo(place), ...foldersTo(realpathSync(place))])) {
    const stat = statSync(part);
    const isOthers = stat.uid !== 0 && stat.uid !== uid;
    // in a folder such as /tmp nobody replaces what is another's
    const isOpen = (stat.mode & 0o022) !== 0 && (stat.mode & 0o1000) === 0;
    if (!isOthers && !isOpen) continue;
    throw new ConfigError('the signature cannot be checked', [
      `${path}: expected a file that only root can change, got ${place}: chown root ${part} && chmod go-w ${part}`,
    ]);
  }
}

/** A path, and every folder on the way to it. */
function foldersTo(place: string): string[] {
  const above = dirname(place);
  return above === place ? [place] : [place, ...foldersTo(above)];
}
