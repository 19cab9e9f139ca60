import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedText } from '../../foundation/command.js';
import { BundleError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { writeWhole } from '../../foundation/private-files.js';
import { z } from '../../foundation/validate.js';
import type { CommandOutcome } from '../../telemetry/commands/commands.js';
import { commandIdSchema } from '../../telemetry/commands/envelope.js';
import type { CommandResult } from '../../telemetry/mqtt/messages/command.js';
import { requestName, requestText, watchedRequestFile, writeChangeRequest } from '../../update/change-request.js';
import type { DeviceCommands } from '../commands/device-commands.js';

/** What is known of a change that was asked for; more may be kept beside. */
export const pendingChangeSchema = z.object({
  /** See `requestName`. */
  request: z.string(),
  /** Id of the key that signed the command. */
  by: z.string(),
  id: commandIdSchema,
});
type Asked = z.infer<typeof pendingChangeSchema>;

interface PendingChangeOptions<Kept extends Asked> {
  readonly what: 'rollback' | 'update';
  readonly schema: z.ZodType<Kept>;
  /** The unit that looks at requests. */
  readonly pathUnit: string;
  /** Where versions are installed. */
  readonly prefix: string;
  readonly commands: Pick<DeviceCommands, 'receiver'>;
  readonly publisher: { answer(result: CommandResult): void };
  readonly log: Log;
}

/**
 * A change of versions that was commanded, that root was asked for, and that has no outcome yet: one at a time. It outlives the
 * restart that it brings, in a file beside the request.
 */
export class PendingChange<Kept extends Asked> {
  readonly #options: PendingChangeOptions<Kept>;
  #kept: Kept | null = null;
  /** Where requests are written; null where none can be. */
  #file: string | null = null;

  constructor(options: PendingChangeOptions<Kept>) {
    this.#options = options;
  }

  /** null while nothing is asked for. */
  get kept(): Kept | null {
    return this.#kept;
  }

  /** What was asked for before the restart; null of nothing, or where nothing looks at requests. */
  async recall(): Promise<Kept | null> {
    this.#file = await watchedRequestFile(this.#options.pathUnit);
    if (this.#file === null) return null;
    this.#kept ??= await this.#read(besideOf(this.#file));
    return this.#kept;
  }

  /**
   * Asks root; from the call on a second one is to be refused.
   *
   * @throws BundleError where no unit looks at requests, or none can be written
   */
  async ask(signed: SignedText, by: string, more: Omit<Kept, keyof Asked>): Promise<Asked> {
    const { pathUnit, prefix } = this.#options;
    const text = requestText(signed);
    const { id } = pendingChangeSchema.pick({ id: true }).parse(JSON.parse(signed.command));
    const asked: Asked = { request: requestName(text), by, id };
    this.#kept = { ...asked, ...more } as Kept;
    this.#file = await watchedRequestFile(pathUnit);
    if (this.#file === null) {
      this.#kept = null;
      throw new BundleError(
        `there is no ${pathUnit}, by which root carries it out: \`sh ${join(prefix, 'current/scripts/install.sh')}\` as root brings it`,
      );
    }
    try {
      await writeWhole(besideOf(this.#file), JSON.stringify(this.#kept), { keepsMode: false });
      await writeChangeRequest(this.#file, text);
    } catch (error) {
      await this.#forget();
      throw new BundleError(`${this.#file} cannot be written, by which root is asked: ${explain(error)}`);
    }
    return asked;
  }

  /** Once: the answer goes out, and is what the same id gives from then on. */
  async conclude(outcome: CommandOutcome): Promise<void> {
    const asked = this.#kept;
    if (asked === null) return;
    await this.#forget();
    const { what, commands, publisher, log } = this.#options;
    const { by, id } = asked;
    log.info({ by, id, ...outcome }, `a commanded ${what} has an outcome`);
    // where the history was lost meanwhile it is in the log alone
    const result = commands.receiver?.conclude(by, id, outcome) ?? null;
    if (result !== null) publisher.answer(result);
  }

  async #forget(): Promise<void> {
    this.#kept = null;
    if (this.#file === null) return;
    for (const file of [this.#file, besideOf(this.#file)]) await rm(file, { force: true }).catch(() => undefined);
  }

  async #read(file: string): Promise<Kept | null> {
    try {
      return this.#options.schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
    } catch {
      return null; // there is none, or it says nothing
    }
  }
}

/** Where the program keeps what it asked for. */
const besideOf = (requestFile: string): string => `${requestFile}-asked`;
