import { existsSync, realpathSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { INSTALLED_SITE } from '../config/installed-site.js';
import { loadConfig } from '../config/load.js';
import type { CommandDeclaration } from '../foundation/command.js';
import { BundleError, ConfigError, explain } from '../foundation/errors.js';
import { readCommandKeys } from '../runtime/commands/command-keys.js';
import { deviceScope } from '../runtime/device-scope.js';
import { type AdmittedCommand, CommandGate, type IncomingCommand } from '../telemetry/commands/gate.js';
import type { CommandKey } from '../telemetry/commands/keys.js';
import type { ChangeLedger, CommandedChange } from '../update/change-ledger.js';
import { readChangeRequest, requestName } from '../update/change-request.js';

/*
 * What root does for the program that asks for it by a signed command in a file. Whoever wrote that file is not trusted: it is checked
 * as if it came from the broker.
 */

/** A command that is to be obeyed. */
export interface CheckedRequest {
  readonly body: unknown;
  readonly signed: NonNullable<AdmittedCommand['signed']>;
}

/** What root is asked for, and where it tells what became of it. */
export interface FiledChange {
  /** The file that the program wrote. */
  readonly requested: string;
  readonly ledger: ChangeLedger;
  /** The version that is told as the one before, where something hinders it. */
  readonly from: () => string | null;
  /** Unix ms. */
  readonly now: () => number;
}

/**
 * Does what a file asks for. Whatever becomes of it, the file is taken away, so that the unit that looks at it is not started again, and
 * what hindered it is told beside the versions.
 *
 * @param work gets the bytes of the request, and its name
 * @throws BundleError where the file cannot be read or taken away; as `work` does
 */
export async function carryOut(
  { requested, ledger, from, now }: FiledChange,
  work: (bytes: Buffer, request: string) => Promise<void>,
): Promise<void> {
  try {
    const bytes = await readChangeRequest(requested);
    const request = requestName(bytes);
    try {
      await work(bytes, request);
    } catch (error) {
      const told = { request, at: now(), from: from(), to: null, error: explain(error) };
      // where it was done before, what became of it then holds
      if (ledger.outcome()?.request !== request) await ledger.tell(told);
      throw error;
    }
  } finally {
    await takeAway(requested);
  }
}

/** @throws BundleError where that cannot be done: the unit that looks at the file would be started again and again */
async function takeAway(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw new BundleError(`${file} cannot be taken away (${explain(error)}): remove it`);
  }
}

/** @throws BundleError where the command is not to be obeyed, ConfigError where the keys cannot be trusted */
export function checkedRequest(
  bytes: Buffer,
  declaration: CommandDeclaration,
  { config: file = INSTALLED_SITE }: { readonly config?: string },
  ledger: ChangeLedger,
  now: () => number,
): CheckedRequest {
  requireRoots(file, '--config');
  const { config } = loadConfig({ file, env: process.env });
  const { publicKeyFile } = config.commands;
  if (publicKeyFile !== undefined) requireRoots(publicKeyFile, 'commands.publicKeyFile');
  const admission = admitted(bytes, declaration, config, readCommandKeys(config.commands).keys, now);
  const { by } = admission.signed;
  const { id, nonce } = admission.signed.command;
  const earlier = ledger.all().find((one) => one.by === by && (one.id === id || one.nonce === nonce));
  if (earlier !== undefined) throw doneBefore(earlier);
  return admission;
}

function admitted(
  payload: Buffer,
  declaration: CommandDeclaration,
  config: Config,
  keys: readonly CommandKey[],
  now: () => number,
): CheckedRequest {
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
  if (admission.kind === 'admitted' && admission.signed !== null)
    return { body: admission.body, signed: admission.signed };
  throw new BundleError(admission.kind === 'refused' ? `${admission.cause}: ${admission.error}` : 'it is not signed');
}

/** Why what was done before is not done again. */
export function doneBefore({ at }: CommandedChange): BundleError {
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
