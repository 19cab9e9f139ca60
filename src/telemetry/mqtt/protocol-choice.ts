export type MqttProtocol = '5' | '3.1.1';

/** How an attempt ended, as far as the choice of the version is concerned. */
export type ProtocolOutcome = 'accepted' | 'version-refused' | 'closed-without-answer' | 'other';

/**
 * Chooses the MQTT version of the next attempt. `auto` begins with 5; a broker that refuses a version is asked with the
 * other one. Old brokers just close the connection instead: until one version was accepted, such attempts take turns.
 */
export class ProtocolChoice {
  readonly #fixed: MqttProtocol | null;
  #current: MqttProtocol;
  #accepted = false;

  constructor(setting: 'auto' | MqttProtocol) {
    this.#fixed = setting === 'auto' ? null : setting;
    this.#current = this.#fixed ?? '5';
  }

  get current(): MqttProtocol {
    return this.#current;
  }

  /** @returns true where the next attempt should follow at once, with the older version */
  after(outcome: ProtocolOutcome): boolean {
    if (outcome === 'accepted') this.#accepted = true;
    if (this.#fixed !== null) return false;
    const refused = outcome === 'version-refused';
    if (!refused && !(outcome === 'closed-without-answer' && !this.#accepted)) return false;
    this.#current = this.#current === '5' ? '3.1.1' : '5';
    return refused && this.#current === '3.1.1';
  }
}
