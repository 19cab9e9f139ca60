import type { Log } from '../../foundation/log.js';
import type { Commands } from '../commands/commands.js';
import type { CommandResult } from './messages/command.js';
import type { Subscriptions } from './subscriptions.js';
import type { Topics } from './topics.js';

/** What the device hears: commands to it, and where it knows a key, those to its site; nothing at all where it takes none. */
export class Inbox {
  readonly #topics: Topics;
  readonly #commands: Commands | null;
  readonly #answer: (result: CommandResult) => void;
  readonly #log: Log;
  readonly #subscriptions: Subscriptions;

  constructor(
    topics: Topics,
    parts: { readonly commands: Commands | null; readonly subscriptions: Subscriptions },
    answer: (result: CommandResult) => void,
    log: Log,
  ) {
    this.#topics = topics;
    this.#commands = parts.commands;
    this.#subscriptions = parts.subscriptions;
    this.#answer = answer;
    this.#log = log;
  }

  /** A connection was made. */
  opened(): void {
    if (this.#commands === null) return;
    this.#subscriptions.ask(this.#topics.commands);
    if (this.#commands.hearsSite) this.#subscriptions.ask(this.#topics.siteCommands);
  }

  async received(topic: string, payload: Uint8Array, retained: boolean): Promise<void> {
    if (this.#commands === null) return;
    const own = this.#topics.commandName(topic);
    const name = own ?? this.#topics.siteCommandName(topic);
    if (name === null) {
      this.#log.debug({ topic: topic.slice(0, 200) }, 'MQTT message is no command of this device; ignored');
      return;
    }
    // clearing what is retained there
    if (retained && payload.length === 0) return;
    const result = await this.#commands.receive({ name, toSite: own === null, payload, retained });
    if (result) this.#answer(result);
  }
}
