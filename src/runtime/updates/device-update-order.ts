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
import { ChangeLedger } from '../../update/change-ledger.js';
import { requestName, requestText, watchedRequestFile, writeChangeRequest } from '../../update/change-request.js';
import { isOpen, TrialFile } from '../../update/trial.js';
import { UPDATE_PATH_UNIT, type UpdateBody, updateCommand, versionName } from '../../update/update-request.js';
import { InstalledVersions } from '../../update/versions.js';
import type { DeviceCommands } from '../commands/device-commands.js';

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

/** What was asked for and has no outcome yet; outlives the restart that it brings. */
const askedSchema = z.object({
  request: z.string(),
  by: z.string(),
  id: commandIdSchema,
  /** Unix ms, by which there must be an outcome. */
  until: z.number(),
});
type AskedUpdate = z.infer<typeof askedSchema>;

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
  #asked: AskedUpdate | null = null;
  /** Where requests are written; null where none can be. */
  #file: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: DeviceUpdateOrderParts) {
    this.#parts = parts;
    const prefix = dirname(dirname(parts.home));
    this.#versions = new InstalledVersions(prefix);
    this.#ledger = new ChangeLedger(prefix, 'update');
  }

  /** What was asked for before the restart is answered once it has an outcome. */
  async start(): Promise<void> {
    this.#file = await watchedRequestFile(this.#parts.pathUnit ?? UPDATE_PATH_UNIT);
    if (this.#file === null || !this.#isInstalled) return;
    this.#asked ??= await readAskedUpdate(askedFile(this.#file));
    if (this.#asked !== null) this.#startLooking();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  get #isInstalled(): boolean {
    return basename(dirname(this.#parts.home)) === 'versions' && this.#versions.current !== null;
  }

  async #accept(body: UpdateBody, { by, signed, toSite }: CommandCall): Promise<Record<string, unknown>> {
    const { home, pathUnit = UPDATE_PATH_UNIT, log } = this.#parts;
    if (signed === null || by === null) throw new BundleError('an update must be signed');
    const { prefix, current } = this.#versions;
    if (!this.#isInstalled)
      throw new BundleError(
        `this program is no bundle installed beside others (it runs in ${home}): it cannot update itself`,
      );
    const to = versionName(body);
    if (this.#asked !== null)
      throw new BundleError('an update was asked for already, and goes on: wait for its outcome');
    const trials = new TrialFile(prefix);
    const trial = trials.read();
    if (trial !== null && isOpen(trial)) throw new BundleError(`${trial.new} is on trial: wait until that has ended`);
    if (current === to) return { state: 'done', from: current, to };
    if (trials.isRefused(body.digest))
      throw new BundleError(`${to} was taken back here before: to have it all the same, install it by hand`);
    const text = requestText(signed);
    const { id } = askedSchema.pick({ id: true }).parse(JSON.parse(signed.command));
    const until = Date.now() + body.watchS * 1000 + (this.#parts.patienceMs ?? PATIENCE_MS);
    // from here on a second one is refused
    this.#asked = { request: requestName(text), by, id, until };
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
      const file = this.#file;
      await this.#forget();
      throw new BundleError(`${file} cannot be written, by which root is asked: ${explain(error)}`);
    }
    log.warn({ by, id, toSite, from: current, to }, `${to} is to be installed, by command`);
    this.#startLooking();
    return { state: 'accepted', from: current, to };
  }

  #startLooking(): void {
    this.stop();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    const asked = this.#asked;
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

  /** Once: the answer goes out, and is what the same id gives from then on. */
  async #conclude(outcome: CommandOutcome): Promise<void> {
    const asked = this.#asked;
    if (asked === null) return;
    this.stop();
    await this.#forget();
    const { commands, publisher, log } = this.#parts;
    const { by, id } = asked;
    log.info({ by, id, ...outcome }, 'a commanded update has an outcome');
    const result = commands.receiver?.conclude(by, id, outcome) ?? null;
    if (result !== null) publisher.answer(result);
  }

  async #forget(): Promise<void> {
    this.#asked = null;
    if (this.#file === null) return;
    for (const file of [this.#file, askedFile(this.#file)]) await rm(file, { force: true }).catch(() => undefined);
  }
}

const askedFile = (requestFile: string): string => `${requestFile}-asked`;

async function readAskedUpdate(file: string): Promise<AskedUpdate | null> {
  try {
    return askedSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null; // there is none, or it says nothing
  }
}
