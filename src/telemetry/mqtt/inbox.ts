import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { type CommandHandler, Commands } from './commands.js';
import type { CommandResult } from './messages/command.js';
import type { MqttConnection } from './mqtt.js';
import type { Topics } from './topics.js';

/** Hears one message between the devices of a site: text that nobody has checked, of at most 1 MB. */
export type SiteListener = (message: string) => void;

/**
 * What the device hears: commands, and only where somebody listens, what the devices of its site tell each other.
 * Retained messages are ignored: they would be carried out again at every connection.
 */
export class Inbox {
  readonly #topics: Topics;
  readonly #answer: (command: string, result: CommandResult) => void;
  readonly #log: Log;
  readonly #commands = new Commands();
  /** By topic. */
  readonly #siteListeners = new Map<string, SiteListener>();
  #connection: MqttConnection | null = null;

  constructor(topics: Topics, answer: (command: string, result: CommandResult) => void, log: Log) {
    this.#topics = topics;
    this.#answer = answer;
    this.#log = log;
  }

  /** @throws RangeError where the name is taken or cannot be a topic level */
  onCommand(name: string, handler: CommandHandler): void {
    this.#commands.on(name, handler);
  }

  /**
   * Hears the device's own messages too.
   *
   * @returns what ends it
   * @throws RangeError where the name is taken or cannot be a topic level
   */
  onSiteCommand(name: string, listener: SiteListener): () => void {
    const topic = this.#topics.siteCommand(name);
    if (this.#siteListeners.has(topic)) throw new RangeError(`site command ${name} has a listener already`);
    this.#siteListeners.set(topic, listener);
    if (this.#connection) this.#subscribe(this.#connection, topic);
    return () => this.#siteListeners.delete(topic);
  }

  opened(connection: MqttConnection): void {
    this.#connection = connection;
    for (const filter of [this.#topics.commands, ...this.#siteListeners.keys()]) this.#subscribe(connection, filter);
  }

  closed(): void {
    this.#connection = null;
  }

  async received(topic: string, payload: Uint8Array, retained: boolean): Promise<void> {
    const listener = this.#siteListeners.get(topic);
    const name = this.#topics.commandName(topic);
    if ((!listener && name === null) || retained) {
      this.#log.debug({ topic: topic.slice(0, 200), retained }, 'MQTT message is no command of this device; ignored');
    } else if (listener) {
      this.#hear(topic, listener, new TextDecoder('utf-8').decode(payload));
    } else if (name !== null) {
      this.#answer(name, await this.#commands.run(name, payload));
    }
  }

  #hear(topic: string, listener: SiteListener, message: string): void {
    try {
      listener(message);
    } catch (error) {
      this.#log.error({ topic, err: explain(error) }, 'MQTT: what another device told could not be carried out');
    }
  }

  #subscribe(connection: MqttConnection, filter: string): void {
    connection.subscribe(filter, (problem) => {
      if (problem && this.#connection === connection) {
        this.#log.warn({ topic: filter, problem }, 'MQTT commands cannot be received');
      }
    });
  }
}
