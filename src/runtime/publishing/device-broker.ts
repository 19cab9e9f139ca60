import type { MqttConfig } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import { type Log, maskCredentials } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { EmbeddedBroker } from '../../telemetry/mqtt/broker.js';

/** The broker that the device publishes to: one inside the process, one elsewhere, or none. */
export class DeviceBroker implements Part {
  readonly name = 'broker';
  readonly essential = true;
  readonly settings = [{ path: 'mqtt', requiresRestart: true }];
  readonly #config: MqttConfig;
  readonly #log: Log;
  #embedded: EmbeddedBroker | null = null;
  #url: string | null = null;

  constructor(config: MqttConfig, log: Log) {
    this.#config = config;
    this.#log = log;
  }

  /** Whether anything is to be published at all. */
  get isWanted(): boolean {
    return this.#config.broker !== 'off';
  }

  get isEmbedded(): boolean {
    return this.#config.broker === 'embedded';
  }

  /** How it is to be spoken to: the embedded one speaks 3.1.1 only, which need not be found out. */
  get mqtt(): MqttConfig {
    return this.isEmbedded ? { ...this.#config, protocol: '3.1.1' } : this.#config;
  }

  /** Where it is, with its credentials; null where there is none, or not yet. */
  get url(): string | null {
    return this.#url;
  }

  /** The same for people, credentials masked. */
  get label(): string | null {
    return this.#url === null ? null : maskCredentials(this.#url);
  }

  /** The embedded broker takes another port where its own is taken: a demonstration must not fail for that. */
  async start(): Promise<void> {
    if (!this.isWanted) return;
    if (!this.isEmbedded) {
      this.#url = this.#config.broker;
      return;
    }
    this.#embedded = new EmbeddedBroker(this.#config.embeddedPort, this.#log);
    try {
      this.#url = await this.#embedded.start();
    } catch (error) {
      this.#embedded = new EmbeddedBroker(0, this.#log);
      this.#url = await this.#embedded.start();
      this.#log.warn({ broker: this.#url }, `${explain(error)}; it listens on another port for now`);
    }
  }

  async stop(): Promise<void> {
    await this.#embedded?.stop();
  }
}
