import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CommandCall } from '../../foundation/command.js';
import { BundleError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { writeWhole } from '../../foundation/private-files.js';
import { z } from '../../foundation/validate.js';
import type { CommandOutcome } from '../../telemetry/commands/commands.js';
import { commandIdSchema } from '../../telemetry/commands/envelope.js';
import type { CommandResult } from '../../telemetry/mqtt/messages/command.js';
import { ChangeLedger, type RequestOutcome } from '../../update/change-ledger.js';
import { requestName, requestText, watchedRequestFile, writeChangeRequest } from '../../update/change-request.js';
import { ROLLBACK_PATH_UNIT, rollbackCommand } from '../../update/rollback-request.js';
import { rollbackTarget } from '../../update/rollback-target.js';
import { TrialFile } from '../../update/trial.js';
import { InstalledVersions } from '../../update/versions.js';
import type { DeviceCommands } from '../commands/device-commands.js';

export interface DeviceRollbackParts {
  readonly commands: Pick<DeviceCommands, 'receiver'>;
  readonly publisher: { answer(result: CommandResult): void };
  readonly log: Log;
  /** The folder of this version, `PREFIX/versions/NAME`; one of another form has no versions beside it. */
  readonly home: string;
  /** Default: where the installation puts the unit that looks at requests. */
  readonly pathUnit?: string;
  /** ms that a request may wait for its outcome, and a version that was switched to for its start. */
  readonly patienceMs?: number;
}

/** What was asked for and has no outcome yet; outlives a restart beside the request. */
const askedSchema = z.object({
  /** See `requestName`. */
  request: z.string(),
  by: z.string(),
  id: commandIdSchema,
});
type Asked = z.infer<typeof askedSchema>;

const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 120_000;

/**
 * `cmd/rollback`: hands the signed command on to root, since the program cannot write where its versions are, and tells what
 * became of it, mostly after the restart that it brings.
 */
export class DeviceRollback implements Part {
  readonly name = 'rollback';
  readonly essential = false;
  readonly commands = [rollbackCommand((_, call) => this.#accept(call))];
  readonly #parts: DeviceRollbackParts;
  readonly #versions: InstalledVersions;
  readonly #ledger: ChangeLedger;
  #asked: Asked | null = null;
  /** Where requests are written; null where none can be. */
  #file: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** ms on the clock that only goes forward. */
  #waitsSince = 0;

  constructor(parts: DeviceRollbackParts) {
    this.#parts = parts;
    const prefix = dirname(dirname(parts.home));
    this.#versions = new InstalledVersions(prefix);
    this.#ledger = new ChangeLedger(prefix);
  }

  /** What was asked for before the restart is answered now. */
  async start(): Promise<void> {
    this.#file = await watchedRequestFile(this.#parts.pathUnit ?? ROLLBACK_PATH_UNIT);
    if (this.#file === null || !this.#isInstalled) return;
    this.#asked ??= await readAsked(askedFile(this.#file));
    if (this.#asked !== null) await this.#await();
  }

  /** A version that does not know the command would never tell: this one does. */
  async stop(): Promise<void> {
    this.#stopLooking();
    const outcome = this.#outcome();
    if (outcome === null || outcome.error !== null || outcome.to === null) return;
    const knows = existsSync(
      join(this.#versions.folderOf(outcome.to), 'scripts/systemd', basename(ROLLBACK_PATH_UNIT)),
    );
    if (!knows) await this.#conclude(doneBy(outcome));
  }

  get #isInstalled(): boolean {
    const { home } = this.#parts;
    return basename(dirname(home)) === 'versions' && this.#versions.current !== null;
  }

  async #accept({ by, signed }: CommandCall): Promise<Record<string, unknown>> {
    const { home, pathUnit = ROLLBACK_PATH_UNIT } = this.#parts;
    if (signed === null || by === null) throw new BundleError('a rollback must be signed');
    if (!this.#isInstalled) {
      throw new BundleError(
        `this program is no bundle installed beside others (it runs in ${home}): it has no version to go back to`,
      );
    }
    if (this.#asked !== null)
      throw new BundleError('a rollback was asked for already, and goes on: wait for its outcome');
    const { prefix, current } = this.#versions;
    if (current !== basename(home)) {
      throw new BundleError(
        `${current} is the current version already, and ${basename(home)} still runs: \`systemctl restart edge-optimizer\` starts it`,
      );
    }
    const to = rollbackTarget(this.#versions, new TrialFile(prefix).read());
    const text = requestText(signed);
    const { id } = askedSchema.pick({ id: true }).parse(JSON.parse(signed.command));
    // from here on a second one is refused
    this.#asked = { request: requestName(text), by, id };
    this.#file = await watchedRequestFile(pathUnit);
    if (this.#file === null) {
      this.#asked = null;
      throw new BundleError(
        `there is no ${pathUnit}, by which root carries it out: \`sh ${join(prefix, 'current/scripts/install.sh')}\` as root brings it`,
      );
    }
    try {
      await writeWhole(askedFile(this.#file), JSON.stringify(this.#asked), { keepsMode: false });
      await writeChangeRequest(this.#file, text);
    } catch (error) {
      await this.#forget();
      throw new BundleError(`${this.#file} cannot be written, by which root is asked: ${explain(error)}`);
    }
    this.#parts.log.warn({ by, id, from: current, to }, `${to} is to be gone back to, by command`);
    this.#startLooking();
    return { state: 'accepted', from: current, to };
  }

  async #await(): Promise<void> {
    this.#startLooking();
    await this.#look();
  }

  #startLooking(): void {
    this.#stopLooking();
    this.#waitsSince = performance.now();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  #stopLooking(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Of what was asked for; null while there is none. */
  #outcome(): RequestOutcome | null {
    const outcome = this.#ledger.outcome();
    return outcome !== null && outcome.request === this.#asked?.request ? outcome : null;
  }

  async #look(): Promise<void> {
    const outcome = this.#outcome();
    const isOver = performance.now() - this.#waitsSince > (this.#parts.patienceMs ?? PATIENCE_MS);
    if (outcome === null) {
      if (isOver)
        await this.#conclude({
          error:
            'edge-optimizer-rollback.service did not take it up: `systemctl status edge-optimizer-rollback.path edge-optimizer-rollback.service` says why',
        });
    } else if (outcome.error !== null) await this.#conclude({ error: outcome.error });
    else if (outcome.to === basename(this.#parts.home)) await this.#conclude(doneBy(outcome));
    else if (isOver) {
      const error = `${outcome.to} is the current version, but was not started: \`systemctl restart edge-optimizer\` does`;
      await this.#conclude({ error });
    }
  }

  /** Once: the answer goes out, and is what the same id gives from then on. */
  async #conclude(outcome: CommandOutcome): Promise<void> {
    const asked = this.#asked;
    if (asked === null) return;
    this.#stopLooking();
    await this.#forget();
    const { commands, publisher, log } = this.#parts;
    const { by, id } = asked;
    log.info({ by, id, ...outcome }, 'a commanded rollback has an outcome');
    // where the history was lost meanwhile it is in the log alone
    const result = commands.receiver?.conclude(by, id, outcome) ?? null;
    if (result !== null) publisher.answer(result);
  }

  async #forget(): Promise<void> {
    this.#asked = null;
    if (this.#file === null) return;
    for (const file of [this.#file, askedFile(this.#file)]) await rm(file, { force: true }).catch(() => undefined);
  }
}

const doneBy = ({ from, to }: RequestOutcome): CommandOutcome => ({ result: { state: 'done', from, to } });

const askedFile = (requestFile: string): string => `${requestFile}-asked`;

async function readAsked(file: string): Promise<Asked | null> {
  try {
    return askedSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null; // there is none, or it says nothing
  }
}
