import type { Log } from '../../foundation/log.js';
import type { Commands } from '../commands/commands.js';
import type { CommandResult } from './messages/command.js';
import type { MqttConnection } from './mqtt.js';
import type { Topics } from './topics.js';

/** What the device hears: commands to it, and where it knows a key, those to its site. */
export class Inbox {
  readonly #topics: Topics;
  readonly #commands: Commands;
  readonly #answer: (command: string, result: CommandResult) => void;
  readonly #log: Log;
  #connection: MqttConnection | null = null;

  constructor(topics: Topics, commands: Commands, answer: (command: string, result: CommandResult) => void, log: Log) {
    this.#topics = topics;
    this.#commands = commands;
    this.#answer = answer;
    this.#log = log;
  }

  opened(connection: MqttConnection): void {
    this.#connection = connection;
    this.#subscribe(connection, this.#topics.commands);
    if (this.#commands.hearsSite) this.#subscribe(connection, this.#topics.siteCommands);
  }

  closed(): void {
    this.#connection = null;
  }

  async received(topic: string, payload: Uint8Array, retained: boolean): Promise<void> {
    const own = this.#topics.commandName(topic);
    const name = own ?? this.#topics.siteCommandName(topic);
    if (name === null) {
      this.#log.debug({ topic: topic.slice(0, 200) }, 'MQTT message is no command of this device; ignored');
      return;
    }
    // clearing what is retained there
    if (retained && payload.length === 0) return;
    const result = await this.#commands.receive({ name, toSite: own === null, payload, retained });
    if (result) this.#answer(name, result);
  }

  #subscribe(connection: MqttConnection, filter: string): void {
    connection.subscribe(filter, (problem) => {
      if (problem && this.#connection === connection) {
        this.#log.warn({ topic: filter, problem }, 'MQTT commands cannot be received');
      }
    });
  }
}
