import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CommandCall } from '../../foundation/command.js';
import { BundleError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { z } from '../../foundation/validate.js';
import type { CommandOutcome } from '../../telemetry/commands/commands.js';
import type { CommandResult } from '../../telemetry/mqtt/messages/command.js';
import { ChangeLedger, type RequestOutcome } from '../../update/change-ledger.js';
import { ROLLBACK_PATH_UNIT, rollbackCommand } from '../../update/rollback-request.js';
import { rollbackTarget } from '../../update/rollback-target.js';
import { TrialFile } from '../../update/trial.js';
import { InstalledVersions } from '../../update/versions.js';
import type { DeviceCommands } from '../commands/device-commands.js';
import { PendingChange, pendingChangeSchema } from './pending-change.js';

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
  readonly #pending: PendingChange<z.infer<typeof pendingChangeSchema>>;
  #timer: NodeJS.Timeout | null = null;
  /** ms on the clock that only goes forward. */
  #waitsSince = 0;

  constructor(parts: DeviceRollbackParts) {
    this.#parts = parts;
    const prefix = dirname(dirname(parts.home));
    this.#versions = new InstalledVersions(prefix);
    this.#ledger = new ChangeLedger(prefix);
    const { commands, publisher, log, pathUnit = ROLLBACK_PATH_UNIT } = parts;
    this.#pending = new PendingChange({
      what: 'rollback',
      schema: pendingChangeSchema,
      pathUnit,
      prefix,
      commands,
      publisher,
      log,
    });
  }

  /** What was asked for before the restart is answered now. */
  async start(): Promise<void> {
    if (!this.#versions.isRunFrom(this.#parts.home) || (await this.#pending.recall()) === null) return;
    this.#startLooking();
    await this.#look();
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

  async #accept({ by, signed }: CommandCall): Promise<Record<string, unknown>> {
    const { home, log } = this.#parts;
    if (signed === null || by === null) throw new BundleError('a rollback must be signed');
    if (!this.#versions.isRunFrom(home)) {
      throw new BundleError(
        `this program is no bundle installed beside others (it runs in ${home}): it has no version to go back to`,
      );
    }
    if (this.#pending.kept !== null)
      throw new BundleError('a rollback was asked for already, and goes on: wait for its outcome');
    const { prefix, current } = this.#versions;
    if (current !== basename(home)) {
      throw new BundleError(
        `${current} is the current version already, and ${basename(home)} still runs: \`systemctl restart edge-optimizer\` starts it`,
      );
    }
    const to = rollbackTarget(this.#versions, new TrialFile(prefix).read());
    const { id } = await this.#pending.ask(signed, by, {});
    log.warn({ by, id, from: current, to }, `${to} is to be gone back to, by command`);
    this.#startLooking();
    return { state: 'accepted', from: current, to };
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
    return outcome !== null && outcome.request === this.#pending.kept?.request ? outcome : null;
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

  async #conclude(outcome: CommandOutcome): Promise<void> {
    this.#stopLooking();
    await this.#pending.conclude(outcome);
  }
}

const doneBy = ({ from, to }: RequestOutcome): CommandOutcome => ({ result: { state: 'done', from, to } });
