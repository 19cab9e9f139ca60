import { resolve } from 'node:path';
import { BundleError } from '../foundation/errors.js';
import type { AdmittedCommand } from '../telemetry/commands/gate.js';
import { ChangeLedger, type CommandedChange } from '../update/change-ledger.js';
import { rollbackCommand } from '../update/rollback-request.js';
import { rollbackTarget } from '../update/rollback-target.js';
import { lockUpdates } from '../update/update-lock.js';
import { InstalledVersions } from '../update/versions.js';
import { print, printJson } from './print.js';
import { carryOut, checkedRequest, doneBefore } from './requested-change.js';
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
  const ledger = new ChangeLedger(versions.prefix);
  const { now } = surroundings;
  await carryOut({ requested: flags.requested, ledger, from: () => versions.current, now }, (bytes, request) =>
    rollBack({ bytes, request, ledger, programTrials, flags, now }),
  );
  return 0;
}

interface Request {
  readonly bytes: Buffer;
  /** Its name. */
  readonly request: string;
  readonly ledger: ChangeLedger;
  readonly programTrials: ProgramTrials;
  readonly flags: RequestedRollbackFlags;
  readonly now: () => number;
}

/** Each step can be done twice, so that what a power cut has interrupted goes on with the next start of the unit. */
async function rollBack({ bytes, request, ledger, programTrials, flags, now }: Request): Promise<void> {
  const { versions } = programTrials;
  const release = lockUpdates(versions.prefix);
  let begun: CommandedChange;
  try {
    begun =
      interrupted(ledger, request) ??
      begunBy(
        checkedRequest(
          bytes,
          rollbackCommand(() => ({})),
          flags,
          ledger,
          now,
        ).signed,
        request,
        programTrials,
        now(),
      );
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
function interrupted(ledger: ChangeLedger, request: string): CommandedChange | null {
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
): CommandedChange {
  const to = rollbackTarget(versions, trials.read());
  const { id, nonce } = command;
  return { request, by, id, nonce, from: versions.current ?? '', to, at, ended: false };
}
