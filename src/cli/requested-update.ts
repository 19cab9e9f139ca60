import { resolve } from 'node:path';
import { BundleError } from '../foundation/errors.js';
import { ChangeLedger, type CommandedChange } from '../update/change-ledger.js';
import { isOpen } from '../update/trial.js';
import { type UpdateBody, updateBody, updateCommand, versionName } from '../update/update-request.js';
import { InstalledVersions } from '../update/versions.js';
import { carryOut, checkedRequest, doneBefore } from './requested-change.js';
import { type TrialsOf, type UpdateFlags, updateProgram } from './update.js';
import { outcomeText, ProgramTrials } from './update-trial.js';

export interface RequestedUpdateFlags extends Pick<UpdateFlags, 'config' | 'json' | 'restart'> {
  readonly prefix: string;
  /** The file that the program wrote. */
  readonly requested: string;
}

/** Systemd and the clock; tests have others. */
interface UpdateSurroundings {
  readonly trialsOf: TrialsOf;
  /** Unix ms. */
  readonly now: () => number;
  /** ms for which the new version is watched; default: as it was commanded. */
  readonly watchMs?: number;
}

const REAL: UpdateSurroundings = { trialsOf: (versions) => new ProgramTrials(versions), now: Date.now };

/**
 * `edge-optimizer update --requested FILE`, by root: checks what the service's user has written as if it came from the broker, installs
 * what it names on trial, and waits for what becomes of that. The outcome is told beside the versions, and the file is taken away.
 *
 * @throws BundleError or ConfigError where it is refused or was taken back
 */
export async function carryOutUpdate(
  flags: RequestedUpdateFlags,
  surroundings: UpdateSurroundings = REAL,
): Promise<number> {
  const versions = new InstalledVersions(resolve(flags.prefix));
  const ledger = new ChangeLedger(versions.prefix, 'update');
  // the installation changes it
  let from: string | null = null;
  const asked = { requested: flags.requested, ledger, from: () => from, now: surroundings.now };
  await carryOut(asked, (bytes, request) => {
    from = versions.current;
    return install({ bytes, request, ledger, versions, flags, surroundings });
  });
  return 0;
}

interface UpdateRequest {
  readonly bytes: Buffer;
  /** Its name. */
  readonly request: string;
  readonly ledger: ChangeLedger;
  readonly versions: InstalledVersions;
  readonly flags: RequestedUpdateFlags;
  readonly surroundings: UpdateSurroundings;
}

/** What a power cut has interrupted goes on with the next start of the unit: every step can be done twice. */
async function install({ bytes, request, ledger, versions, flags, surroundings }: UpdateRequest): Promise<void> {
  const { now, trialsOf, watchMs } = surroundings;
  const known = ledger.all().find((one) => one.request === request);
  if (known?.ended === true) throw doneBefore(known);
  // what was begun was in time then
  const body = known === undefined ? null : bodyIn(bytes);
  const wanted = body ?? (await begun({ bytes, request, ledger, versions, flags, surroundings }));
  const to = versionName(wanted);
  const from = known?.from ?? versions.current ?? '';
  const programTrials = trialsOf(versions);
  const trial = programTrials.trials.read();
  // it was switched to, and the power went
  const isSwitched = known !== undefined && versions.current === to;
  if (isSwitched && trial !== null && isOpen(trial)) await programTrials.follow(new AbortController().signal);
  else if (!isSwitched)
    await updateProgram(
      wanted.url,
      {
        prefix: flags.prefix,
        ...(flags.config !== undefined && { config: flags.config }),
        ...(flags.json !== undefined && { json: flags.json }),
        restart: flags.restart ?? true,
        digest: wanted.digest,
        allowOlder: wanted.allowOlder,
        watch: watchMs ?? wanted.watchS * 1000,
      },
      () => programTrials,
    );
  await ended(request, ledger);
  const outcome = programTrials.trials.read();
  if (versions.current !== to) {
    const why = outcome?.new === to ? outcomeText(outcome) : `${versions.current} runs, and not ${to}`;
    throw new BundleError(why);
  }
  if (outcome !== null && outcome.new === to && isOpen(outcome))
    throw new BundleError(
      `${to} is the current version, and the service was not restarted with it: ${outcomeText(outcome)}`,
    );
  await ledger.tell({ request, at: now(), from, to, error: null });
}

async function ended(request: string, ledger: ChangeLedger): Promise<void> {
  const begun = ledger.all().find((one) => one.request === request);
  if (begun !== undefined) await ledger.put({ ...begun, ended: true });
}

/** It is to be obeyed, and is known to have begun. @throws as `checkedRequest` */
async function begun({ bytes, request, ledger, versions, flags, surroundings }: UpdateRequest): Promise<UpdateBody> {
  const declaration = updateCommand(() => ({}));
  const { body, signed } = checkedRequest(bytes, declaration, flags, ledger, surroundings.now);
  const { id, nonce } = signed.command;
  const wanted = body as UpdateBody;
  const one: CommandedChange = {
    ...{ request, by: signed.by, id, nonce, from: versions.current ?? '', to: versionName(wanted) },
    ...{ at: surroundings.now(), ended: false },
  };
  await ledger.put(one);
  return wanted;
}

/** Of a request whose bytes were checked before, by their name. */
function bodyIn(bytes: Buffer): UpdateBody {
  const { command } = JSON.parse(bytes.toString()) as { command: string };
  return updateBody.parse((JSON.parse(command) as { body: unknown }).body);
}
