import { dirname } from 'node:path';
import type { CommandCall } from '../../foundation/command.js';
import { BundleError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { z } from '../../foundation/validate.js';
import type { CommandOutcome } from '../../telemetry/commands/commands.js';
import type { CommandResult } from '../../telemetry/mqtt/messages/command.js';
import { ChangeLedger } from '../../update/change-ledger.js';
import { isOpen, TrialFile } from '../../update/trial.js';
import { UPDATE_PATH_UNIT, type UpdateBody, updateCommand, versionName } from '../../update/update-request.js';
import { InstalledVersions } from '../../update/versions.js';
import type { DeviceCommands } from '../commands/device-commands.js';
import { PendingChange, pendingChangeSchema } from './pending-change.js';

export interface DeviceUpdateOrderParts {
  readonly commands: Pick<DeviceCommands, 'receiver'>;
  readonly publisher: { answer(result: CommandResult): void };
  readonly log: Log;
  /** The folder of this version, `PREFIX/versions/NAME`; one of another form has no versions beside it. */
  readonly home: string;
  /** Default: where the installation puts the unit that looks at requests. */
  readonly pathUnit?: string;
  /** ms beyond the watch that a request may wait for its outcome: the bundle has to be fetched. */
  readonly patienceMs?: number;
}

const askedUpdate = pendingChangeSchema.extend({
  /** Unix ms, by which there must be an outcome. */
  until: z.number(),
});

const LOOK_EVERY_MS = 1000;
const PATIENCE_MS = 1_500_000;

/** `cmd/update`: hands the signed command on to root, who installs the bundle on trial, and tells what became of it. */
export class DeviceUpdateOrder implements Part {
  readonly name = 'update-order';
  readonly essential = false;
  readonly commands = [updateCommand((body, call) => this.#accept(body, call))];
  readonly #parts: DeviceUpdateOrderParts;
  readonly #versions: InstalledVersions;
  readonly #ledger: ChangeLedger;
  readonly #pending: PendingChange<z.infer<typeof askedUpdate>>;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: DeviceUpdateOrderParts) {
    this.#parts = parts;
    const prefix = dirname(dirname(parts.home));
    this.#versions = new InstalledVersions(prefix);
    this.#ledger = new ChangeLedger(prefix, 'update');
    const { commands, publisher, log, pathUnit = UPDATE_PATH_UNIT } = parts;
    this.#pending = new PendingChange({
      what: 'update',
      schema: askedUpdate,
      pathUnit,
      prefix,
      commands,
      publisher,
      log,
    });
  }

  /** What was asked for before the restart is answered once it has an outcome. */
  async start(): Promise<void> {
    if (this.#versions.isRunFrom(this.#parts.home) && (await this.#pending.recall()) !== null) this.#startLooking();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #accept(body: UpdateBody, { by, signed, toSite }: CommandCall): Promise<Record<string, unknown>> {
    const { home, log } = this.#parts;
    if (signed === null || by === null) throw new BundleError('an update must be signed');
    const { prefix, current } = this.#versions;
    if (!this.#versions.isRunFrom(home))
      throw new BundleError(
        `this program is no bundle installed beside others (it runs in ${home}): it cannot update itself`,
      );
    const to = versionName(body);
    if (this.#pending.kept !== null)
      throw new BundleError('an update was asked for already, and goes on: wait for its outcome');
    const trials = new TrialFile(prefix);
    const trial = trials.read();
    if (trial !== null && isOpen(trial)) throw new BundleError(`${trial.new} is on trial: wait until that has ended`);
    if (current === to) return { state: 'done', from: current, to };
    if (trials.isRefused(body.digest))
      throw new BundleError(`${to} was taken back here before: to have it all the same, install it by hand`);
    const until = Date.now() + body.watchS * 1000 + (this.#parts.patienceMs ?? PATIENCE_MS);
    const { id } = await this.#pending.ask(signed, by, { until });
    log.warn({ by, id, toSite, from: current, to }, `${to} is to be installed, by command`);
    this.#startLooking();
    return { state: 'accepted', from: current, to };
  }

  #startLooking(): void {
    this.stop();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    const asked = this.#pending.kept;
    if (asked === null) return;
    const outcome = this.#ledger.outcome();
    if (outcome === null || outcome.request !== asked.request) {
      if (Date.now() < asked.until) return;
      const unit = 'edge-optimizer-update';
      const error = `${unit}.service told no outcome: \`systemctl status ${unit}.path ${unit}.service\` says why`;
      await this.#conclude({ error });
    } else if (outcome.error !== null) await this.#conclude({ error: outcome.error });
    else await this.#conclude({ result: { state: 'done', from: outcome.from, to: outcome.to } });
  }

  async #conclude(outcome: CommandOutcome): Promise<void> {
    this.stop();
    await this.#pending.conclude(outcome);
  }
}
